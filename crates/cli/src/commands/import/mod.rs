//! `ddbkit import`.

mod lint;
mod show;
mod start;

use crate::args::ImportCommand;
use crate::commands::Context;
use crate::commands::jobs::{asked, object, print, print_list};
use crate::config::Aws;
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use aws_sdk_dynamodb::Client;
use ddbkit::export::jobs::{ImportJob, WaitOptions};

pub(crate) async fn run(context: &Context, command: ImportCommand) -> Result<Exit, Failure> {
    match command {
        ImportCommand::Start(args) => Box::pin(start::run(context, args)).await,
        ImportCommand::Lint(args) => lint::run(context, args).await,
        ImportCommand::List(args) => {
            let client = Aws::load(&context.global).await?.dynamodb();
            let list = asked(ImportJob::list(&client), &client, args).await?;
            print_list(context, &list.send(&context.control).await?)
        }
        ImportCommand::Describe { arn } => {
            let client = Aws::load(&context.global).await?.dynamodb();
            let job = ImportJob::describe(&client, &arn).await?;
            let job = job.ok_or_else(|| not_found(&arn))?;
            print(context, &job, &object("describe", &job))?;
            Ok(DONE)
        }
        ImportCommand::Wait { arn, wait } => {
            let client = Aws::load(&context.global).await?.dynamodb();
            let job = waited(context, &client, &arn, wait.into()).await?;
            print(context, &job, &object("wait", &job))?;
            end(context, job)
        }
    }
}

fn not_found(arn: &str) -> Failure {
    Failure::refused(format!("DynamoDB knows of no import {arn}"))
        .with_hint("it knows those of the last 90 days, in one region")
}

/// The job at its end, be it a failure.
async fn waited(
    context: &Context,
    client: &Client,
    arn: &str,
    options: WaitOptions,
) -> Result<ImportJob, Failure> {
    let control = context.watched("import");
    Ok(ImportJob::wait_until_ended(client, arn, options, &control).await?)
}

/// How the program ends after an import has: items that were refused are a thing done in part.
fn end(context: &Context, job: ImportJob) -> Result<Exit, Failure> {
    let code = job.failure.as_ref().and_then(|failure| failure.code.as_deref());
    if job.is_failed() && code == Some("ItemValidationError") {
        let refused = crate::output::count(job.error_count);
        let log = job
            .log_location()
            .map(|log| format!("; the log {} names them: {}", log.group, log.stream));
        context.output.notice(&format!(
            "warning: {refused} items were refused or objects given up{}",
            log.unwrap_or_default()
        ));
        return Ok(PARTLY);
    }
    job.completed()?;
    Ok(DONE)
}

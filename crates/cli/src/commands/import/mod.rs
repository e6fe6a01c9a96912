//! `ddbkit import`.

mod lint;
mod show;
mod start;

use crate::args::{ImportCommand, ImportListArgs};
use crate::commands::Context;
use crate::config::Aws;
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::Output;
use aws_sdk_dynamodb::Client;
use ddbkit::export::jobs::{ImportJob, WaitOptions, table_arn};
use serde_json::{Value, json};

pub(crate) async fn run(context: &Context, command: ImportCommand) -> Result<Exit, Failure> {
    match command {
        ImportCommand::Start(args) => Box::pin(start::run(context, args)).await,
        ImportCommand::Lint(args) => lint::run(context, args).await,
        ImportCommand::List(args) => list(context, args).await,
        ImportCommand::Describe { arn } => {
            let client = Aws::load(&context.global).await?.dynamodb();
            let job = ImportJob::describe(&client, &arn).await?;
            let job = job.ok_or_else(|| not_found(&arn))?;
            print(context, "import describe", &job, &[])?;
            Ok(DONE)
        }
        ImportCommand::Wait { arn, wait } => {
            let client = Aws::load(&context.global).await?.dynamodb();
            let job = waited(context, &client, &arn, wait.into()).await?;
            print(context, "import wait", &job, &[])?;
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

fn print(
    context: &Context,
    command: &str,
    job: &ImportJob,
    not_restored: &[String],
) -> Result<(), Failure> {
    if context.output.is_json() {
        let mut object = json!({"version": 1, "command": command, "import": show::to_json(job)});
        if command == "import start" {
            object["not_restored"] = json!(not_restored);
        }
        context.output.json(&object, false)?;
    } else {
        Output::data(&show::to_text(job))?;
    }
    Ok(())
}

async fn list(context: &Context, args: ImportListArgs) -> Result<Exit, Failure> {
    let client = Aws::load(&context.global).await?.dynamodb();
    let mut list = ImportJob::list(&client).details(args.details);
    if let Some(table) = &args.table {
        list = list.table_arn(table_arn(&client, table).await?);
    }
    if let Some(limit) = args.limit {
        list = list.limit(limit);
    }
    let found = list.send(&context.control).await?;
    if context.output.is_json() {
        let imports: Vec<Value> = found.jobs.iter().map(show::to_json).collect();
        let object = json!({
            "version": 1,
            "command": "import list",
            "imports": imports,
            "more": found.has_more,
        });
        context.output.json(&object, false)?;
        return Ok(DONE);
    }
    let lines: String = found.jobs.iter().map(show::to_line).collect();
    Output::data(&lines)?;
    if found.has_more {
        context.output.notice("There are more; --limit lists more");
    }
    Ok(DONE)
}

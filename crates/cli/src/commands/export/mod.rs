//! `ddbkit export`.

mod cat;
mod show;
mod start;

use crate::args::ExportCommand;
use crate::commands::Context;
use crate::commands::jobs::{asked, object, print, print_list};
use crate::config::Aws;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use aws_sdk_dynamodb::Client;
use ddbkit::export::jobs::{ExportJob, WaitOptions};

pub(crate) async fn run(context: &Context, command: ExportCommand) -> Result<Exit, Failure> {
    match command {
        ExportCommand::Start(args) => Box::pin(start::run(context, *args)).await,
        ExportCommand::List(args) => {
            let client = Aws::load(&context.global).await?.dynamodb();
            let list = asked(ExportJob::list(&client), &client, args).await?;
            print_list(context, &list.send(&context.control).await?)
        }
        ExportCommand::Describe { arn } => {
            let client = Aws::load(&context.global).await?.dynamodb();
            let job = described(&client, &arn).await?;
            print(context, &job, &object("describe", &job))?;
            Ok(DONE)
        }
        ExportCommand::Wait { arn, wait } => {
            let client = Aws::load(&context.global).await?.dynamodb();
            let job = waited(context, &client, &arn, wait.into()).await?;
            print(context, &job, &object("wait", &job))?;
            job.completed()?;
            Ok(DONE)
        }
        ExportCommand::Cat { source } => cat::run(context, &source).await,
    }
}

/// The job, which must be known.
async fn described(client: &Client, arn: &str) -> Result<ExportJob, Failure> {
    ExportJob::describe(client, arn).await?.ok_or_else(|| not_found(arn))
}

fn not_found(arn: &str) -> Failure {
    Failure::refused(format!("DynamoDB knows of no export {arn}")).with_hint(
        "it knows those of the last 90 days, in one region; the files of older ones are read by \
         `ddbkit export cat s3://bucket/prefix/AWSDynamoDB/<id>`",
    )
}

/// The job at its end, be it a failure.
async fn waited(
    context: &Context,
    client: &Client,
    arn: &str,
    options: WaitOptions,
) -> Result<ExportJob, Failure> {
    let control = context.watched("export");
    Ok(ExportJob::wait_until_ended(client, arn, options, &control).await?)
}

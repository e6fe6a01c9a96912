//! `ddbkit export`.

mod cat;
mod show;
mod start;

use crate::args::{ExportCommand, ExportListArgs};
use crate::commands::Context;
use crate::config::Aws;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::Output;
use aws_sdk_dynamodb::Client;
use ddbkit::export::jobs::{ExportJob, WaitOptions, table_arn};
use serde_json::{Value, json};

pub(crate) async fn run(context: &Context, command: ExportCommand) -> Result<Exit, Failure> {
    match command {
        ExportCommand::Start(args) => Box::pin(start::run(context, *args)).await,
        ExportCommand::List(args) => list(context, args).await,
        ExportCommand::Describe { arn } => {
            let client = Aws::load(&context.global).await?.dynamodb();
            let job = described(&client, &arn).await?;
            print(context, "export describe", &job)
        }
        ExportCommand::Wait { arn, wait } => {
            let client = Aws::load(&context.global).await?.dynamodb();
            let job = waited(context, &client, &arn, wait.into()).await?;
            print(context, "export wait", &job)?;
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

fn print(context: &Context, command: &str, job: &ExportJob) -> Result<Exit, Failure> {
    if context.output.is_json() {
        let object = json!({"version": 1, "command": command, "export": show::to_json(job)});
        context.output.json(&object, false)?;
    } else {
        Output::data(&show::to_text(job))?;
    }
    Ok(DONE)
}

async fn list(context: &Context, args: ExportListArgs) -> Result<Exit, Failure> {
    let client = Aws::load(&context.global).await?.dynamodb();
    let mut list = ExportJob::list(&client).details(args.details);
    if let Some(table) = &args.table {
        list = list.table_arn(table_arn(&client, table).await?);
    }
    if let Some(limit) = args.limit {
        list = list.limit(limit);
    }
    let found = list.send(&context.control).await?;
    if context.output.is_json() {
        let exports: Vec<Value> = found.jobs.iter().map(show::to_json).collect();
        let object = json!({
            "version": 1,
            "command": "export list",
            "exports": exports,
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

//! What the commands of exports and of imports have in common.

use crate::args::JobListArgs;
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::Output;
use aws_sdk_dynamodb::Client;
use ddbkit::export::JobFailure;
use ddbkit::export::jobs::{JobList, ListJobs, table_arn};
use serde_json::{Value, json};

/// A job that can be shown.
pub(super) trait Shown {
    /// `export` or `import`.
    const KIND: &'static str;

    fn arn(&self) -> &str;

    /// One line for a list.
    fn to_line(&self) -> String;

    /// A block of lines.
    fn to_text(&self) -> String;

    fn to_json(&self) -> Value;
}

/// The list of the jobs that were asked for.
pub(super) async fn asked<J>(
    list: ListJobs<J>,
    client: &Client,
    args: JobListArgs,
) -> Result<ListJobs<J>, Failure> {
    let mut list = list.details(args.details);
    if let Some(table) = &args.table {
        list = list.table_arn(table_arn(client, table).await?);
    }
    if let Some(limit) = args.limit {
        list = list.limit(limit);
    }
    Ok(list)
}

pub(super) fn print_list<J: Shown>(context: &Context, found: &JobList<J>) -> Result<Exit, Failure> {
    if context.output.is_json() {
        let jobs: Vec<Value> = found.jobs.iter().map(J::to_json).collect();
        let object = json!({
            "version": 1,
            "command": format!("{} list", J::KIND),
            format!("{}s", J::KIND): jobs,
            "more": found.has_more,
        });
        context.output.json(&object, false)?;
        return Ok(DONE);
    }
    let lines: String = found.jobs.iter().map(J::to_line).collect();
    Output::data(&lines)?;
    if found.has_more {
        context.output.notice("There are more; --limit lists more");
    }
    Ok(DONE)
}

/// What `--output json` tells of one job.
pub(super) fn object<J: Shown>(command: &str, job: &J) -> Value {
    let command = format!("{} {command}", J::KIND);
    json!({"version": 1, "command": command, J::KIND: job.to_json()})
}

pub(super) fn print<J: Shown>(context: &Context, job: &J, object: &Value) -> Result<(), Failure> {
    if context.output.is_json() {
        context.output.json(object, false)?;
    } else {
        Output::data(&job.to_text())?;
    }
    Ok(())
}

/// Tells of a job that was started and is not waited for.
pub(super) fn print_started<J: Shown>(
    context: &Context,
    job: &J,
    object: &Value,
) -> Result<(), Failure> {
    if context.output.is_json() {
        context.output.json(object, false)?;
    } else {
        Output::data(&format!("{}\n", job.arn()))?;
        let text = format!("Started; `ddbkit {} wait {}` waits for it", J::KIND, job.arn());
        context.output.summary(&text);
    }
    Ok(())
}

/// What the service calls the failure, in one line.
pub(super) fn failure(failure: Option<&JobFailure>) -> Option<String> {
    let failure = failure?;
    let texts: Vec<&str> =
        [&failure.code, &failure.message].into_iter().filter_map(|text| text.as_deref()).collect();
    Some(texts.join(": "))
}

/// The lines of a block: the ARN, and a name and a value for what is known.
pub(super) fn block<const N: usize>(arn: &str, rows: [(&str, Option<String>); N]) -> String {
    let mut text = format!("{arn}\n");
    for (name, value) in rows {
        if let Some(value) = value {
            text += &format!("  {name:<15} {value}\n");
        }
    }
    text
}

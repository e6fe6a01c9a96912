//! `ddbkit export cat`.

use super::not_found;
use crate::commands::Context;
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::{Output, count, duration};
use ddbkit::export::jobs::ExportJob;
use ddbkit::export::{ExportReader, ReadOptions};
use ddbkit::flow::{Control, ProgressEvent};
use serde_json::json;
use std::time::Instant;

/// What was printed.
#[derive(Default)]
struct Printed {
    items: u64,
    bytes: u64,
}

pub(super) async fn run(context: &Context, source: &str) -> Result<Exit, Failure> {
    let started = Instant::now();
    let reader = open(context, source).await?;
    let control = context.watched_printing("cat", true);
    control.emit(&ProgressEvent::Started { items: Some(reader.summary().item_count), bytes: None });
    let printed = lines(&reader, &control).await;
    drop(control);
    let Printed { items, bytes } = printed?;
    let files = reader.files().len();
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": "export cat",
            "source": reader.describe(),
            "items": items,
            "files": files,
            "json_bytes": bytes,
        });
        context.output.json(&object, true)?;
    } else {
        let (items, took) = (count(items), duration(started.elapsed()));
        context.output.detail(&format!("{items} lines of {files} files in {took}"));
    }
    Ok(DONE)
}

/// The export of an ARN, by what the service knows of it, or the one at a place.
async fn open(context: &Context, source: &str) -> Result<ExportReader, Failure> {
    if !source.starts_with("arn:") {
        let store = config::store(&source.parse()?, &context.global).await?;
        return Ok(ExportReader::open(store).await?);
    }
    let client = Aws::load(&context.global).await?.dynamodb();
    let job = ExportJob::describe(&client, source).await?.ok_or_else(|| not_found(source))?;
    let job = job.completed()?;
    let places = job.locations().ok_or_else(|| {
        Failure::other(format!("DynamoDB does not say where the export {source} lies"))
    })?;
    let store = config::store(&places.destination, &context.global).await?;
    Ok(job.open(store).await?)
}

/// Prints the lines of all files, in the order of the manifest. Holds a few MiB at a time.
async fn lines(reader: &ExportReader, control: &Control) -> Result<Printed, Failure> {
    let mut printed = Printed::default();
    for file in reader.files() {
        let mut stream = reader.read_file(file, ReadOptions::default()).await?;
        loop {
            let next = control.run(stream.next()).await;
            let next = next.map_err(|_| Failure::other("interrupted"))?;
            let Some(batch) = next? else { break };
            // `| head` has seen enough.
            if !Output::lines(&batch.bytes)? {
                return Ok(printed);
            }
            printed.items += batch.lines;
            printed.bytes += batch.bytes.len() as u64;
            let event =
                ProgressEvent::Advanced { items: batch.lines, bytes: batch.bytes.len() as u64 };
            control.emit(&event);
        }
    }
    Ok(printed)
}

//! `ddbkit load --delete-extra`.

use crate::args::LoadArgs;
use crate::commands::Context;
use crate::error::Failure;
use crate::output::count;
use aws_sdk_dynamodb::Client;
use ddbkit::export::ExportReader;
use ddbkit::transfer::{ExtraReport, MirrorOptions, delete_extra};
use serde_json::{Value, json};
use std::io::{self, IsTerminal};

/// Makes sure that somebody wants items to be deleted.
pub(crate) fn confirm(context: &Context, args: &LoadArgs, table: &str) -> Result<(), Failure> {
    if !args.delete_extra || args.yes || args.dry_run {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        let message = "--delete-extra needs --yes where nobody can be asked";
        return Err(Failure::usage(message));
    }
    let source = &args.source;
    context.output.ask(&format!("Delete all items of {table} that are not in {source}? [y/N] "));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        Ok(())
    } else {
        Err(Failure::usage("not confirmed: nothing was written or deleted"))
    }
}

/// Deletes the items of the table that the source does not have, or counts them in a dry run.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    args: &LoadArgs,
    table: &str,
    reader: ExportReader,
) -> Result<ExtraReport, Failure> {
    let options = MirrorOptions {
        dry_run: args.dry_run,
        workers: args.workers,
        write_capacity: args.write_capacity,
        ..MirrorOptions::new(std::env::temp_dir())
    };
    let control = context.watched("extra");
    Ok(delete_extra(client, table, reader, options, &control).await?)
}

pub(crate) fn text(report: &ExtraReport, dry_run: bool) -> String {
    let (extra, all) = (count(report.extra), count(report.table_items));
    let mut text = if dry_run {
        format!("{extra} of {all} items of the table are not in the source and would be deleted")
    } else {
        format!("Deleted {extra} of {all} items of the table, which are not in the source")
    };
    if dry_run {
        for key in &report.examples {
            text += &format!("\n  {}", key.to_dynamodb_json());
        }
    }
    let (read, write) = (report.read_units, report.write_units);
    text + &format!("\n  consumed {read} read and {write} write capacity units")
}

pub(crate) fn to_json(report: &ExtraReport) -> Value {
    let key = |key: &ddbkit::codec::Item| -> Value {
        let key = key.to_dynamodb_json();
        serde_json::from_str(&key).unwrap_or(Value::String(key))
    };
    json!({
        "source_items": report.source_items,
        "table_items": report.table_items,
        "extra": report.extra,
        "deleted": report.deleted,
        "examples": report.examples.iter().map(key).collect::<Vec<_>>(),
        "read_capacity_units": report.read_units.get(),
        "write_capacity_units": report.write_units.get(),
        "throttles": report.throttles,
        "seconds": report.elapsed.as_secs_f64(),
    })
}

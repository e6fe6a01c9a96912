//! `ddbkit load`.

use crate::args::{LoadArgs, Mode};
use crate::commands::Context;
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{bytes, count, duration, pace};
use ddbkit::export::ExportReader;
use ddbkit::store::Location;
use ddbkit::transfer::{Load, LoadBuilder, LoadReport, WriteMode, WritePath};
use jiff::Timestamp;
use serde_json::json;
use std::io;
use std::path::PathBuf;

pub(crate) async fn run(context: &Context, args: LoadArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let from_stdin = args.source == "-";
    if from_stdin && args.create_table {
        let message = "--create-table needs a dump: lines do not describe their table";
        return Err(Failure::usage(message));
    }
    let location = (!from_stdin).then(|| args.source.parse::<Location>()).transpose()?;
    // Opened first: a source that is not whole is told before anything is created.
    let reader = match &location {
        Some(location) => {
            Some(ExportReader::open(config::store(location, &context.global).await?).await?)
        }
        None => None,
    };
    let aws = Aws::load(&context.global).await?;
    let mut load = options(Load::builder(aws.dynamodb(), &args.table), &args);
    // A load with a limit is a sample: it is made again, not gone on with.
    let state = match (&reader, args.limit) {
        (Some(reader), None) => {
            Some(args.state.clone().unwrap_or_else(|| default_state(&args.table, reader)))
        }
        _ => None,
    };
    if let Some(state) = &state {
        load = load.state(config::store(state, &context.global).await?);
    }
    let load = load.build();
    let (table, region) = (&args.table, aws.region());
    let source = if from_stdin { "standard input" } else { &args.source };
    output.notice(&format!("Loading {source} into {table} ({region}): {}", path_notice(&args)));
    if from_stdin {
        output.notice(
            "A stream cannot be resumed: after an interruption it is loaded from the start",
        );
    }
    let control = context.watched("load");
    let report = match reader {
        Some(reader) => load.from_export(reader, &control).await,
        None => load.from_reader(io::stdin(), "stdin", &control).await,
    };
    drop(control);
    if let Some(Location::Directory(folder)) = &state {
        // It is empty now, or it is not ours.
        std::fs::remove_dir(folder).ok();
    }
    let report = report?;
    if report.table_was_replaced {
        output.notice(
            "The table was made anew since this load was interrupted: it was loaded from the start",
        );
    }
    if output.is_json() {
        output.json(&to_json(&report), false)?;
    } else {
        output.summary(&summary(&report));
    }
    Ok(if report.rejected == 0 { DONE } else { PARTLY })
}

fn options(load: LoadBuilder, args: &LoadArgs) -> LoadBuilder {
    let rejects = args.rejects.clone().unwrap_or_else(|| default_rejects(&args.table));
    let mut load = load
        .mode(match args.mode {
            Mode::SkipExisting => WriteMode::SkipExisting,
            Mode::Overwrite => WriteMode::Overwrite,
        })
        .workers(args.workers)
        .create_table(args.create_table)
        .write_capacity(args.write_capacity)
        .rejects(rejects);
    if let Some(limit) = args.limit {
        load = load.limit(limit);
    }
    load
}

/// In the current directory, of a name that says what goes where, so that the same command finds it.
fn default_state(table: &str, reader: &ExportReader) -> Location {
    let table = table.rsplit(['/', ':']).next().unwrap_or(table);
    let export = reader.id().map_or_else(|| "export".to_owned(), |id| id.to_string());
    Location::Directory(format!("{table}-load-{export}").into())
}

/// In the current directory, of a name that says whose and when.
fn default_rejects(table: &str) -> PathBuf {
    // A table may be named by its ARN.
    let table = table.rsplit(['/', ':']).next().unwrap_or(table);
    format!("{table}-rejects-{}.json", Timestamp::now().strftime("%Y%m%dT%H%M%SZ")).into()
}

/// Which way items are written, said before the first.
fn path_notice(args: &LoadArgs) -> &'static str {
    match (args.mode, args.create_table) {
        (Mode::Overwrite, _) => "batches that replace existing items",
        (Mode::SkipExisting, true) => "batches into a new table",
        (Mode::SkipExisting, false) => "single puts that leave existing items alone",
    }
}

fn summary(report: &LoadReport) -> String {
    let mut text = format!(
        "Loaded {} into {} in {}",
        bytes(report.json_bytes),
        report.table,
        duration(report.elapsed)
    );
    let rows = [
        ("read", report.read),
        ("written", report.written),
        ("already equal", report.already_equal),
        ("skipped because different", report.skipped_different),
        ("rejected", report.rejected),
    ];
    for (what, n) in rows {
        if n > 0 || what == "read" || what == "written" {
            text += &format!("\n  {:>12}  {what}", count(n));
        }
    }
    if report.resumed > 0 {
        text += &format!("\n  {:>12}  done by an earlier run", count(report.resumed));
    }
    text += &format!("\n  consumed {} write capacity units", report.consumed);
    for (index, units) in &report.consumed_by_index {
        text += &format!(", {units} of them of index {index}");
    }
    text += &format!("\n  pace {}", report.pace);
    if report.throttles + report.unprocessed > 0 {
        let (throttles, items) = (count(report.throttles), count(report.unprocessed));
        text += &format!("\n  throttled {throttles} times; {items} unprocessed items sent again");
    }
    for setting in &report.not_applied {
        text += &format!("\n  not applied: {setting}");
    }
    if report.limited {
        text += "\n  the limit was reached; the source may hold more";
    }
    if let Some(rejects) = &report.rejects {
        let rejects = rejects.display();
        text +=
            &format!("\nRejected items are in {rejects}, the reasons in {rejects}.errors.jsonl");
    }
    text
}

fn to_json(report: &LoadReport) -> serde_json::Value {
    json!({
        "version": 1,
        "command": "load",
        "table": report.table,
        "path": match report.path {
            WritePath::ConditionalPut => "conditional-put",
            WritePath::Batch => "batch",
        },
        "created_table": report.created_table,
        "resumed": report.resumed,
        "table_was_replaced": report.table_was_replaced,
        "read": report.read,
        "written": report.written,
        "already_equal": report.already_equal,
        "skipped_different": report.skipped_different,
        "rejected": report.rejected,
        "rejects": report.rejects,
        "json_bytes": report.json_bytes,
        "consumed_capacity_units": report.consumed.get(),
        "consumed_by_index": pace::units_by_name(&report.consumed_by_index),
        "pace": pace::to_json(&report.pace),
        "throttles": report.throttles,
        "unprocessed": report.unprocessed,
        "seconds": report.elapsed.as_secs_f64(),
        "not_applied": report.not_applied,
        "limited": report.limited,
    })
}

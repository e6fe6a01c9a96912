//! `ddbkit load`.

mod foreign;

use self::foreign::{ForeignSource, ForeignTable};
use crate::args::{ExpiredArg, LoadArgs, Mode};
use crate::commands::Context;
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{bytes, count, duration};
use ddbkit::export::{ExportErrorKind, ExportReader, TableDescriptor};
use ddbkit::store::Location;
use ddbkit::transfer::{Expired, ItemSource, Load, LoadBuilder, LoadReport, WriteMode, WritePath};
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
    let (reader, foreign) = match &location {
        Some(location) => open(context, location, &args).await?,
        None => (None, None),
    };
    let (foreign, items) = foreign.unzip();
    let descriptor = items.as_ref().and_then(ItemSource::descriptor);
    let table = &table_name(&args, reader.as_ref(), descriptor).await?;
    let aws = Aws::load(&context.global).await?;
    let mut load = options(Load::builder(aws.dynamodb(), table), &args, table);
    // A load with a limit is a sample: it is made again, not gone on with.
    let state = match (&reader, args.limit) {
        (Some(reader), None) => {
            Some(args.state.clone().unwrap_or_else(|| default_state(table, reader)))
        }
        _ => None,
    };
    if let Some(state) = &state {
        load = load.state(config::store(state, &context.global).await?);
    }
    let load = load.build();
    let region = aws.region();
    let source = if from_stdin { "standard input" } else { &args.source };
    output.notice(&format!("Loading {source} into {table} ({region}): {}", path_notice(&args)));
    if from_stdin {
        output.notice(
            "A stream cannot be resumed: after an interruption it is loaded from the start",
        );
    }
    if let Some(foreign) = &foreign {
        foreign.announce(output);
    }
    let control = context.watched("load");
    let report = match (reader, items) {
        (Some(reader), _) => load.from_export(reader, &control).await,
        (None, Some(items)) => load.from_source(items, &control).await,
        (None, None) => load.from_reader(io::stdin(), "stdin", &control).await,
    };
    drop(control);
    if let Some(Location::Directory(folder)) = &state {
        // It is empty now, or it is not ours.
        std::fs::remove_dir(folder).ok();
    }
    let report = report.map_err(|error| Failure::from(error).resumable(state.is_some()))?;
    if report.table_was_replaced {
        output.notice(
            "The table was made anew since this load was interrupted: it was loaded from the start",
        );
    }
    if output.is_json() {
        let mut object = to_json(&report);
        if let Some(foreign) = &foreign {
            object["foreign"] = foreign.to_json();
        }
        output.json(&object, false)?;
    } else {
        let met = foreign.as_ref().map(ForeignTable::summary).unwrap_or_default();
        output.summary(&(summary(&report) + &met));
    }
    let source_is_whole = foreign.as_ref().is_none_or(ForeignTable::is_whole);
    let is_whole = report.rejected == 0 && report.not_applied.is_empty() && source_is_whole;
    Ok(if is_whole { DONE } else { PARTLY })
}

/// The dump or export at a location, or else what another tool wrote there.
async fn open(
    context: &Context,
    location: &Location,
    args: &LoadArgs,
) -> Result<(Option<ExportReader>, Option<(ForeignTable, ForeignSource)>), Failure> {
    let not_found = if crate::foreign::is_file(location) {
        let message = format!("{location} is of no format that is known");
        Failure::other(message).with_hint("lines can be loaded from standard input, with -")
    } else {
        match ExportReader::open(config::store(location, &context.global).await?).await {
            Err(error) if *error.kind() == ExportErrorKind::NotFound => error.into(),
            reader => return Ok((Some(reader?), None)),
        }
    };
    let found = crate::foreign::at(location, &context.global).await?.ok_or(not_found)?;
    Ok((None, Some(ForeignTable::open(found, args)?)))
}

/// The table to write to: as given, or as the dump names it.
async fn table_name(
    args: &LoadArgs,
    reader: Option<&ExportReader>,
    foreign: Option<TableDescriptor>,
) -> Result<String, Failure> {
    if let Some(table) = args.table.as_ref().or(args.rename.as_ref()) {
        return Ok(table.clone());
    }
    let descriptor = match reader {
        Some(reader) => reader.descriptor().await?,
        None => foreign,
    };
    descriptor.map(|descriptor| descriptor.table_name().to_owned()).ok_or_else(|| {
        Failure::usage("the source does not describe its table; name the table to write to")
    })
}

fn options(load: LoadBuilder, args: &LoadArgs, table: &str) -> LoadBuilder {
    let rejects = args.rejects.clone().unwrap_or_else(|| default_rejects(table));
    let mut load = load
        .mode(match args.mode {
            Mode::SkipExisting => WriteMode::SkipExisting,
            Mode::Overwrite => WriteMode::Overwrite,
        })
        .workers(args.workers)
        .create_table(args.create_table)
        .settings(args.set.clone())
        .expired(match args.expired {
            ExpiredArg::Load => Expired::Load,
            ExpiredArg::Skip => Expired::Skip,
            ExpiredArg::Reject => Expired::Reject,
        })
        .rejects(rejects);
    if let Some(units) = args.write_capacity {
        load = load.write_capacity(units);
    }
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
        ("skipped because expired", report.skipped_expired),
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
    if report.expired > 0 {
        text += &format!("\n  {:>12}  of these had expired", count(report.expired));
    }
    text += &format!("\n  consumed {} write capacity units", report.consumed);
    if report.throttles + report.unprocessed > 0 {
        let (throttles, items) = (count(report.throttles), count(report.unprocessed));
        text += &format!("\n  throttled {throttles} times; {items} unprocessed items sent again");
    }
    if !report.applied.is_empty() {
        text += &format!("\n  applied: {}", report.applied.join(", "));
    }
    for left in &report.not_applied {
        text += &format!("\n  not applied: {}: {}", left.setting, left.reason);
    }
    for left in &report.not_read {
        text += &format!("\n  not known when it was dumped: {}: {}", left.setting, left.reason);
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
        "expired": report.expired,
        "skipped_expired": report.skipped_expired,
        "rejected": report.rejected,
        "rejects": report.rejects,
        "json_bytes": report.json_bytes,
        "consumed_capacity_units": report.consumed.get(),
        "throttles": report.throttles,
        "unprocessed": report.unprocessed,
        "seconds": report.elapsed.as_secs_f64(),
        "applied": report.applied,
        "not_applied": report.not_applied.iter().map(|left| {
            json!({"setting": left.setting, "reason": left.reason})
        }).collect::<Vec<_>>(),
        "not_read": report.not_read.iter().map(|left| {
            json!({"setting": left.setting, "reason": left.reason})
        }).collect::<Vec<_>>(),
        "warnings": report.warnings,
        "limited": report.limited,
    })
}

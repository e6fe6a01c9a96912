//! `ddbkit load`.

mod foreign;
mod items;

use self::items::{Opened, Told};
use crate::args::{ExpiredArg, LoadArgs, Mode, OffloadedArg};
use crate::commands::after_load::After;
use crate::commands::dry_run::{self, path_name};
use crate::commands::offload::place;
use crate::commands::{Context, dump, mirror, rejects};
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{Exit, PARTLY};
use crate::output::{bytes, count, duration, pace};
use aws_sdk_dynamodb::Client;
use ddbkit::export::{ExportReader, TableDescriptor};
use ddbkit::store::Location;
use ddbkit::transfer::{Expired, ItemSource, Load, LoadBuilder, LoadReport, Shard, WriteMode};
use jiff::Timestamp;
use serde_json::json;
use std::io;
use std::path::PathBuf;

pub(crate) async fn run(context: &Context, args: LoadArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let from_stdin = args.source == "-";
    check_stream(&args)?;
    mirror::confirm(context, &args, args.table.as_deref().unwrap_or("the table of the dump"))?;
    let location = (!from_stdin).then(|| args.source.parse::<Location>()).transpose()?;
    // Opened first: a source that is not whole is told before anything is created.
    let Opened { reader, mut items, told } = Opened::at(context, location.as_ref(), &args).await?;
    if items.is_some() && (args.delete_extra || args.verify || args.shard.is_some()) {
        let message = "--delete-extra, --verify and --shard need a dump or an export as the source";
        return Err(Failure::usage(message));
    }
    let descriptor = items.as_ref().and_then(ItemSource::descriptor);
    let table = &table_name(&args, reader.as_ref(), descriptor).await?;
    let aws = Aws::load(&context.global).await?;
    let client = aws.dynamodb();
    if let Some(items) = &mut items {
        items.ask_keys(&client, table).await?;
    }
    let mut load = options(Load::builder(client.clone(), table), &args, table);
    load = match args.offloaded {
        OffloadedArg::Keep => load.check_pointers(aws.s3()),
        OffloadedArg::Inline => load.inline_pointers(aws.s3()),
        OffloadedArg::Copy => {
            let (bucket, prefix) =
                args.objects.as_ref().map(place).transpose()?.unwrap_or_default();
            load.copy_pointers(aws.s3(), bucket, prefix)
        }
    };
    if args.dry_run {
        let source = Opened { reader, items, told };
        return estimate(context, &args, &client, table, load.build(), source).await;
    }
    // A load with a limit is a sample: it is made again, not gone on with.
    let state = match (&reader, args.limit) {
        // Files alone have no name by which the same command could find its state.
        (Some(_), None) if args.no_manifests => args.state.clone(),
        (Some(reader), None) => {
            Some(args.state.clone().unwrap_or_else(|| default_state(table, reader)))
        }
        _ => None,
    };
    if let Some(client) = aws.auto_scaling()? {
        load = load.auto_scaling(client);
    }
    if let Some(state) = &state {
        load = load.state(config::store(state, &context.global).await?);
    }
    let load = load.build();
    let region = aws.region();
    let source = if from_stdin { "standard input" } else { &args.source };
    output.notice(&format!("Loading {source} into {table} ({region}): {}", path_notice(&args)));
    if from_stdin && told.is_none() {
        output.notice(
            "A stream cannot be resumed: after an interruption it is loaded from the start",
        );
    }
    if let Some(told) = &told {
        told.announce(output);
    }
    let control = context.watched("load");
    let report = match (reader.clone(), items) {
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
    // Said before more is done: what was loaded stays so, whatever comes then.
    let met = told.as_ref().map(Told::summary).unwrap_or_default();
    output.summary(&(summary(&report) + &met));
    let mut after = After::default();
    let done = match &reader {
        Some(reader) => after.load(context, &client, &args, &report, reader).await,
        None => Ok(()),
    };
    if output.is_json() {
        let mut object = to_json(&report);
        if let Some(told) = &told {
            object["source"] = told.to_json();
        }
        after.add_to(&mut object);
        output.json(&object, false)?;
    }
    done?;
    let source_is_whole = told.as_ref().is_none_or(Told::is_whole);
    let rejected = report.rejected + report.rejected_earlier.lines;
    let is_whole = rejected == 0 && report.not_applied.is_empty() && source_is_whole;
    Ok(if is_whole { after.exit() } else { PARTLY })
}

/// Refuses what needs a source that is read more than once.
fn check_stream(args: &LoadArgs) -> Result<(), Failure> {
    let whole = [
        (args.create_table, "--create-table needs a dump: lines do not describe their table"),
        (args.delete_extra, "--delete-extra needs a dump: lines are read only once"),
        (args.shard.is_some(), "--shard needs a dump: lines are in no files"),
        (args.no_manifests, "--no-manifests needs a folder: lines are in no files"),
        (args.verify, "--verify needs a dump: lines are read only once"),
    ];
    match whole.iter().find(|(asked, _)| args.source == "-" && *asked) {
        Some((_, message)) => Err(Failure::usage(*message)),
        None => Ok(()),
    }
}

/// Tells what the load would do.
async fn estimate(
    context: &Context,
    args: &LoadArgs,
    client: &Client,
    table: &str,
    load: Load,
    source: Opened,
) -> Result<Exit, Failure> {
    let control = context.watched("read");
    let estimate = match (source.reader.clone(), source.items) {
        (Some(reader), _) => load.estimate_export(reader, &control).await,
        (None, Some(items)) => load.estimate_source(items, &control).await,
        (None, None) => load.estimate_reader(io::stdin(), "stdin", &control).await,
    };
    drop(control);
    let estimate = estimate?;
    let extra = match source.reader {
        Some(reader) if args.delete_extra => {
            Some(mirror::run(context, client, args, table, reader).await?)
        }
        _ => None,
    };
    dry_run::load(context, &estimate, extra.as_ref())
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
    let rejects = args.rejects.clone().unwrap_or_else(|| default_rejects(table, args.shard));
    let mut load = load
        .mode(match (&args.if_newer, args.mode) {
            (Some(attribute), _) => WriteMode::IfNewer(attribute.clone()),
            (None, Mode::SkipExisting) => WriteMode::SkipExisting,
            (None, Mode::Overwrite) => WriteMode::Overwrite,
        })
        .workers(args.workers)
        .create_table(args.create_table)
        .settings(args.set.clone())
        .expired(match args.expired {
            ExpiredArg::Load => Expired::Load,
            ExpiredArg::Skip => Expired::Skip,
            ExpiredArg::Reject => Expired::Reject,
        })
        .write_capacity(args.write_capacity)
        .rejects(rejects);
    if let Some(limit) = args.limit {
        load = load.limit(limit);
    }
    if let Some(rejects) = args.max_errors {
        load = load.max_errors(rejects);
    }
    if let Some(shard) = args.shard {
        load = load.shard(shard);
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
pub(crate) fn default_rejects(table: &str, shard: Option<Shard>) -> PathBuf {
    // A table may be named by its ARN.
    let table = table.rsplit(['/', ':']).next().unwrap_or(table);
    let shard = shard.map(|shard| format!("-{}-of-{}", shard.index(), shard.count()));
    let (shard, time) = (shard.unwrap_or_default(), Timestamp::now().strftime("%Y%m%dT%H%M%SZ"));
    format!("{table}-rejects{shard}-{time}.json").into()
}

/// Which way items are written, said before the first.
fn path_notice(args: &LoadArgs) -> &'static str {
    if args.if_newer.is_some() {
        return "single puts that replace older items only";
    }
    match (args.mode, args.create_table) {
        (Mode::Overwrite, _) => "batches that replace existing items",
        (Mode::SkipExisting, true) => "batches into a new table",
        (Mode::SkipExisting, false) => "single puts that leave existing items alone",
    }
}

pub(crate) fn summary(report: &LoadReport) -> String {
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
        ("kept because not newer", report.not_newer),
        ("rejected", report.rejected),
    ];
    for (what, n) in rows {
        if n > 0 || what == "read" || what == "written" {
            text += &format!("\n  {:>12}  {what}", count(n));
        }
    }
    if let Some(shard) = report.shard {
        text += &format!("\n  shard {shard}: {} data files", count(report.files));
    }
    if report.resumed > 0 {
        text += &format!("\n  {:>12}  done by an earlier run", count(report.resumed));
    }
    text += &rejects::earlier_row(&report.rejected_earlier);
    if report.expired > 0 {
        text += &format!("\n  {:>12}  of these had expired", count(report.expired));
    }
    text += &format!("\n  consumed {} write capacity units", report.consumed);
    for (index, units) in &report.consumed_by_index {
        text += &format!(", {units} of them of index {index}");
    }
    if report.consumed_by_refused.get() > 0.0 {
        let units = report.consumed_by_refused;
        text += &format!("\n  and by our count {units} for puts that left an item alone");
    }
    text += &format!("\n  pace {}", report.pace);
    if report.throttles + report.unprocessed > 0 {
        let (throttles, items) = (count(report.throttles), count(report.unprocessed));
        text += &format!("\n  throttled {throttles} times; {items} unprocessed items sent again");
    }
    if let Some(values) = &report.values {
        let (copied, size) = (count(values.copied), bytes(values.bytes));
        text += &format!("\n  copied {copied} values, {size}, to objects of the table");
        if values.there > 0 {
            text += &format!("; {} were there", count(values.there));
        }
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
    text + &rejects::earlier_files(&report.rejected_earlier, report.rejects.as_deref())
}

pub(crate) fn to_json(report: &LoadReport) -> serde_json::Value {
    json!({
        "version": 1,
        "command": "load",
        "table": report.table,
        "path": path_name(report.path),
        "created_table": report.created_table,
        "shard": report.shard.map(|shard| json!({"index": shard.index(), "of": shard.count()})),
        "files": report.files,
        "resumed": report.resumed,
        "table_was_replaced": report.table_was_replaced,
        "read": report.read,
        "written": report.written,
        "already_equal": report.already_equal,
        "skipped_different": report.skipped_different,
        "expired": report.expired,
        "skipped_expired": report.skipped_expired,
        "not_newer": report.not_newer,
        "rejected": report.rejected,
        "rejects": report.rejects,
        "rejected_earlier": rejects::earlier_json(&report.rejected_earlier),
        "json_bytes": report.json_bytes,
        "consumed_capacity_units": report.consumed.get(),
        "refused_puts_capacity_units": report.consumed_by_refused.get(),
        "consumed_by_index": pace::units_by_name(&report.consumed_by_index),
        "reads_capacity_units": report.consumed_by_reads.get(),
        "values": report.values.as_ref().map(dump::values_json),
        "pace": pace::to_json(&report.pace),
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

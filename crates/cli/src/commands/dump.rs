//! `ddbkit dump`.

use crate::args::{DumpArgs, DumpFormat, OffloadedArg};
use crate::commands::{Context, dry_run, verify};
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{Output, bytes, count, duration, pace, segments};
use aws_sdk_dynamodb::Client;
use ddbkit::codec::Item;
use ddbkit::export::{ExportReader, OutputFormat};
use ddbkit::store::Location;
use ddbkit::transfer::{
    CompareOptions, CopiedValues, Dump, DumpBuilder, DumpReport, Selection, TransferErrorKind,
    ValuesReport,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::io;

pub(crate) async fn run(context: &Context, args: DumpArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let selection = selection(&args)?;
    let to_stdout = args.dest == "-";
    let location = (!to_stdout).then(|| args.dest.parse::<Location>()).transpose()?;
    let named = args.s3_location.as_deref().map(s3_location).transpose()?;
    if named.is_some() && !matches!(location, Some(Location::Directory(_))) {
        let message = "--s3-location is for a dump into a directory";
        return Err(Failure::usage(message));
    }
    if to_stdout && args.verify {
        return Err(Failure::usage("--verify needs a dump in a directory or in S3"));
    }
    if args.offloaded == OffloadedArg::Inline && (args.digest || args.verify) {
        let message = "--digest and --verify are of what the table holds: pointers, not values";
        return Err(Failure::usage(message).with_hint("leave them out, or keep the pointers"));
    }
    if to_stdout && args.offloaded == OffloadedArg::Copy {
        return Err(Failure::usage("--offloaded copy needs a place for values beside the data")
            .with_hint("dump to a directory or to S3, or take --offloaded inline"));
    }
    if to_stdout && args.format == DumpFormat::Ion {
        return Err(Failure::usage(
            "lines on standard output are DynamoDB JSON; --format ion is for data files",
        ));
    }
    let aws = Aws::load(&context.global).await?;
    let client = aws.dynamodb();
    let mut dump = options(Dump::builder(client.clone(), &args.table), &args, selection);
    dump = match args.offloaded {
        OffloadedArg::Keep => dump,
        OffloadedArg::Inline => dump.inline_pointers(aws.s3()),
        OffloadedArg::Copy => dump.copy_pointers(aws.s3()),
    };
    if let Some(client) = aws.auto_scaling()? {
        dump = dump.auto_scaling(client);
    }
    let in_s3 = match &location {
        Some(Location::S3 { bucket, prefix }) => Some((bucket.clone(), prefix.clone())),
        _ => named,
    };
    if let Some((bucket, prefix)) = in_s3 {
        dump = dump.s3_location(bucket, prefix);
    }
    if args.dry_run {
        return dry_run::dump(context, &dump.build().estimate(&context.control).await?);
    }
    let (table, region) = (&args.table, aws.region());
    let dest = if to_stdout { "standard output" } else { &args.dest };
    output.notice(&format!("Dumping {table} ({region}) to {dest}: {} workers", args.workers));
    let control = context.watched_printing("dump", to_stdout);
    let report = match &location {
        Some(location) => {
            let store = config::store(location, &context.global).await?;
            let dump = dump.build();
            if args.finish {
                dump.finish(store, &control).await?
            } else {
                let done = dump.to_store(store, &control).await;
                done.map_err(|error| Failure::from(error).resumable(args.limit.is_none()))?
            }
        }
        None if args.dump_id.is_some() => {
            let message = "--dump-id is for a dump into a directory or S3: a stream has no name";
            return Err(Failure::usage(message));
        }
        None => match dump.build().to_writer(io::stdout(), &control).await {
            // The reader has seen enough.
            Err(error)
                if error.kind() == TransferErrorKind::Destination && is_broken_pipe(&error) =>
            {
                return Ok(DONE);
            }
            result => result?,
        },
    };
    drop(control);
    output.summary(&summary(&report, &args));
    let (verified, exit) = match &location {
        Some(location) if args.verify => {
            match verify_dump(context, &client, &args, location, &report).await {
                Ok((object, exit)) => (Ok(object), exit),
                Err(error) => (Err(error), DONE),
            }
        }
        _ => (Ok(Value::Null), DONE),
    };
    if output.is_json() {
        let mut object = to_json(&report);
        if let (Some(object), Ok(verified)) = (object.as_object_mut(), &verified) {
            object.insert("verification".to_owned(), verified.clone());
        }
        output.json(&object, to_stdout)?;
    }
    verified.map(|_| exit)
}

/// Proves the files of the dump, and that the table still holds the same.
async fn verify_dump(
    context: &Context,
    client: &Client,
    args: &DumpArgs,
    location: &Location,
    report: &DumpReport,
) -> Result<(Value, Exit), Failure> {
    let store = config::store(location, &context.global).await?;
    let reader = match &report.export_id {
        Some(id) => ExportReader::open_id(store, id).await?,
        None => ExportReader::open(store).await?,
    };
    let files = verify::prove(context, &reader, args.workers).await?;
    let values = verify::prove_values(context, &reader).await?;
    let options = CompareOptions {
        workers: args.workers,
        read_capacity: args.read_capacity,
        ..CompareOptions::default()
    };
    let comparison = verify::compare(context, client, &args.table, reader, options).await?;
    if !context.output.is_json() {
        Output::data(&verify::files_text(&files, values.as_ref()))?;
        Output::data(&verify::comparison_text(&comparison, &args.table))?;
    }
    let has_values = values.as_ref().is_none_or(ValuesReport::is_ok);
    let exit = if files.is_ok() && has_values && comparison.equal { DONE } else { PARTLY };
    Ok((verify::to_json(&files, values.as_ref(), Some(&comparison)), exit))
}

fn options(dump: DumpBuilder, args: &DumpArgs, selection: Selection) -> DumpBuilder {
    let mut dump = dump
        .workers(args.workers)
        .consistent_read(args.consistent_read)
        .file_size(args.file_size)
        .format(match args.format {
            DumpFormat::Json => OutputFormat::DynamodbJson,
            DumpFormat::Ion => OutputFormat::Ion,
        })
        .compression(args.compression.into())
        .digest(args.digest)
        .sort_keys(args.sort_keys)
        .strict_aws(args.strict_aws)
        .resume(!args.no_resume)
        .read_capacity(args.read_capacity)
        .selection(selection);
    if let Some(segments) = args.segments {
        dump = dump.total_segments(segments);
    }
    if let Some(limit) = args.limit {
        dump = dump.limit(limit);
    }
    if let Some(name) = &args.dump_id {
        dump = dump.dump_id(name);
    }
    if let Some(shard) = args.shard {
        dump = dump.shard(shard);
    }
    dump
}

fn s3_location(text: &str) -> Result<(String, String), Failure> {
    match text.parse::<Location>()? {
        Location::S3 { bucket, prefix } => Ok((bucket, prefix)),
        Location::Directory(_) => Err(Failure::usage("--s3-location takes s3://bucket/prefix")),
    }
}

fn selection(args: &DumpArgs) -> Result<Selection, Failure> {
    let names: BTreeMap<String, String> = match args.expression_attribute_names.as_deref() {
        None => BTreeMap::new(),
        Some(names) => serde_json::from_str(names).map_err(|error| {
            Failure::usage(format!(
                "--expression-attribute-names is no {{\"#n\":\"name\"}}: {error}"
            ))
        })?,
    };
    let values = match args.expression_attribute_values.as_deref() {
        None => Item::new(),
        Some(values) => Item::from_dynamodb_json(values.as_bytes()).map_err(|error| {
            Failure::usage(format!("--expression-attribute-values is no DynamoDB JSON: {error}"))
        })?,
    };
    Ok(Selection {
        index_name: args.index_name.clone(),
        key_condition_expression: args.key_condition_expression.clone(),
        filter_expression: args.filter_expression.clone(),
        projection_expression: args.projection_expression.clone(),
        names,
        values,
    })
}

fn is_broken_pipe(error: &(dyn StdError + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source())
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn summary(report: &DumpReport, args: &DumpArgs) -> String {
    let (what, dest) = (args.shard.map(|shard| format!("Shard {shard}: ")), &args.dest);
    let mut text = format!(
        "{}Dumped {} items, {} of JSON, in {}",
        what.unwrap_or_default(),
        count(report.items),
        bytes(report.json_bytes),
        duration(report.elapsed)
    );
    if report.items_before > 0 {
        text += &format!("\n  resumed   {} of these items were there", count(report.items_before));
    }
    text += &format!("\n  consumed  {} read capacity units", report.consumed);
    text += &format!("\n  pace      {}", report.pace);
    if report.throttles > 0 {
        text += &format!("\n  throttled {} times", count(report.throttles));
    }
    if let Some(id) = &report.export_id {
        let (files, stored) = (count(report.files), bytes(report.stored_bytes));
        text += &format!("\n  files     {files}, {stored}");
        text += &format!("\n  export    {id}");
    }
    if let Some(values) = &report.values {
        let (copied, size) = (count(values.copied), bytes(values.bytes));
        text +=
            &format!("\n  values    {copied} copied, {size}; {} were there", count(values.there));
    }
    if let Some(digest) = &report.digest {
        text += &format!("\n  digest    {}", digest.to_hex());
    }
    if report.limited {
        text += "\n  the limit was reached; the table may hold more";
    }
    text += &segments::table(&report.longest_segments);
    for left in &report.not_read {
        text += &format!("\n  not read: {}: {}", left.setting, left.reason);
    }
    for setting in &report.not_covered {
        text += &format!("\n  not covered: {setting}: loading the dump does not bring it back");
    }
    if let (false, Some(name)) = (report.finished, &args.dump_id) {
        let table = &report.table;
        text += "\nWhen all shards are done: ";
        text += &format!("ddbkit dump {table} {dest} --dump-id {name} --finish");
    } else if let (Some(id), false) = (&report.export_id, args.verify) {
        // By its own name: the place may have others.
        let place = format!("{}/AWSDynamoDB/{id}", dest.trim_end_matches('/'));
        text += &format!("\nProve it with: ddbkit verify {place} {}", report.table);
    }
    text
}

/// What was copied of values in S3.
pub(crate) fn values_json(values: &CopiedValues) -> Value {
    json!({"copied": values.copied, "bytes": values.bytes, "there": values.there})
}

fn to_json(report: &DumpReport) -> serde_json::Value {
    json!({
        "version": 1,
        "command": "dump",
        "table": report.table,
        "export_id": report.export_id.as_ref().map(ToString::to_string),
        "items": report.items,
        "items_before": report.items_before,
        "resumed": report.resumed,
        "finished": report.finished,
        "json_bytes": report.json_bytes,
        "stored_bytes": report.stored_bytes,
        "files": report.files,
        "values": report.values.as_ref().map(values_json),
        "total_segments": report.total_segments,
        "consumed_capacity_units": report.consumed.get(),
        "consumed_by_index": pace::units_by_name(&report.consumed_by_index),
        "pace": pace::to_json(&report.pace),
        "throttles": report.throttles,
        "longest_segments": segments::to_json(&report.longest_segments),
        "seconds": report.elapsed.as_secs_f64(),
        "digest": report.digest.as_ref().map(ddbkit::codec::ContentDigest::to_hex),
        "limited": report.limited,
        "not_read": report.not_read.iter().map(|left| {
            json!({"setting": left.setting, "reason": left.reason})
        }).collect::<Vec<_>>(),
        "not_covered": report.not_covered,
    })
}

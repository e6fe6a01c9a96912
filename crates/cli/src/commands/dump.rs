//! `ddbkit dump`.

use crate::args::{CompressionArg, DumpArgs};
use crate::commands::Context;
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::{bytes, count, duration, pace, segments};
use ddbkit::codec::Item;
use ddbkit::export::Compression;
use ddbkit::store::Location;
use ddbkit::transfer::{Dump, DumpBuilder, DumpReport, Selection, TransferErrorKind};
use serde_json::json;
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
    let aws = Aws::load(&context.global).await?;
    let mut dump = options(Dump::builder(aws.dynamodb(), &args.table), &args, selection);
    let in_s3 = match &location {
        Some(Location::S3 { bucket, prefix }) => Some((bucket.clone(), prefix.clone())),
        _ => named,
    };
    if let Some((bucket, prefix)) = in_s3 {
        dump = dump.s3_location(bucket, prefix);
    }
    let (table, region) = (&args.table, aws.region());
    let dest = if to_stdout { "standard output" } else { &args.dest };
    output.notice(&format!("Dumping {table} ({region}) to {dest}: {} workers", args.workers));
    let control = context.watched("dump");
    let report = match &location {
        Some(location) => {
            let store = config::store(location, &context.global).await?;
            dump.build().to_store(store, &control).await?
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
    if output.is_json() {
        output.json(&to_json(&report), to_stdout)?;
    } else {
        output.summary(&summary(&report, &args.dest));
    }
    Ok(DONE)
}

fn options(dump: DumpBuilder, args: &DumpArgs, selection: Selection) -> DumpBuilder {
    let mut dump = dump
        .workers(args.workers)
        .consistent_read(args.consistent_read)
        .file_size(args.file_size)
        .compression(match args.compression {
            CompressionArg::Gzip => Compression::Gzip,
            CompressionArg::Zstd => Compression::Zstd,
            CompressionArg::None => Compression::None,
        })
        .digest(args.digest)
        .strict_aws(args.strict_aws)
        .read_capacity(args.read_capacity)
        .selection(selection);
    if let Some(segments) = args.segments {
        dump = dump.total_segments(segments);
    }
    if let Some(limit) = args.limit {
        dump = dump.limit(limit);
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

fn summary(report: &DumpReport, dest: &str) -> String {
    let mut text = format!(
        "Dumped {} items, {} of JSON, in {}",
        count(report.items),
        bytes(report.json_bytes),
        duration(report.elapsed)
    );
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
    if let Some(digest) = &report.digest {
        text += &format!("\n  digest    {}", digest.to_hex());
    }
    if report.limited {
        text += "\n  the limit was reached; the table may hold more";
    }
    text += &segments::table(&report.longest_segments);
    if report.export_id.is_some() {
        text += &format!("\nProve it with: ddbkit verify {dest} {}", report.table);
    }
    text
}

fn to_json(report: &DumpReport) -> serde_json::Value {
    json!({
        "version": 1,
        "command": "dump",
        "table": report.table,
        "export_id": report.export_id.as_ref().map(ToString::to_string),
        "items": report.items,
        "json_bytes": report.json_bytes,
        "stored_bytes": report.stored_bytes,
        "files": report.files,
        "total_segments": report.total_segments,
        "consumed_capacity_units": report.consumed.get(),
        "consumed_by_index": pace::units_by_name(&report.consumed_by_index),
        "pace": pace::to_json(&report.pace),
        "throttles": report.throttles,
        "longest_segments": segments::to_json(&report.longest_segments),
        "seconds": report.elapsed.as_secs_f64(),
        "digest": report.digest.as_ref().map(ddbkit::codec::ContentDigest::to_hex),
        "limited": report.limited,
    })
}

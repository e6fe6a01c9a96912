//! `ddbkit import lint`.

use crate::args::LintArgs;
use crate::commands::Context;
use crate::config;
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{Output, bytes, count};
use ddbkit::export::Compression;
use ddbkit::export::lint::{Finding, LintOptions, LintReport, lint};
use ddbkit::store::{Location, Store};
use serde_json::{Value, json};
use std::path::Path;

pub(crate) async fn run(context: &Context, args: LintArgs) -> Result<Exit, Failure> {
    let (store, prefix) = place(context, &args.source).await?;
    let defaults = LintOptions::new(std::env::temp_dir());
    let options = LintOptions {
        format: args.format.map(Into::into),
        compression: args.compression.map(Into::into),
        keys: args.key,
        csv_delimiter: args.delimiter.byte(),
        csv_header: args.header,
        region: config::region(&context.global)?,
        workers: args.workers,
        max_findings: args.max_findings,
        ..defaults
    };
    let report = lint(&store, &prefix, options, &context.watched("lint")).await?;
    if context.output.is_json() {
        context.output.json(&to_json(&report), false)?;
    } else {
        Output::data(&to_text(&report))?;
    }
    Ok(if report.is_ok() { DONE } else { PARTLY })
}

/// The store that the prefix is one of, and the prefix. A store in S3 is the bucket, because what
/// lies beside a folder may match its prefix; of a directory all below it would be copied.
async fn place(context: &Context, source: &str) -> Result<(Store, String), Failure> {
    let location: Location = source.parse()?;
    match &location {
        Location::S3 { bucket, .. } => {
            let bucket_alone = Location::S3 { bucket: bucket.clone(), prefix: String::new() };
            let store = config::store(&bucket_alone, &context.global).await?;
            // As it was written: the slash at the end counts.
            let prefix = source.splitn(4, '/').nth(3).unwrap_or_default();
            Ok((store, prefix.to_owned()))
        }
        Location::Directory(path) => {
            let found = path.canonicalize().map_err(|error| {
                Failure::other(format!("{} cannot be read: {error}", path.display()))
            })?;
            let slash = if found.is_dir() { "/" } else { "" };
            let name = found.file_name().and_then(|name| name.to_str());
            Ok(match (found.parent(), name) {
                (Some(parent), Some(name)) => (Store::directory(parent), format!("{name}{slash}")),
                _ => (Store::directory(Path::new(&found)), String::new()),
            })
        }
    }
}

fn compression_name(compression: Compression) -> &'static str {
    match compression {
        Compression::Gzip => "GZIP",
        Compression::Zstd => "ZSTD",
        _ => "NONE",
    }
}

fn to_text(report: &LintReport) -> String {
    let mut text = format!(
        "  InputFormat {}, InputCompressionType {}\n",
        report.format.as_str(),
        compression_name(report.compression)
    );
    for alike in report.findings.chunk_by(are_alike) {
        let Some(finding) = alike.first() else { continue };
        text += &format!("  {:<8} {finding}\n", finding.severity.as_str().to_uppercase());
        match alike.len() - 1 {
            0 => {}
            more => text += &format!("  {:<8} and {more} more like it\n", ""),
        }
    }
    let more = report.finding_count() - report.findings.len() as u64;
    if more > 0 {
        text += &format!("  and {} more; --max-findings names more\n", count(more));
    }
    text += &format!(
        "  {} objects of {}, {} without compression, about ${:.2} (list price of us-east-1)\n",
        count(report.objects),
        bytes(report.stored_bytes),
        bytes(report.uncompressed_bytes),
        report.cost.dollars
    );
    text += &format!(
        "  {} items imported, {} refused, {} lines lost with {} abandoned objects, {} keys written again\n",
        count(report.imported),
        count(report.refused),
        count(report.lost),
        count(report.abandoned_objects),
        count(report.duplicates)
    );
    text + if report.is_ok() {
        "The import would take everything\n"
    } else {
        "The import would NOT take everything\n"
    }
}

/// Whether the same is told of whole objects.
fn are_alike(one: &Finding, other: &Finding) -> bool {
    let what = |finding: &Finding| (finding.kind, finding.line);
    what(one) == what(other) && one.line.is_none() && one.detail == other.detail
}

fn to_json(report: &LintReport) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "severity": finding.severity.as_str(),
                "kind": finding.kind.as_str(),
                "object": finding.object,
                "line": finding.line,
                "detail": finding.detail,
            })
        })
        .collect();
    let counts: serde_json::Map<String, Value> =
        report.counts.iter().map(|(kind, n)| (kind.as_str().to_owned(), json!(n))).collect();
    json!({
        "version": 1,
        "command": "import lint",
        "ok": report.is_ok(),
        "input_format": report.format.as_str(),
        "input_compression_type": compression_name(report.compression),
        "objects": report.objects,
        "stored_bytes": report.stored_bytes,
        "uncompressed_bytes": report.uncompressed_bytes,
        "imported_items": report.imported,
        "refused_items": report.refused,
        "abandoned_objects": report.abandoned_objects,
        "lost_lines": report.lost,
        "duplicate_keys": report.duplicates,
        "estimated_dollars": report.cost.dollars,
        "findings": findings,
        "finding_counts": counts,
    })
}

//! What `--dry-run` prints.

use crate::commands::{Context, mirror};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{bytes, count, duration};
use ddbkit::transfer::{DumpEstimate, ExtraReport, LoadEstimate, WritePath};
use serde_json::json;
use std::time::Duration;

/// Tells what a load would write.
pub(crate) fn load(
    context: &Context,
    estimate: &LoadEstimate,
    extra: Option<&ExtraReport>,
) -> Result<Exit, Failure> {
    let output = &context.output;
    if output.is_json() {
        output.json(&load_json(estimate, extra), false)?;
    } else {
        output.summary(&load_text(estimate));
        if let Some(extra) = extra {
            output.summary(&mirror::text(extra, true));
        }
    }
    Ok(if estimate.rejected == 0 { DONE } else { PARTLY })
}

/// Tells what a dump would read.
pub(crate) fn dump(context: &Context, estimate: &DumpEstimate) -> Result<Exit, Failure> {
    let output = &context.output;
    if output.is_json() {
        output.json(&dump_json(estimate), false)?;
    } else {
        output.summary(&dump_text(estimate));
    }
    Ok(DONE)
}

fn load_text(estimate: &LoadEstimate) -> String {
    let (items, table) = (count(estimate.items), &estimate.table);
    let mut text = format!("Nothing was written. The load would send {items} items to {table}");
    if estimate.creates_table {
        text += ", which it would create";
    }
    for (what, n) in [
        ("read", estimate.read),
        ("have expired", estimate.expired),
        ("of these would be left out", estimate.skipped_expired),
        ("would be rejected", estimate.rejected),
    ] {
        text += &format!("\n  {:>12}  {what}", count(n));
    }
    let (size, lines) = (bytes(estimate.item_bytes), bytes(estimate.json_bytes));
    text += &format!("\n  size      {size} of items in {lines} of JSON");
    let requests = count(estimate.requests);
    text += &match estimate.path {
        WritePath::ConditionalPut => format!("\n  requests  {requests} single puts"),
        WritePath::Batch => format!("\n  requests  at least {requests} batches"),
    };
    text += &format!("\n  consumes  {} write capacity units", estimate.units);
    text += &pace(estimate.duration);
    text += "\n  not known: writes of indexes, and larger items that are in the table";
    for reason in &estimate.reasons {
        text += &format!("\n  {reason}");
    }
    if estimate.rejected > estimate.reasons.len() as u64 {
        text += "\n  and more";
    }
    text
}

fn dump_text(estimate: &DumpEstimate) -> String {
    let (items, size) = (count(estimate.items), bytes(estimate.bytes));
    let strength =
        if estimate.consistent_read { "strongly consistent" } else { "eventually consistent" };
    let mut text = format!(
        "Nothing was read or written. The dump would read {items} items, {size}\n  \
         consumes  {} read capacity units, {strength}, in {} segments",
        estimate.units,
        count(estimate.total_segments.into())
    );
    text += &pace(estimate.duration);
    text + "\n  by numbers of DynamoDB that may be six hours old"
}

fn pace(time: Option<Duration>) -> String {
    time.map(|time| format!("\n  takes     {} at this pace", duration(time))).unwrap_or_default()
}

fn load_json(estimate: &LoadEstimate, extra: Option<&ExtraReport>) -> serde_json::Value {
    json!({
        "version": 1,
        "command": "load",
        "dry_run": true,
        "table": estimate.table,
        "path": path_name(estimate.path),
        "creates_table": estimate.creates_table,
        "read": estimate.read,
        "items": estimate.items,
        "rejected": estimate.rejected,
        "expired": estimate.expired,
        "skipped_expired": estimate.skipped_expired,
        "warnings": estimate.warnings,
        "reasons": estimate.reasons,
        "json_bytes": estimate.json_bytes,
        "item_bytes": estimate.item_bytes,
        "requests": estimate.requests,
        "write_capacity_units": estimate.units.get(),
        "estimated_seconds": estimate.duration.map(|time| time.as_secs_f64()),
        "extra": extra.map(mirror::to_json),
        "seconds": estimate.elapsed.as_secs_f64(),
    })
}

fn dump_json(estimate: &DumpEstimate) -> serde_json::Value {
    json!({
        "version": 1,
        "command": "dump",
        "dry_run": true,
        "table": estimate.table,
        "items": estimate.items,
        "item_bytes": estimate.bytes,
        "consistent_read": estimate.consistent_read,
        "total_segments": estimate.total_segments,
        "read_capacity_units": estimate.units.get(),
        "estimated_seconds": estimate.duration.map(|time| time.as_secs_f64()),
    })
}

/// How a path is named in JSON.
pub(crate) fn path_name(path: WritePath) -> &'static str {
    match path {
        WritePath::ConditionalPut => "conditional-put",
        WritePath::Batch => "batch",
    }
}

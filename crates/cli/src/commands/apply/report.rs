//! What is printed of an apply.

use crate::commands::rejects;
use crate::output::{bytes, count, duration, pace};
use ddbkit::transfer::{ApplyEstimate, ApplyReport, NewerBy};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::SystemTime;

pub(super) fn text(report: &ApplyReport) -> String {
    let mut text = format!(
        "Applied {} to {} in {}",
        windows(report.windows, report.from, report.to),
        report.table,
        duration(report.elapsed)
    );
    let rows = [
        ("read", report.read),
        ("put", report.puts),
        ("deleted", report.deletes),
        ("applied before", report.already_applied),
        ("left out, the table has newer", report.newer),
        ("rejected", report.rejected),
    ];
    text += &table(&rows, &["read", "put", "deleted"]);
    if report.resumed > 0 {
        text += &format!("\n  {:>12}  done by an earlier run", count(report.resumed));
    }
    text += &rejects::earlier_row(&report.rejected_earlier);
    text += &format!("\n  consumed {} write capacity units", report.consumed);
    for (index, units) in &report.consumed_by_index {
        text += &format!(", {units} of them of index {index}");
    }
    if let Some(notes) = &report.bookkeeping {
        let made = if notes.created { ", which was created" } else { "" };
        text += &format!("\n  and {} of bookkeeping {}{made}", notes.consumed, notes.table);
    }
    if report.consumed_by_refused.get() > 0.0 {
        let units = report.consumed_by_refused;
        text += &format!("\n  and by our count {units} for writes that left an item alone");
    }
    text += &format!("\n  pace {}", report.pace);
    if report.throttles + report.unprocessed > 0 {
        let (throttles, items) = (count(report.throttles), count(report.unprocessed));
        text += &format!("\n  throttled {throttles} times; {items} unprocessed writes sent again");
    }
    if let Some(rejects) = &report.rejects {
        let rejects = rejects.display();
        text +=
            &format!("\nRejected records are in {rejects}, the reasons in {rejects}.errors.jsonl");
    }
    text + &rejects::earlier_files(&report.rejected_earlier, report.rejects.as_deref())
}

pub(super) fn estimate_text(estimate: &ApplyEstimate) -> String {
    let mut text = format!(
        "Nothing was written. {} onto {} would come to",
        windows(estimate.windows, estimate.from, estimate.to),
        estimate.table
    );
    let rows = [
        ("read", estimate.read),
        ("put", estimate.puts),
        ("deleted", estimate.deletes),
        ("applied before", estimate.already_applied),
        ("left out, the table has newer", estimate.newer),
        ("rejected", estimate.rejected),
    ];
    text += &table(&rows, &["read", "put", "deleted"]);
    text += &format!(
        "\n  consumes  {} write capacity units for {} of JSON",
        estimate.units,
        bytes(estimate.json_bytes)
    );
    if let NewerBy::Bookkeeping(name) = &estimate.newer_by {
        let made = if estimate.creates_bookkeeping { ", which would be created" } else { "" };
        text += &format!("\n  and {} of bookkeeping {name}{made}", estimate.bookkeeping_units);
    }
    if let Some(time) = estimate.duration {
        text += &format!("\n  takes     {} at this pace", duration(time));
    }
    text += "\n  not known: writes of indexes, and larger items that are in the table";
    for reason in &estimate.reasons {
        text += &format!("\n  {reason}");
    }
    if estimate.rejected > estimate.reasons.len() as u64 {
        text += "\n  and more";
    }
    text
}

/// Counts with their names; those that are nothing are left out, unless they are always wanted.
fn table(rows: &[(&str, u64)], always: &[&str]) -> String {
    let wanted = rows.iter().filter(|(what, n)| *n > 0 || always.contains(what));
    wanted.map(|(what, n)| format!("\n  {:>12}  {what}", count(*n))).collect()
}

fn windows(windows: u64, from: SystemTime, to: SystemTime) -> String {
    let what = if windows == 1 { "window" } else { "windows" };
    format!("{} {what} from {} to {}", count(windows), time(from), time(to))
}

/// As manifests have it.
fn time(time: SystemTime) -> String {
    Timestamp::try_from(time).map(|time| format!("{time:.3}")).unwrap_or_default()
}

/// The names of the ways in JSON.
fn way(newer_by: &NewerBy) -> Value {
    match newer_by {
        NewerBy::Order => json!({"way": "order"}),
        NewerBy::Bookkeeping(table) => json!({"way": "bookkeeping", "table": table}),
        NewerBy::Attribute(name) => json!({"way": "timestamp-attribute", "attribute": name}),
    }
}

pub(super) fn to_json(report: &ApplyReport) -> Value {
    json!({
        "version": 1,
        "command": "apply",
        "table": report.table,
        "newer_by": way(&report.newer_by),
        "windows": report.windows,
        "from": time(report.from),
        "to": time(report.to),
        "files": report.files,
        "resumed": report.resumed,
        "table_was_replaced": report.table_was_replaced,
        "read": report.read,
        "puts": report.puts,
        "deletes": report.deletes,
        "already_applied": report.already_applied,
        "newer": report.newer,
        "rejected": report.rejected,
        "rejects": report.rejects,
        "rejected_earlier": rejects::earlier_json(&report.rejected_earlier),
        "json_bytes": report.json_bytes,
        "consumed_capacity_units": report.consumed.get(),
        "refused_writes_capacity_units": report.consumed_by_refused.get(),
        "consumed_by_index": pace::units_by_name(&report.consumed_by_index),
        "bookkeeping": report.bookkeeping.as_ref().map(|notes| json!({
            "table": notes.table,
            "created": notes.created,
            "consumed_capacity_units": notes.consumed.get(),
            "refused_writes_capacity_units": notes.consumed_by_refused.get(),
        })),
        "pace": pace::to_json(&report.pace),
        "throttles": report.throttles,
        "unprocessed": report.unprocessed,
        "warnings": report.warnings,
        "seconds": report.elapsed.as_secs_f64(),
    })
}

pub(super) fn estimate_json(estimate: &ApplyEstimate) -> Value {
    json!({
        "version": 1,
        "command": "apply",
        "dry_run": true,
        "table": estimate.table,
        "newer_by": way(&estimate.newer_by),
        "windows": estimate.windows,
        "from": time(estimate.from),
        "to": time(estimate.to),
        "read": estimate.read,
        "puts": estimate.puts,
        "deletes": estimate.deletes,
        "already_applied": estimate.already_applied,
        "newer": estimate.newer,
        "rejected": estimate.rejected,
        "reasons": estimate.reasons,
        "warnings": estimate.warnings,
        "json_bytes": estimate.json_bytes,
        "write_capacity_units": estimate.units.get(),
        "bookkeeping_write_capacity_units": estimate.bookkeeping_units.get(),
        "creates_bookkeeping": estimate.creates_bookkeeping,
        "consumed_read_capacity_units": estimate.consumed.get(),
        "estimated_seconds": estimate.duration.map(|time| time.as_secs_f64()),
        "seconds": estimate.elapsed.as_secs_f64(),
    })
}

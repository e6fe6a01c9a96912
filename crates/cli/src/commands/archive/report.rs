//! What an archive run did, for people and for programs.

use crate::output::{bytes, count};
use ddbkit::archive::{ArchiveReport, GapRecord, StreamCalls};
use ddbkit::store::Location;
use serde_json::{Value, json};

pub(super) fn text(report: &ArchiveReport) -> String {
    let read = &report.read;
    let left = [
        (read.user_deletes, "deletes by users"),
        (read.inserts, "inserts"),
        (read.modifies, "changes"),
    ];
    let left: Vec<_> = left.iter().map(|(n, what)| format!("{} {what}", count(*n))).collect();
    let mut text = format!(
        "Archived {} items in {} files ({}); left {}",
        count(report.archived),
        count(report.files),
        bytes(report.bytes),
        left.join(", ")
    );
    if report.without_expiry > 0 {
        let n = count(report.without_expiry);
        text += &format!("\n{n} of the items had no number in their TTL attribute");
    }
    if report.adopted_files > 0 {
        let n = count(report.adopted_files);
        text += &format!("\n{n} files were there already, written by another worker or before");
    }
    for gap in &report.gaps {
        text += &format!("\nLOST or may be: records of {}{}", gap.shard, after(gap));
    }
    let calls = &report.calls;
    text += &format!(
        "\n{} calls of GetRecords: {:.4} USD at {} USD for 100,000, the list price in us-east-1",
        count(calls.get_records),
        calls.cost(),
        StreamCalls::LIST_PRICE_PER_100_000
    );
    text
}

fn after(gap: &GapRecord) -> String {
    gap.after.as_ref().map_or(String::new(), |after| format!(" behind {after}"))
}

pub(super) fn gap_json(gap: &GapRecord) -> Value {
    json!({
        "stream": gap.stream,
        "shard": gap.shard,
        "after": gap.after.as_ref().map(ToString::to_string),
        "cause": gap.cause,
        "last_created": gap.last_created,
        "found": gap.found,
    })
}

/// What is archived, and where.
pub(super) struct Place<'a> {
    pub(super) table: &'a str,
    pub(super) stream: &'a str,
    pub(super) dest: &'a Location,
}

pub(super) fn to_json(place: &Place<'_>, report: &ArchiveReport) -> Value {
    let read = &report.read;
    let calls = &report.calls;
    json!({
        "version": 1,
        "command": "archive run",
        "table": place.table,
        "stream": place.stream,
        "archive": place.dest.to_string(),
        "finished": report.finished,
        "archived": report.archived,
        "files": report.files,
        "bytes": report.bytes,
        "adopted_files": report.adopted_files,
        "without_expiry": report.without_expiry,
        "read": {
            "ttl_deletes": read.ttl_deletes,
            "probable_ttl_deletes": read.probable_ttl_deletes,
            "user_deletes": read.user_deletes,
            "inserts": read.inserts,
            "modifies": read.modifies,
        },
        "gaps": report.gaps.iter().map(gap_json).collect::<Vec<_>>(),
        "closed_shards": report.closed_shards,
        "lost_leases": report.lost_leases,
        "throttled": report.throttled,
        "stalled": report.stalled,
        "calls": {
            "get_records": calls.get_records,
            "shard_iterators": calls.shard_iterators,
            "describe_stream": calls.describe_stream,
        },
        "cost_usd": calls.cost(),
    })
}

//! `ddbkit archive verify`.

use crate::args::ArchiveVerifyArgs;
use crate::commands::Context;
use crate::config;
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{Output, bytes, count};
use ddbkit::archive::{ArchiveVerifyOptions, ArchiveVerifyReport, GapRecord, verify_archive};
use ddbkit::store::Location;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::SystemTime;

pub(super) async fn run(context: &Context, args: ArchiveVerifyArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let location: Location = args.archive.parse()?;
    let store = config::store(&location, &context.global).await?;
    output.detail(&format!("Verifying {location}"));
    let mut options = ArchiveVerifyOptions::at(SystemTime::now());
    options.workers = args.workers;
    let control = context.watched("verify");
    let report = verify_archive(&store, &options, &control).await;
    drop(control);
    let report = report?;
    if output.is_json() {
        output.json(&to_json(&args.archive, &report), false)?;
    } else {
        Output::data(&text(&report))?;
    }
    Ok(if report.is_whole() { DONE } else { PARTLY })
}

fn after(gap: &GapRecord) -> String {
    gap.after.as_ref().map_or("its start".to_owned(), ToString::to_string)
}

/// As the note in the archive has it.
fn cause(gap: &GapRecord) -> Value {
    serde_json::to_value(gap.cause).unwrap_or_default()
}

fn text(report: &ArchiveVerifyReport) -> String {
    let mut text = String::new();
    for fault in &report.faults {
        text += &format!("  FAULT  {fault}\n");
    }
    let more = report.fault_count() - report.faults.len() as u64;
    if more > 0 {
        text += &format!("  FAULT  and {} more\n", count(more));
    }
    for gap in &report.gaps {
        let why = cause(gap);
        let why = why.as_str().unwrap_or_default().replace('_', " ");
        text += &format!("  LOST   records of {} behind {}: {why}\n", gap.shard, after(gap));
    }
    for open in &report.open_shards {
        let last = open
            .last
            .as_ref()
            .map_or("nothing archived".to_owned(), |last| format!("archived to {last}"));
        text += &format!("  open   {}: {last}\n", open.shard);
    }
    for label in &report.not_to_the_end {
        text += &format!(
            "  not checked  whether the shards of stream {label} were read to their end: Lambda, \
             which archived it, does not tell\n"
        );
    }
    if report.values > 0 {
        let (values, size) = (count(report.values), bytes(report.value_bytes));
        text += &format!("  values {values}, {size}: read and proven\n");
    }
    let verdict = match (report.fault_count(), report.gaps.len()) {
        (0, 0) => "The archive is whole".to_owned(),
        (faults, gaps) => format!("Faults: {}, known losses: {gaps}", count(faults)),
    };
    let (records, files) = (count(report.records), count(report.files));
    let (size, closed) = (bytes(report.stored_bytes), count(report.closed_shards));
    let open = count(report.open_shards.len() as u64);
    text + &format!(
        "{verdict}: {records} records in {files} data files, {size}; \
         {closed} shards to their end, {open} open\n"
    )
}

fn to_json(archive: &str, report: &ArchiveVerifyReport) -> Value {
    let counts: BTreeMap<_, _> = report.counts.iter().map(|(kind, n)| (kind.as_str(), n)).collect();
    let faults = report.faults.iter().map(
        |fault| json!({"kind": fault.kind.as_str(), "place": fault.place, "detail": fault.detail}),
    );
    let gaps = report.gaps.iter().map(|gap| {
        json!({
            "stream": gap.stream,
            "shard": gap.shard,
            "after": gap.after.as_ref().map(ToString::to_string),
            "cause": cause(gap),
            "last_created": gap.last_created,
            "found": gap.found,
        })
    });
    let open = report.open_shards.iter().map(
        |open| json!({"shard": open.shard, "last": open.last.as_ref().map(ToString::to_string)}),
    );
    json!({
        "version": 1,
        "command": "archive verify",
        "archive": archive,
        "whole": report.is_whole(),
        "records": report.records,
        "files": report.files,
        "stored_bytes": report.stored_bytes,
        "values": report.values,
        "value_bytes": report.value_bytes,
        "closed_shards": report.closed_shards,
        "open_shards": open.collect::<Vec<_>>(),
        "not_to_the_end": report.not_to_the_end,
        "gaps": gaps.collect::<Vec<_>>(),
        "fault_count": report.fault_count(),
        "fault_counts": counts,
        "faults": faults.collect::<Vec<_>>(),
    })
}

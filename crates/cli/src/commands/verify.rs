//! `ddbkit verify`.

use crate::args::VerifyArgs;
use crate::commands::Context;
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{Output, bytes, count};
use aws_sdk_dynamodb::Client;
use ddbkit::export::{Check, ExportReader, VerifyOptions, VerifyReport, verify};
use ddbkit::store::Location;
use ddbkit::transfer::{
    CompareOptions, Comparison, DifferenceKind, ValuesReport, compare_with_table, verify_values,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

/// How many faults are printed; all are counted.
const FAULTS: usize = 100;

pub(crate) async fn run(context: &Context, args: VerifyArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let location: Location = args.source.parse()?;
    let reader = if args.no_manifests {
        ExportReader::open_listing(config::store(&location, &context.global).await?).await?
    } else {
        config::export(&location, &context.global).await?
    };
    output.detail(&format!("Verifying {}", reader.describe()));
    let report = prove(context, &reader, args.workers).await?;
    let values = prove_values(context, &reader).await?;
    // Said before the table is asked: what is wrong with the files counts whatever comes then.
    if !output.is_json() {
        Output::data(&files_text(&report, values.as_ref()))?;
    }
    let compared = match &args.table {
        Some(table) => {
            let client = Aws::load(&context.global).await?.dynamodb();
            let options = CompareOptions {
                contains: args.contains,
                max_diff: args.max_diff,
                workers: args.workers,
                read_capacity: args.read_capacity,
            };
            compare(context, &client, table, reader, options).await.map(Some)
        }
        None => Ok(None),
    };
    if output.is_json() {
        let comparison = compared.as_ref().ok().and_then(Option::as_ref);
        output.json(&to_json(&report, values.as_ref(), comparison), false)?;
    }
    let comparison = compared?;
    if let (Some(comparison), Some(table), false) = (&comparison, &args.table, output.is_json()) {
        Output::data(&comparison_text(comparison, table))?;
    }
    let is_equal = comparison.is_none_or(|comparison| comparison.equal);
    let has_values = values.as_ref().is_none_or(ValuesReport::is_ok);
    Ok(if report.is_ok() && has_values && is_equal { DONE } else { PARTLY })
}

/// Compares with a table under a bar.
pub(crate) async fn compare(
    context: &Context,
    client: &Client,
    table: &str,
    reader: ExportReader,
    options: CompareOptions,
) -> Result<Comparison, Failure> {
    let control = context.watched("compare");
    Ok(compare_with_table(client, table, reader, options, &control).await?)
}

/// Proves the files of a dump under a bar.
pub(crate) async fn prove(
    context: &Context,
    reader: &ExportReader,
    workers: NonZeroUsize,
) -> Result<VerifyReport, Failure> {
    let options = VerifyOptions { workers, max_faults: FAULTS };
    Ok(verify(reader, &options, &context.watched("verify")).await?)
}

/// Proves the values of large attributes that a dump holds; `None` where it holds none.
pub(crate) async fn prove_values(
    context: &Context,
    reader: &ExportReader,
) -> Result<Option<ValuesReport>, Failure> {
    Ok(verify_values(reader, &context.watched("values")).await?)
}

fn check_name(check: Check) -> &'static str {
    match check {
        Check::SummaryChecksum => "checksum of manifest-summary.json",
        Check::FilesChecksum => "checksum of manifest-files.json",
        Check::TotalItemCount => "item count of the summary",
        Check::DataListing => "no missing or extra data files",
        Check::DataFileChecksum => "checksums of data files",
        Check::DataFileEtag => "entity tags of data files",
        Check::ItemCount => "item counts of data files",
        Check::Lines => "every line is an item, or a record of a change",
        Check::ContentDigest => "content digest",
        _ => "more",
    }
}

pub(crate) fn files_text(report: &VerifyReport, values: Option<&ValuesReport>) -> String {
    let mut text = String::new();
    for (check, n) in report.checks() {
        let times = if *n > 1 { format!(" ({})", count(*n)) } else { String::new() };
        text += &format!("  checked      {}{times}\n", check_name(*check));
    }
    for check in report.unchecked().keys() {
        text += &format!("  not checked  {}\n", check_name(*check));
    }
    for (change, n) in report.changes() {
        text += &format!("  records      {}: {}\n", change.as_str(), count(*n));
    }
    for fault in report.faults() {
        text += &format!("  FAULT        {fault}\n");
    }
    let of_values = values.map_or(0, |values| values.fault_count);
    if let Some(values) = values {
        let (proven, pointers) = (count(values.proven), count(values.pointers));
        let size = bytes(values.bytes);
        text +=
            &format!("  values       {proven}, {size}, of {pointers} pointers: read and proven\n");
        for fault in &values.faults {
            text += &format!("  FAULT        {fault}\n");
        }
    }
    let fault_count = report.fault_count() + of_values;
    let listed = report.faults().len() + values.map_or(0, |values| values.faults.len());
    let more = fault_count - listed as u64;
    if more > 0 {
        text += &format!("  FAULT        and {} more\n", count(more));
    }
    let (files, items, size) =
        (count(report.files()), count(report.items()), bytes(report.bytes()));
    let verdict = match fault_count {
        0 => "The files are whole".to_owned(),
        1 => "1 fault".to_owned(),
        n => format!("{} faults", count(n)),
    };
    text + &format!("{verdict}: {items} items in {files} data files, {size} of JSON\n")
}

pub(crate) fn comparison_text(comparison: &Comparison, table: &str) -> String {
    let mut text = String::new();
    if comparison.selection_applied {
        text +=
            "  The table was read as the dump read it: its filter, projection, index or query\n";
    }
    if comparison.contains {
        text += "  The table may hold more than the dump\n";
    }
    for difference in &comparison.differences {
        let kind = kind_name(difference.kind);
        text += &format!("  {kind:<16} {}\n", difference.key.to_dynamodb_json());
    }
    if comparison.more_differences {
        text += "  and more; --max-diff names more\n";
    }
    let (here, there) = (count(comparison.source_items), count(comparison.table_items));
    text + &match (comparison.equal, comparison.contains) {
        (true, false) => format!("Table {table} holds the same {here} items\n"),
        (true, true) => format!("Table {table} holds all {here} items of the dump\n"),
        (false, false) => {
            format!("Table {table} DIFFERS: {here} items in the dump, {there} in the table\n")
        }
        (false, true) => {
            format!("Table {table} DIFFERS: it lacks items of the dump, or has others\n")
        }
    }
}

fn kind_name(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::OnlyInSource => "only in the dump",
        DifferenceKind::OnlyInTable => "only in table",
        DifferenceKind::TwiceInSource => "twice in dump",
        _ => "different",
    }
}

pub(crate) fn comparison_json(comparison: &Comparison) -> Value {
    let difference = |difference: &ddbkit::transfer::Difference| {
        let key = difference.key.to_dynamodb_json();
        // Text that we wrote ourselves; the key as an object is easier to use than as a text.
        let key: Value = serde_json::from_str(&key).unwrap_or(Value::String(key));
        json!({"kind": kind_name(difference.kind), "key": key})
    };
    json!({
        "equal": comparison.equal,
        "contains": comparison.contains,
        "source_items": comparison.source_items,
        "table_items": comparison.table_items,
        "differences": comparison.differences.iter().map(difference).collect::<Vec<_>>(),
        "more_differences": comparison.more_differences,
        "consumed_capacity_units": comparison.consumed.get(),
    })
}

pub(crate) fn to_json(
    report: &VerifyReport,
    values: Option<&ValuesReport>,
    comparison: Option<&Comparison>,
) -> Value {
    let has_values = values.is_none_or(ValuesReport::is_ok);
    let values = values.map(|values| {
        json!({
            "pointers": values.pointers,
            "proven": values.proven,
            "bytes": values.bytes,
            "fault_count": values.fault_count,
            "faults": values.faults,
        })
    });
    let fault = |fault: &ddbkit::export::VerifyFault| json!({"kind": fault.kind.as_str(), "file": fault.file, "line": fault.line, "message": fault.message});
    let times = |checks: &BTreeMap<Check, u64>| -> BTreeMap<&str, u64> {
        checks.iter().map(|(check, n)| (check.as_str(), *n)).collect()
    };
    let changes: BTreeMap<&str, u64> =
        report.changes().iter().map(|(change, n)| (change.as_str(), *n)).collect();
    let digest = report.digest();
    json!({
        "version": 1,
        "command": "verify",
        "ok": report.is_ok() && has_values,
        "files": report.files(),
        "items": report.items(),
        "json_bytes": report.bytes(),
        "stored_bytes": report.compressed_bytes(),
        "digest": digest.to_hex(),
        "digest_algorithm": ddbkit::codec::ContentDigest::ALGORITHM,
        "checks": times(report.checks()),
        "not_checked": times(report.unchecked()),
        "changes": changes,
        "fault_count": report.fault_count(),
        "faults": report.faults().iter().map(fault).collect::<Vec<_>>(),
        "values": values,
        "comparison": comparison.map(comparison_json),
    })
}

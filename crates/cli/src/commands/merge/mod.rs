//! `ddbkit merge`.

use crate::args::MergeArgs;
use crate::commands::{Context, find_exports};
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::key_names::{self, KeyNames};
use crate::output::{bytes, count, duration};
use ddbkit::export::{Merge, MergeReport, S3Location, WriterOptions};
use ddbkit::store::Location;
use jiff::Timestamp;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub(crate) async fn run(context: &Context, args: MergeArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let dest: Location = args.dest.parse()?;
    let writer = WriterOptions {
        compression: args.compression.into(),
        s3_location: s3_location(&dest, args.s3_location.as_deref())?,
        strict_aws: args.strict_aws,
        ..WriterOptions::default()
    };
    let base = find_exports::full(context, &args.base.parse()?).await?;
    let mut incrementals = Vec::new();
    for place in &args.incrementals {
        incrementals.extend(find_exports::incremental(context, &place.parse()?).await?);
    }
    let scratch = args.scratch.clone().unwrap_or_else(|| beside(&dest));
    let windows = incrementals.len();
    let mut merge = Merge::new(base, incrementals, scratch)
        .writer(writer)
        .file_size(args.file_size)
        .digest(args.digest);
    if let Some((hash, range)) = key(context, &args).await? {
        merge = merge.key(hash, range);
    }
    let store = config::store(&dest, &context.global).await?;
    let exports = if windows == 1 { "export" } else { "exports" };
    output.notice(&format!("Merging {} and {windows} incremental {exports} to {dest}", args.base));
    let control = context.watched("merge");
    let report = merge.run(store, &control).await?;
    drop(control);
    output.summary(&summary(&report, &args.dest));
    if output.is_json() {
        output.json(&to_json(&report), false)?;
    }
    Ok(DONE)
}

/// The key of the table, where the command line tells it.
async fn key(context: &Context, args: &MergeArgs) -> Result<Option<KeyNames>, Failure> {
    Ok(match (&args.key, &args.key_of) {
        (Some(names), _) => Some(key_names::parsed(names)?),
        (None, Some(table)) => {
            let client = Aws::load(&context.global).await?.dynamodb();
            Some(key_names::described(&client, table, None).await?)
        }
        (None, None) => None,
    })
}

/// What the manifests say about S3: the destination, or where a directory will be copied to.
fn s3_location(dest: &Location, named: Option<&str>) -> Result<Option<S3Location>, Failure> {
    let location = match (dest, named) {
        (Location::S3 { .. }, Some(_)) => {
            return Err(Failure::usage("--s3-location is for a result in a directory"));
        }
        (Location::S3 { .. }, None) => dest.clone(),
        (Location::Directory(_), None) => return Ok(None),
        (Location::Directory(_), Some(named)) => named.parse()?,
    };
    match location {
        Location::S3 { bucket, prefix } => Ok(Some(S3Location { bucket, prefix })),
        Location::Directory(_) => Err(Failure::usage("--s3-location takes s3://bucket/prefix")),
    }
}

/// Where there is room for what is sorted: on the disk of the destination. The folder itself need not
/// be there yet.
fn beside(dest: &Location) -> PathBuf {
    let Location::Directory(path) = dest else { return std::env::temp_dir() };
    let mut ancestors = path.ancestors().filter(|ancestor| !ancestor.as_os_str().is_empty());
    ancestors.find(|ancestor| ancestor.is_dir()).unwrap_or(Path::new(".")).to_owned()
}

fn time(time: SystemTime) -> String {
    let shown = Timestamp::try_from(time);
    shown.map_or_else(
        |_| "unknown".to_owned(),
        |time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}

fn summary(report: &MergeReport, dest: &str) -> String {
    let counts = &report.counts;
    let mut text = format!(
        "Merged {} items and {} changes into {} items in {}",
        count(report.base_items),
        count(report.records),
        count(report.items),
        duration(report.elapsed)
    );
    for (name, number) in [
        ("unchanged", counts.unchanged),
        ("replaced", counts.replaced),
        ("inserted", counts.inserted),
        ("deleted", counts.deleted),
    ] {
        text += &format!("\n  {name:<10} {}", count(number));
    }
    if counts.deleted_absent > 0 {
        let number = count(counts.deleted_absent);
        text +=
            &format!("\n  {:<10} {number} made in one window and deleted in a later one", "gone");
    }
    if counts.superseded > 0 {
        let number = count(counts.superseded);
        text +=
            &format!("\n  {:<10} {number} changes came before later ones of their keys", "earlier");
    }
    let (files, stored) = (count(report.files), bytes(report.stored_bytes));
    text += &format!("\n  files      {files}, {stored}");
    text += &format!("\n  table at   {}", time(report.export_time));
    text +=
        &format!("\n  exact      {}", if report.is_exact { "yes" } else { "NO, see the warning" });
    text += &format!("\n  export     {}", report.export_id);
    if let Some(digest) = &report.digest {
        text += &format!("\n  digest     {}", digest.to_hex());
    }
    let dest = dest.trim_end_matches('/');
    text + &format!("\nProve it with: ddbkit verify {dest}/AWSDynamoDB/{}", report.export_id)
}

fn to_json(report: &MergeReport) -> serde_json::Value {
    let counts = &report.counts;
    json!({
        "version": 1,
        "command": "merge",
        "export_id": report.export_id.to_string(),
        "export_time": time(report.export_time),
        "exact": report.is_exact,
        "base_items": report.base_items,
        "records": report.records,
        "items": report.items,
        "unchanged": counts.unchanged,
        "replaced": counts.replaced,
        "inserted": counts.inserted,
        "deleted": counts.deleted,
        "deleted_absent": counts.deleted_absent,
        "superseded": counts.superseded,
        "windows": report.windows.iter().map(|window| json!({
            "export": window.export,
            "from": time(window.from),
            "to": time(window.to),
            "records": window.records,
        })).collect::<Vec<_>>(),
        "key": report.key,
        "files": report.files,
        "json_bytes": report.json_bytes,
        "stored_bytes": report.stored_bytes,
        "scratch_bytes": report.scratch_bytes,
        "digest": report.digest.as_ref().map(ddbkit::codec::ContentDigest::to_hex),
        "seconds": report.elapsed.as_secs_f64(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorting_is_done_in_the_first_folder_that_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let dest = Location::Directory(dir.path().join("a").join("b"));
        assert_eq!(beside(&dest), dir.path());
        assert_eq!(beside(&Location::Directory(dir.path().to_owned())), dir.path());
        assert_eq!(beside(&Location::Directory("not-there".into())), Path::new("."));
    }
}

//! dyndump's backups in S3, and copies of them.

use super::{Detected, SourceFile, SourceTable};
use crate::{ForeignError, Format};
use ddbkit_store::{ObjectMeta, Store};
use serde::Deserialize;

/// Behind the prefix of a backup: its description.
pub(crate) const META_SUFFIX: &str = "-meta.json";
const PART_INFIX: &str = "-part-";

/// `<prefix>-meta.json`.
#[derive(Clone, Debug, Deserialize)]
struct Meta {
    table_name: String,
    #[serde(default)]
    table_arn: String,
    status: String,
    backup_type: String,
    #[serde(default)]
    backup_start_time: Option<String>,
    #[serde(default)]
    backup_end_time: Option<String>,
    #[serde(default)]
    uncompressed_bytes: u64,
    #[serde(default)]
    item_count: u64,
    #[serde(default)]
    part_count: u64,
}

/// Whether it can be a description, by its size.
pub(crate) fn is_meta(object: &ObjectMeta) -> bool {
    object.size <= 64 * 1024
}

/// The description of the backup with that prefix; none when there is none, or it is of something
/// else.
async fn read_meta(store: &Store, prefix: &str) -> Result<Option<Meta>, ForeignError> {
    let key = format!("{prefix}{META_SUFFIX}");
    if !store.head(&key).await?.is_some_and(|object| is_meta(&object)) {
        return Ok(None);
    }
    let (_, json) = store.get(&key).await?;
    let meta: Option<Meta> = serde_json::from_slice(&json).ok();
    Ok(meta.filter(|meta| ["full", "query"].contains(&meta.backup_type.as_str())))
}

/// The number of a part, by its key.
fn part_number(prefix: &str, key: &str) -> Option<u64> {
    let digits = key.strip_prefix(prefix)?.strip_prefix(PART_INFIX)?.strip_suffix(".json.gz")?;
    let is_number = digits.len() >= 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

/// The parts among what has the prefix of parts, in the order of their numbers.
///
/// # Errors
/// The first key that is of no part.
pub(crate) fn parts(
    prefix: &str,
    listed: Vec<ObjectMeta>,
) -> Result<Vec<(u64, ObjectMeta)>, String> {
    let numbered = listed.into_iter().map(|object| match part_number(prefix, &object.key) {
        Some(number) => Ok((number, object)),
        None => Err(object.key),
    });
    let mut parts = numbered.collect::<Result<Vec<_>, String>>()?;
    parts.sort_by_key(|(number, _)| *number);
    Ok(parts)
}

pub(super) async fn backup(store: &Store, prefix: &str) -> Result<Option<Detected>, ForeignError> {
    let Some(table) = table(store, prefix).await? else { return Ok(None) };
    let evidence = store.describe(&format!("{prefix}{META_SUFFIX}"));
    Ok(Some(Detected::new(store, Format::DyndumpBackup, evidence, vec![table])))
}

pub(super) async fn table(
    store: &Store,
    prefix: &str,
) -> Result<Option<SourceTable>, ForeignError> {
    let Some(meta) = read_meta(store, prefix).await? else { return Ok(None) };
    let mut listed = store.list(&format!("{prefix}{PART_INFIX}")).await?;
    listed.retain(|object| part_number(prefix, &object.key).is_some());
    let parts = parts(prefix, listed).unwrap_or_default();
    let mut faults = Vec::new();
    if meta.status != "completed" {
        faults.push(format!("dyndump wrote that the backup is {}, not completed", meta.status));
    }
    let found = parts.len() as u64;
    if found != meta.part_count {
        faults.push(format!("there are {found} parts, but dyndump wrote {}", meta.part_count));
    }
    let numbers = parts.iter().map(|(number, _)| *number);
    if let Some((missing, _)) = (1..).zip(numbers).find(|(expected, found)| expected != found) {
        faults.push(format!("part {missing} is missing"));
    }
    let is_completed = meta.status == "completed";
    Ok(Some(SourceTable {
        name: prefix.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("backup").into(),
        prefix: prefix.to_owned(),
        table_name: Some(meta.table_name),
        table_arn: Some(meta.table_arn).filter(|arn| !arn.is_empty()),
        files: parts
            .into_iter()
            .map(|(_, object)| SourceFile { key: object.key, bytes: object.size })
            .collect(),
        // While it runs the counts are those of the last part.
        items: is_completed.then_some(meta.item_count),
        json_bytes: is_completed.then_some(meta.uncompressed_bytes),
        state: Some(meta.status),
        kind: Some(meta.backup_type),
        started: meta.backup_start_time,
        ended: meta.backup_end_time,
        faults,
        ..SourceTable::default()
    }))
}

//! AWS Data Pipeline and the EMR export tool: `manifest` beside files that it names.

use super::{SourceFile, SourceTable};
use crate::ForeignError;
use ddbkit_store::{ObjectMeta, Store};
use serde::Deserialize;

#[derive(Deserialize)]
struct Manifest {
    entries: Vec<ManifestEntry>,
}

#[derive(Deserialize)]
struct ManifestEntry {
    url: String,
}

/// The export whose manifest lies in the folder (empty, or ending in a slash).
pub(super) async fn table(
    store: &Store,
    folder: &str,
    listing: &[ObjectMeta],
) -> Result<Option<SourceTable>, ForeignError> {
    let (_, json) = store.get(&format!("{folder}manifest")).await?;
    let Ok(manifest) = serde_json::from_slice::<Manifest>(&json) else { return Ok(None) };
    let mut table = SourceTable { name: name(store, folder), ..SourceTable::default() };
    for entry in manifest.entries {
        // The tree may have been copied elsewhere: only the name counts.
        let file = entry.url.rsplit('/').next().unwrap_or_default();
        let key = format!("{folder}{file}");
        match listing.iter().find(|object| object.key == key) {
            Some(object) => table.files.push(SourceFile { key, bytes: object.size }),
            None => table.faults.push(format!("{file} is missing, but the manifest names it")),
        }
    }
    Ok(Some(table))
}

fn name(store: &Store, folder: &str) -> String {
    let whole = store.describe(folder.trim_end_matches('/'));
    whole.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
}

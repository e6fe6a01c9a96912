//! What the names of the objects tell.

use super::limits::{MAX_OBJECTS, too_many_bytes};
use super::report::{Finding, FindingKind, LintReport};
use crate::layout::{FILES, SIDECAR_DIR, SUMMARY, checksum_names};
use ddbkit_store::{ObjectMeta, Store};

/// What was seen of the listing of a prefix.
pub(super) struct Listing<'a> {
    prefix: &'a str,
    /// Objects in the folder that the prefix names.
    inside: u64,
    /// Objects beside it, and the first of them.
    beside: u64,
    neighbour: Option<String>,
}

impl<'a> Listing<'a> {
    pub(super) fn new(prefix: &'a str) -> Self {
        Self { prefix, inside: 0, beside: 0, neighbour: None }
    }

    /// Counts an object; whether there may be items in it.
    pub(super) fn is_data(
        &mut self,
        store: &Store,
        object: &ObjectMeta,
        report: &mut LintReport,
    ) -> bool {
        report.objects += 1;
        report.stored_bytes += object.size;
        let is_folder = self.prefix.is_empty() || self.prefix.ends_with('/');
        let behind = object.key.strip_prefix(self.prefix).unwrap_or_default();
        if is_folder || behind.starts_with('/') {
            self.inside += 1;
        } else {
            self.beside += 1;
            self.neighbour.get_or_insert_with(|| store.describe(&object.key));
        }
        if object.size == 0 {
            // Harmless: `_started`, and what makes a folder visible.
            return false;
        }
        if is_document(&object.key) {
            let why = "a document of an export, which the import would read as data: it ends as \
                       FAILED. Name the folder of the data, .../data/";
            report.find(Finding::new(
                FindingKind::ManifestInPrefix,
                store.describe(&object.key),
                why,
            ));
            return false;
        }
        true
    }

    /// Judges the whole.
    pub(super) fn finish(self, store: &Store, region: Option<&str>, report: &mut LintReport) {
        let place = store.describe(self.prefix);
        if report.objects == 0 {
            let why = "no object has this prefix: the import would complete with an empty table";
            report.find(Finding::new(FindingKind::NoObjects, place.clone(), why));
        }
        if report.objects > MAX_OBJECTS {
            let why =
                format!("{} objects are more than the {MAX_OBJECTS} of an import", report.objects);
            report.find(Finding::new(FindingKind::TooManyObjects, place.clone(), why));
        }
        if let Some(why) = too_many_bytes(report.stored_bytes, region) {
            report.find(Finding::new(FindingKind::TooManyBytes, place, why));
        }
        if let Some(neighbour) = self.neighbour.filter(|_| self.inside > 0) {
            let why = format!(
                "the prefix has no slash at its end and matches {} objects beside the folder, this \
                 one first; they would be imported too",
                self.beside
            );
            report.find(Finding::new(FindingKind::Neighbour, neighbour, why));
        }
    }
}

/// Whether the name is that of a manifest, of its checksum, or of what ddbkit adds.
pub(super) fn is_document(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or_default();
    let is_of = |manifest: &str| {
        name == manifest || checksum_names(manifest).iter().any(|checksum| checksum == name)
    };
    is_of(SUMMARY) || is_of(FILES) || key.split('/').any(|part| part == SIDECAR_DIR)
}

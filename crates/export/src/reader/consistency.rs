//! Where the documents of an export contradict each other.

use super::{ExportReader, ManifestCheck};
use crate::layout::{EXPORTS_DIR, FILES, SUMMARY};
use crate::{DataFile, ExportError, ExportErrorKind, ExportId, FaultKind};
use std::collections::BTreeSet;

/// One contradiction, as a fault of a report or as an error.
pub(crate) struct Contradiction {
    pub(crate) kind: FaultKind,
    /// A path or an `s3://` URL.
    pub(crate) object: String,
    pub(crate) message: String,
}

/// The name of the folder and the keys of the data files have the id of the export, unless someone
/// renamed them. One that is there and is another says that a document was swapped.
fn other_id(own: Option<ExportId>, named: Option<&str>) -> Option<ExportId> {
    let named: ExportId = named?.parse().ok()?;
    own.filter(|own| *own != named).map(|_| named)
}

impl ExportReader {
    /// Whether the manifests agree with each other, so that what is read of the data files can be
    /// proven by them. Looks at nothing but what [`ExportReader::open`] read.
    ///
    /// That `manifest-summary.json` has its checksum is not asked for: account and bucket are often
    /// taken out before an export is passed on. [`ExportReader::summary_check`] tells.
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidManifest`] when `manifest-files.json` does not have its checksum,
    /// its counts do not sum to that of the summary, it names a file twice, or one of the documents
    /// is of another export.
    pub fn check_manifests(&self) -> Result<(), ExportError> {
        let mut found = self.contradictions().into_iter();
        let first = found.find(|found| found.kind != FaultKind::SummaryChecksum);
        first.map_or(Ok(()), |found| {
            let error = ExportError::new(ExportErrorKind::InvalidManifest, found.object);
            Err(error.detail(found.message))
        })
    }

    /// All contradictions between the documents.
    pub(crate) fn contradictions(&self) -> Vec<Contradiction> {
        if self.is_listing() {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut add = |kind, object, message: String| {
            found.push(Contradiction { kind, object, message });
        };
        let place = |name| self.store().describe(&self.folder().key(name));
        let sums = [
            (SUMMARY, self.summary_check(), FaultKind::SummaryChecksum),
            (FILES, self.files_check(), FaultKind::FilesChecksum),
        ];
        for (name, check, kind) in sums {
            if check == ManifestCheck::Mismatch {
                let message = "the bytes do not have the MD5 that lies beside them";
                add(kind, place(name), message.to_owned());
            }
        }
        let counts = self.files().iter().map(|file| file.item_count);
        let in_files = counts.fold(0, u64::saturating_add);
        let in_summary = self.summary().item_count;
        if in_files != in_summary {
            let message = format!(
                "itemCount is {in_summary}, the files of manifest-files.json sum to {in_files}"
            );
            add(FaultKind::TotalItemCount, place(SUMMARY), message);
        }
        let folder = self.describe();
        let folder = folder.trim_end_matches('/').rsplit(['/', '\\']).next();
        if let Some(other) = other_id(self.id(), folder) {
            let message = format!("its exportArn is not that of the folder, which is of {other}");
            add(FaultKind::OtherExport, place(SUMMARY), message);
        }
        let mut seen = BTreeSet::new();
        for file in self.files() {
            if !seen.insert(self.identity(file)) {
                let message = "manifest-files.json names it more than once".to_owned();
                add(FaultKind::DuplicateDataFile, self.describe_file(file), message);
            }
        }
        let strangers = self.files().iter().filter_map(|file| {
            let key = &file.data_file_s3_key;
            let (_, below) = key.rsplit_once(&format!("{EXPORTS_DIR}/"))?;
            other_id(self.id(), below.split('/').next())
        });
        let strangers: BTreeSet<ExportId> = strangers.collect();
        for other in strangers {
            let message = format!("it names data files of the export {other}");
            add(FaultKind::OtherExport, place(FILES), message);
        }
        found
    }

    /// The files of the manifest, each once.
    pub(crate) fn distinct_files(&self) -> Vec<DataFile> {
        let mut seen = BTreeSet::new();
        let files = self.files().iter().filter(|file| seen.insert(self.identity(file)));
        files.cloned().collect()
    }

    /// What is the same for two keys that lead to the same file.
    fn identity(&self, file: &DataFile) -> String {
        self.data_key(file).unwrap_or_else(|_| file.data_file_s3_key.clone())
    }
}

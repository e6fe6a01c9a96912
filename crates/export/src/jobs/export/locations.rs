//! Where the parts of an export lie in S3.

use crate::ExportKind;
use crate::layout::{DATA_DIR, EXPORTS_DIR, FILES, STARTED, SUMMARY, checksum_names};
use ddbkit_store::Location;

/// The places of all parts of one export, whether they are there yet or not.
///
/// The layout is that of the AWS page "DynamoDB table export output format". Its page says
/// `.checksum` for what the service writes as `.md5`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportLocations {
    /// What holds `AWSDynamoDB/`: the bucket and the prefix of the request.
    pub destination: Location,
    /// The folder of the export, with its manifests.
    pub root: Location,
    /// The folder of its data files. Incremental exports of one destination share theirs, so there
    /// only the manifest tells which files are of this export.
    pub data: Location,
    /// The empty object that is written first.
    pub started: Location,
    /// The list of the data files.
    pub manifest_files: Location,
    /// Its MD5.
    pub manifest_files_md5: Location,
    /// The summary.
    pub manifest_summary: Location,
    /// Its MD5.
    pub manifest_summary_md5: Location,
}

impl ExportLocations {
    pub(super) fn new(bucket: &str, prefix: &str, id: &str, kind: Option<ExportKind>) -> Self {
        let prefix = prefix.trim_matches('/').to_owned();
        let destination = Location::S3 { bucket: bucket.to_owned(), prefix };
        let exports = destination.join(EXPORTS_DIR);
        let root = exports.join(id);
        let is_shared = kind == Some(ExportKind::Incremental);
        let md5 = |manifest: &str| {
            let [name, _] = checksum_names(manifest);
            root.join(&name)
        };

        Self {
            data: if is_shared { exports.join(DATA_DIR) } else { root.join(DATA_DIR) },
            started: root.join(STARTED),
            manifest_files: root.join(FILES),
            manifest_files_md5: md5(FILES),
            manifest_summary: root.join(SUMMARY),
            manifest_summary_md5: md5(SUMMARY),
            root,
            destination,
        }
    }
}

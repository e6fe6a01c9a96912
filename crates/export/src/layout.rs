//! Where the objects of an export lie, and where a key of a manifest leads.

/// The folder of all exports below a destination.
pub(crate) const EXPORTS_DIR: &str = "AWSDynamoDB";
pub(crate) const STARTED: &str = "_started";
pub(crate) const SUMMARY: &str = "manifest-summary.json";
pub(crate) const FILES: &str = "manifest-files.json";
pub(crate) const DATA_DIR: &str = "data";
pub(crate) const SIDECAR_DIR: &str = "_ddbkit";
pub(crate) const TABLE_SIDECAR: &str = "_ddbkit/table.json";
pub(crate) const PLAN_SIDECAR: &str = "_ddbkit/plan.json";
pub(crate) const STATE_SIDECAR: &str = "_ddbkit/state.json";
pub(crate) const DIGEST_SIDECAR: &str = "_ddbkit/digest.json";
pub(crate) const MERGE_SIDECAR: &str = "_ddbkit/merge.json";

/// The names under which the checksum of a manifest may lie: real exports have `.md5`, the AWS
/// documentation says `.checksum`, and some writers follow it.
pub(crate) fn checksum_names(manifest: &str) -> [String; 2] {
    let stem = manifest.strip_suffix(".json").unwrap_or(manifest);
    [format!("{stem}.md5"), format!("{stem}.checksum")]
}

/// Joins a folder, which is empty for the root of the store, and a key below it.
pub(crate) fn join(folder: &str, key: &str) -> String {
    if folder.is_empty() { key.to_owned() } else { format!("{folder}/{key}") }
}

/// The folder of one export, in keys of the store that it was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExportFolder {
    /// The folder with the manifests; empty when the store is rooted there.
    pub(crate) root: String,
    /// The `AWSDynamoDB/` folder above it; none when the store does not reach so far up.
    pub(crate) exports_dir: Option<String>,
}

impl ExportFolder {
    /// An export of that name below `exports_dir`.
    pub(crate) fn below(exports_dir: &str, name: &str) -> Self {
        Self { root: join(exports_dir, name), exports_dir: Some(exports_dir.to_owned()) }
    }

    /// The export that the store is rooted at.
    pub(crate) fn store_root() -> Self {
        Self { root: String::new(), exports_dir: None }
    }

    pub(crate) fn key(&self, name: &str) -> String {
        join(&self.root, name)
    }

    /// Where the data file lies that a manifest names with `key`.
    ///
    /// Keys in a manifest start at the root of the bucket that the export was written to. The tree
    /// may have been moved since, so only the part from `AWSDynamoDB/` on counts, or from `data/`
    /// on where other writers give relative keys.
    pub(crate) fn data_key(&self, key: &str) -> Result<String, &'static str> {
        let segments: Vec<&str> = key.split('/').collect();
        let after = |name: &str| {
            let at = segments.iter().rposition(|segment| *segment == name);
            at.and_then(|at| segments.get(at..))
        };
        let (folder, rest) = match (after(EXPORTS_DIR), after(DATA_DIR)) {
            // Incremental exports share one data folder beside the folders of the exports.
            (Some([_, rest @ ..]), _) if rest.first() == Some(&DATA_DIR) => {
                let above = self.exports_dir.as_deref();
                let above = above.ok_or("it lies in the data folder that exports share, above; open the export from there")?;
                (above, rest)
            }
            (Some([_, _id, rest @ ..]), _) => (self.root.as_str(), rest),
            (Some(_), _) => (self.root.as_str(), [].as_slice()),
            (None, Some(rest)) => (self.root.as_str(), rest),
            (None, None) => (self.root.as_str(), segments.as_slice()),
        };
        if rest.is_empty() || rest.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
            return Err("it is no path of a data file");
        }
        Ok(join(folder, &rest.join("/")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_are_rerooted_where_the_manifest_was_found() {
        let at_dest = ExportFolder::below("AWSDynamoDB", "0-x");
        let in_exports = ExportFolder::below("", "0-x");
        let at_root = ExportFolder::store_root();
        for key in [
            "AWSDynamoDB/0-x/data/f.json.gz",
            "first/prefix/AWSDynamoDB/0-x/data/f.json.gz",
            "AWSDynamoDB/AWSDynamoDB/0-x/data/f.json.gz",
            "s3://bucket/prefix/AWSDynamoDB/other-id/data/f.json.gz",
            "data/f.json.gz",
            "./data/f.json.gz",
            "elsewhere/data/f.json.gz",
        ] {
            assert_eq!(at_dest.data_key(key).unwrap(), "AWSDynamoDB/0-x/data/f.json.gz", "{key}");
            assert_eq!(in_exports.data_key(key).unwrap(), "0-x/data/f.json.gz", "{key}");
            assert_eq!(at_root.data_key(key).unwrap(), "data/f.json.gz", "{key}");
        }
        assert_eq!(at_dest.data_key("f.json").unwrap(), "AWSDynamoDB/0-x/f.json");
    }

    #[test]
    fn the_shared_folder_of_incremental_exports_is_beside_the_export() {
        let key = "p/AWSDynamoDB/data/f.json.gz";
        let at_dest = ExportFolder::below("AWSDynamoDB", "0-x");
        assert_eq!(at_dest.data_key(key).unwrap(), "AWSDynamoDB/data/f.json.gz");
        assert_eq!(ExportFolder::below("", "0-x").data_key(key).unwrap(), "data/f.json.gz");
        assert!(ExportFolder::store_root().data_key(key).is_err());
    }

    #[test]
    fn keys_that_leave_the_export_are_refused() {
        let folder = ExportFolder::below("AWSDynamoDB", "0-x");
        for key in [
            "",
            "/",
            "data/",
            "data/../../secret",
            "AWSDynamoDB/0-x/data/../../../x",
            "AWSDynamoDB",
            "AWSDynamoDB/0-x",
            "../x",
            "data//x",
        ] {
            assert!(folder.data_key(key).is_err(), "{key:?}");
        }
    }

    proptest! {
        #[test]
        fn no_key_leads_out(key in "(AWSDynamoDB|data|\\.\\.|\\.|[a-z]|/){0,8}") {
            let folder = ExportFolder::below("AWSDynamoDB", "0-x");
            if let Ok(found) = folder.data_key(&key) {
                prop_assert!(found.starts_with("AWSDynamoDB/"));
                prop_assert!(!found.split('/').any(|segment| segment == ".."));
            }
        }
    }
}

//! Deleting an export: the data first, what describes it last.

use crate::layout::{DATA_DIR, ExportFolder, FILES, PLAN_SIDECAR, STARTED, SUMMARY};
use crate::layout::{SIDECAR_DIR, checksum_names};
use crate::reader::{get, parse_summary, the_one_export};
use crate::{ExportError, ExportErrorKind, ExportId, ExportKind, files};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::{ObjectMeta, Store};
use futures::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};

/// How many objects are deleted at the same time.
const AT_ONCE: usize = 16;
/// How many strange names an error shows.
const SHOWN: usize = 5;

/// What is to be deleted, in the order in which it is.
///
/// What proves that it may be deleted goes last, so that a deletion that was interrupted can be
/// begun again and finishes. Nothing outside of it is ever touched.
///
/// ```
/// use ddbkit_export::Deletion;
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let store = Store::memory();
/// store.put("photo.jpg", "".into(), Default::default()).await.unwrap();
/// assert!(Deletion::of_export(&store).await.is_err());
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Deletion {
    store: Store,
    /// How messages name what is deleted.
    place: String,
    /// Each group is gone before the next is begun.
    groups: Vec<Vec<ObjectMeta>>,
}

/// What a deletion did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deleted {
    /// Objects deleted.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Deletion {
    /// The deletion of the one export or dump at a location, whole or not, after proving that its
    /// folder holds an export and nothing else.
    ///
    /// # Errors
    /// [`ExportErrorKind::NotFound`], [`ExportErrorKind::SeveralExports`], and
    /// [`ExportErrorKind::NotDeletable`] where the folder holds strange names, is of no export for
    /// sure, or shares its data with others as incremental exports do; failures of the store.
    pub async fn of_export(store: &Store) -> Result<Self, ExportError> {
        let folder = the_one_export(store).await?;
        let place = store.describe(&folder.root);
        let refused =
            |why: String| ExportError::new(ExportErrorKind::NotDeletable, &place).detail(why);
        let root = match folder.root.as_str() {
            "" => store.clone(),
            root => store.subtree(root),
        };
        let objects = root.list("").await;
        let objects = objects.map_err(|error| ExportError::store(&place, error))?;
        let has = |name: &str| objects.iter().any(|object| object.key == name);

        if let Some(json) = get(store, &folder.key(SUMMARY)).await? {
            let summary = parse_summary(&json, &store.describe(&folder.key(SUMMARY)))?;
            if summary.kind() == ExportKind::Incremental {
                return Err(refused("incremental exports share one folder of data".to_owned()));
            }
        } else {
            let name = place.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or_default();
            let is_begun = has(STARTED) || has(PLAN_SIDECAR);
            if name.parse::<ExportId>().is_err() || !is_begun {
                let why = "it has no manifest-summary.json, and nothing says that it was begun";
                return Err(refused(why.to_owned()));
            }
        }
        let listed = listed(store, &folder).await?;
        let mut groups: BTreeMap<u8, Vec<ObjectMeta>> = BTreeMap::new();
        let mut strange = Vec::new();
        for object in objects {
            match rank(&object.key, &listed) {
                Some(rank) => groups.entry(rank).or_default().push(object),
                None => strange.push(object.key),
            }
        }
        if !strange.is_empty() {
            let shown: Vec<&str> = strange.iter().take(SHOWN).map(String::as_str).collect();
            let more = match strange.len() - shown.len() {
                0 => String::new(),
                more => format!(" and {more} others"),
            };
            let why = format!("it holds what is of no export: {}{more}", shown.join(", "));
            return Err(refused(why));
        }
        Ok(Self { store: root, place, groups: groups.into_values().collect() })
    }

    /// The deletion of these objects of a store, one group after the other. For formats that are
    /// not this crate's: whoever calls it has proven what they are. `place` names the whole.
    ///
    /// ```
    /// use ddbkit_export::Deletion;
    /// use ddbkit_flow::Control;
    /// use ddbkit_store::{PutOptions, Store};
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let store = Store::memory();
    /// for key in ["backup.part1", "backup.meta"] {
    ///     store.put(key, "x".into(), PutOptions::default()).await?;
    /// }
    /// // The meta file is what shows that there is a backup: it goes last.
    /// let (parts, meta) = (store.list("backup.part").await?, store.list("backup.meta").await?);
    /// let deletion = Deletion::in_order(store.clone(), "the backup", [parts, meta]);
    /// assert_eq!(deletion.objects().map(|(_, bytes)| bytes).sum::<u64>(), 2);
    /// assert_eq!(deletion.run(&Control::new()).await?.objects, 2);
    /// assert!(store.list("").await?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn in_order(
        store: Store,
        place: impl Into<String>,
        groups: impl IntoIterator<Item = Vec<ObjectMeta>>,
    ) -> Self {
        Self { store, place: place.into(), groups: groups.into_iter().collect() }
    }

    /// How messages name what is deleted.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is deleted, each with its name in messages and its size in bytes.
    pub fn objects(&self) -> impl Iterator<Item = (String, u64)> {
        let objects = self.groups.iter().flatten();
        objects.map(|object| (self.store.describe(&object.key), object.size))
    }

    /// Deletes it. Holds what was listed; up to 16 objects go at the same time.
    ///
    /// # Errors
    /// When the store fails or the work is cancelled; what was not deleted is still there, and
    /// can be deleted in the same way.
    pub async fn run(self, control: &Control) -> Result<Deleted, ExportError> {
        let count = self.groups.iter().map(Vec::len).sum::<usize>() as u64;
        let bytes = self.groups.iter().flatten().map(|object| object.size).sum();
        control.emit(&ProgressEvent::Started { items: Some(count), bytes: Some(bytes) });
        for objects in self.groups.iter().flat_map(|group| group.chunks(AT_ONCE)) {
            let cancelled = |_| ExportError::new(ExportErrorKind::Cancelled, &self.place);
            control.check().map_err(cancelled)?;
            let deletions = objects.iter().map(|object| self.delete(object, control));
            try_join_all(deletions).await?;
        }
        control.emit(&ProgressEvent::Finished);
        Ok(Deleted { objects: count, bytes })
    }

    async fn delete(&self, object: &ObjectMeta, control: &Control) -> Result<(), ExportError> {
        let deleted = self.store.delete(&object.key).await;
        deleted.map_err(|error| ExportError::store(self.store.describe(&object.key), error))?;
        control.emit(&ProgressEvent::Advanced { items: 1, bytes: object.size });
        Ok(())
    }
}

/// The data files that the manifest names, below the folder; none where it cannot be read.
async fn listed(store: &Store, folder: &ExportFolder) -> Result<BTreeSet<String>, ExportError> {
    let Some(lines) = get(store, &folder.key(FILES)).await? else { return Ok(BTreeSet::new()) };
    let files = files::parse(&lines).unwrap_or_default();
    let keys = files.iter().filter_map(|file| folder.data_key(&file.data_file_s3_key).ok());
    let below = keys.filter_map(|key| match folder.root.as_str() {
        "" => Some(key),
        root => Some(key.strip_prefix(root)?.strip_prefix('/')?.to_owned()),
    });
    Ok(below.collect())
}

/// When an object goes: the data first, what proves that this is an export last. None for what is
/// of no export.
fn rank(key: &str, listed: &BTreeSet<String>) -> Option<u8> {
    let is_checksum = |manifest| checksum_names(manifest).iter().any(|name| name == key);
    match key {
        PLAN_SIDECAR => Some(5),
        STARTED => Some(4),
        SUMMARY => Some(6),
        FILES => Some(2),
        _ if is_checksum(FILES) => Some(2),
        _ if is_checksum(SUMMARY) => Some(3),
        _ if listed.contains(key) => Some(0),
        _ => match key.split_once('/')? {
            (DATA_DIR, name) => is_data_file(name).then_some(0),
            (SIDECAR_DIR, _) => Some(1),
            _ => None,
        },
    }
}

/// Names as DynamoDB and this crate give them: 26 letters and digits of Base32 in lower case.
fn is_data_file(name: &str) -> bool {
    let Some((stem, extension)) = name.split_once('.') else { return false };
    let is_random =
        stem.len() == 26 && stem.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
    let extensions = ["json", "json.gz", "json.zst", "ion", "ion.gz", "ion.zst"];
    is_random && extensions.contains(&extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_goes_first_and_the_proof_last() {
        let listed = BTreeSet::from(["data/part-1.json".to_owned()]);
        let mut keys = [
            SUMMARY,
            "manifest-summary.md5",
            "_ddbkit/plan.json",
            "data/3owez2hbem5wvn33ax4ux4voe4.json.gz",
            "_started",
            "manifest-files.json",
            "data/part-1.json",
            "_ddbkit/digest.json",
        ];
        keys.sort_by_key(|key| rank(key, &listed).unwrap());
        assert!(keys[0].starts_with("data/") && keys[1].starts_with("data/"), "{keys:?}");
        assert_eq!(keys[5..], ["_started", "_ddbkit/plan.json", SUMMARY]);
        for strange in ["data/notes.txt", "data/part-2.json", "readme.md", "other/x", "data/a/b"] {
            assert_eq!(rank(strange, &listed), None, "{strange}");
        }
    }
}

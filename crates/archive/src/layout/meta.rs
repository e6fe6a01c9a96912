//! What the store keeps beside a data file.

use crate::ArchiveError;
use ddbkit_codec::SequenceNumber;
use ddbkit_store::ObjectMeta;
use std::collections::BTreeMap;

/// What the metadata of a data file says of it. From this a worker that finds the file goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMeta {
    /// The last record of the file before; `None` for the first file of a shard.
    pub anchor: Option<SequenceNumber>,
    /// The last record of this file.
    pub last: SequenceNumber,
    /// The time of that record, in seconds since 1970.
    pub last_created: u64,
    /// How many records are in the file.
    pub count: u64,
    /// The SHA-256 of the file as it is stored, in hex.
    pub sha256: String,
}

const ANCHOR: &str = "ddbkit-anchor";
const LAST: &str = "ddbkit-last";
const LAST_CREATED: &str = "ddbkit-last-created";
const COUNT: &str = "ddbkit-count";
const SHA256: &str = "ddbkit-sha256";

impl FileMeta {
    /// As metadata of an object.
    #[must_use]
    pub fn to_metadata(&self) -> BTreeMap<String, String> {
        let anchor = super::name_of(self.anchor.as_ref());
        BTreeMap::from([
            (ANCHOR.to_owned(), anchor.to_owned()),
            (LAST.to_owned(), self.last.to_string()),
            (LAST_CREATED.to_owned(), self.last_created.to_string()),
            (COUNT.to_owned(), self.count.to_string()),
            (SHA256.to_owned(), self.sha256.clone()),
        ])
    }

    /// From an object that was asked for by `head` or `get`; a listing has no metadata.
    ///
    /// # Errors
    /// [`Corrupt`](crate::ArchiveErrorKind::Corrupt) when a part is missing or has another form,
    /// as with a file that was copied without its metadata.
    pub fn of(object: &ObjectMeta) -> Result<Self, ArchiveError> {
        let part = |name: &str| {
            let missing = || {
                let message = format!(
                    "the data file {} has no metadata {name}; was it copied without its metadata?",
                    object.key
                );
                ArchiveError::corrupt(message)
            };
            object.metadata.get(name).ok_or_else(missing)
        };
        let wrong = |name: &str| {
            ArchiveError::corrupt(format!("the metadata {name} of {} has another form", object.key))
        };
        let number = |name: &str| part(name)?.parse::<u64>().map_err(|_| wrong(name));
        let anchor = match part(ANCHOR)?.as_str() {
            super::START => None,
            anchor => Some(anchor.parse().map_err(|_| wrong(ANCHOR))?),
        };
        Ok(Self {
            anchor,
            last: part(LAST)?.parse().map_err(|_| wrong(LAST))?,
            last_created: number(LAST_CREATED)?,
            count: number(COUNT)?,
            sha256: part(SHA256)?.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ArchiveErrorKind;
    use ddbkit_store::{PutOptions, Store};

    fn meta() -> FileMeta {
        FileMeta {
            anchor: None,
            last: "4421584500000000017450439092".parse().unwrap(),
            last_created: 1_479_499_740,
            count: 3,
            sha256: "ab".repeat(32),
        }
    }

    #[tokio::test]
    async fn it_comes_back_from_an_object() {
        let store = Store::memory();
        let options = PutOptions { metadata: meta().to_metadata(), ..PutOptions::default() };
        store.put("a", "x".into(), options).await.unwrap();
        let object = store.head("a").await.unwrap().unwrap();
        assert_eq!(FileMeta::of(&object).unwrap(), meta());
    }

    #[tokio::test]
    async fn a_copy_without_metadata_is_told() {
        let store = Store::memory();
        store.put("a", "x".into(), PutOptions::default()).await.unwrap();
        let error = FileMeta::of(&store.head("a").await.unwrap().unwrap()).unwrap_err();
        assert_eq!(error.kind(), ArchiveErrorKind::Corrupt);
        assert!(error.to_string().contains("ddbkit-anchor"), "{error}");
    }
}

//! What an archive is.

use super::ARCHIVE_KEY;
use crate::{ArchiveError, ArchiveErrorKind, LineFormat};
use bytes::Bytes;
use ddbkit_codec::stream::Compression;
use ddbkit_store::{Condition, PutOptions, Store, StoreErrorKind};
use serde::{Deserialize, Serialize};

/// How data files are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveCompression {
    /// Not at all.
    None,
    /// gzip.
    #[default]
    Gzip,
    /// zstd.
    Zstd,
}

impl ArchiveCompression {
    /// What names of data files end with, without the dot before.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::None => "json",
            Self::Gzip => "json.gz",
            Self::Zstd => "json.zst",
        }
    }

    /// As the codec takes it, with the usual levels.
    #[must_use]
    pub fn settings(self) -> Compression {
        match self {
            Self::None => Compression::None,
            Self::Gzip => Compression::Gzip { level: 6 },
            Self::Zstd => Compression::Zstd { level: 3 },
        }
    }
}

/// What an archive is: the content of `_archive.json`, written once and never changed, because the
/// names of data files depend on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveDescriptor {
    /// 1.
    pub version: u32,
    /// A name of its own, by which a lease table knows the archive that it belongs to.
    pub id: String,
    /// The name of the table.
    pub table: String,
    /// The ARN of the table.
    pub table_arn: String,
    /// What stands on the lines of data files.
    pub format: LineFormat,
    /// How data files are compressed.
    pub compression: ArchiveCompression,
}

impl ArchiveDescriptor {
    /// A new archive of a table.
    #[must_use]
    pub fn new(
        table: impl Into<String>,
        table_arn: impl Into<String>,
        format: LineFormat,
        compression: ArchiveCompression,
    ) -> Self {
        let id = format!("{:032x}", fastrand::u128(..));
        let (table, table_arn) = (table.into(), table_arn.into());
        Self { version: 1, id, table, table_arn, format, compression }
    }

    /// The archive that a place holds, if it holds one.
    ///
    /// # Errors
    /// When the place cannot be read, or what is there is no archive that this version knows.
    pub async fn read(store: &Store) -> Result<Option<Self>, ArchiveError> {
        let bytes = match store.get(ARCHIVE_KEY).await {
            Ok((_, bytes)) => bytes,
            Err(error) if error.kind() == StoreErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ArchiveError::store("cannot look for an archive", error)),
        };
        let name = store.describe(ARCHIVE_KEY);
        let found: Self = serde_json::from_slice(&bytes).map_err(|error| {
            ArchiveError::corrupt(format!("{name} is not that of an archive")).caused_by(error)
        })?;
        if found.version != 1 {
            let version = found.version;
            let message = format!("{name} has version {version}; this program knows version 1");
            return Err(ArchiveError::new(ArchiveErrorKind::ForeignArchive, message));
        }
        Ok(Some(found))
    }

    /// Begins this archive in a place, or finds the one that is there. The one that is there must
    /// be of the same table and of the same form; it has an id of its own.
    ///
    /// # Errors
    /// [`ForeignArchive`](ArchiveErrorKind::ForeignArchive) when another table is archived there,
    /// [`InvalidInput`](ArchiveErrorKind::InvalidInput) when it has another form, or when the place
    /// cannot be read or written.
    pub async fn begin(self, store: &Store) -> Result<Self, ArchiveError> {
        if let Some(found) = Self::read(store).await? {
            return self.agree_with(found, store);
        }
        let content = serde_json::to_vec_pretty(&self).map_err(|error| {
            ArchiveError::corrupt("the description of an archive cannot be written")
                .caused_by(error)
        })?;
        let options = PutOptions {
            condition: Condition::IfAbsent,
            content_type: Some("application/json".to_owned()),
            ..PutOptions::default()
        };
        match store.put(ARCHIVE_KEY, Bytes::from(content), options).await {
            Ok(_) => Ok(self),
            Err(error) if error.kind() == StoreErrorKind::PreconditionFailed => {
                let found = Self::read(store).await?.ok_or_else(|| {
                    let name = store.describe(ARCHIVE_KEY);
                    ArchiveError::corrupt(format!("{name} was there and is gone"))
                })?;
                self.agree_with(found, store)
            }
            Err(error) => Err(ArchiveError::store("cannot begin the archive", error)),
        }
    }

    fn agree_with(self, found: Self, store: &Store) -> Result<Self, ArchiveError> {
        let place = store.describe("");
        if found.table_arn != self.table_arn {
            let message = format!(
                "{place} holds an archive of {}, not of {}; choose another destination",
                found.table_arn, self.table_arn
            );
            return Err(ArchiveError::new(ArchiveErrorKind::ForeignArchive, message));
        }
        if (found.format, found.compression) != (self.format, self.compression) {
            let message = format!(
                "the archive in {place} has format {:?} and compression {:?}, which are fixed; \
                 asked for were {:?} and {:?}",
                found.format, found.compression, self.format, self.compression
            );
            return Err(ArchiveError::invalid(message.to_lowercase()));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(arn: &str, compression: ArchiveCompression) -> ArchiveDescriptor {
        ArchiveDescriptor::new("orders", arn, LineFormat::Item, compression)
    }

    #[tokio::test]
    async fn the_first_one_stays() {
        let store = Store::memory();
        assert_eq!(ArchiveDescriptor::read(&store).await.unwrap(), None);
        let first = archive("arn:a", ArchiveCompression::Gzip).begin(&store).await.unwrap();
        let again = archive("arn:a", ArchiveCompression::Gzip).begin(&store).await.unwrap();
        assert_eq!(first, again);
        assert_eq!(ArchiveDescriptor::read(&store).await.unwrap(), Some(first));
    }

    #[tokio::test]
    async fn another_table_or_form_is_refused() {
        let store = Store::memory();
        archive("arn:a", ArchiveCompression::Gzip).begin(&store).await.unwrap();
        let error = archive("arn:b", ArchiveCompression::Gzip).begin(&store).await.unwrap_err();
        assert_eq!(error.kind(), ArchiveErrorKind::ForeignArchive);
        let error = archive("arn:a", ArchiveCompression::Zstd).begin(&store).await.unwrap_err();
        assert_eq!(error.kind(), ArchiveErrorKind::InvalidInput);
    }

    #[tokio::test]
    async fn what_is_no_archive_is_told() {
        let store = Store::memory();
        store.put(ARCHIVE_KEY, "{}".into(), PutOptions::default()).await.unwrap();
        let error = ArchiveDescriptor::read(&store).await.unwrap_err();
        assert_eq!(error.kind(), ArchiveErrorKind::Corrupt);
    }
}

//! The values of pointers in a backup.

use crate::body::{BodyStream, proven, stored_proven};
use crate::{BlobPointer, Encoding, OffloadError, OffloadErrorKind};
use aws_sdk_s3::Client;
use ddbkit_store::{PutOptions, Store, StoreError, StoreErrorKind};
use futures::{TryStreamExt, stream};
use std::fmt::Write as _;

/// The folder of a backup that holds the values of its pointers, each once.
///
/// A value lies under its own SHA-256, `3f/3f00...`, with `.zst` behind it where it is compressed with
/// Zstandard: the bytes of the object as S3 had them. So nothing beside the name is needed to prove a
/// value, or to find that of a pointer, and values that are alike lie there once.
///
/// Values become visible whole, and only when they were proven.
#[derive(Clone, Debug)]
pub struct BlobFolder {
    store: Store,
}

impl BlobFolder {
    /// Where the folder lies within an export.
    pub const PATH: &'static str = "_ddbkit/blobs";

    /// The folder at the root of a store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The name under which the value of a pointer lies.
    ///
    /// ```
    /// use ddbkit_offload::copy::BlobFolder;
    /// use ddbkit_offload::{BlobKind, BlobPointer, Encoding};
    ///
    /// let pointer = BlobPointer {
    ///     bucket: "attributes".to_owned(),
    ///     key: "orders/3f/3f00/body/0192".to_owned(),
    ///     stored_len: 120,
    ///     len: 2_000_000,
    ///     sha256: [0xab; 32],
    ///     encoding: Encoding::Zstd,
    ///     kind: BlobKind::String,
    ///     content_type: None,
    /// };
    /// assert_eq!(BlobFolder::name_of(&pointer), format!("ab/{}.zst", "ab".repeat(32)));
    /// ```
    #[must_use]
    pub fn name_of(pointer: &BlobPointer) -> String {
        let mut name = String::with_capacity(71);
        for byte in pointer.sha256.iter().take(1).chain(&pointer.sha256) {
            // Writing to a text cannot fail.
            write!(name, "{byte:02x}").ok();
            if name.len() == 2 {
                name.push('/');
            }
        }
        if pointer.encoding == Encoding::Zstd {
            name.push_str(".zst");
        }
        name
    }

    /// Copies the object of a pointer into the folder, unless its value is there with its length. Says
    /// how many bytes were copied; `None` when it was there.
    ///
    /// Memory: one part of the store's writer (8 MiB for objects of less than 8 GB), and what
    /// [`download`](crate::body::download) takes. A copy that is dropped leaves nothing.
    ///
    /// # Errors
    /// [`Dangling`](OffloadErrorKind::Dangling) when the object is gone,
    /// [`Corrupt`](OffloadErrorKind::Corrupt) when it is not the value that the pointer says,
    /// [`S3`](OffloadErrorKind::S3), and [`Store`](OffloadErrorKind::Store) when the folder fails.
    pub async fn add(
        &self,
        s3: &Client,
        pointer: &BlobPointer,
    ) -> Result<Option<u64>, OffloadError> {
        if self.is_there(pointer).await? {
            return Ok(None);
        }
        let name = Self::name_of(pointer);
        let failed = |error| self.failed(&name, error);
        let mut pieces = stored_proven(s3, pointer).await?;
        let mut writer = self.store.writer(&name, PutOptions::default()).await.map_err(failed)?;
        let mut bytes = 0;
        loop {
            match pieces.try_next().await {
                Ok(Some(piece)) => {
                    bytes += piece.len() as u64;
                    writer.write(piece).await.map_err(failed)?;
                }
                Ok(None) => break,
                Err(error) => {
                    // What is wrong with the object is the error to tell.
                    writer.abort().await.ok();
                    return Err(error);
                }
            }
        }
        writer.finish().await.map_err(failed)?;
        Ok(Some(bytes))
    }

    /// Whether the value of a pointer is there, with its length as far as that is known: compressed
    /// bytes may be others for the same value.
    async fn is_there(&self, pointer: &BlobPointer) -> Result<bool, OffloadError> {
        let name = Self::name_of(pointer);
        let head = self.store.head(&name).await.map_err(|error| self.failed(&name, error))?;
        let has_length = |size| pointer.encoding == Encoding::Zstd || size == pointer.len;
        Ok(head.is_some_and(|meta| has_length(meta.size)))
    }

    /// Looks whether the value of a pointer is there, without reading it.
    ///
    /// # Errors
    /// [`Dangling`](OffloadErrorKind::Dangling) when it is not, or has another length;
    /// [`Store`](OffloadErrorKind::Store) when the folder does not tell.
    pub async fn check(&self, pointer: &BlobPointer) -> Result<(), OffloadError> {
        if self.is_there(pointer).await? {
            return Ok(());
        }
        let place = self.store.describe(&Self::name_of(pointer));
        let message = format!("{place}, its value, is missing or has another length");
        Err(OffloadError::new(OffloadErrorKind::Dangling, message))
    }

    /// Reads the value of a pointer as it is stored, proven at the end of the stream. Memory is that of
    /// [`download`](crate::body::download).
    ///
    /// # Errors
    /// [`Dangling`](OffloadErrorKind::Dangling) when it is missing, and
    /// [`Store`](OffloadErrorKind::Store); in the stream [`Corrupt`](OffloadErrorKind::Corrupt) when it
    /// is not the value that the pointer says.
    pub async fn read(&self, pointer: &BlobPointer) -> Result<BodyStream, OffloadError> {
        let name = Self::name_of(pointer);
        let place = self.store.describe(&name);
        let reader = self.store.read(&name).await.map_err(|error| self.failed(&name, error))?;
        let (folder, name) = (self.clone(), name);
        let pieces =
            stream::try_unfold((reader, folder, name), |(mut reader, folder, name)| async {
                let piece =
                    reader.next_chunk().await.map_err(|error| folder.failed(&name, error))?;
                Ok(piece.map(|piece| (piece, (reader, folder, name))))
            });
        proven(pieces, pointer, place)
    }

    /// Reads the value of a pointer to its end, which proves it, and gives the bytes that it takes in
    /// the folder.
    ///
    /// # Errors
    /// As [`read`](Self::read), and the stream itself.
    pub async fn prove(&self, pointer: &BlobPointer) -> Result<u64, OffloadError> {
        let pieces = self.read(pointer).await?;
        pieces.try_fold(0, |sum, piece| async move { Ok(sum + piece.len() as u64) }).await
    }

    fn failed(&self, name: &str, error: StoreError) -> OffloadError {
        let place = self.store.describe(name);
        match error.kind() {
            StoreErrorKind::NotFound => {
                let message = format!("{place}, its value, is missing");
                OffloadError::new(OffloadErrorKind::Dangling, message)
            }
            _ => OffloadError::caused(OffloadErrorKind::Store, format!("{place} failed"), error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BlobKind;
    use sha2::{Digest, Sha256};

    fn pointer(value: &[u8], encoding: Encoding) -> BlobPointer {
        BlobPointer {
            bucket: "b".to_owned(),
            key: "k".to_owned(),
            stored_len: value.len() as u64,
            len: value.len() as u64,
            sha256: Sha256::digest(value).into(),
            encoding,
            kind: BlobKind::Binary,
            content_type: None,
        }
    }

    #[tokio::test]
    async fn values_are_proven_by_their_names() {
        let (store, value) = (Store::memory(), vec![7; 100_000]);
        let folder = BlobFolder::new(store.clone());
        for encoding in [Encoding::Identity, Encoding::Zstd] {
            let pointer = pointer(&value, encoding);
            let name = BlobFolder::name_of(&pointer);
            let kind = |error: OffloadError| error.kind();
            assert_eq!(folder.check(&pointer).await.map_err(kind), Err(OffloadErrorKind::Dangling));
            assert_eq!(folder.prove(&pointer).await.map_err(kind), Err(OffloadErrorKind::Dangling));
            let stored = match encoding {
                Encoding::Identity => value.clone(),
                Encoding::Zstd => zstd::encode_all(&value[..], 3).unwrap(),
            };
            let size = stored.len() as u64;
            let put = |bytes: Vec<u8>| store.put(&name, bytes.into(), PutOptions::default());
            put(stored.clone()).await.unwrap();
            folder.check(&pointer).await.unwrap();
            assert_eq!(folder.prove(&pointer).await.unwrap(), size);
            let mut damaged = stored;
            *damaged.last_mut().unwrap() ^= 1;
            put(damaged).await.unwrap();
            let error = folder.prove(&pointer).await.unwrap_err();
            assert_eq!(error.kind(), OffloadErrorKind::Corrupt, "{error}");
            assert!(error.to_string().contains(&name), "{error}");
        }
    }
}

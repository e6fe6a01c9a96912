//! The handle to a store.

use crate::backend::Backend;
use crate::directory::DirectoryBackend;
use crate::memory::MemoryBackend;
use crate::{ETag, ObjectMeta, ObjectReader, ObjectWriter, PutOptions, StoreError, key};
use bytes::Bytes;
use futures::stream::{self, Stream, TryStreamExt};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Named byte objects in one place. Clones are handles to the same place.
///
/// Keys are parts between slashes, relative to the place: `AWSDynamoDB/<id>/manifest-files.json`.
/// What is written becomes visible whole or not at all.
///
/// ```
/// use ddbkit_store::{Condition, PutOptions, Store, StoreErrorKind};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ddbkit_store::StoreError> {
/// let store = Store::memory();
/// let once = PutOptions { condition: Condition::IfAbsent, ..PutOptions::default() };
/// store.put("locks/job", "me".into(), once.clone()).await?;
/// let error = store.put("locks/job", "you".into(), once).await.unwrap_err();
/// assert_eq!(error.kind(), StoreErrorKind::PreconditionFailed);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Store {
    backend: Arc<dyn Backend>,
    /// Ends with a slash where it is not empty.
    prefix: String,
}

impl Store {
    /// Objects as files below a directory, which is made when the first is written.
    ///
    /// A file that was copied in by hand is an object without metadata. An object is written under
    /// a temporary name, synced to the disk, and then given its own; a crash leaves it whole or as
    /// it was. Key `a` and key `a/b` cannot be there together, nor can two names that the file
    /// system takes for one.
    ///
    /// Conditions hold among all programs that write through this library on one file system with
    /// advisory locks ([`Unsupported`](crate::StoreErrorKind::Unsupported) for
    /// [`IfMatch`](crate::Condition::IfMatch) without them, or where times are so coarse that two
    /// writes look the same); other programs are not held off. Across machines they hold as far as
    /// the network file system's locks do.
    ///
    /// Beside the objects there can be names that begin with `.ddbkit-store-`, which no listing
    /// shows: files that are being written, the metadata of objects that have any, and a lock. What
    /// a killed program left of a write is removed by the first write of a later store in the same
    /// directory, when it is an hour old.
    #[must_use]
    pub fn directory(root: impl Into<PathBuf>) -> Self {
        Self::custom(Arc::new(DirectoryBackend::new(root.into())))
    }

    /// Objects in memory, gone with the last handle.
    #[must_use]
    pub fn memory() -> Self {
        Self::custom(Arc::new(MemoryBackend::default()))
    }

    /// Objects below a prefix in an S3 bucket, through a client that is configured: its region, its
    /// retries and its timeouts hold.
    ///
    /// A writer sends what fits 8 MiB in one request, and more in parts. A part of an upload that
    /// was neither finished nor cleaned up is paid for: give the bucket a lifecycle rule that aborts
    /// incomplete uploads. A write with a condition, and a large one, carries a random number in the
    /// metadata `ddbkit-nonce`, by which the store knows its own write when the answer was lost; it
    /// needs `s3:GetObject` for that beside `s3:PutObject`. One case cannot be told from a loss: the
    /// answer was lost, and another has replaced the object before it was looked at.
    #[cfg(feature = "s3")]
    #[must_use]
    pub fn s3(
        client: aws_sdk_s3::Client,
        bucket: impl Into<String>,
        prefix: impl Into<String>,
    ) -> Self {
        let store = Self::custom(Arc::new(crate::s3::S3Backend::new(client, bucket.into())));
        store.subtree(&prefix.into())
    }

    /// A store of your own.
    #[must_use]
    pub fn custom(backend: Arc<dyn Backend>) -> Self {
        Self { backend, prefix: String::new() }
    }

    /// The same store with its keys relative to a prefix.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), ddbkit_store::StoreError> {
    /// use ddbkit_store::{PutOptions, Store};
    ///
    /// let store = Store::memory();
    /// let today = store.subtree("2026-11-21");
    /// today.put("orders.json", "[]".into(), PutOptions::default()).await?;
    ///
    /// let there = store.head("2026-11-21/orders.json").await?.expect("it was written");
    /// assert_eq!(there.size, 2);
    /// assert_eq!(today.list("").await?[0].key, "orders.json");
    /// assert!(today.describe("orders.json").ends_with("2026-11-21/orders.json"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn subtree(&self, prefix: &str) -> Self {
        let prefix = match prefix.trim_matches('/') {
            "" => self.prefix.clone(),
            prefix => format!("{}{prefix}/", self.prefix),
        };
        Self { backend: self.backend.clone(), prefix }
    }

    /// How messages name an object: its path, or its `s3://` URL. The empty key stands for the
    /// place itself.
    #[must_use]
    pub fn describe(&self, key: &str) -> String {
        let key = format!("{}{key}", self.prefix);
        self.backend.describe(key.trim_end_matches('/'))
    }

    fn full(&self, key: &str) -> Result<String, StoreError> {
        let full = format!("{}{key}", self.prefix);
        key::check(&full).map(|()| full)
    }

    fn full_to_write(&self, key: &str, options: &PutOptions) -> Result<String, StoreError> {
        let full = self.full(key)?;
        options.check(|| self.describe(key)).map(|()| full)
    }

    /// The key of an object that the backend found, relative to this handle.
    fn relative(&self, mut meta: ObjectMeta) -> ObjectMeta {
        if let Some(key) = meta.key.strip_prefix(&self.prefix) {
            meta.key = key.to_owned();
        }
        meta
    }

    /// What is known about an object, `None` when there is none.
    ///
    /// # Errors
    /// When the store cannot tell. S3 answers the same for an object and for a bucket that is not
    /// there, so that one is `None` as well; reading and listing tell.
    pub async fn head(&self, key: &str) -> Result<Option<ObjectMeta>, StoreError> {
        let full = self.full(key)?;
        Ok(self.backend.head(&full).await?.map(|meta| self.relative(meta)))
    }

    /// A small object, whole.
    ///
    /// # Errors
    /// [`NotFound`](crate::StoreErrorKind::NotFound), or when it cannot be read.
    pub async fn get(&self, key: &str) -> Result<(ObjectMeta, Bytes), StoreError> {
        let (meta, bytes) = self.backend.read(&self.full(key)?, None).await?.collect().await?;
        Ok((self.relative(meta), bytes))
    }

    /// An object, piece by piece.
    ///
    /// # Errors
    /// [`NotFound`](crate::StoreErrorKind::NotFound), or when it cannot be read.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), ddbkit_store::StoreError> {
    /// use ddbkit_store::{PutOptions, Store};
    ///
    /// let store = Store::memory();
    /// store.put("orders.json", "[1, 2]".into(), PutOptions::default()).await?;
    ///
    /// let mut reader = store.read("orders.json").await?;
    /// let mut bytes = 0;
    /// while let Some(chunk) = reader.next_chunk().await? {
    ///     bytes += chunk.len() as u64;
    /// }
    /// assert_eq!(bytes, reader.meta().size);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn read(&self, key: &str) -> Result<ObjectReader, StoreError> {
        let reader = self.backend.read(&self.full(key)?, None).await?;
        Ok(reader.map_meta(|meta| self.relative(meta)))
    }

    /// A part of an object, `range` in bytes; less than asked for where the object ends before. An
    /// empty range is answered without asking whether the object is there.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn read_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StoreError> {
        let full = self.full(key)?;
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let reader = self.backend.read(&full, Some(range)).await?;
        Ok(reader.collect().await?.1)
    }

    /// Writes a small object whole.
    ///
    /// # Errors
    /// [`PreconditionFailed`](crate::StoreErrorKind::PreconditionFailed) when the condition does
    /// not hold, or when it cannot be written. A write with a condition whose answer was lost is not
    /// taken for somebody else's: it counts as done where the object is seen to be this very one.
    /// After any other error it may have been done or not.
    pub async fn put(
        &self,
        key: &str,
        content: Bytes,
        options: PutOptions,
    ) -> Result<ETag, StoreError> {
        let full = self.full_to_write(key, &options)?;
        self.backend.put(&full, content, options).await
    }

    /// Begins an object that is written piece by piece.
    ///
    /// # Errors
    /// When it cannot be begun. The condition is looked at when it is finished.
    pub async fn writer(&self, key: &str, options: PutOptions) -> Result<ObjectWriter, StoreError> {
        let full = self.full_to_write(key, &options)?;
        Ok(ObjectWriter(self.backend.upload(&full, options).await?))
    }

    /// All objects whose keys begin with the prefix, in the order of their keys. A prefix may end
    /// within a name. What is there and cannot be an object of this store is passed over: a folder
    /// marker of S3, whose key ends with a slash, or a file whose name is not Unicode.
    ///
    /// # Errors
    /// [`InvalidKey`](crate::StoreErrorKind::InvalidKey) for a prefix that leads out of the store, or
    /// when the store cannot be listed.
    pub async fn list(&self, prefix: &str) -> Result<Vec<ObjectMeta>, StoreError> {
        self.list_stream(prefix).try_collect().await
    }

    /// As [`Store::list`], page by page for places with many objects.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), ddbkit_store::StoreError> {
    /// use ddbkit_store::{PutOptions, Store};
    /// use futures::TryStreamExt;
    ///
    /// let store = Store::memory();
    /// for key in ["a/1", "a/2", "b/1"] {
    ///     store.put(key, key.into(), PutOptions::default()).await?;
    /// }
    /// let mut objects = std::pin::pin!(store.list_stream("a/"));
    /// while let Some(object) = objects.try_next().await? {
    ///     store.delete(&object.key).await?;
    /// }
    /// assert_eq!(store.list("").await?.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn list_stream(
        &self,
        prefix: &str,
    ) -> impl Stream<Item = Result<ObjectMeta, StoreError>> + Send + use<> {
        let (store, prefix) = (self.clone(), format!("{}{prefix}", self.prefix));
        let pages = stream::try_unfold(None, move |after: Option<String>| {
            let (store, prefix) = (store.clone(), prefix.clone());
            async move {
                key::check_prefix(&prefix)?;
                let page = store.backend.list(&prefix, after.as_deref()).await?;
                let Some(last) = page.last().map(|meta| meta.key.clone()) else { return Ok(None) };
                let objects = page.into_iter().filter(|meta| key::check(&meta.key).is_ok());
                let page = objects.map(move |meta| Ok(store.relative(meta)));
                Ok(Some((stream::iter(page), Some(last))))
            }
        });
        pages.try_flatten()
    }

    /// Deletes an object; that there is none is no error.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.backend.delete(&self.full(key)?).await
    }
}

//! What a store must be able to do, for stores of your own.

use crate::{ETag, ObjectMeta, ObjectReader, PutOptions, StoreError};
use bytes::Bytes;
use std::fmt;
use std::ops::Range;
use std::pin::Pin;

/// A future that a trait object can give.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A place for objects. [`Store`](crate::Store) puts the convenience on; it hands in keys that are
/// checked.
///
/// The suite in `conformance` (feature `conformance`) says what is expected of each call.
///
/// A store that holds one page and takes nothing:
///
/// ```
/// use ddbkit_store::{
///     Backend, BoxFuture, ETag, ObjectMeta, ObjectReader, PutOptions, Store, StoreError,
///     StoreErrorKind, Upload,
/// };
/// use std::{collections::BTreeMap, ops::Range, sync::Arc};
///
/// const PAGE: &str = "hello";
///
/// #[derive(Debug)]
/// struct OnePage;
///
/// fn meta() -> ObjectMeta {
///     let (key, size, etag) = ("page".to_owned(), PAGE.len() as u64, ETag::new("1"));
///     ObjectMeta { key, size, etag, metadata: BTreeMap::new(), modified: None }
/// }
///
/// fn refused<T>() -> Result<T, StoreError> {
///     Err(StoreError::new(StoreErrorKind::Refused, "the page is read only"))
/// }
///
/// impl Backend for OnePage {
///     fn describe(&self, key: &str) -> String {
///         format!("page://{key}")
///     }
///     fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, StoreError>> {
///         Box::pin(async move { Ok((key == "page").then(meta)) })
///     }
///     fn read<'a>(
///         &'a self,
///         key: &'a str,
///         range: Option<Range<u64>>,
///     ) -> BoxFuture<'a, Result<ObjectReader, StoreError>> {
///         Box::pin(async move {
///             if key != "page" {
///                 return Err(StoreError::new(StoreErrorKind::NotFound, format!("no {key}")));
///             }
///             let range = range.unwrap_or(0..u64::MAX);
///             let bytes = PAGE.bytes().skip(range.start as usize);
///             let bytes = bytes.take((range.end - range.start) as usize).collect();
///             Ok(ObjectReader::new(meta(), futures::stream::iter([Ok(bytes)])))
///         })
///     }
///     fn put<'a>(
///         &'a self,
///         _: &'a str,
///         _: bytes::Bytes,
///         _: PutOptions,
///     ) -> BoxFuture<'a, Result<ETag, StoreError>> {
///         Box::pin(async { refused() })
///     }
///     fn upload<'a>(
///         &'a self,
///         _: &'a str,
///         _: PutOptions,
///     ) -> BoxFuture<'a, Result<Box<dyn Upload>, StoreError>> {
///         Box::pin(async { refused() })
///     }
///     fn list<'a>(
///         &'a self,
///         prefix: &'a str,
///         after: Option<&'a str>,
///     ) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>> {
///         let there = "page".starts_with(prefix) && after.is_none();
///         Box::pin(async move { Ok(there.then(meta).into_iter().collect()) })
///     }
///     fn delete<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
///         Box::pin(async { refused() })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), StoreError> {
/// let store = Store::custom(Arc::new(OnePage));
/// assert_eq!(store.read_range("page", 1..3).await?, "el");
/// assert_eq!(store.list("").await?.len(), 1);
/// assert_eq!(store.delete("page").await.unwrap_err().kind(), StoreErrorKind::Refused);
/// # Ok(())
/// # }
/// ```
pub trait Backend: fmt::Debug + Send + Sync + 'static {
    /// How messages name the object: a path, a URL.
    fn describe(&self, key: &str) -> String;

    /// What is known about an object, `None` when there is none.
    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, StoreError>>;

    /// Reads an object, or the part of it that the range names; a range may end behind its end.
    fn read<'a>(
        &'a self,
        key: &'a str,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'a, Result<ObjectReader, StoreError>>;

    /// Writes an object whole.
    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Bytes,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<ETag, StoreError>>;

    /// Begins an object that is written piece by piece and becomes visible when it is finished.
    fn upload<'a>(
        &'a self,
        key: &'a str,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Box<dyn Upload>, StoreError>>;

    /// Some objects whose keys begin with the prefix, in the order of their keys, from behind
    /// `after`; none when there are no more.
    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>>;

    /// Deletes an object; that there is none is no error.
    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>>;
}

/// An object that is being written. Dropping it leaves nothing that can be seen.
pub trait Upload: Send + fmt::Debug {
    /// Appends bytes.
    fn write(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Makes the object visible, if its condition holds now.
    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<ETag, StoreError>>;

    /// Gives the object up and cleans away what was sent.
    fn abort(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>>;
}

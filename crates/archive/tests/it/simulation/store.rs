//! A store over a connection, and the order in which its objects came.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use ddbkit_store::{
    Backend, BoxFuture, ETag, ObjectMeta, ObjectReader, PutOptions, Store, StoreError,
    StoreErrorKind, Upload,
};

use super::connection::Connection;

/// Objects that outlive the workers.
#[derive(Clone, Debug)]
pub(crate) struct Objects {
    pub(crate) store: Store,
    /// The keys in the order in which they were written.
    pub(crate) written: Arc<Mutex<Vec<String>>>,
}

impl Objects {
    pub(crate) fn new() -> Self {
        Self { store: Store::memory(), written: Arc::default() }
    }

    /// The same objects as a worker has them.
    pub(crate) fn through(&self, connection: Arc<Connection>) -> Store {
        Store::custom(Arc::new(Remote { objects: self.clone(), connection }))
    }
}

#[derive(Debug)]
struct Remote {
    objects: Objects,
    connection: Arc<Connection>,
}

fn failed() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, "the store did not answer")
}

impl Backend for Remote {
    fn describe(&self, key: &str) -> String {
        format!("remote:{key}")
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, StoreError>> {
        Box::pin(self.connection.call(self.objects.store.head(key), failed))
    }

    fn read<'a>(
        &'a self,
        key: &'a str,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'a, Result<ObjectReader, StoreError>> {
        assert!(range.is_none(), "the archive reads documents whole");
        Box::pin(self.connection.call(self.objects.store.read(key), failed))
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Bytes,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<ETag, StoreError>> {
        let put = async move {
            let etag = self.objects.store.put(key, content, options).await?;
            self.objects.written.lock().unwrap().push(key.to_owned());
            Ok(etag)
        };
        Box::pin(self.connection.call(put, failed))
    }

    fn upload<'a>(
        &'a self,
        _key: &'a str,
        _options: PutOptions,
    ) -> BoxFuture<'a, Result<Box<dyn Upload>, StoreError>> {
        Box::pin(async { Err(StoreError::new(StoreErrorKind::Refused, "no files are that large")) })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>> {
        let list = async move {
            let mut all = self.objects.store.list(prefix).await?;
            all.retain(|meta| after.is_none_or(|after| *meta.key > *after));
            Ok(all)
        };
        Box::pin(self.connection.call(list, failed))
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.connection.call(self.objects.store.delete(key), failed))
    }
}

//! Objects in memory.

use crate::backend::{Backend, BoxFuture, Upload};
use crate::{ETag, ObjectMeta, ObjectReader, PutOptions, StoreError};
use bytes::{Bytes, BytesMut};
use md5::{Digest, Md5};
use std::collections::BTreeMap;
use std::ops::{Bound, Range};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// How many objects a listing gives at a time, as S3 does.
const PAGE: usize = 1000;

type Objects = BTreeMap<String, (ObjectMeta, Bytes)>;

#[derive(Clone, Debug, Default)]
pub(crate) struct MemoryBackend(Arc<Mutex<Objects>>);

impl MemoryBackend {
    fn lock(&self) -> MutexGuard<'_, Objects> {
        // Every change is a single insertion or removal, so a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, key: &str, content: Bytes, options: PutOptions) -> Result<ETag, StoreError> {
        let etag = ETag::new(md5_hex(&content));
        let mut objects = self.lock();
        let existing = objects.get(key).map(|(meta, _)| &meta.etag);
        options.condition.check(existing, || self.describe(key))?;
        let meta = ObjectMeta {
            key: key.to_owned(),
            size: content.len() as u64,
            etag: etag.clone(),
            metadata: options.metadata,
            modified: Some(SystemTime::now()),
        };
        objects.insert(key.to_owned(), (meta, content));
        Ok(etag)
    }
}

fn md5_hex(bytes: &[u8]) -> String {
    let digest = Md5::digest(bytes);
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

impl Backend for MemoryBackend {
    fn describe(&self, key: &str) -> String {
        format!("memory:{key}")
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, StoreError>> {
        Box::pin(async move { Ok(self.lock().get(key).map(|(meta, _)| meta.clone())) })
    }

    fn read<'a>(
        &'a self,
        key: &'a str,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'a, Result<ObjectReader, StoreError>> {
        Box::pin(async move {
            let found = self.lock().get(key).cloned();
            let (meta, bytes) = found.ok_or_else(|| StoreError::not_found(&self.describe(key)))?;
            let length = bytes.len();
            let at = |n: u64| usize::try_from(n).unwrap_or(length).min(length);
            let bytes = match range {
                Some(range) => bytes.slice(at(range.start)..at(range.end)),
                None => bytes,
            };
            Ok(ObjectReader::new(meta, futures::stream::iter([Ok(bytes)])))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Bytes,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<ETag, StoreError>> {
        Box::pin(async move { self.write(key, content, options) })
    }

    fn upload<'a>(
        &'a self,
        key: &'a str,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Box<dyn Upload>, StoreError>> {
        Box::pin(async move {
            let (backend, key) = (self.clone(), key.to_owned());
            let upload: Box<dyn Upload> =
                Box::new(MemoryUpload { backend, key, options, content: BytesMut::new() });
            Ok(upload)
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>> {
        Box::pin(async move {
            let from = after.map_or(Bound::Included(prefix), Bound::Excluded);
            let objects = self.lock();
            let range = objects.range::<str, _>((from, Bound::Unbounded));
            let range = range.take_while(|(key, _)| key.starts_with(prefix)).take(PAGE);
            let bare = |meta: &ObjectMeta| ObjectMeta { metadata: BTreeMap::new(), ..meta.clone() };
            Ok(range.map(|(_, (meta, _))| bare(meta)).collect())
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.lock().remove(key);
            Ok(())
        })
    }
}

#[derive(Debug)]
struct MemoryUpload {
    backend: MemoryBackend,
    key: String,
    options: PutOptions,
    content: BytesMut,
}

impl Upload for MemoryUpload {
    fn write(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        self.content.extend_from_slice(&bytes);
        Box::pin(async { Ok(()) })
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<ETag, StoreError>> {
        Box::pin(async move { self.backend.write(&self.key, self.content.freeze(), self.options) })
    }

    fn abort(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }
}

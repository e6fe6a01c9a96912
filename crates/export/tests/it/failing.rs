//! A store that gives tiny pieces, or fails half way.

use crate::support::{read_all, small_export, verified};
use bytes::Bytes;
use ddbkit_export::{Compression, ExportErrorKind, ExportReader};
use ddbkit_store::{
    Backend, BoxFuture, ETag, ObjectMeta, ObjectReader, PutOptions, Store, StoreError,
    StoreErrorKind, Upload,
};
use futures::stream;
use std::ops::Range;

/// Reads from another store in pieces of `piece` bytes, and of data files no more than `limit`.
#[derive(Debug)]
struct Pieces {
    store: Store,
    piece: usize,
    limit: Option<usize>,
}

impl Backend for Pieces {
    fn describe(&self, key: &str) -> String {
        format!("pieces:{key}")
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, StoreError>> {
        Box::pin(self.store.head(key))
    }

    fn read<'a>(
        &'a self,
        key: &'a str,
        _range: Option<Range<u64>>,
    ) -> BoxFuture<'a, Result<ObjectReader, StoreError>> {
        Box::pin(async move {
            let (meta, bytes) = self.store.get(key).await?;
            let limit = self.limit.filter(|_| key.contains("/data/"));
            let mut pieces: Vec<_> = bytes
                .slice(..limit.unwrap_or(bytes.len()).min(bytes.len()))
                .chunks(self.piece)
                .map(|piece| Ok(Bytes::copy_from_slice(piece)))
                .collect();
            if limit.is_some() {
                pieces.push(Err(StoreError::new(StoreErrorKind::Unavailable, "it broke off")));
            }
            Ok(ObjectReader::new(meta, stream::iter(pieces)))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Bytes,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<ETag, StoreError>> {
        Box::pin(self.store.put(key, content, options))
    }

    fn upload<'a>(
        &'a self,
        _key: &'a str,
        _options: PutOptions,
    ) -> BoxFuture<'a, Result<Box<dyn Upload>, StoreError>> {
        Box::pin(async { Err(StoreError::new(StoreErrorKind::Refused, "it only reads")) })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>> {
        Box::pin(async move {
            let mut all = self.store.list(prefix).await?;
            all.retain(|meta| after.is_none_or(|after| *meta.key > *after));
            Ok(all)
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.store.delete(key))
    }
}

async fn pieces(compression: Compression, piece: usize, limit: Option<usize>) -> Store {
    let store = Store::memory();
    small_export(&store, compression).await;
    Store::custom(std::sync::Arc::new(Pieces { store, piece, limit }))
}

#[tokio::test]
async fn pieces_of_one_byte_are_put_together() {
    for compression in [Compression::Gzip, Compression::Zstd, Compression::None] {
        for piece in [1, 3, 7] {
            let report = verified(&pieces(compression, piece, None).await).await;
            assert!(report.is_ok(), "{:?}", report.faults());
            assert_eq!(report.items(), 300);
        }
    }
}

/// What the decoder makes of the end that came too soon is not what is reported.
#[tokio::test]
async fn a_store_that_fails_half_way_is_the_cause() {
    for compression in [Compression::Gzip, Compression::Zstd, Compression::None] {
        for limit in [0, 1, 100, 10_000] {
            let store = pieces(compression, 50, Some(limit)).await;
            let reader = ExportReader::open(store).await.unwrap();
            let error = read_all(&reader, &reader.files()[0]).await.unwrap_err();
            let expected = ExportErrorKind::Store(StoreErrorKind::Unavailable);
            assert_eq!(*error.kind(), expected, "{compression:?} {limit}");
        }
    }
}

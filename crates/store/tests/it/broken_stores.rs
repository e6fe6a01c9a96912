//! Stores with a fault each: the suite and the probe must find it.

use bytes::{Bytes, BytesMut};
use ddbkit_store::conformance::{self, Effort};
use ddbkit_store::{
    Backend, BoxFuture, Condition, ETag, ObjectMeta, ObjectReader, PutOptions, Store, StoreError,
    StoreErrorKind, Upload,
};
use std::ops::Range;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Defect {
    None,
    IgnoresIfAbsent,
    IgnoresIfMatch,
    ChecksAndThenWrites,
    ForgetsMetadata,
    ShowsTooEarly,
    KeepsWhatIsAborted,
    IgnoresRanges,
    ListsOnePage,
    DeletesNothing,
    KeepsTheTag,
    MissesAreErrors,
    Panics,
}

/// Objects in memory, with a defect.
#[derive(Clone, Debug)]
struct Broken {
    inner: Store,
    defect: Defect,
}

impl Broken {
    fn store(defect: Defect) -> Store {
        Store::custom(Arc::new(Self { inner: Store::memory(), defect }))
    }

    async fn write(
        &self,
        key: &str,
        content: Bytes,
        mut options: PutOptions,
    ) -> Result<ETag, StoreError> {
        match (self.defect, &options.condition) {
            (Defect::IgnoresIfAbsent, Condition::IfAbsent)
            | (Defect::IgnoresIfMatch, Condition::IfMatch(_)) => {
                options.condition = Condition::Always;
            }
            (Defect::ChecksAndThenWrites, condition) => {
                let existing = self.inner.head(key).await?.map(|meta| meta.etag);
                let holds = match condition {
                    Condition::Always => true,
                    Condition::IfAbsent => existing.is_none(),
                    Condition::IfMatch(etag) => existing.as_ref() == Some(etag),
                };
                if !holds {
                    return Err(StoreError::new(StoreErrorKind::PreconditionFailed, "lost"));
                }
                tokio::task::yield_now().await;
                options.condition = Condition::Always;
            }
            (Defect::ForgetsMetadata, _) => options.metadata.clear(),
            (Defect::Panics, Condition::IfAbsent) => panic!("on purpose"),
            _ => {}
        }
        self.inner.put(key, content, options).await
    }

    fn meta(&self, mut meta: ObjectMeta) -> ObjectMeta {
        if self.defect == Defect::KeepsTheTag {
            meta.etag = ETag::new("always");
        }
        meta
    }
}

impl Backend for Broken {
    fn describe(&self, key: &str) -> String {
        self.inner.describe(key)
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, StoreError>> {
        Box::pin(async move {
            let found = self.inner.head(key).await?;
            if found.is_none() && self.defect == Defect::MissesAreErrors {
                return Err(StoreError::new(StoreErrorKind::NotFound, "missing"));
            }
            Ok(found.map(|meta| self.meta(meta)))
        })
    }

    fn read<'a>(
        &'a self,
        key: &'a str,
        range: Option<Range<u64>>,
    ) -> BoxFuture<'a, Result<ObjectReader, StoreError>> {
        Box::pin(async move {
            let (meta, content) = self.inner.get(key).await?;
            let range = range.filter(|_| self.defect != Defect::IgnoresRanges);
            let at = |n: u64| usize::try_from(n).unwrap().min(content.len());
            let part = range
                .map_or(content.clone(), |range| content.slice(at(range.start)..at(range.end)));
            Ok(ObjectReader::new(self.meta(meta), futures::stream::iter([Ok(part)])))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Bytes,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<ETag, StoreError>> {
        Box::pin(self.write(key, content, options))
    }

    fn upload<'a>(
        &'a self,
        key: &'a str,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Box<dyn Upload>, StoreError>> {
        Box::pin(async move {
            let (store, key, content) = (self.clone(), key.to_owned(), BytesMut::new());
            let upload: Box<dyn Upload> = Box::new(BrokenUpload { store, key, options, content });
            Ok(upload)
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<ObjectMeta>, StoreError>> {
        Box::pin(async move {
            let all = self.inner.list(prefix).await?.into_iter();
            let rest = all.filter(|meta| after.is_none_or(|after| *meta.key > *after));
            if after.is_some() && self.defect == Defect::ListsOnePage {
                return Ok(Vec::new());
            }
            Ok(rest.take(5).map(|meta| self.meta(meta)).collect())
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            if self.defect == Defect::DeletesNothing {
                return Ok(());
            }
            self.inner.delete(key).await
        })
    }
}

#[derive(Debug)]
struct BrokenUpload {
    store: Broken,
    key: String,
    options: PutOptions,
    content: BytesMut,
}

impl Upload for BrokenUpload {
    fn write(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            self.content.extend_from_slice(&bytes);
            if self.store.defect == Defect::ShowsTooEarly {
                let so_far = self.content.clone().freeze();
                self.store.inner.put(&self.key, so_far, PutOptions::default()).await?;
            }
            Ok(())
        })
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<ETag, StoreError>> {
        Box::pin(
            async move { self.store.write(&self.key, self.content.freeze(), self.options).await },
        )
    }

    fn abort(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async move {
            if self.store.defect == Defect::KeepsWhatIsAborted {
                let content = self.content.freeze();
                self.store.inner.put(&self.key, content, PutOptions::default()).await?;
            }
            Ok(())
        })
    }
}

const EFFORT: Effort = Effort { objects: 20, writers: 8, rounds: 3 };

#[tokio::test]
async fn the_suite_finds_each_defect() {
    let sound = conformance::run_with(&Broken::store(Defect::None), EFFORT).await;
    assert!(sound.is_empty(), "{sound:#?}");
    for (defect, rule) in [
        (Defect::IgnoresIfAbsent, "create only if absent"),
        (Defect::IgnoresIfMatch, "replace only if it matches"),
        (Defect::ChecksAndThenWrites, "of many creators one wins"),
        (Defect::ChecksAndThenWrites, "of many replacers one wins"),
        (Defect::ChecksAndThenWrites, "no increment is lost"),
        (Defect::ForgetsMetadata, "metadata comes back"),
        (Defect::ShowsTooEarly, "nothing is visible before the end"),
        (Defect::KeepsWhatIsAborted, "what is given up leaves nothing"),
        (Defect::IgnoresRanges, "parts are read as asked for"),
        (Defect::ListsOnePage, "listings are whole and in order"),
        (Defect::DeletesNothing, "what was deleted is gone"),
        (Defect::KeepsTheTag, "objects come back as they were"),
        (Defect::MissesAreErrors, "what is missing is told as missing"),
        (Defect::Panics, "create only if absent"),
    ] {
        let failures = conformance::run_with(&Broken::store(defect), EFFORT).await;
        let rules: Vec<_> = failures.iter().map(|failure| failure.rule).collect();
        assert!(rules.contains(&rule), "{defect:?}: {failures:#?}");
    }
}

#[tokio::test]
async fn the_probe_finds_a_server_that_ignores_conditions() {
    for defect in [Defect::IgnoresIfAbsent, Defect::IgnoresIfMatch, Defect::ChecksAndThenWrites] {
        let store = Broken::store(defect);
        let error = store.probe().await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::ConditionsIgnored, "{defect:?}");
        assert!(store.list("").await.unwrap().is_empty(), "{defect:?} leaves the object");
    }
}

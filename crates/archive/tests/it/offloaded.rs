//! Items whose large attributes are in S3 are archived with their values.

use crate::written::{EVENING, FIRST, STREAM, expired};
use ddbkit_archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveErrorKind, ArchiveFaultKind, ArchiveLine,
    ArchiveSink, ArchiveVerifyOptions, ArchiveVerifyReport, LineFormat, OnGap, Sidecar,
    ValueCopies, verify_archive,
};
use ddbkit_codec::AttributeValue;
use ddbkit_flow::Control;
use ddbkit_offload::{BlobKind, BlobPointer, Encoding};
use ddbkit_store::{PutOptions, Store};
use ddbkit_testkit::{Backend, backend};
use sha2::{Digest, Sha256};
use std::time::{Duration, UNIX_EPOCH};

/// A bucket with objects, and an archive beside them.
struct Place {
    backend: Backend,
    bucket: String,
    store: Store,
    format: LineFormat,
}

impl Place {
    async fn new(format: LineFormat) -> Self {
        let backend = backend().await;
        let bucket = backend.bucket().await;
        let store = Store::s3(backend.s3.clone(), &bucket, "archive");
        Self { backend, bucket, store, format }
    }

    async fn sink(&self, on_lost: OnGap) -> ArchiveSink {
        let archive = ArchiveDescriptor::new("t", "arn:t", self.format, ArchiveCompression::Gzip);
        let archive = archive.begin(&self.store).await.unwrap();
        let label = STREAM.rsplit('/').next().unwrap();
        let sink = ArchiveSink::new(self.store.clone(), archive, STREAM, label);
        sink.with_values(ValueCopies::new(self.backend.s3.clone(), on_lost))
    }

    /// An object with a value, and the pointer to it.
    async fn value(&self, key: &str, value: &[u8], encoding: Encoding) -> BlobPointer {
        let stored = match encoding {
            Encoding::Zstd => zstd::encode_all(value, 3).unwrap(),
            _ => value.to_vec(),
        };
        let pointer = BlobPointer {
            bucket: self.bucket.clone(),
            key: format!("values/{key}"),
            stored_len: stored.len() as u64,
            len: value.len() as u64,
            sha256: Sha256::digest(value).into(),
            encoding,
            kind: BlobKind::Binary,
            content_type: None,
        };
        let objects = Store::s3(self.backend.s3.clone(), &self.bucket, "values");
        objects.put(key, stored.into(), PutOptions::default()).await.unwrap();
        pointer
    }

    async fn collect(&self, key: &str) {
        let objects = Store::s3(self.backend.s3.clone(), &self.bucket, "values");
        objects.delete(key).await.unwrap();
    }

    fn line(&self, n: u64, value: AttributeValue) -> ArchiveLine {
        let mut record = expired(&format!("item-{n}"), n, EVENING + n);
        record.old_image.as_mut().unwrap().insert("body", value);
        ArchiveLine::of(&record, false, self.format).unwrap()
    }

    async fn verified(&self) -> ArchiveVerifyReport {
        let options = ArchiveVerifyOptions::at(UNIX_EPOCH + Duration::from_secs(EVENING));
        verify_archive(&self.store, &options, &Control::new()).await.unwrap()
    }

    async fn sidecars(&self) -> Vec<Sidecar> {
        let mut all = Vec::new();
        for object in self.store.list("_meta/").await.unwrap() {
            let (_, content) = self.store.get(&object.key).await.unwrap();
            all.push(serde_json::from_slice(&content).unwrap());
        }
        all
    }

    async fn files(&self) -> usize {
        self.store.list("data/").await.unwrap().len()
    }
}

fn faults(report: &ArchiveVerifyReport) -> Vec<ArchiveFaultKind> {
    report.counts.keys().copied().collect()
}

#[tokio::test]
async fn values_are_in_the_archive_each_once_and_proven() {
    for format in [LineFormat::Item, LineFormat::Record] {
        let place = Place::new(format).await;
        let large = vec![7; 300_000];
        let (one, two) = (
            place.value("one", &large, Encoding::Identity).await,
            place.value("two", &large, Encoding::Identity).await,
        );
        let packed = place.value("packed", &large, Encoding::Zstd).await;
        let pointers = [&one, &two, &packed];
        let lines = (1..).zip(pointers).map(|(n, pointer)| place.line(n, pointer.to_attribute()));
        let mut lines: Vec<_> = lines.collect();
        lines.push(place.line(4, "a value of its own".to_owned().into()));
        let file = place.sink(OnGap::Fail).await.commit(FIRST, None, None, &lines).await.unwrap();
        assert_eq!((file.meta.count, file.values.copied, file.values.lost), (4, 2, 0));
        // A retry, after a crash before the file: nothing is copied twice.
        let key = &place.store.list("data/").await.unwrap()[0].key;
        place.store.delete(key).await.unwrap();
        let file = place.sink(OnGap::Fail).await.commit(FIRST, None, None, &lines).await.unwrap();
        assert_eq!((file.values.copied, file.values.there), (0, 2));

        // The collector was there: the archive needs nothing else.
        for key in ["one", "two", "packed"] {
            place.collect(key).await;
        }
        let report = place.verified().await;
        assert!(report.is_whole(), "{:?}", report.faults);
        assert_eq!((report.records, report.values), (4, 2));
        assert_eq!(report.value_bytes, one.stored_len + packed.stored_len);

        // A byte that changed, and a value that went, are found.
        let copies = place.store.list("_blobs/").await.unwrap();
        assert_eq!(copies.len(), 2);
        let options = PutOptions::default();
        place.store.put(&copies[0].key, vec![8; 300_000].into(), options).await.unwrap();
        place.store.delete(&copies[1].key).await.unwrap();
        let report = place.verified().await;
        assert_eq!(report.counts[&ArchiveFaultKind::Value], 3, "{:?}", report.faults);
        assert_eq!(faults(&report), [ArchiveFaultKind::Value]);
    }
}

#[tokio::test]
async fn a_value_that_is_gone_ends_the_work_or_is_written_down() {
    let place = Place::new(LineFormat::Item).await;
    let pointer = place.value("one", b"gone", Encoding::Identity).await;
    place.collect("one").await;
    let damaged = place.value("two", b"as it was", Encoding::Identity).await;
    place.value("two", b"as it is!", Encoding::Identity).await;
    let mut broken = pointer.to_attribute();
    if let AttributeValue::M(map) = &mut broken {
        map.remove("h");
    }
    let here = place.value("three", b"here", Encoding::Identity).await;
    let values = [pointer.to_attribute(), damaged.to_attribute(), broken, here.to_attribute()];
    let lines: Vec<_> = (1..).zip(values).map(|(n, value)| place.line(n, value)).collect();
    let refused = place.sink(OnGap::Fail).await.commit(FIRST, None, None, &lines).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind(), ArchiveErrorKind::LostValue);
    let text = refused.to_string();
    assert!(text.contains("\"body\"") && !text.contains("item-"), "{text}");
    assert_eq!(place.files().await, 0, "nothing is archived without its value");

    let file = place.sink(OnGap::Record).await.commit(FIRST, None, None, &lines).await.unwrap();
    assert_eq!((file.values.there, file.values.lost), (1, 3), "the fourth was copied before");
    let sidecar = &place.sidecars().await[0];
    let told: Vec<_> = sidecar.lines.iter().map(|line| line.lost_values.len()).collect();
    assert_eq!(told, [1, 1, 1, 0]);
    let report = place.verified().await;
    assert_eq!(report.counts[&ArchiveFaultKind::LostValue], 3, "{:?}", report.faults);
    assert_eq!(faults(&report), [ArchiveFaultKind::LostValue]);
}

/// A worker that comes late finds values collected that another has archived: no loss, and no second
/// file.
#[tokio::test]
async fn what_another_worker_archived_in_time_is_no_loss() {
    let place = Place::new(LineFormat::Item).await;
    let (one, two) = (
        place.value("one", b"first", Encoding::Identity).await,
        place.value("two", b"second", Encoding::Identity).await,
    );
    let lines = [place.line(1, one.to_attribute()), place.line(2, two.to_attribute())];
    let first = place.sink(OnGap::Fail).await.commit(FIRST, None, None, &lines[..1]).await;
    let first = first.unwrap();
    place.collect("one").await;
    place.collect("two").await;
    let late = place.sink(OnGap::Fail).await.commit(FIRST, None, None, &lines).await.unwrap();
    assert!(late.adopted);
    assert_eq!((late.key, late.meta), (first.key, first.meta));
    assert_eq!(place.files().await, 1);

    // One that wrote down a loss, and died before its file, does not spoil what is archived after all.
    let place = Place::new(LineFormat::Item).await;
    let one = place.value("one", b"first", Encoding::Identity).await;
    let lines = [place.line(1, one.to_attribute())];
    place.collect("one").await;
    let told = place.sink(OnGap::Record).await.commit(FIRST, None, None, &lines).await.unwrap();
    place.store.delete(&told.key).await.unwrap();
    place.value("one", b"first", Encoding::Identity).await;
    place.sink(OnGap::Record).await.commit(FIRST, None, None, &lines).await.unwrap();
    assert_eq!(place.sidecars().await[0].lines[0].lost_values, ["body"]);
    let report = place.verified().await;
    assert!(report.is_whole(), "{:?}", report.faults);
}

#[tokio::test]
async fn without_values_items_are_archived_with_their_pointers() {
    let place = Place::new(LineFormat::Item).await;
    let pointer = place.value("one", b"value", Encoding::Identity).await;
    place.collect("one").await;
    let archive = place.sink(OnGap::Fail).await.archive().clone();
    let sink =
        ArchiveSink::new(place.store.clone(), archive, STREAM, STREAM.rsplit('/').next().unwrap());
    let file = sink.commit(FIRST, None, None, &[place.line(1, pointer.to_attribute())]).await;
    assert_eq!(file.unwrap().values, ddbkit_archive::CopiedValues::default());
    assert!(place.verified().await.is_whole());
}

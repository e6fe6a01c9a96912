//! Uploads: whole, in parts, gone on with, given up.

use super::{MIB, collect, noise, pieces, place, small_parts, upload};
use aws_sdk_s3::Client;
use bytes::Bytes;
use ddbkit_flow::Control;
use ddbkit_local::{Fault, When};
use ddbkit_offload::body::{ObjectPlace, UploadOptions, download, unfinished_uploads};
use ddbkit_offload::{AttributeOptions, Clock, OffloadErrorKind};
use ddbkit_testkit::{Backend, backend};
use futures::StreamExt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

async fn is_there(s3: &Client, place: &ObjectPlace) -> bool {
    s3.head_object().bucket(&place.bucket).key(&place.key).send().await.is_ok()
}

#[tokio::test]
async fn a_body_of_one_part_is_one_put() {
    let backend = backend().await;
    let place = place(&backend).await;
    for bytes in [Bytes::new(), noise(1000)] {
        let place = ObjectPlace::new(&place.bucket, format!("{}{}", place.key, bytes.len()));
        let uploaded = upload(&backend.s3, &place, &bytes, &small_parts()).await.unwrap();
        assert_eq!((uploaded.parts_sent, uploaded.parts_reused), (1, 0));
        assert_eq!(uploaded.pointer.len, bytes.len() as u64);
        let stream = download(&backend.s3, &uploaded.pointer).await.unwrap();
        assert!(collect(stream).await.unwrap() == bytes);
    }
}

#[tokio::test]
async fn a_body_of_parts_comes_back() {
    let backend = backend().await;
    let place = place(&backend).await;
    let bytes = noise(10 * MIB + 5);
    let uploaded = upload(&backend.s3, &place, &bytes, &small_parts()).await.unwrap();
    assert_eq!((uploaded.parts_sent, uploaded.parts_reused), (3, 0));
    assert_eq!(uploaded.pointer.stored_len, bytes.len() as u64);
    let stream = download(&backend.s3, &uploaded.pointer).await.unwrap();
    assert!(collect(stream).await.unwrap() == bytes);
    assert!(unfinished_uploads(&backend.s3, &place).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_compressed_body_of_parts_comes_back() {
    let backend = backend().await;
    let place = place(&backend).await;
    let noise = noise(5 * MIB + 9);
    let bytes = Bytes::from([&noise[..], &vec![0; 4 * MIB]].concat());
    let options = UploadOptions { object: AttributeOptions::new().zstd(3), ..small_parts() };
    let uploaded = upload(&backend.s3, &place, &bytes, &options).await.unwrap();
    assert_eq!(uploaded.parts_sent, 2);
    assert_eq!(uploaded.pointer.len, bytes.len() as u64);
    assert!(uploaded.pointer.stored_len < 7 * MIB as u64);
    let stream = download(&backend.s3, &uploaded.pointer).await.unwrap();
    assert!(collect(stream).await.unwrap() == bytes);
}

#[tokio::test]
async fn a_key_is_written_once() {
    let backend = backend().await;
    for len in [10, 5 * MIB + 9] {
        let place = place(&backend).await;
        let bytes = noise(len);
        let first = upload(&backend.s3, &place, &bytes, &small_parts()).await.unwrap();
        let again = upload(&backend.s3, &place, &noise(len + 1), &small_parts()).await;
        let error = again.unwrap_err();
        assert_eq!(error.kind(), OffloadErrorKind::ConditionFailed, "{error:?}");
        let stream = download(&backend.s3, &first.pointer).await.unwrap();
        assert!(collect(stream).await.unwrap() == bytes);
        let left = unfinished_uploads(&backend.s3, &place).await.unwrap();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_no_failure() {
    let backend = Backend::embedded_only().await;
    for (operation, len) in [("PutObject", 10), ("CompleteMultipartUpload", 5 * MIB + 9)] {
        let place = place(&backend).await;
        let lost = backend.faults().inject(Fault::LostAnswer, When::Next(2), operation);
        upload(&backend.s3, &place, &noise(len), &small_parts()).await.unwrap();
        assert!(lost.injected() > 0);
        backend.faults().clear();
    }
}

/// A body that fails, or cancels, when so much of it was read.
fn broken(
    bytes: &Bytes,
    after: usize,
    control: Option<Control>,
) -> impl futures::Stream<Item = io::Result<Bytes>> + Send + use<> {
    let end = futures::stream::once(async move {
        match control {
            Some(control) => {
                control.cancel();
                futures::future::pending().await
            }
            None => Err(io::Error::other("the disk is gone")),
        }
    });
    pieces(&bytes.slice(..after)).chain(end)
}

#[tokio::test]
async fn a_broken_body_leaves_nothing() {
    let backend = backend().await;
    let place = place(&backend).await;
    let bytes = noise(12 * MIB);
    let (control, options) = (Control::new(), small_parts());
    for (canceled, kind) in [(false, OffloadErrorKind::Io), (true, OffloadErrorKind::Canceled)] {
        let body = broken(&bytes, 11 * MIB, canceled.then(|| control.clone()));
        let result =
            ddbkit_offload::body::upload(&backend.s3, &place, body, &options, &control).await;
        assert_eq!(result.unwrap_err().kind(), kind);
        assert!(unfinished_uploads(&backend.s3, &place).await.unwrap().is_empty());
        assert!(!is_there(&backend.s3, &place).await);
    }
}

#[tokio::test]
async fn an_abort_that_does_nothing_is_tried_again() {
    let backend = Backend::embedded_only().await;
    let place = place(&backend).await;
    let body = broken(&noise(6 * MIB), 6 * MIB, None);
    let failing =
        backend.faults().inject(Fault::InternalServerError, When::Next(3), "AbortMultipartUpload");
    let (control, options) = (Control::new(), small_parts());
    let result = ddbkit_offload::body::upload(&backend.s3, &place, body, &options, &control).await;
    assert_eq!(result.unwrap_err().kind(), OffloadErrorKind::Io);
    assert_eq!(failing.injected(), 3);
    assert_eq!(unfinished_uploads(&backend.s3, &place).await.unwrap(), []);
}

#[tokio::test]
async fn an_upload_goes_on_where_it_broke_off() {
    let backend = backend().await;
    let place = place(&backend).await;
    let bytes = noise(15 * MIB + 5);
    // One part at a time, so that the first is there when the body breaks.
    let options = UploadOptions { keep_unfinished: true, in_flight: 1, ..small_parts() };
    let body = broken(&bytes, 15 * MIB, None);
    let control = Control::new();
    let result = ddbkit_offload::body::upload(&backend.s3, &place, body, &options, &control).await;
    assert_eq!(result.unwrap_err().kind(), OffloadErrorKind::Io);

    let mut unfinished = unfinished_uploads(&backend.s3, &place).await.unwrap();
    assert_eq!(unfinished.len(), 1);
    let unfinished = unfinished.remove(0);
    let options = UploadOptions { resume: Some(unfinished.clone()), ..small_parts() };
    let uploaded = upload(&backend.s3, &place, &bytes, &options).await.unwrap();
    assert!(uploaded.parts_reused >= 1, "{uploaded:?}");
    assert_eq!(uploaded.parts_sent + uploaded.parts_reused, 4);
    // The age of the object is that of its upload, whoever completes it.
    assert_eq!(uploaded.initiated, unfinished.initiated);
    let stream = download(&backend.s3, &uploaded.pointer).await.unwrap();
    assert!(collect(stream).await.unwrap() == bytes);
}

#[tokio::test]
async fn a_resumed_upload_of_another_body_sends_it() {
    let backend = backend().await;
    let place = place(&backend).await;
    let bytes = noise(10 * MIB + 5);
    let options = UploadOptions { keep_unfinished: true, in_flight: 1, ..small_parts() };
    let body = broken(&bytes, 10 * MIB, None);
    let control = Control::new();
    let result = ddbkit_offload::body::upload(&backend.s3, &place, body, &options, &control).await;
    result.unwrap_err();
    let unfinished = unfinished_uploads(&backend.s3, &place).await.unwrap().remove(0);
    let mut other = bytes.to_vec();
    other[0] ^= 1;
    let options = UploadOptions { resume: Some(unfinished), ..small_parts() };
    let uploaded = upload(&backend.s3, &place, &other.clone().into(), &options).await.unwrap();
    assert!(uploaded.parts_sent >= 2, "{uploaded:?}");
    let stream = download(&backend.s3, &uploaded.pointer).await.unwrap();
    assert!(collect(stream).await.unwrap() == other);
}

/// A clock that goes on by a step whenever it is looked at.
#[derive(Debug, Default)]
struct Steps(AtomicU64);

impl Clock for Steps {
    fn now(&self) -> SystemTime {
        let seconds = self.0.fetch_add(100, Ordering::Relaxed);
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }
}

#[tokio::test]
async fn the_deadline_counts_from_the_start_of_the_upload() {
    let backend = backend().await;
    let place = place(&backend).await;
    let clock = Arc::new(Steps::default());
    let options = UploadOptions {
        clock: clock.clone(),
        write_deadline: Duration::from_secs(350),
        ..small_parts()
    };
    let error = upload(&backend.s3, &place, &noise(12 * MIB), &options).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::DeadlineExceeded, "{error:?}");
    assert!(!is_there(&backend.s3, &place).await);
    assert!(unfinished_uploads(&backend.s3, &place).await.unwrap().is_empty());
    // One that goes on with an older upload has no time left at all.
    let resume = ddbkit_offload::body::UnfinishedUpload {
        upload_id: "old".into(),
        initiated: SystemTime::UNIX_EPOCH,
    };
    let options = UploadOptions { resume: Some(resume), ..options };
    clock.0.store(1000, Ordering::Relaxed);
    let error = upload(&backend.s3, &place, &noise(10), &options).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::DeadlineExceeded);
}

#[tokio::test]
async fn what_s3_is_told_of_the_object_is_passed_on() {
    let backend = backend().await;
    for len in [10, 5 * MIB + 9] {
        let place = place(&backend).await;
        let object = AttributeOptions::new().content_type("text/html").metadata("page", "7");
        let options = UploadOptions { object, ..small_parts() };
        upload(&backend.s3, &place, &noise(len), &options).await.unwrap();
        let head = backend.s3.head_object().bucket(&place.bucket).key(&place.key).send().await;
        let head = head.unwrap();
        assert_eq!(head.content_type(), Some("text/html"));
        assert_eq!(head.metadata().unwrap()["page"], "7");
    }
}

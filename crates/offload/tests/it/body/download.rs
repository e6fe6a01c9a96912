//! Downloads: proven, ranged, of damaged objects.

use super::{MIB, collect, noise, place, small_parts, upload};
use ddbkit_local::{Fault, When};
use ddbkit_offload::body::{UploadOptions, download, download_range};
use ddbkit_offload::{AttributeOptions, BlobPointer, Encoding, OffloadErrorKind};
use ddbkit_testkit::{Backend, backend};

async fn failure(s3: &aws_sdk_s3::Client, pointer: &BlobPointer) -> OffloadErrorKind {
    match download(s3, pointer).await {
        Ok(stream) => collect(stream).await.unwrap_err().kind(),
        Err(error) => error.kind(),
    }
}

#[tokio::test]
async fn ranges_are_read() {
    let backend = backend().await;
    let bytes = noise(6 * MIB);
    let place = place(&backend).await;
    let pointer = upload(&backend.s3, &place, &bytes, &small_parts()).await.unwrap().pointer;
    let len = bytes.len();
    for range in [0..1, 5 * MIB - 3..5 * MIB + 3, len - 1..len, 0..len] {
        let asked = range.start as u64..range.end as u64;
        let stream = download_range(&backend.s3, &pointer, asked).await.unwrap();
        assert!(collect(stream).await.unwrap() == bytes[range]);
    }
    for range in [0..0, 0..len as u64 + 1] {
        let error = download_range(&backend.s3, &pointer, range).await.unwrap_err();
        assert_eq!(error.kind(), OffloadErrorKind::InvalidInput);
    }
    let zstd = BlobPointer { encoding: Encoding::Zstd, ..pointer };
    let error = download_range(&backend.s3, &zstd, 0..1).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_pointer_that_is_not_true_is_found() {
    let backend = backend().await;
    let place = place(&backend).await;
    for encoding in [Encoding::Identity, Encoding::Zstd] {
        let place = ddbkit_offload::body::ObjectPlace::new(
            &place.bucket,
            format!("{}-{encoding:?}", place.key),
        );
        let object = match encoding {
            Encoding::Zstd => AttributeOptions::new().zstd(3),
            _ => AttributeOptions::new(),
        };
        let options = UploadOptions { object, ..small_parts() };
        let pointer = upload(&backend.s3, &place, &noise(1000), &options).await.unwrap().pointer;
        let mut sha256 = pointer.sha256;
        sha256[0] ^= 1;
        let edited = BlobPointer { sha256, ..pointer.clone() };
        assert_eq!(failure(&backend.s3, &edited).await, OffloadErrorKind::Corrupt);
        let edited = BlobPointer { len: pointer.len - 1, ..pointer.clone() };
        assert_eq!(failure(&backend.s3, &edited).await, OffloadErrorKind::Corrupt);
        let edited = BlobPointer { stored_len: pointer.stored_len + 1, ..pointer.clone() };
        assert_eq!(failure(&backend.s3, &edited).await, OffloadErrorKind::Corrupt);
        let gone = BlobPointer { key: "gone".into(), ..pointer };
        assert_eq!(failure(&backend.s3, &gone).await, OffloadErrorKind::Dangling);
    }
}

#[tokio::test]
async fn a_download_that_breaks_off_goes_on() {
    let backend = Backend::embedded_only().await;
    let bytes = noise(3 * MIB);
    let place = place(&backend).await;
    let pointer = upload(&backend.s3, &place, &bytes, &small_parts()).await.unwrap().pointer;
    let torn = backend.faults().inject(Fault::TornBody, When::Next(3), "GetObject");
    let stream = download(&backend.s3, &pointer).await.unwrap();
    assert!(collect(stream).await.unwrap() == bytes);
    assert_eq!(torn.injected(), 3);
}

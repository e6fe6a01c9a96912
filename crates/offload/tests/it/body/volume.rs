//! A body of any length, up and down and into a backup, in little memory. `DDBKIT_TEST_BODY_MIB` says how
//! long. From 1 GiB on the memory of the process is held to 300 MB where S3 is a server of its own, so run
//! that test alone.

use super::MIB;
use crate::support::peak_memory;
use bytes::Bytes;
use ddbkit_flow::Control;
use ddbkit_offload::body::{UploadOptions, download, download_range, upload};
use ddbkit_offload::copy::BlobFolder;
use ddbkit_store::Store;
use ddbkit_testkit::backend;
use futures::{Stream, TryStreamExt, stream};
use std::io;
use std::time::Instant;

/// So many MiB, no two of them alike, made as they are asked for.
fn generated(count: u64) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::iter((0..count).map(|n| {
        let mut piece = vec![u8::try_from(n % 251).unwrap(); MIB];
        piece[..8].copy_from_slice(&n.to_le_bytes());
        Ok(piece.into())
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_goes_up_and_down_in_little_memory() {
    let mib = std::env::var("DDBKIT_TEST_BODY_MIB").map_or(20, |mib| mib.parse().unwrap());
    let backend = backend().await;
    let place = super::place(&backend).await;
    let begun = Instant::now();
    let options = UploadOptions::default();
    let uploaded = upload(&backend.s3, &place, generated(mib), &options, &Control::new()).await;
    let uploaded = uploaded.unwrap();
    let (up, pointer) = (begun.elapsed(), uploaded.pointer);
    assert_eq!(pointer.len, mib * MIB as u64);
    assert!(uploaded.parts_sent > 1);

    let begun = Instant::now();
    let pieces = download(&backend.s3, &pointer).await.unwrap();
    let len = pieces.try_fold(0, |sum, piece| async move { Ok(sum + piece.len() as u64) });
    assert_eq!(len.await.unwrap(), pointer.len);
    let down = begun.elapsed();
    let last = pointer.len - MIB as u64..pointer.len - MIB as u64 + 8;
    let range = download_range(&backend.s3, &pointer, last).await.unwrap();
    let range: Vec<Bytes> = range.try_collect().await.unwrap();
    assert_eq!(range.concat(), (mib - 1).to_le_bytes());

    let begun = Instant::now();
    let dir = tempfile::tempdir().unwrap();
    let folder = BlobFolder::new(Store::directory(dir.path()));
    assert_eq!(folder.add(&backend.s3, &pointer).await.unwrap(), Some(pointer.len));
    let copied = begun.elapsed();
    let peak = peak_memory();
    println!("{mib} MiB: up {up:?}, down {down:?}, into a backup {copied:?}, peak {peak:?} MB");
    if mib >= 1024 && std::env::var_os("DDBKIT_TEST_S3_ENDPOINT").is_some() {
        assert!(peak.is_none_or(|peak| peak < 300), "{peak:?} MB");
    }
    // Gigabytes are not left behind.
    let delete = backend.s3.delete_object().bucket(&place.bucket).key(&place.key);
    delete.send().await.unwrap();
}

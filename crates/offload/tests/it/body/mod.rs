//! Large bodies: streams into objects and out of them.

mod download;
mod presign;
mod upload;
mod volume;

use aws_sdk_s3::Client;
use bytes::Bytes;
use ddbkit_flow::Control;
use ddbkit_offload::OffloadError;
use ddbkit_offload::body::{ObjectPlace, UploadOptions, UploadedBody};
use ddbkit_testkit::Backend;
use futures::{Stream, StreamExt, TryStreamExt};
use std::io;

const MIB: usize = 1 << 20;

/// A place for an object in a bucket of its own.
async fn place(backend: &Backend) -> ObjectPlace {
    ObjectPlace::new(backend.bucket().await, format!("blobs/{:032x}", fastrand::u128(..)))
}

/// Bytes that do not compress and of which no two MiB are equal.
fn noise(len: usize) -> Bytes {
    let mut bytes = vec![0; len];
    fastrand::Rng::with_seed(7).fill(&mut bytes);
    bytes.into()
}

/// A body in pieces that fit no part.
fn pieces(bytes: &Bytes) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let bytes = bytes.clone();
    let starts = (0..bytes.len()).step_by(700_001);
    futures::stream::iter(
        starts.map(move |start| Ok(bytes.slice(start..bytes.len().min(start + 700_001)))),
    )
}

/// Parts as small as the service takes them.
fn small_parts() -> UploadOptions {
    UploadOptions { first_part: 0, ..UploadOptions::default() }
}

async fn upload(
    s3: &Client,
    place: &ObjectPlace,
    bytes: &Bytes,
    options: &UploadOptions,
) -> Result<UploadedBody, OffloadError> {
    ddbkit_offload::body::upload(s3, place, pieces(bytes), options, &Control::new()).await
}

async fn collect(
    stream: impl Stream<Item = Result<Bytes, OffloadError>>,
) -> Result<Vec<u8>, OffloadError> {
    stream.map(|piece| piece.map(|piece| piece.to_vec())).try_concat().await
}

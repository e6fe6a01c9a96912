//! Signed URLs, used by a client that has no credentials.

use super::{collect, noise, place, small_parts, upload};
use aws_sdk_s3::presigning::PresignedRequest;
use ddbkit_offload::body::{ExpectedBody, confirm_upload, download, presign_get, presign_put};
use ddbkit_offload::{AttributeOptions, BlobKind, OffloadErrorKind};
use ddbkit_testkit::backend;
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MINUTE: Duration = Duration::from_secs(60);

/// Sends a request as it is, with this body: the status of the answer, and its body.
async fn send(request: &PresignedRequest, body: &[u8]) -> (u16, Vec<u8>) {
    let rest = request.uri().strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut head = format!("{} /{path} HTTP/1.1\r\nhost: {host}\r\n", request.method());
    let mut has_length = false;
    for (name, value) in request.headers() {
        has_length |= name.eq_ignore_ascii_case("content-length");
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !has_length {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("connection: close\r\n\r\n");
    let mut connection = TcpStream::connect(host).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let status = std::str::from_utf8(&answer[9..12]).unwrap().parse().unwrap();
    (status, answer.split_off(end + 4))
}

#[tokio::test]
async fn a_signed_get_reads_the_value() {
    let backend = backend().await;
    let bytes = noise(1000);
    let place = place(&backend).await;
    let pointer = upload(&backend.s3, &place, &bytes, &small_parts()).await.unwrap().pointer;
    let request = presign_get(&backend.s3, &pointer, None, MINUTE).await.unwrap();
    let (status, read) = send(&request, b"").await;
    assert_eq!((status, &read[..]), (200, &bytes[..]));
    let request = presign_get(&backend.s3, &pointer, Some(10..20), MINUTE).await.unwrap();
    let (status, read) = send(&request, b"").await;
    assert_eq!((status, &read[..]), (206, &bytes[10..20]));
    let week = Duration::from_secs(8 * 24 * 60 * 60);
    let error = presign_get(&backend.s3, &pointer, None, week).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_signed_put_takes_this_body_once() {
    let backend = backend().await;
    let bytes = noise(1000);
    let place = place(&backend).await;
    let body =
        ExpectedBody { len: 1000, sha256: Sha256::digest(&bytes).into(), kind: BlobKind::Binary };
    let times = (SystemTime::now(), MINUTE * 60);
    let options = AttributeOptions::default();
    let upload = presign_put(&backend.s3, &place, &body, &options, MINUTE, times).await.unwrap();
    let error = confirm_upload(&backend.s3, &upload.pointer).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::Dangling);

    let mut other = bytes.to_vec();
    other[0] ^= 1;
    assert_eq!(send(&upload.request, &other).await.0, 400);
    let (status, answer) = send(&upload.request, &bytes).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
    assert_eq!(send(&upload.request, &bytes).await.0, 412);

    confirm_upload(&backend.s3, &upload.pointer).await.unwrap();
    let stream = download(&backend.s3, &upload.pointer).await.unwrap();
    assert!(collect(stream).await.unwrap() == bytes);
    assert_eq!(upload.deadline, times.0 + times.1);
    let error = presign_put(&backend.s3, &place, &body, &options, MINUTE * 61, times).await;
    assert_eq!(error.unwrap_err().kind(), OffloadErrorKind::InvalidInput);
}

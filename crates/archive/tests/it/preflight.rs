//! What is said of tables that cannot be archived, and how they are made so that they can.

use aws_sdk_dynamodb::types::{StreamSpecification, StreamViewType};
use ddbkit_archive::{ArchiveErrorKind, Preflight};
use ddbkit_testkit::{Backend, KeySchema, backend};

async fn with_stream(backend: &Backend, view: StreamViewType) -> String {
    let table = backend.table("archived", KeySchema::default()).await;
    let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(view);
    let update = backend.dynamodb.update_table().table_name(&table);
    update.stream_specification(stream.build().unwrap()).send().await.unwrap();
    table
}

#[tokio::test]
async fn what_is_missing_is_named_and_switched_on_when_asked_for() {
    let backend = backend().await;
    let table = backend.table("archived", KeySchema::default()).await;
    let look = Preflight::look(&backend.dynamodb, &table).await.unwrap();
    assert_eq!(look.missing.len(), 2);
    let error = look.clone().ready(None).unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::Preflight);
    let text = error.to_string();
    assert!(text.contains("stream is off") && text.contains("TTL is off"), "{text}");
    let error = look.clone().enable(&backend.dynamodb, None).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::InvalidInput);
    let look = look.enable(&backend.dynamodb, Some("expires")).await.unwrap();
    let error = look.clone().ready(Some("ttl")).unwrap_err();
    assert!(error.to_string().contains("by attribute expires, not ttl"), "{error}");
    let target = look.ready(Some("expires")).unwrap();
    assert_eq!((target.table.as_str(), target.ttl_attribute.as_str()), (&*table, "expires"));
    assert!(target.stream_arn.contains("/stream/"), "{}", target.stream_arn);
}

#[tokio::test]
async fn a_stream_without_old_images_is_refused() {
    let backend = backend().await;
    let table = with_stream(&backend, StreamViewType::NewImage).await;
    let error = Preflight::look(&backend.dynamodb, &table).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::Preflight);
    assert!(error.to_string().contains("has NEW_IMAGE"), "{error}");
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named() {
    let backend = backend().await;
    let error = Preflight::look(&backend.dynamodb, "nobody").await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::Preflight);
    assert!(error.to_string().contains("no table nobody"), "{error}");
}

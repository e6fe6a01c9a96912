//! Starting, stopping, and what stays.

use std::time::{Duration, Instant};

use ddbkit_local::{LocalDynamoDb, LocalDynamoDbOptions, LocalErrorKind, LocalS3, LocalS3Options};

use crate::clients::{create_table, exists, put};

fn listens(endpoint_url: &str) -> bool {
    let address = endpoint_url.strip_prefix("http://").unwrap();
    std::net::TcpStream::connect(address).is_ok()
}

#[tokio::test]
async fn dropped_servers_stop_listening_at_once() {
    let dynamodb = LocalDynamoDb::start().await.unwrap();
    let s3 = LocalS3::start(LocalS3Options::default()).await.unwrap();
    // Connections that are kept alive must not hold the end up.
    dynamodb.client().list_tables().send().await.unwrap();
    s3.create_bucket("bucket").await.unwrap();
    let urls = [dynamodb.endpoint_url(), s3.endpoint_url()];
    assert!(urls.iter().all(|url| listens(url)));
    let start = Instant::now();
    drop((dynamodb, s3));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert!(!urls.iter().any(|url| listens(url)));
}

#[test]
fn servers_outlive_the_runtime_that_started_them() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let dynamodb = runtime().block_on(LocalDynamoDb::start()).unwrap();
    let tables = runtime().block_on(dynamodb.client().list_tables().send()).unwrap();
    assert!(tables.table_names().is_empty());
}

#[tokio::test]
async fn file_keeps_tables_over_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let options = || LocalDynamoDbOptions::file(directory.path().join("tables.db"));
    let dynamodb = LocalDynamoDb::start_with(options()).await.unwrap();
    create_table(&dynamodb).await;
    put(&dynamodb.client(), "a").await.unwrap();
    drop(dynamodb);
    let dynamodb = LocalDynamoDb::start_with(options()).await.unwrap();
    assert!(exists(&dynamodb.client(), "a").await);
}

#[tokio::test]
async fn storage_that_cannot_be_used_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "no database").unwrap();
    let error = LocalS3::start(LocalS3Options::directory(&file)).await.unwrap_err();
    assert_eq!(error.kind(), LocalErrorKind::Storage);
    assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
    let error = LocalDynamoDb::start_with(LocalDynamoDbOptions::file(&file)).await.unwrap_err();
    assert_eq!(error.kind(), LocalErrorKind::Storage);
    assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
}

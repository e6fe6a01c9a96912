//! Lease stores: of all of them the same is asked.

use ddbkit_archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveErrorKind, DynamoDbLeases, Lease, LeaseState,
    LeaseStore, LineFormat, MemoryLeases, StoreLeases,
};
use ddbkit_store::Store;
use ddbkit_testkit::{KeySchema, backend};
use std::sync::Arc;

const STREAM: &str = "arn:aws:dynamodb:us-east-1:1:table/t/stream/2026-11-21T00:00:00.000";

fn archive() -> ArchiveDescriptor {
    ArchiveDescriptor::new("t", "arn:t", LineFormat::Item, ArchiveCompression::Gzip)
}

async fn keeps_its_promises(leases: Arc<dyn LeaseStore>) {
    assert!(leases.list(STREAM).await.unwrap().is_empty());
    let lease = Lease {
        parent: Some("shardId-0".to_owned()),
        read: Some("9".repeat(40).parse().unwrap()),
        ..Lease::new(STREAM, "shardId-1")
    };
    assert!(leases.create_if_absent(&lease).await.unwrap());
    assert!(!leases.create_if_absent(&Lease::new(STREAM, "shardId-1")).await.unwrap());
    assert_eq!(leases.get(STREAM, "shardId-1").await.unwrap(), Some(lease.clone()));
    assert_eq!(leases.get(STREAM, "shardId-2").await.unwrap(), None);
    // Of many who have read the same row one may write the next.
    let takers = (0..8).map(|n| {
        let (leases, lease) = (leases.clone(), lease.clone());
        tokio::spawn(async move {
            let owner = Some(format!("worker-{n}"));
            let taken = Lease { owner, counter: 1, ..lease };
            match leases.update(&taken, 0).await {
                Ok(()) => Some(taken),
                Err(error) => {
                    assert_eq!(error.kind(), ArchiveErrorKind::LeaseLost);
                    None
                }
            }
        })
    });
    let mut winners = Vec::new();
    for taker in takers.collect::<Vec<_>>() {
        winners.extend(taker.await.unwrap());
    }
    assert_eq!(leases.list(STREAM).await.unwrap(), winners);
    let closed = Lease {
        counter: 2,
        owner: None,
        state: LeaseState::Closed,
        children: vec!["shardId-2".to_owned()],
        ..winners[0].clone()
    };
    leases.update(&closed, 1).await.unwrap();
    assert_eq!(leases.get(STREAM, "shardId-1").await.unwrap(), Some(closed));
    let error = leases.delete(STREAM, "shardId-1", 1).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::LeaseLost);
    leases.delete(STREAM, "shardId-1", 2).await.unwrap();
    leases.delete(STREAM, "shardId-1", 2).await.unwrap();
    assert!(leases.list(STREAM).await.unwrap().is_empty());
    let error = leases.update(&lease, 2).await.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::LeaseLost);
}

#[tokio::test]
async fn in_memory() {
    keeps_its_promises(Arc::new(MemoryLeases::default())).await;
}

#[tokio::test]
async fn in_a_directory() {
    let folder = tempfile::tempdir().unwrap();
    keeps_its_promises(Arc::new(StoreLeases::new(Store::directory(folder.path())))).await;
}

#[tokio::test]
async fn in_s3() {
    let backend = backend().await;
    let bucket = backend.bucket().await;
    let store = Store::s3(backend.s3.clone(), bucket, "archive");
    keeps_its_promises(Arc::new(StoreLeases::new(store))).await;
}

#[tokio::test]
async fn in_a_table_that_is_created_when_it_is_needed() {
    let backend = backend().await;
    let (archive, name) = (archive(), format!("leases-{:x}", fastrand::u64(..)));
    let open = || DynamoDbLeases::open(backend.dynamodb.clone(), &name, &archive);
    keeps_its_promises(Arc::new(open().await.unwrap())).await;
    // Another worker of the same archive.
    open().await.unwrap();
    let error = DynamoDbLeases::open(backend.dynamodb.clone(), &name, &self::archive()).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ArchiveErrorKind::ForeignLeaseTable);
    assert!(error.to_string().contains("another archive, of arn:t"), "{error}");
}

#[tokio::test]
async fn a_table_of_something_else_is_refused() {
    let backend = backend().await;
    let table = backend.table("orders", KeySchema::default()).await;
    let error = DynamoDbLeases::open(backend.dynamodb.clone(), &table, &archive()).await;
    assert_eq!(error.unwrap_err().kind(), ArchiveErrorKind::ForeignLeaseTable);
}

//! Leases over a connection.

use std::sync::Arc;

use async_trait::async_trait;
use ddbkit_archive::{ArchiveError, ArchiveErrorKind, Lease, LeaseStore, MemoryLeases};

use super::connection::Connection;

pub(crate) struct Leases(pub(crate) MemoryLeases, pub(crate) Arc<Connection>);

fn failed() -> ArchiveError {
    ArchiveError::new(ArchiveErrorKind::DynamoDb, "the lease table did not answer")
}

#[async_trait]
impl LeaseStore for Leases {
    async fn list(&self, stream: &str) -> Result<Vec<Lease>, ArchiveError> {
        self.1.call(self.0.list(stream), failed).await
    }

    async fn get(&self, stream: &str, shard: &str) -> Result<Option<Lease>, ArchiveError> {
        self.1.call(self.0.get(stream, shard), failed).await
    }

    async fn create_if_absent(&self, lease: &Lease) -> Result<bool, ArchiveError> {
        self.1.call(self.0.create_if_absent(lease), failed).await
    }

    async fn update(&self, lease: &Lease, expected: u64) -> Result<(), ArchiveError> {
        self.1.call(self.0.update(lease, expected), failed).await
    }

    async fn delete(&self, stream: &str, shard: &str, expected: u64) -> Result<(), ArchiveError> {
        self.1.call(self.0.delete(stream, shard, expected), failed).await
    }
}

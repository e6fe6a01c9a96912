//! Leases in memory.

use super::{Lease, LeaseStore, lost};
use crate::ArchiveError;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Leases in memory, for workers of one process and for tests. Clones are handles to the same
/// leases. When they are gone, an archive goes on from the names of its files, as long as the
/// stream has the records.
///
/// ```
/// use ddbkit_archive::{Lease, LeaseStore, MemoryLeases};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ddbkit_archive::ArchiveError> {
/// let leases = MemoryLeases::default();
/// let lease = Lease::new("arn", "shardId-1");
/// assert!(leases.create_if_absent(&lease).await?);
/// let mine = Lease { owner: Some("me".to_owned()), counter: 1, ..lease };
/// leases.update(&mine, 0).await?;
/// assert!(leases.update(&mine, 0).await.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryLeases(Arc<Mutex<Rows>>);

/// By stream and shard.
type Rows = BTreeMap<(String, String), Lease>;

impl MemoryLeases {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(stream: &str, shard: &str) -> (String, String) {
    (stream.to_owned(), shard.to_owned())
}

#[async_trait]
impl LeaseStore for MemoryLeases {
    async fn list(&self, stream: &str) -> Result<Vec<Lease>, ArchiveError> {
        let rows = self.rows();
        Ok(rows.values().filter(|lease| lease.stream == stream).cloned().collect())
    }

    async fn get(&self, stream: &str, shard: &str) -> Result<Option<Lease>, ArchiveError> {
        Ok(self.rows().get(&key(stream, shard)).cloned())
    }

    async fn create_if_absent(&self, lease: &Lease) -> Result<bool, ArchiveError> {
        let mut rows = self.rows();
        let key = key(&lease.stream, &lease.shard);
        let is_new = !rows.contains_key(&key);
        if is_new {
            rows.insert(key, lease.clone());
        }
        Ok(is_new)
    }

    async fn update(&self, lease: &Lease, expected: u64) -> Result<(), ArchiveError> {
        let mut rows = self.rows();
        match rows.get_mut(&key(&lease.stream, &lease.shard)) {
            Some(row) if row.counter == expected => {
                *row = lease.clone();
                Ok(())
            }
            _ => Err(lost(&lease.shard)),
        }
    }

    async fn delete(&self, stream: &str, shard: &str, expected: u64) -> Result<(), ArchiveError> {
        let mut rows = self.rows();
        let key = key(stream, shard);
        match rows.get(&key) {
            Some(row) if row.counter != expected => Err(lost(shard)),
            _ => {
                rows.remove(&key);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ArchiveErrorKind;

    #[tokio::test]
    async fn an_update_needs_the_counter_that_was_read() {
        let leases = MemoryLeases::default();
        let lease = Lease::new("s", "a");
        assert!(leases.create_if_absent(&lease).await.unwrap());
        assert!(!leases.create_if_absent(&lease).await.unwrap());
        let next = Lease { counter: 1, owner: Some("me".into()), ..lease.clone() };
        leases.update(&next, 0).await.unwrap();
        let error = leases.update(&next, 0).await.unwrap_err();
        assert_eq!(error.kind(), ArchiveErrorKind::LeaseLost);
        assert_eq!(leases.list("s").await.unwrap(), [next]);
        assert!(leases.list("other").await.unwrap().is_empty());
        assert!(leases.delete("s", "a", 0).await.is_err());
        leases.delete("s", "a", 1).await.unwrap();
        assert_eq!(leases.get("s", "a").await.unwrap(), None);
        assert!(leases.update(&lease, 0).await.is_err(), "a lease that is gone is lost");
    }

    #[test]
    fn the_position_is_the_later_number() {
        let mut lease = Lease::new("s", "a");
        assert_eq!(lease.position(), None);
        lease.read = Some("99".parse().unwrap());
        assert_eq!(lease.position().unwrap().as_str(), "99");
        lease.anchor = Some("100".parse().unwrap());
        assert_eq!(lease.position().unwrap().as_str(), "100");
    }
}

//! Leases as objects beside the data.

use super::{Lease, LeaseStore, lost};
use crate::ArchiveError;
use async_trait::async_trait;
use bytes::Bytes;
use ddbkit_store::{Condition, ETag, ObjectMeta, PutOptions, Store, StoreErrorKind};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What the keys of leases begin with.
const PREFIX: &str = "_leases/";

/// Leases as objects of the archive itself, one for each shard: `_leases/<stream>/<shard>.json`.
///
/// An update is a write on the condition that the object is the one that was read, so several
/// workers may share them wherever [`Store`] keeps conditions: in a directory on one machine, in S3
/// from anywhere. It costs two requests for each renewal of each shard: for more than some ten shards
/// in S3 a table ([`DynamoDbLeases`](super::DynamoDbLeases)) is cheaper.
///
/// ```
/// use ddbkit_archive::StoreLeases;
/// use ddbkit_store::Store;
///
/// let leases = StoreLeases::new(Store::directory("archive"));
/// # let _ = leases;
/// ```
#[derive(Debug)]
pub struct StoreLeases {
    store: Store,
    /// By key: listings have tags, so that only what changed is read again.
    seen: Mutex<HashMap<String, (ETag, Lease)>>,
}

impl StoreLeases {
    /// The leases of the archive in a store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store, seen: Mutex::default() }
    }

    async fn read(&self, key: &str) -> Result<Option<(ETag, Lease)>, ArchiveError> {
        let (meta, content) = match self.store.get(key).await {
            Ok(found) => found,
            Err(error) if error.kind() == StoreErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ArchiveError::store("cannot read a lease", error)),
        };
        let name = self.store.describe(key);
        let lease: Lease = serde_json::from_slice(&content).map_err(|error| {
            ArchiveError::corrupt(format!("{name} is no lease")).caused_by(error)
        })?;
        Ok(Some((meta.etag, lease)))
    }

    async fn write(&self, lease: &Lease, condition: Condition) -> Result<bool, ArchiveError> {
        let content = serde_json::to_vec(lease).map_err(|error| {
            ArchiveError::corrupt("a lease cannot be written as JSON").caused_by(error)
        })?;
        let options = PutOptions {
            condition,
            content_type: Some("application/json".to_owned()),
            ..PutOptions::default()
        };
        let key = key(&lease.stream, &lease.shard);
        match self.store.put(&key, Bytes::from(content), options).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == StoreErrorKind::PreconditionFailed => Ok(false),
            Err(error) => Err(ArchiveError::store("cannot write a lease", error)),
        }
    }

    async fn lease_of(&self, object: ObjectMeta) -> Result<Option<Lease>, ArchiveError> {
        let seen = {
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.get(&object.key).filter(|(etag, _)| *etag == object.etag).cloned()
        };
        if let Some((_, lease)) = seen {
            return Ok(Some(lease));
        }
        let Some((etag, lease)) = self.read(&object.key).await? else { return Ok(None) };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(object.key, (etag, lease.clone()));
        Ok(Some(lease))
    }
}

/// The last part of the ARN is the label, which no other stream of the table has.
fn prefix(stream: &str) -> String {
    let label = stream.rsplit('/').next().unwrap_or(stream);
    format!("{PREFIX}{}/", crate::ArchiveLayout::new(label).label())
}

fn key(stream: &str, shard: &str) -> String {
    format!("{}{}.json", prefix(stream), crate::ArchiveLayout::new(shard).label())
}

#[async_trait]
impl LeaseStore for StoreLeases {
    async fn list(&self, stream: &str) -> Result<Vec<Lease>, ArchiveError> {
        let listed = self.store.list(&prefix(stream)).await;
        let listed = listed.map_err(|error| ArchiveError::store("cannot list leases", error))?;
        let mut leases = Vec::with_capacity(listed.len());
        for object in listed {
            leases.extend(self.lease_of(object).await?);
        }
        Ok(leases)
    }

    async fn get(&self, stream: &str, shard: &str) -> Result<Option<Lease>, ArchiveError> {
        Ok(self.read(&key(stream, shard)).await?.map(|(_, lease)| lease))
    }

    async fn create_if_absent(&self, lease: &Lease) -> Result<bool, ArchiveError> {
        self.write(lease, Condition::IfAbsent).await
    }

    async fn update(&self, lease: &Lease, expected: u64) -> Result<(), ArchiveError> {
        let found = self.read(&key(&lease.stream, &lease.shard)).await?;
        let Some((etag, _)) = found.filter(|(_, found)| found.counter == expected) else {
            return Err(lost(&lease.shard));
        };
        if self.write(lease, Condition::IfMatch(etag)).await? {
            Ok(())
        } else {
            Err(lost(&lease.shard))
        }
    }

    async fn delete(&self, stream: &str, shard: &str, expected: u64) -> Result<(), ArchiveError> {
        let key = key(stream, shard);
        match self.read(&key).await? {
            // Stores have no conditional delete. Only leases are deleted that are closed, which
            // nobody updates any more.
            Some((_, found)) if found.counter == expected => {
                let deleted = self.store.delete(&key).await;
                deleted.map_err(|error| ArchiveError::store("cannot delete a lease", error))
            }
            Some(_) => Err(lost(shard)),
            None => Ok(()),
        }
    }
}

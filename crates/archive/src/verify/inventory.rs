//! What lies in an archive, by the names of its objects.

use super::report::{ArchiveFaultKind as Fault, ArchiveVerifyReport as Report};
use super::unreadable;
use crate::layout::DATA_PREFIX;
use crate::{ArchiveError, ClosedShard, GapRecord, SeedRecord};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use futures::TryStreamExt;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::pin::pin;

/// A shard: the label of its stream as it stands in names, and its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ShardName {
    pub(super) label: String,
    pub(super) shard: String,
}

/// A data file and the sidecars that may be its own.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) shard: ShardName,
    pub(super) sidecars: Vec<String>,
}

/// Everything that the names tell, and the small documents.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    pub(super) files: Vec<Entry>,
    pub(super) closed: BTreeMap<ShardName, ClosedShard>,
    pub(super) seeds: BTreeMap<String, SeedRecord>,
}

impl Inventory {
    pub(super) async fn read(
        store: &Store,
        report: &mut Report,
        control: &Control,
    ) -> Result<Self, ArchiveError> {
        let mut inventory = Self::default();
        // In the reverse of the order in which things are written, so that what is written meanwhile
        // is never found without what belongs to it.
        inventory.read_shards(store, report, control).await?;
        for key in keys(store, "_gaps/", control).await? {
            match document::<GapRecord>(store, &key).await? {
                Ok(gap) => report.gaps.push(gap),
                Err(why) => report.fault(Fault::GapRecord, key, why),
            }
        }
        let data = keys(store, DATA_PREFIX, control).await?;
        // By what the names of the data files are made of: no name has to be taken apart.
        let mut sidecars: BTreeMap<String, (ShardName, Vec<String>)> = BTreeMap::new();
        for key in keys(store, "_meta/", control).await? {
            let Some((shard, anchor)) = sidecar_parts(&key) else {
                report.fault(Fault::Stray, key, "it is no sidecar of a data file");
                continue;
            };
            let stem = format!("{}-{}-{anchor}", shard.label, shard.shard);
            sidecars.entry(stem).or_insert_with(|| (shard, Vec::new())).1.push(key);
        }
        for key in data {
            let name = key.rsplit('/').next().unwrap_or_default();
            let stem = name.find(".json").and_then(|at| name.get(..at)).unwrap_or(name);
            match sidecars.get(stem) {
                Some((shard, own)) => {
                    let (shard, sidecars) = (shard.clone(), own.clone());
                    inventory.files.push(Entry { key, shard, sidecars });
                }
                None if stem == name => {
                    report.fault(Fault::Stray, key, "it is no data file of an archive");
                }
                None => report.fault(Fault::MissingSidecar, key, "it has no sidecar"),
            }
        }
        Ok(inventory)
    }

    async fn read_shards(
        &mut self,
        store: &Store,
        report: &mut Report,
        control: &Control,
    ) -> Result<(), ArchiveError> {
        for key in keys(store, "_shards/", control).await? {
            let mut parts = key.split('/').skip(1);
            let label = parts.next().unwrap_or_default().to_owned();
            let name = parts.next().and_then(|name| name.strip_suffix(".json"));
            match name {
                Some("seed") => match document::<SeedRecord>(store, &key).await? {
                    Ok(seed) => drop(self.seeds.insert(label, seed)),
                    Err(why) => report.fault(Fault::ClosedShard, key, why),
                },
                Some(shard) => match document::<ClosedShard>(store, &key).await? {
                    Ok(closed) => {
                        let name = ShardName { label, shard: shard.to_owned() };
                        self.closed.insert(name, closed);
                    }
                    Err(why) => report.fault(Fault::ClosedShard, key, why),
                },
                None => report.fault(Fault::Stray, key, "it is no record of a shard"),
            }
        }
        Ok(())
    }
}

/// All keys below a prefix.
async fn keys(store: &Store, prefix: &str, control: &Control) -> Result<Vec<String>, ArchiveError> {
    let mut objects = pin!(store.list_stream(prefix));
    let mut keys = Vec::new();
    while let Some(object) = control.run(objects.try_next()).await?.map_err(unreadable)? {
        keys.push(object.key);
    }
    Ok(keys)
}

/// A document, or why it is none.
pub(super) async fn document<T: DeserializeOwned>(
    store: &Store,
    key: &str,
) -> Result<Result<T, String>, ArchiveError> {
    let (_, bytes) = store.get(key).await.map_err(unreadable)?;
    Ok(serde_json::from_slice(&bytes).map_err(|error| format!("it is not readable: {error}")))
}

/// The shard and the anchor in `_meta/<label>/<shard>/<anchor>-<16 hex digits>.json`.
fn sidecar_parts(key: &str) -> Option<(ShardName, &str)> {
    let mut parts = key.split('/').skip(1);
    let (label, shard, name) = (parts.next()?, parts.next()?, parts.next()?);
    let (anchor, _digest) = name.strip_suffix(".json")?.rsplit_once('-')?;
    let shard = ShardName { label: label.to_owned(), shard: shard.to_owned() };
    parts.next().is_none().then_some((shard, anchor))
}

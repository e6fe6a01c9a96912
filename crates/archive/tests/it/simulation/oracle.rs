//! What must be true of an archive, whatever happened to its workers.

use std::collections::{BTreeMap, BTreeSet};

use ddbkit_archive::{ClosedShard, GapRecord, SeedRecord, SequenceNumber, Sidecar};
use ddbkit_codec::Item;
use ddbkit_store::Store;
use ddbkit_testkit::streams::{Change, StreamEvent};

use super::store::Objects;

/// In milliseconds.
const RETENTION: u64 = 24 * 3_600_000;
/// What the stream loses in the first hour of an archive counts as lost before it.
const FIRST_HOUR: u64 = 3_600_000;

/// What stands in an archive.
#[derive(Debug)]
pub(crate) struct Archived {
    /// Event ids in the order in which they were written.
    pub(crate) events: Vec<String>,
    pub(crate) gaps: Vec<GapRecord>,
    /// Shards that were gone from the stream before their end was read or their children were seen.
    vanished: BTreeSet<String>,
    pub(crate) files: usize,
    /// How many TTL deletes are in no file, by the check.
    pub(crate) lost: usize,
    /// When the archive began, in milliseconds since 1970.
    began: u64,
}

/// Reads an archive by the bytes of its data files, and holds the sidecars to them.
pub(crate) async fn read(objects: &Objects, events: &[StreamEvent]) -> Archived {
    let store = &objects.store;
    let mut sidecars: BTreeMap<(String, String), Sidecar> = BTreeMap::new();
    for meta in store.list("_meta/").await.unwrap() {
        let sidecar: Sidecar = json(store, &meta.key).await;
        sidecars.insert((sidecar.data.clone(), sidecar.sha256.clone()), sidecar);
    }
    let mut gaps = Vec::new();
    for meta in store.list("_gaps/").await.unwrap() {
        gaps.push(json(store, &meta.key).await);
    }
    let (mut vanished, mut began) = (BTreeSet::new(), 0);
    for meta in store.list("_shards/").await.unwrap() {
        if meta.key.ends_with("/seed.json") {
            began = json::<SeedRecord>(store, &meta.key).await.began;
        } else {
            let closed: ClosedShard = json(store, &meta.key).await;
            vanished.extend(Some(closed.shard).filter(|_| closed.vanished));
        }
    }
    // A version is that of one item, which one delete took away.
    let by_version: BTreeMap<u64, &StreamEvent> = events
        .iter()
        .filter(|event| event.change == Change::TtlDelete)
        .map(|event| (event.before.unwrap(), event))
        .collect();
    let mut archived = Archived { events: Vec::new(), gaps, vanished, files: 0, lost: 0, began };
    let written = objects.written.lock().unwrap().clone();
    for key in written.iter().filter(|key| key.starts_with("data/")) {
        archived.files += 1;
        let (meta, content) = store.get(key).await.unwrap();
        let place = (key.clone(), meta.metadata["ddbkit-sha256"].clone());
        let sidecar = sidecars.get(&place).unwrap_or_else(|| panic!("{key} has no sidecar"));
        let lines: Vec<_> = std::str::from_utf8(&content).unwrap().lines().collect();
        assert_eq!(lines.len(), sidecar.lines.len(), "{key}");
        for (line, about) in lines.iter().zip(&sidecar.lines) {
            let version = version(line);
            let event = by_version.get(&version);
            let event = event.unwrap_or_else(|| panic!("{key} has what TTL did not delete"));
            assert_eq!(about.event_id, event.event_id, "{key}");
            assert_eq!(about.sequence.to_string(), event.sequence, "{key}");
            archived.events.push(event.event_id.clone());
        }
    }
    let data = store.list("data/").await.unwrap();
    assert_eq!(data.len(), archived.files, "an object was written twice");
    archived
}

async fn json<T: serde::de::DeserializeOwned>(store: &Store, key: &str) -> T {
    let (_, content) = store.get(key).await.unwrap();
    serde_json::from_slice(&content).unwrap()
}

fn version(line: &str) -> u64 {
    let item = line.strip_prefix(r#"{"Item":"#).and_then(|line| line.strip_suffix('}')).unwrap();
    let item = Item::from_dynamodb_json(item.as_bytes()).unwrap();
    let ddbkit_codec::AttributeValue::N(version) = item.get("version").unwrap() else {
        panic!("a version is a number")
    };
    version.to_string().parse().unwrap()
}

/// Archived are the TTL deletes minus the recorded gaps, none twice, and those of a key in order;
/// how many are lost. The lineage has each shard with its parent.
pub(crate) fn check(
    archived: &Archived,
    events: &[StreamEvent],
    lineage: &[(String, Option<String>)],
) -> usize {
    let mut ids = BTreeSet::new();
    for id in &archived.events {
        assert!(ids.insert(id), "event {id} is archived twice");
    }
    let place: BTreeMap<&String, usize> =
        archived.events.iter().enumerate().map(|(at, id)| (id, at)).collect();
    let mut of_key: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lost = 0;
    for event in events.iter().filter(|event| event.change == Change::TtlDelete) {
        if let Some(at) = place.get(&event.event_id) {
            let before = of_key.insert(&event.key, *at);
            assert!(before.is_none_or(|before| before < *at), "{} is out of order", event.key);
        } else if event.created_ms + RETENTION > archived.began + FIRST_HOUR {
            lost += 1;
            let told = archived.gaps.iter().any(|gap| {
                tells_of(gap, event, events, &ids)
                    || (archived.vanished.contains(&gap.shard)
                        && is_ancestor(&gap.shard, &event.shard_id, lineage))
            });
            assert!(told, "lost in silence: {event:?}, gaps {:?}", archived.gaps);
        }
    }
    lost
}

/// Whether a gap tells of a lost event: it begins before it, and nothing between was archived.
fn tells_of(
    gap: &GapRecord,
    event: &StreamEvent,
    events: &[StreamEvent],
    archived: &BTreeSet<&String>,
) -> bool {
    let number = |event: &StreamEvent| event.sequence.parse::<SequenceNumber>().unwrap();
    let behind =
        |event: &StreamEvent| gap.after.as_ref().is_none_or(|after| *after < number(event));
    gap.shard == event.shard_id
        && behind(event)
        && !events.iter().any(|other| {
            other.shard_id == event.shard_id
                && behind(other)
                && number(other) < number(event)
                && archived.contains(&other.event_id)
        })
}

/// Of a shard that went while its children were not known, nobody can name the children: its gap is
/// for all that went on from it until the shards that are known.
fn is_ancestor(older: &str, shard: &str, lineage: &[(String, Option<String>)]) -> bool {
    let parent = |id: &str| {
        lineage.iter().find(|(shard, _)| shard == id).and_then(|(_, parent)| parent.as_deref())
    };
    std::iter::successors(parent(shard), |id| parent(id)).any(|id| id == older)
}

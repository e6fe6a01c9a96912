//! Archives that are written by hand, so that tests can break them.

use ddbkit_archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveLayout, ArchiveRecord, ClosedShard, EventName,
    FileMeta, LineFormat, SeedRecord, SeedShard, SequenceNumber, Sidecar, SidecarLine,
};
use ddbkit_codec::{AttributeValue, Item, Number};
use ddbkit_store::{PutOptions, Store};
use serde::Serialize;
use sha2::{Digest, Sha256};

pub(crate) const STREAM: &str = "arn:aws:dynamodb:r:1:table/t/stream/2026-11-20T08:00:00.000";
pub(crate) const LABEL: &str = "2026-11-20T08:00:00.000";
/// A shard that began on 2026-11-20 at 19:33:40 UTC.
pub(crate) const FIRST: &str = "shardId-00000001795203220156-bf0f7ecd";
/// Its child, four hours later.
pub(crate) const SECOND: &str = "shardId-00000001795217620156-0123abcd";
/// 2026-11-20 at 20:00 UTC.
pub(crate) const EVENING: u64 = 1_795_204_800;

/// An archive of which the files are in memory.
pub(crate) struct Written {
    pub(crate) store: Store,
    pub(crate) layout: ArchiveLayout,
    format: LineFormat,
}

/// Where a shard is.
#[derive(Clone, Default)]
pub(crate) struct End {
    pub(crate) anchor: Option<SequenceNumber>,
    pub(crate) created: Option<u64>,
}

pub(crate) fn number(n: u64) -> SequenceNumber {
    n.to_string().parse().unwrap()
}

/// The delete of an item with this key and this TTL.
pub(crate) fn expired(key: &str, sequence: u64, created: u64) -> ArchiveRecord {
    let event = format!("event-{sequence}");
    let mut record = ArchiveRecord::new(event, EventName::Remove, number(sequence), created);
    record.keys = Item::from_iter([("pk", key)]);
    let mut image = record.keys.clone();
    image.insert("ttl", AttributeValue::N(Number::from(created - 60)));
    image.insert("v", AttributeValue::N(Number::from(sequence)));
    record.old_image = Some(image);
    record
}

impl Written {
    pub(crate) async fn new(store: Store, format: LineFormat) -> Self {
        let compression = ArchiveCompression::None;
        let archive =
            ArchiveDescriptor::new("t", "arn:aws:dynamodb:r:1:table/t", format, compression);
        archive.begin(&store).await.unwrap();
        Self { store, layout: ArchiveLayout::new(LABEL), format }
    }

    /// The key of the file behind a place.
    pub(crate) fn data_key(&self, shard: &str, end: &End) -> String {
        self.layout.data_key(shard, end.anchor.as_ref(), end.created, ArchiveCompression::None)
    }

    /// Writes a data file with its sidecar behind a place, and gives the place at its end.
    pub(crate) async fn file(&self, shard: &str, end: &End, records: &[ArchiveRecord]) -> End {
        let mut text = Vec::new();
        for record in records {
            record.write_line(self.format, &mut text).unwrap();
        }
        let sha256: String = Sha256::digest(&text).iter().map(|b| format!("{b:02x}")).collect();
        let lines: Vec<_> = records
            .iter()
            .map(|record| SidecarLine {
                event_id: record.event_id.clone(),
                sequence: record.place().unwrap().clone(),
                created: record.created,
                probable: false,
                lost_values: Vec::new(),
            })
            .collect();
        let last = lines.last().unwrap();
        let meta = FileMeta {
            anchor: end.anchor.clone(),
            last: last.sequence.clone(),
            last_created: last.created,
            count: lines.len() as u64,
            sha256: sha256.clone(),
        };
        let data = self.data_key(shard, end);
        let sidecar_key = self.layout.sidecar_key(shard, end.anchor.as_ref(), &sha256);
        let sidecar = Sidecar {
            version: 1,
            data: data.clone(),
            stream: STREAM.to_owned(),
            shard: shard.to_owned(),
            anchor: end.anchor.clone(),
            sha256,
            with_values: false,
            lines,
        };
        self.document(&sidecar_key, &sidecar).await;
        let options = PutOptions { metadata: meta.to_metadata(), ..PutOptions::default() };
        self.store.put(&data, text.into(), options).await.unwrap();
        End { anchor: Some(meta.last), created: Some(meta.last_created) }
    }

    /// Says that a shard was read to its end.
    pub(crate) async fn close(
        &self,
        shard: &str,
        parent: Option<&str>,
        children: &[&str],
        end: &End,
    ) {
        let closed = ClosedShard {
            version: 1,
            stream: STREAM.to_owned(),
            shard: shard.to_owned(),
            parent: parent.map(ToOwned::to_owned),
            children: children.iter().map(ToString::to_string).collect(),
            anchor: end.anchor.clone(),
            read: end.anchor.clone(),
            vanished: false,
        };
        self.document(&self.layout.closed_key(shard), &closed).await;
    }

    /// Says with which shards the archive began.
    pub(crate) async fn seed(&self, shards: &[&str]) {
        let shards = shards.iter().map(|id| SeedShard { id: (*id).to_owned(), parent: None });
        let seed = SeedRecord {
            version: 1,
            stream: STREAM.to_owned(),
            began: EVENING * 1000,
            shards: shards.collect(),
        };
        self.document(&self.layout.seed_key(), &seed).await;
    }

    pub(crate) async fn document(&self, key: &str, document: &impl Serialize) {
        let text = serde_json::to_vec(document).unwrap();
        self.store.put(key, text.into(), PutOptions::default()).await.unwrap();
    }

    /// Two shards, the first with three files and closed, the second with one and open. Sequence
    /// numbers grow from 8 to 12, and so change their length.
    pub(crate) async fn two_shards(format: LineFormat) -> Self {
        let archive = Self::new(Store::memory(), format).await;
        archive.seed(&[FIRST]).await;
        let mut end = End::default();
        for (at, sequences) in [(0, &[8, 9][..]), (3600, &[10]), (7200, &[11, 12])] {
            let records: Vec<_> =
                sequences.iter().map(|n| expired(&format!("item-{n}"), *n, EVENING + at)).collect();
            end = archive.file(FIRST, &end, &records).await;
        }
        archive.close(FIRST, None, &[SECOND], &end).await;
        let records = [expired("item-20", 20, EVENING + 4 * 3600)];
        archive.file(SECOND, &End::default(), &records).await;
        archive
    }
}

//! Sixty-four writers, two hundred items, a collector that never rests.

use super::world::{World, chaos, collect, content, duration, scaled};
use crate::support::{Attributes, key};
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_offload::{ItemWrite, OffloadError, OffloadErrorKind, Offloader};
use fastrand::Rng;
use futures::StreamExt;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const WRITERS: u64 = 64;
const ITEMS: u64 = 200;
/// Items that nobody deletes and nobody writes past the library: their counts are proven.
const COUNTED: u64 = 50;

struct Storm {
    world: World,
    offloader: Offloader,
    /// Updates that were acknowledged, for each of the counted items.
    acknowledged: Vec<AtomicU64>,
    outcomes: Mutex<BTreeMap<String, u64>>,
    is_over: AtomicBool,
}

/// What must have happened before a storm is over.
const SEEN: [&str; 5] =
    ["update ok", "read ok", "transact ok", "update ConditionFailed", "crashed"];
/// A machine that is slow because of other work gets so much longer.
const PATIENCE: Duration = Duration::from_mins(3);

impl Storm {
    fn count(&self, outcome: impl Into<String>) {
        *self.outcomes.lock().unwrap().entry(outcome.into()).or_default() += 1;
    }

    fn has_seen_all(&self) -> bool {
        let outcomes = self.outcomes.lock().unwrap();
        SEEN.iter().all(|outcome| outcomes.contains_key(*outcome))
    }

    async fn write(&self, random: &mut Rng) {
        let n = random.u64(..ITEMS);
        // An operation that is dropped on its way is a writer that crashed.
        let crash = Duration::from_millis(random.u64(..60));
        let may_crash = random.u8(..10) == 0;
        let operation = self.operation(n, random);
        if may_crash {
            if tokio::time::timeout(crash, operation).await.is_err() {
                self.count("crashed");
            }
        } else {
            operation.await;
        }
    }

    async fn operation(&self, n: u64, random: &mut Rng) {
        let spared = n < COUNTED;
        match random.u8(..100) {
            0..10 => {
                let result = self.offloader.create(with_body(n, random)).await;
                self.told("create", result.map(drop));
            }
            10..30 => self.read(n).await,
            30..37 if !spared => {
                let result = self.offloader.delete(key(n)).await;
                self.told("delete", result);
            }
            37..41 if !spared => self.expire(n).await,
            41..45 if !spared => self.bypass(n, random).await,
            45..55 => self.transact(n, random).await,
            55..60 => {
                // Uploaded, and never committed.
                let write = ItemWrite::update(key(n)).set("body", content(n, 9));
                self.told("upload", self.offloader.upload(write).await.map(drop));
            }
            _ => self.update(n, random).await,
        }
    }

    async fn update(&self, n: u64, random: &mut Rng) {
        let result = self.offloader.update(counted(n, random)).await.map(drop);
        if result.is_ok()
            && let Some(acknowledged) = self.acknowledged.get(usize::try_from(n).unwrap())
        {
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
        self.told("update", result);
    }

    async fn transact(&self, n: u64, random: &mut Rng) {
        let other = (n + 1 + random.u64(..ITEMS - 1)) % ITEMS;
        let writes = vec![counted(n, random), counted(other, random)];
        let result = self.offloader.transact(writes, vec![]).await;
        if result.is_ok() {
            for n in [n, other] {
                if let Some(acknowledged) = self.acknowledged.get(usize::try_from(n).unwrap()) {
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        self.told("transact", result);
    }

    /// A reader may find the item gone or changed, never a pointer without its object.
    async fn read(&self, n: u64) {
        let result = match self.offloader.get(key(n)).await {
            Ok(Some(item)) => item.hydrate().await.map(drop),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        self.told("read", result);
    }

    /// As TTL does.
    async fn expire(&self, n: u64) {
        let delete = self.world.backend.dynamodb.delete_item().table_name(&self.world.table);
        delete.set_key(Some(key(n))).send().await.unwrap();
    }

    /// A plain value, and the rev as it was.
    async fn bypass(&self, n: u64, random: &mut Rng) {
        let update = self.world.backend.dynamodb.update_item().table_name(&self.world.table);
        let update = update.set_key(Some(key(n)));
        let update = if random.bool() {
            let plain = AttributeValue::S("plain".to_owned());
            update.update_expression("SET body = :body").expression_attribute_values(":body", plain)
        } else {
            update.update_expression("REMOVE notes")
        };
        update.send().await.unwrap();
    }

    fn told(&self, what: &str, result: Result<(), OffloadError>) {
        match result {
            Ok(()) => self.count(format!("{what} ok")),
            Err(error) => {
                let kind = error.kind();
                let may_be = [
                    OffloadErrorKind::ConditionFailed,
                    OffloadErrorKind::NotFound,
                    OffloadErrorKind::DynamoDb,
                    OffloadErrorKind::S3,
                    OffloadErrorKind::Ambiguous,
                    OffloadErrorKind::DeadlineExceeded,
                ];
                assert!(may_be.contains(&kind), "{what}: {error}: {kind:?}");
                self.count(format!("{what} {kind:?}"));
            }
        }
    }
}

fn with_body(n: u64, random: &mut Rng) -> Attributes {
    let mut item = key(n);
    item.insert("body".to_owned(), content(n, random.u8(..4)));
    item
}

/// An update that also counts itself, of one attribute or of both.
fn counted(n: u64, random: &mut Rng) -> ItemWrite {
    let (zero, one) = (AttributeValue::N("0".to_owned()), AttributeValue::N("1".to_owned()));
    let write = ItemWrite::update(key(n))
        .set_expression("#count = if_not_exists(#count, :zero) + :one")
        .name("#count", "count")
        .value(":zero", zero)
        .value(":one", one)
        .set("body", content(n, random.u8(..4)));
    match random.u8(..4) {
        0 => write.set("notes", content(n, random.u8(..4))),
        1 => write.remove("notes"),
        _ => write,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_pointer_loses_its_object_and_no_garbage_stays() {
    let world = World::new(scaled()).await;
    let calm = world.calm().await;
    let items = futures::stream::iter(0..ITEMS);
    // A machine that is very busy may miss the deadline.
    let create = async |n| while calm.create(with_body(n, &mut Rng::new())).await.is_err() {};
    items.for_each_concurrent(4, create).await;
    let chaos = chaos();
    let offloader = world.offloader(world.clients(&chaos)).await;
    let acknowledged = (0..COUNTED).map(|_| AtomicU64::new(0)).collect();
    let (outcomes, is_over) = (Mutex::default(), AtomicBool::new(false));
    let storm = Arc::new(Storm { world, offloader, acknowledged, outcomes, is_over });
    let end = Instant::now() + duration();
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let storm = storm.clone();
            tokio::spawn(async move {
                let mut random = Rng::new();
                while !storm.is_over.load(Ordering::Relaxed) {
                    storm.write(&mut random).await;
                }
            })
        })
        .collect();
    let collector = storm.world.collector().await;
    let (mut runs, mut deleted) = (0, 0);
    while Instant::now() < end || runs < 2 || deleted == 0 || !storm.has_seen_all() {
        assert!(Instant::now() < end + PATIENCE, "{runs} runs, {:?}", storm.outcomes);
        deleted += collect(&collector).await;
        runs += 1;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    storm.is_over.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    let pointers = storm.world.prove().await;
    for (n, acknowledged) in storm.acknowledged.iter().enumerate() {
        let item = storm.world.raw(key(n as u64)).await.expect("nobody deletes it");
        let count = item.get("count").map_or(0, |count| count.as_n().unwrap().parse().unwrap());
        let acknowledged = acknowledged.load(Ordering::Relaxed);
        assert!(count >= acknowledged, "item {n}: {acknowledged} acknowledged, {count} there");
    }
    let outcomes = storm.outcomes.lock().unwrap();
    println!("{pointers} pointers; {runs} runs deleted {deleted}; {} troubles", chaos.troubles());
    println!("{outcomes:#?}");
    assert!(pointers > 0 && chaos.troubles() > 0);
}

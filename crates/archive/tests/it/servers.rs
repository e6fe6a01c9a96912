//! A table with TTL on a real server: what expires is archived, and nothing else.
//!
//! The embedded server has a clock that the test moves. DynamoDB Local deletes some seconds after
//! the expiry, in its own time, so the test waits for it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::types::{
    AttributeValue, ScalarAttributeType, StreamSpecification, StreamViewType,
    TimeToLiveSpecification,
};
use ddbkit_archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiverOptions, LineFormat, MemoryLeases, TtlArchiver,
};
use ddbkit_codec::Item;
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema, backend};

const HOUR: Duration = Duration::from_hours(1);
/// DynamoDB Local deletes 20 items every 10 seconds, of all tables together: those that other tests left
/// may come first.
const PATIENCE: Duration = Duration::from_mins(3);

struct Expiring {
    backend: Backend,
    table: String,
    table_arn: String,
    stream: String,
}

impl Expiring {
    async fn new() -> Self {
        let backend = backend().await;
        let keys = KeySchema::hash("pk", ScalarAttributeType::S);
        let table = backend.table("expiring", keys).await;
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewAndOldImages);
        let update = backend.dynamodb.update_table().table_name(&table);
        update.stream_specification(stream.build().unwrap()).send().await.unwrap();
        let ttl = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true);
        let update = backend.dynamodb.update_time_to_live().table_name(&table);
        update.time_to_live_specification(ttl.build().unwrap()).send().await.unwrap();
        let described = backend.dynamodb.describe_table().table_name(&table).send().await;
        let described = described.unwrap().table.unwrap();
        let (table_arn, stream) =
            (described.table_arn.unwrap(), described.latest_stream_arn.unwrap());
        Self { backend, table, table_arn, stream }
    }

    fn now(&self) -> SystemTime {
        self.backend
            .local_dynamodb
            .as_ref()
            .map_or_else(SystemTime::now, ddbkit_local::LocalDynamoDb::now)
    }

    /// An expiry soon, which on the embedded server is when the clock is moved.
    fn soon(&self) -> u64 {
        let in_time =
            if self.backend.local_dynamodb.is_some() { HOUR } else { Duration::from_secs(2) };
        (self.now() + in_time).duration_since(UNIX_EPOCH).unwrap().as_secs()
    }

    async fn put(&self, pk: &str, version: u32, expires: AttributeValue) {
        let put = self.backend.dynamodb.put_item().table_name(&self.table);
        let put = put.item("pk", AttributeValue::S(pk.to_owned()));
        let put = put.item("version", AttributeValue::N(version.to_string()));
        put.item("expires", expires).send().await.unwrap();
    }

    async fn delete(&self, pk: &str) {
        let delete = self.backend.dynamodb.delete_item().table_name(&self.table);
        delete.key("pk", AttributeValue::S(pk.to_owned())).send().await.unwrap();
    }

    /// Some items that expire, and everything that looks like it and is not.
    async fn write(&self, round: u32) -> BTreeSet<String> {
        let number = |seconds: u64| AttributeValue::N(seconds.to_string());
        let (soon, late) = (self.soon(), self.soon() + 1_000_000);
        let mut expected = BTreeSet::new();
        for n in 0..6 {
            let name = format!("expires-{round}-{n}");
            self.put(&name, 1, number(soon)).await;
            expected.insert(format!("{name} 1"));
        }
        // Of a changed item the last version is archived.
        let changed = format!("changed-{round}");
        self.put(&changed, 1, number(late)).await;
        self.put(&changed, 2, number(soon)).await;
        expected.insert(format!("{changed} 2"));
        let deleted = format!("deleted-{round}");
        self.put(&deleted, 1, number(soon)).await;
        self.delete(&deleted).await;
        self.put(&format!("stays-{round}"), 1, number(late)).await;
        self.put(&format!("text-{round}"), 1, AttributeValue::S(soon.to_string())).await;
        expected
    }

    async fn let_expire(&self) {
        match &self.backend.local_dynamodb {
            Some(local) => {
                local.advance_clock(2 * HOUR).unwrap();
                local.sweep_ttl().unwrap();
            }
            None => tokio::time::sleep(Duration::from_secs(3)).await,
        }
    }

    fn archiver(&self, store: &Store, leases: &MemoryLeases, once: bool) -> TtlArchiver {
        let archive = ArchiveDescriptor::new(
            &self.table,
            &self.table_arn,
            LineFormat::Item,
            ArchiveCompression::None,
        );
        let (api, leases) = (Arc::new(self.backend.streams()), Arc::new(leases.clone()));
        let options = ArchiverOptions {
            latency: Duration::from_millis(200),
            file_age: Duration::from_millis(100),
            file_records: 4,
            lease_duration: Duration::from_secs(1),
            once,
            ..ArchiverOptions::default()
        };
        TtlArchiver::new(api, leases, store.clone(), archive, &self.stream).options(options)
    }
}

/// Keys and versions of the archived items.
async fn archived(store: &Store) -> Vec<String> {
    let mut all = Vec::new();
    for meta in store.list("data/").await.unwrap() {
        let (_, content) = store.get(&meta.key).await.unwrap();
        for line in std::str::from_utf8(&content).unwrap().lines() {
            let item = line.strip_prefix(r#"{"Item":"#).and_then(|rest| rest.strip_suffix('}'));
            let item = Item::from_dynamodb_json(item.unwrap().as_bytes()).unwrap();
            let text = |name: &str| match item.get(name).unwrap() {
                ddbkit_codec::AttributeValue::S(text) => text.clone(),
                ddbkit_codec::AttributeValue::N(number) => number.to_string(),
                other => panic!("{other:?}"),
            };
            all.push(format!("{} {}", text("pk"), text("version")));
        }
    }
    all.sort_unstable();
    all
}

#[tokio::test]
async fn the_archive_has_exactly_what_expired_though_its_workers_are_killed() {
    let expiring = Expiring::new().await;
    let bucket = expiring.backend.bucket().await;
    let store = Store::s3(expiring.backend.s3.clone(), bucket, "expiring");
    let leases = MemoryLeases::default();
    let mut expected = expiring.write(1).await;
    let first = expiring.archiver(&store, &leases, false);
    let first = tokio::spawn(async move { first.run(&Control::new()).await });
    expiring.let_expire().await;
    // Killed as soon as it has a file: it holds leases, and lines that are in none.
    let began = Instant::now();
    while archived(&store).await.is_empty() && began.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert!(!archived(&store).await.is_empty(), "nothing expired in {PATIENCE:?}");

    // While nobody reads, more expires.
    expected.extend(expiring.write(2).await);
    expiring.let_expire().await;
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let next = expiring.archiver(&store, &leases, true);
        let report = next.run(&Control::new()).await.unwrap();
        assert_eq!(report.gaps, []);
        if archived(&store).await.len() >= expected.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(archived(&store).await, expected.into_iter().collect::<Vec<_>>());
    let counted = expiring.archiver(&Store::memory(), &MemoryLeases::default(), true);
    let counted = counted.run(&Control::new()).await.unwrap();
    // From an empty archive all is read again, and all of it is counted.
    assert_eq!((counted.read.ttl_deletes, counted.read.user_deletes), (14, 2));
    assert_eq!((counted.read.inserts, counted.read.modifies), (20, 2));
}

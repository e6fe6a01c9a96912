//! Capacity limits.

use crate::support::{dump, filled, load};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    Projection, ProjectionType, ProvisionedThroughput, ScalarAttributeType,
};
use ddbkit_flow::{CapacityUnits, Control, Pace, Progress, ProgressEvent};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema, backend};
use ddbkit_transfer::{Dump, WriteMode};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn units(n: f64) -> CapacityUnits {
    CapacityUnits::new(n).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_keeps_to_its_read_capacity() {
    let backend = Backend::embedded_only().await;
    let (table, _) = filled(&backend, "paced", 600).await;
    // About 600 KB: some 75 units, eventually consistent. At 50 a second that is over a second.
    let dump = Dump::builder(backend.dynamodb.clone(), &table)
        .total_segments(NonZeroU32::new(2).unwrap())
        .read_capacity(units(50.0))
        .build();
    let report = dump.to_store(Store::memory(), &Control::new()).await.unwrap();
    let consumed = report.consumed.get();
    assert!(consumed > 50.0, "the test needs a larger table: {consumed}");
    let seconds = report.elapsed.as_secs_f64();
    // The last requests are not waited for: one page of each worker, about a second's worth.
    assert!(consumed / (seconds + 1.0) <= 50.0, "{consumed} units in {seconds} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consistent_dump_consumes_twice_as_much() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "consistent", 200).await;
    let mut consumed = Vec::new();
    for is_consistent in [false, true] {
        let dump = Dump::builder(backend.dynamodb.clone(), &table)
            .total_segments(NonZeroU32::MIN)
            .consistent_read(is_consistent)
            .build();
        let report = dump.to_store(Store::memory(), &Control::new()).await.unwrap();
        consumed.push(report.consumed.get());
    }
    let [eventual, consistent] = consumed[..] else { panic!("two dumps") };
    // A page is rounded up to half a unit, or to a whole one.
    assert!((consistent - 2.0 * eventual).abs() <= 1.0, "{eventual} and {consistent} units");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_keeps_to_its_write_capacity() {
    let backend = Backend::embedded_only().await;
    let (table, _) = filled(&backend, "paced", 200).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    let copy = backend.table("paced-copy", KeySchema::default()).await;
    let report = load(&backend.dynamodb, &copy, &store, |load| {
        load.mode(WriteMode::Overwrite)
            .workers(std::num::NonZeroUsize::new(2).unwrap())
            .write_capacity(units(150.0))
    })
    .await;
    let consumed = report.consumed.get();
    assert!(consumed >= 200.0, "{consumed}");
    assert!(report.elapsed >= Duration::from_millis(500), "{:?}", report.elapsed);
}

/// A table of 100 read and 80 write units with an index of 60 and 20.
async fn provisioned(backend: &Backend) -> String {
    let table = "provisioned".to_owned();
    let throughput = |read, write| {
        let throughput = ProvisionedThroughput::builder().read_capacity_units(read);
        throughput.write_capacity_units(write).build().unwrap()
    };
    let key = |name: &str, kind| {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
    };
    let definition = |name: &str| {
        let definition = AttributeDefinition::builder().attribute_name(name);
        definition.attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let index = GlobalSecondaryIndex::builder()
        .index_name("by-kind")
        .key_schema(key("kind", KeyType::Hash))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .provisioned_throughput(throughput(60, 20));
    let create = backend.dynamodb.create_table().table_name(&table);
    create
        .key_schema(key("pk", KeyType::Hash))
        .attribute_definitions(definition("pk"))
        .attribute_definitions(definition("kind"))
        .provisioned_throughput(throughput(100, 80))
        .global_secondary_indexes(index.build().unwrap())
        .send()
        .await
        .unwrap();
    for n in 0..60 {
        let put = backend.dynamodb.put_item().table_name(&table);
        let put = put.item("pk", AttributeValue::S(format!("item {n}")));
        put.item("kind", AttributeValue::S("k".to_owned())).send().await.unwrap();
    }
    table
}

#[derive(Default)]
struct Paces(Mutex<Vec<String>>);

impl Progress for Paces {
    fn on_event(&self, event: &ProgressEvent) {
        if let ProgressEvent::Paced(pace) = event {
            self.0.lock().unwrap().push(pace.to_string());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_is_half_of_what_is_provisioned_and_said_at_the_start() {
    let backend = Backend::embedded_only().await;
    let table = provisioned(&backend).await;
    let (store, paces) = (Store::memory(), Arc::new(Paces::default()));
    let control = Control::new().with_progress(paces.clone());
    let dump = Dump::builder(backend.dynamodb.clone(), &table);
    let report = dump.clone().build().to_store(store.clone(), &control).await.unwrap();
    assert_eq!(report.pace.limits.table, Some(units(50.0)));
    assert_eq!(report.pace.limits.indexes["by-kind"], Some(units(30.0)));
    let text = "50 units a second (50% of what the table has), 30 of index by-kind";
    assert_eq!(*paces.0.lock().unwrap(), [text]);

    // One of four machines that share a fifth of it.
    let fifth: Pace = "20%".parse().unwrap();
    let shared = dump.read_capacity(fifth).budget_share(NonZeroU32::new(4).unwrap()).build();
    let report = shared.to_store(Store::memory(), &control).await.unwrap();
    assert_eq!(report.pace.limits.table, Some(units(5.0)));
    let longest = &report.longest_segments;
    assert!(!longest.is_empty() && longest.len() <= 10, "{longest:?}");
    assert!(longest.iter().all(|segment| segment.share <= 1.0), "{longest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn puts_that_find_their_key_taken_are_paced_too() {
    let backend = Backend::embedded_only().await;
    let (table, _) = filled(&backend, "taken", 100).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    let report =
        load(&backend.dynamodb, &table, &store, |load| load.write_capacity(units(25.0))).await;
    assert_eq!(report.already_equal, 100);
    assert!(report.consumed_by_refused.get() >= 100.0, "{report:?}");
    assert!(report.elapsed >= Duration::from_secs(1), "{:?}", report.elapsed);
}

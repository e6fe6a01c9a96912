//! Values to S3 and back.

use super::{Attributes, Table, run};
use aws_sdk_dynamodb::types::AttributeValue::{self, B, L, N, S};
use aws_sdk_s3::primitives::ByteStream;
use ddbkit_flow::{Control, Progress, ProgressEvent};
use ddbkit_local::{Fault, When};
use ddbkit_offload::migrate::{Migration, MigrationOptions};
use ddbkit_offload::{OffloadErrorKind, OffloadPolicy};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, backend};
use std::sync::Arc;
use std::time::Duration;

fn large(n: usize) -> AttributeValue {
    S("x".repeat(5000 + n))
}

async fn filled(backend: Backend, items: usize) -> Table {
    let table = Table::new(backend).await;
    for n in 0..items {
        let small = ("other", S("y".repeat(6000)));
        let key = format!("item-{n}");
        match n % 4 {
            0 => table.put(&key, &[("body", large(n)), small]).await,
            1 => table.put(&key, &[("body", S("short".into()))]).await,
            2 => {
                let list = L((0..600).map(|n| N(n.to_string())).collect());
                let binary = B(vec![7; 5000].into());
                table.put(&key, &[("list", list), ("body", binary)]).await;
            }
            _ => table.put(&key, &[small]).await,
        }
    }
    table
}

fn is_pointer(item: &Attributes, name: &str) -> bool {
    matches!(&item[name], AttributeValue::M(map) if map.contains_key("$ddbkit:blob"))
}

#[tokio::test]
async fn a_table_goes_in_and_comes_out_as_it_was() {
    let table = filled(backend().await, 16).await;
    let before = table.items().await;
    let offloader = table.offloader(OffloadPolicy::Above(1000)).await;
    let inward = Migration::inward(&offloader);
    let state = Store::memory();
    let report = run(&inward, &state).await.unwrap();
    let counts = report.counts;
    assert!(counts.add_up(), "{counts:?}");
    assert_eq!((counts.read, counts.changed, counts.unchanged, counts.values), (16, 8, 8, 12));
    assert_eq!((counts.rejected, counts.changed_by_others), (0, 0));
    let moved = table.items().await;
    assert!(is_pointer(&moved["item-0"], "body") && is_pointer(&moved["item-2"], "list"));
    assert_eq!(moved["item-1"], before["item-1"]);
    assert_eq!(moved["item-0"]["other"], before["item-0"]["other"]);

    // Done is done: the same state has nothing to do, and a new one finds it done.
    let again = run(&inward, &state).await.unwrap();
    assert_eq!((again.counts, again.before), (counts, counts));
    let anew = run(&inward, &Store::memory()).await.unwrap().counts;
    assert_eq!((anew.changed, anew.unchanged), (0, 16));

    let outward = Migration::outward(&offloader);
    let refused = run(&outward, &state).await.unwrap_err();
    assert_eq!(refused.kind(), OffloadErrorKind::InvalidInput);
    let counts = run(&outward, &Store::memory()).await.unwrap().counts;
    assert_eq!((counts.changed, counts.unchanged, counts.values), (8, 8, 12));
    assert_eq!(table.items().await, before);
}

/// Cancels at the first page that is done.
struct StopAtOnce(Control);

impl Progress for StopAtOnce {
    fn on_event(&self, event: &ProgressEvent) {
        if matches!(event, ProgressEvent::Advanced { items: 1.., .. }) {
            self.0.cancel();
        }
    }
}

#[tokio::test]
async fn a_migration_that_was_stopped_goes_on() {
    let table = filled(backend().await, 16).await;
    let offloader = table.offloader(OffloadPolicy::Above(1000)).await;
    let inward = Migration::inward(&offloader);
    let state = Store::memory();
    let control = Control::new();
    let control = control.clone().with_progress(Arc::new(StopAtOnce(control)));
    let options = MigrationOptions { segments: 4, workers: 1, ..MigrationOptions::default() };
    let stopped = inward.run(&state, &options, &control).await.unwrap_err();
    assert_eq!(stopped.kind(), OffloadErrorKind::Canceled);
    // The number of segments is that of the first run.
    let options = MigrationOptions { segments: 9, ..MigrationOptions::default() };
    let report = inward.run(&state, &options, &Control::new()).await.unwrap();
    assert!(report.before.read > 0 && report.before.read < 16, "{report:?}");
    let counts = report.counts;
    assert!(counts.add_up());
    assert_eq!((counts.read, counts.changed, counts.values), (16, 8, 12));
}

#[tokio::test]
async fn what_an_item_cannot_hold_is_rejected_with_its_reason() {
    let table = Table::new(backend().await).await;
    let offloader = table.offloader(OffloadPolicy::Always).await;
    let value = S("z".repeat(300_000));
    for key in ["fits", "is-too-large"] {
        let mut item = table.key(key);
        item.insert("body".into(), value.clone());
        offloader.create(item).await.unwrap();
    }
    let other = S("y".repeat(200_000));
    let update = table.backend.dynamodb.update_item().table_name(&table.table);
    let update = update.set_key(Some(table.key("is-too-large")));
    update
        .update_expression("SET o = :o")
        .expression_attribute_values(":o", other)
        .send()
        .await
        .unwrap();
    let state = Store::memory();
    let counts = run(&Migration::outward(&offloader), &state).await.unwrap().counts;
    assert_eq!((counts.changed, counts.rejected), (1, 1));
    assert!(counts.add_up());
    assert_eq!(table.items().await["fits"]["body"], value);
    assert!(is_pointer(&table.items().await["is-too-large"], "body"));
    let rejects = state.list("rejects/").await.unwrap();
    let (_, text) = state.get(&rejects[0].key).await.unwrap();
    let line: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(line["key"]["pk"]["S"], "is-too-large");
    assert!(line["reason"].as_str().unwrap().contains("409600"), "{line}");
}

#[tokio::test]
async fn a_damaged_object_stops_its_item_only() {
    let table = Table::new(backend().await).await;
    let offloader = table.offloader(OffloadPolicy::Always).await;
    for key in ["good", "damaged"] {
        let mut item = table.key(key);
        item.insert("body".into(), S("value".into()));
        let written = offloader.create(item).await.unwrap();
        if key == "damaged" {
            let (_, pointer) = written.seen().pointers().next().unwrap();
            let put = table.backend.s3.put_object().bucket(&pointer.bucket).key(&pointer.key);
            put.body(ByteStream::from_static(b"VALUE")).send().await.unwrap();
        }
    }
    let counts = run(&Migration::outward(&offloader), &Store::memory()).await.unwrap().counts;
    assert_eq!((counts.changed, counts.rejected), (1, 1));
}

#[tokio::test]
async fn what_others_write_meanwhile_stays() {
    let table = filled(Backend::embedded_only().await, 1).await;
    let offloader = table.offloader(OffloadPolicy::Above(1000)).await;
    let slow = Fault::Delay(Duration::from_millis(700));
    table.backend.faults().inject(slow, When::Next(1), "PutObject");
    let inward = Migration::inward(&offloader);
    let state = Store::memory();
    let other = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        // Who knows nothing of the library changes no rev.
        table.put("item-0", &[("body", S("from another".into()))]).await;
    };
    let (report, ()) = tokio::join!(run(&inward, &state), other);
    let counts = report.unwrap().counts;
    assert_eq!((counts.changed, counts.changed_by_others), (0, 1));
    assert!(counts.add_up());
    assert_eq!(table.items().await["item-0"]["body"], S("from another".into()));
}

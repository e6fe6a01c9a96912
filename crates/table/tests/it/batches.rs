//! Batches of keys and of writes.

use crate::support::{Order, counted, damaged, failing_orders, order, orders, untyped};
use ddbkit_codec::{AttributeValue, Item};
use ddbkit_flow::{CapacityLimiter, Control, ProgressEvent};
use ddbkit_table::{Key, TableErrorKind, Write};
use ddbkit_testkit::{Fault, When};
use futures::TryStreamExt;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

fn puts(numbers: std::ops::Range<u64>) -> impl Iterator<Item = Write<Order>> + Send {
    numbers.map(|number| Write::Put(order("a", number)))
}

#[tokio::test]
async fn any_number_of_items_is_written_read_and_removed() {
    let (_backend, table) = orders().await;
    let control = Control::new();
    let report = table.batch_write(puts(0..130)).send(&control).await.unwrap();
    assert_eq!((report.put, report.removed, report.superseded, report.retries), (130, 0, 0, 0));
    assert!(report.consumed.get() >= 130.0);

    // Absent keys are left out, and a key that is given twice is read once, in whatever spelling.
    let keys = (0..140).map(|number| ("a", number).into());
    let twice = Key::with_range("a", "1.0".parse::<ddbkit_codec::Number>().unwrap());
    let keys: Vec<Key> = keys.chain([twice]).collect();
    let read = table.batch_get(keys).consistent().items(&control);
    let read: Vec<Order> = read.try_collect().await.unwrap();
    assert_eq!(read.len(), 130);
    assert_eq!(read.iter().map(|order| order.number).collect::<BTreeSet<_>>().len(), 130);

    let removes = (0..130).map(|number| Write::Remove(("a", number).into()));
    let report = table.batch_write(removes).send(&control).await.unwrap();
    assert_eq!((report.put, report.removed), (0, 130));
    assert!(table.scan().items(&control).try_next().await.unwrap().is_none());
    let report = table.batch_write([]).send(&control).await.unwrap();
    assert_eq!(report, ddbkit_table::BatchReport::default());
}

#[tokio::test]
async fn of_two_writes_with_one_key_the_later_counts() {
    let (_backend, table) = orders().await;
    let noted = |note: &str| Order { note: Some(note.to_owned()), ..order("a", 1) };
    let writes = [
        Write::Put(noted("first")),
        Write::Remove(("a", 2).into()),
        Write::Put(order("a", 2)),
        Write::Put(noted("last")),
    ];
    let report = table.batch_write(writes).send(&Control::new()).await.unwrap();
    assert_eq!((report.put, report.removed, report.superseded), (2, 0, 2));
    let there = table.get(("a", 1)).send().await.unwrap().item.unwrap();
    assert_eq!(there.note.as_deref(), Some("last"));
    assert!(table.exists(("a", 2)).await.unwrap());

    // Also when they are in requests of their own.
    let first = Write::Put(noted("first"));
    let writes: Vec<_> = [first].into_iter().chain(puts(10..60)).collect();
    let writes = writes.into_iter().chain([Write::Put(noted("last"))]);
    let report = table.batch_write(writes).send(&Control::new()).await.unwrap();
    assert_eq!((report.put, report.superseded), (52, 0));
    let there = table.get(("a", 1)).send().await.unwrap().item.unwrap();
    assert_eq!(there.note.as_deref(), Some("last"));
}

#[tokio::test]
async fn what_stays_unprocessed_is_sent_again_while_some_of_it_is_taken() {
    let (backend, table) = failing_orders().await;
    let faults = backend.faults();
    let half = faults.inject(Fault::UnprocessedItems, When::Next(3), "BatchWriteItem");
    let none = faults.inject(Fault::AllUnprocessed, When::Once, "BatchWriteItem");
    let (control, throttled) = counted(|event| *event == ProgressEvent::Throttled);
    let report = table.batch_write(puts(0..60)).send(&control).await.unwrap();
    assert_eq!((half.injected(), none.injected()), (3, 1));
    assert_eq!((report.put, report.retries), (60, 4));
    assert_eq!(throttled.load(Ordering::Relaxed), 4);
    let all: Vec<Order> = table.query("a").items().try_collect().await.unwrap();
    assert_eq!(all.len(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_which_nothing_is_taken_gives_up_and_tells_what_was_done() {
    let (backend, table) = failing_orders().await;
    let report = table.batch_write(puts(0..25)).send(&Control::new()).await.unwrap();
    assert_eq!(report.put, 25);
    let stuck = backend.faults().inject(Fault::AllUnprocessed, When::Every(1), "BatchWriteItem");
    let error = table.batch_write(puts(25..50)).send(&Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::Throttled);
    assert!(error.to_string().contains("25 items of a batch"), "{error}");
    assert_eq!(stuck.injected(), 11);
    let done = error.batch().unwrap();
    assert_eq!((done.put, done.retries), (0, 11));
}

#[tokio::test]
async fn a_write_that_is_none_is_named_by_its_number() {
    let (_backend, table) = orders().await;
    let writes = puts(0..30).chain([Write::Put(order("", 1))]).chain(puts(40..50));
    let error = table.batch_write(writes).send(&Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::InvalidInput);
    let text = error.to_string();
    assert!(text.starts_with("write 30 of a batch: the key attribute \"customer\""), "{text}");
    assert_eq!(error.batch().unwrap().put, 25);

    // What only the service refuses: an item of more than 400 KB.
    let mut large = damaged("a", 1);
    large.insert("large", "x".repeat(410 * 1024));
    let error = untyped(&table).batch_write([Write::Put(large)]).send(&Control::new()).await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (TableErrorKind::Service, Some("ValidationException"))
    );
}

#[tokio::test]
async fn more_bytes_than_a_request_takes_are_cut_into_requests() {
    let (_backend, table) = orders().await;
    let untyped = untyped(&table);
    let large = |number: u64| {
        let mut item = Item::new();
        item.insert("customer", "a");
        item.insert("number", number);
        item.insert("large", AttributeValue::B(vec![7; 380 * 1024]));
        item
    };
    let writes = (0..50).map(|number| Write::Put(large(number)));
    let report = untyped.batch_write(writes).send(&Control::new()).await.unwrap();
    assert_eq!(report.put, 50);
    // 19 MB are more than one answer has, so some keys are left unprocessed at first.
    let keys = (0..50).map(|number| ("a", number));
    let pages = untyped.batch_get(keys).pages(&Control::new());
    let pages: Vec<_> = pages.try_collect().await.unwrap();
    assert!(pages.len() > 1);
    let items: usize = pages.iter().map(|page| page.items.len()).sum();
    assert_eq!(items, 50);
}

#[tokio::test]
async fn a_batch_of_keys_reads_some_attributes_and_tells_what_cannot_be_read() {
    let (_backend, table) = orders().await;
    table.put(&order("a", 1)).send().await.unwrap();
    untyped(&table).put(&damaged("a", 2)).send().await.unwrap();
    let parts = table.batch_get([("a", 1)]).project::<Item>(["tags"]).items(&Control::new());
    let parts: Vec<Item> = parts.try_collect().await.unwrap();
    assert_eq!(parts[0].len(), 3);
    let page = table.batch_get([("a", 1), ("a", 2)]).pages(&Control::new());
    let page = page.try_collect::<Vec<_>>().await.unwrap().remove(0);
    let (good, bad): (Vec<_>, Vec<_>) = page.items.into_iter().partition(Result::is_ok);
    assert_eq!(good.len(), 1);
    assert_eq!(bad[0].as_ref().unwrap_err().kind(), TableErrorKind::Decode);
    assert!(page.consumed.get() > 0.0);
    let wrong = table.batch_get(["a"]).items(&Control::new()).try_next().await.unwrap_err();
    assert_eq!(wrong.kind(), TableErrorKind::InvalidInput);
}

#[tokio::test]
async fn batches_are_stopped_and_paced() {
    let (_backend, table) = orders().await;
    let control = Control::new();
    control.cancel();
    let error = table.batch_write(puts(0..3)).send(&control).await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::Canceled);
    assert_eq!(error.batch().unwrap().put, 0);
    let error = table.batch_get([("a", 1)]).items(&control).try_next().await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::Canceled);

    let limiter = CapacityLimiter::per_second("50".parse().unwrap());
    let start = std::time::Instant::now();
    table.batch_write(puts(0..75)).limiter(limiter).send(&Control::new()).await.unwrap();
    assert!(start.elapsed().as_millis() > 300, "{:?}", start.elapsed());
}

//! Queries and scans.

use crate::support::{Order, counted, damaged, failing_orders, order, orders, untyped};
use ddbkit_codec::Item;
use ddbkit_flow::{CapacityLimiter, Control, ProgressEvent};
use ddbkit_table::{Index, KeySchema, Page, Range, Table, TableError, TableErrorKind, Write, attr};
use ddbkit_testkit::{Fault, When};
use futures::TryStreamExt;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::atomic::Ordering;

fn at_most(items: u32) -> NonZeroU32 {
    NonZeroU32::new(items).unwrap()
}

/// Customers `a` and `b` with ten orders each; those with even numbers have a note.
async fn fill(table: &Table<Order>) {
    let orders = ["a", "b"].into_iter().flat_map(|customer| {
        (1..=10).map(move |number| {
            let note = (number % 2 == 0).then(|| "even".to_owned());
            Order { note, ..order(customer, number) }
        })
    });
    table.batch_write(orders.map(Write::Put)).send(&Control::new()).await.unwrap();
}

fn numbers(orders: &[Order]) -> Vec<u64> {
    orders.iter().map(|order| order.number).collect()
}

async fn all<T>(
    items: impl futures::Stream<Item = Result<T, TableError>>,
) -> Result<Vec<T>, TableError> {
    items.try_collect().await
}

#[tokio::test]
async fn a_query_gives_the_items_of_a_partition_in_order() {
    let (_backend, table) = orders().await;
    fill(&table).await;
    let up = all(table.query("a").items()).await.unwrap();
    assert_eq!(numbers(&up), (1..=10).collect::<Vec<_>>());
    assert!(up.iter().all(|order| order.customer == "a"));
    let down = all(table.query("b").descending().consistent().items()).await.unwrap();
    assert_eq!(numbers(&down), (1..=10).rev().collect::<Vec<_>>());
    assert!(all(table.query("c").items()).await.unwrap().is_empty());
}

#[tokio::test]
async fn every_range_is_what_it_says() {
    let (_backend, table) = orders().await;
    fill(&table).await;
    let ranges = [
        (Range::eq(3), vec![3]),
        (Range::lt(3), vec![1, 2]),
        (Range::le(3), vec![1, 2, 3]),
        (Range::gt(8), vec![9, 10]),
        (Range::ge(8), vec![8, 9, 10]),
        (Range::between(4, 6), vec![4, 5, 6]),
    ];
    for (range, expected) in ranges {
        let found = all(table.query("a").range(range.clone()).items()).await.unwrap();
        assert_eq!(numbers(&found), expected, "{range:?}");
    }
}

#[tokio::test]
async fn pages_tell_where_to_go_on_what_was_read_and_what_it_cost() {
    let (_backend, table) = orders().await;
    fill(&table).await;
    let query = || table.query("a").page_size(at_most(4)).filter(attr("note").exists());
    let pages: Vec<Page<Order>> = query().pages().try_collect().await.unwrap();
    let scanned: Vec<_> = pages.iter().map(|page| page.scanned_count).collect();
    assert_eq!(scanned.iter().sum::<u64>(), 10);
    assert_eq!(scanned[0], 4);
    assert_eq!(pages.iter().map(|page| page.items.len()).sum::<usize>(), 5);
    assert!(pages[0].consumed.get() > 0.0);
    assert!(pages.last().unwrap().last_key.is_none());

    // A key is a token: it goes through text, and a new request goes on behind it.
    let token = pages[0].last_key.as_ref().unwrap().to_dynamodb_json();
    let key = Item::from_dynamodb_json(token.as_bytes()).unwrap();
    let rest = all(query().start_at(key).items()).await.unwrap();
    assert_eq!(numbers(&rest), [6, 8, 10]);
}

#[tokio::test]
async fn a_limit_counts_what_is_given_and_a_page_that_is_cut_tells_where() {
    let (_backend, table) = orders().await;
    fill(&table).await;
    let query = || table.query("a").filter(attr("note").exists()).limit(2);
    let pages: Vec<Page<Order>> = query().pages().try_collect().await.unwrap();
    assert_eq!(pages.len(), 1, "the whole partition is one page, which is cut");
    assert_eq!(pages[0].items.len(), 2);
    let last_key = pages.into_iter().next().unwrap().last_key.unwrap();
    assert_eq!(last_key.to_dynamodb_json().matches("number").count(), 1);
    assert_eq!(last_key.len(), 2);
    let next = all(query().start_at(last_key).items()).await.unwrap();
    assert_eq!(numbers(&next), [6, 8]);

    // Without a filter no more is read than is wanted.
    let pages: Vec<Page<Order>> =
        table.query("a").page_size(at_most(2)).limit(3).pages().try_collect().await.unwrap();
    let read: Vec<_> = pages.iter().map(|page| page.scanned_count).collect();
    assert_eq!(read, [2, 1]);
    assert!(all(table.query("a").limit(0).items()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_projection_has_the_keys_as_well() {
    #[derive(Deserialize)]
    struct Part {
        customer: String,
        number: u64,
        tags: Vec<String>,
    }
    let (_backend, table) = orders().await;
    fill(&table).await;
    let parts = all(table.query("a").limit(1).project::<Part>(["tags"]).items()).await.unwrap();
    let part = &parts[0];
    assert_eq!((part.customer.as_str(), part.number, part.tags.len()), ("a", 1, 2));
    let scan = table.scan().project::<Item>(["tags"]);
    let items = all(scan.items(&Control::new())).await.unwrap();
    assert_eq!(items.len(), 20);
    assert!(items.iter().all(|item| item.len() == 3));
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_told_and_the_others_come() {
    let (_backend, table) = orders().await;
    table.put(&order("a", 1)).send().await.unwrap();
    untyped(&table).put(&damaged("a", 2)).send().await.unwrap();
    table.put(&order("a", 3)).send().await.unwrap();
    let page = table.query("a").pages().try_next().await.unwrap().unwrap();
    let [first, second, third] = &page.items[..] else { panic!("{page:?}") };
    assert!(first.is_ok() && third.is_ok());
    let error = second.as_ref().unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::Decode);
    let text = error.to_string();
    assert!(text.contains(r#"{"customer":{"S":"a"},"number":{"N":"2"}}"#), "{text}");
    assert!(text.contains("$.price"), "{text}");

    let mut items = table.query("a").items();
    assert_eq!(items.try_next().await.unwrap().unwrap().number, 1);
    assert_eq!(items.try_next().await.unwrap_err().kind(), TableErrorKind::Decode);
    assert_eq!(items.try_next().await.unwrap().unwrap().number, 3);
    assert!(items.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_scan_gives_every_item_once_whatever_the_segments() {
    let (_backend, table) = orders().await;
    fill(&table).await;
    for segments in [1, 3, 16] {
        let (control, throttled) = counted(|event| matches!(event, ProgressEvent::Consumed(_)));
        let scan = table.scan().segments(at_most(segments)).page_size(at_most(3));
        let found = all(scan.items(&control)).await.unwrap();
        assert_eq!(found.len(), 20);
        let keys: BTreeSet<_> = found.iter().map(|order| (&order.customer, order.number)).collect();
        assert_eq!(keys.len(), 20);
        assert!(throttled.load(Ordering::Relaxed) >= u64::from(segments));
    }
    let scan = table.scan().segments(at_most(4));
    let pages: Vec<Page<Order>> = scan.pages(&Control::new()).try_collect().await.unwrap();
    let segments: BTreeSet<_> = pages.iter().filter_map(|page| page.segment).collect();
    assert_eq!(segments, (0..4).collect());

    let limited = table.scan().segments(at_most(4)).limit(7);
    assert_eq!(all(limited.items(&Control::new())).await.unwrap().len(), 7);
    let key = table.query("a").limit(1).pages().try_next().await.unwrap().unwrap().last_key;
    let refused = table.scan().segments(at_most(2)).start_at(key.unwrap());
    let refused = all(refused.items(&Control::new())).await.unwrap_err();
    assert_eq!(refused.kind(), TableErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_scan_is_stopped_by_its_control_and_paced_by_its_limiter() {
    let (_backend, table) = orders().await;
    fill(&table).await;
    let control = Control::new();
    let mut items = table.scan().page_size(at_most(2)).items(&control);
    items.try_next().await.unwrap().unwrap();
    control.cancel();
    let error = loop {
        match items.try_next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the scan went on to its end"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), TableErrorKind::Canceled);

    let limiter = CapacityLimiter::per_second("2".parse().unwrap());
    let start = std::time::Instant::now();
    let scan = table.scan().page_size(at_most(5)).limiter(limiter).consistent();
    assert_eq!(all(scan.items(&Control::new())).await.unwrap().len(), 20);
    assert!(start.elapsed().as_millis() > 400, "{:?}", start.elapsed());
}

#[tokio::test]
async fn throttles_and_torn_answers_are_retried_and_the_last_one_ends_the_stream() {
    let (backend, table) = failing_orders().await;
    fill(&table).await;
    backend.faults().inject(Fault::Throttle, When::Nth(2), "Query");
    backend.faults().inject(Fault::TornBody, When::Nth(4), "Query");
    let found = all(table.query("a").page_size(at_most(2)).items()).await.unwrap();
    assert_eq!(numbers(&found), (1..=10).collect::<Vec<_>>());

    backend.faults().inject(Fault::InternalServerError, When::Every(1), "Scan");
    let mut items = table.scan().segments(at_most(3)).items(&Control::new());
    assert_eq!(items.try_next().await.unwrap_err().kind(), TableErrorKind::Service);
    assert!(items.try_next().await.unwrap().is_none(), "an error of a page is the end");
}

#[tokio::test]
async fn bad_input_is_told() {
    let (_backend, table) = orders().await;
    let by_note = Index::<Order>::new("ByNote", KeySchema::new("note"));
    let error = all(table.query("x").index(&by_note).range(Range::eq(1)).items()).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::InvalidInput);
    assert!(error.to_string().contains("has a range and no sort key"), "{error}");
    let error = all(table.query("x").index(&by_note).items()).await.unwrap_err();
    assert!(error.to_string().contains("querying index \"ByNote\" of table"), "{error}");
    let error = table.index::<Order>("ByNote").unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::InvalidInput);
    let gone = Table::<Order>::new(table.client().clone(), "there-is-no-such-table");
    let error = all(gone.scan().items(&Control::new())).await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::NotFound);
}

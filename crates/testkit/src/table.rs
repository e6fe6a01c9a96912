//! Filling and reading tables.

use std::cmp::Ordering;
use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue as SdkValue, KeyType, PutRequest, WriteRequest};
use ddbkit_codec::{AttributeValue, Item};
use tokio::task::JoinSet;

/// Items of one `BatchWriteItem` call, and calls under way at a time.
const BATCH: usize = 25;
const CONCURRENT_BATCHES: usize = 4;

/// Puts items, no two of which have one key, into a table.
///
/// # Panics
/// When the table refuses one.
pub async fn put_all(client: &Client, table: &str, items: impl IntoIterator<Item = Item>) {
    let mut items = items.into_iter();
    let mut batches = JoinSet::new();
    loop {
        let batch: Vec<WriteRequest> = items.by_ref().take(BATCH).map(put_request).collect();
        if batch.is_empty() {
            break;
        }
        if batches.len() == CONCURRENT_BATCHES {
            batches.join_next().await.expect("a batch is under way").expect("put a batch");
        }
        batches.spawn(put_batch(client.clone(), table.to_owned(), batch));
    }
    while let Some(done) = batches.join_next().await {
        done.expect("put a batch");
    }
}

fn put_request(item: Item) -> WriteRequest {
    let item: HashMap<String, SdkValue> = item.into();
    let put = PutRequest::builder().set_item(Some(item)).build().expect("an item is set");
    WriteRequest::builder().put_request(put).build()
}

async fn put_batch(client: Client, table: String, batch: Vec<WriteRequest>) {
    let mut requests = HashMap::from([(table, batch)]);
    while !requests.is_empty() {
        let write = client.batch_write_item().set_request_items(Some(requests));
        let answer = write.send().await.expect("write a batch");
        requests = answer.unprocessed_items.unwrap_or_default();
    }
}

/// All items of a table, ordered by key.
///
/// # Panics
/// When the table cannot be read, or has an item that the codec does not take.
pub async fn scan_all(client: &Client, table: &str) -> Vec<Item> {
    let described = client.describe_table().table_name(table).send().await;
    let described = described.expect("describe the table").table.expect("a table is described");
    let mut keys = described.key_schema.expect("a table has a key");
    keys.sort_by_key(|key| key.key_type != KeyType::Hash);

    let mut items = Vec::new();
    let mut pages = client.scan().table_name(table).consistent_read(true).into_paginator().send();
    while let Some(page) = pages.next().await {
        for item in page.expect("scan a page").items.unwrap_or_default() {
            items.push(Item::try_from(item).expect("read an item"));
        }
    }
    items.sort_by(|left: &Item, right| {
        let by_key = keys.iter().map(|key| {
            let name = key.attribute_name.as_str();
            compare(left.get(name), right.get(name))
        });
        by_key.fold(Ordering::Equal, Ordering::then)
    });
    items
}

/// The order of key attributes of one type.
fn compare(left: Option<&AttributeValue>, right: Option<&AttributeValue>) -> Ordering {
    match (left, right) {
        (Some(AttributeValue::S(left)), Some(AttributeValue::S(right))) => left.cmp(right),
        (Some(AttributeValue::N(left)), Some(AttributeValue::N(right))) => left.cmp(right),
        (Some(AttributeValue::B(left)), Some(AttributeValue::B(right))) => left.cmp(right),
        _ => panic!("an item without its key, or with one of another type"),
    }
}

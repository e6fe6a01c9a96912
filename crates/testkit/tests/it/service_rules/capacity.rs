//! Read and write units.
#![allow(clippy::float_cmp, reason = "halves are exact")]

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    AttributeValue as Sdk, ConsumedCapacity, Get, KeysAndAttributes, Put, ReturnConsumedCapacity,
    ScalarAttributeType, TransactGetItem, TransactWriteItem,
};
use ddbkit_codec::Item;
use ddbkit_codec::rules::{
    Consistency, batch_get_units, page_units, read_units, transactional_write_units, update_units,
    write_units,
};
use ddbkit_testkit::{Backend, KeySchema};

use super::generated::padded;
use super::{put, reference, sdk};

const SIZES: [usize; 12] =
    [20, 1_023, 1_024, 1_025, 2_048, 4_095, 4_096, 4_097, 8_192, 8_193, 40_000, 409_600];
const TOTAL: ReturnConsumedCapacity = ReturnConsumedCapacity::Total;

fn units(consumed: Option<ConsumedCapacity>) -> f64 {
    consumed.unwrap().capacity_units.unwrap()
}

fn sum(consumed: Option<Vec<ConsumedCapacity>>) -> f64 {
    consumed.unwrap().into_iter().map(|consumed| units(Some(consumed))).sum()
}

fn key(size: usize) -> HashMap<String, Sdk> {
    HashMap::from([
        ("pk".to_owned(), Sdk::S("a".to_owned())),
        ("sk".to_owned(), Sdk::N(size.to_string())),
    ])
}

/// An item of a size. The size is its sort key as well.
fn item(size: usize) -> Item {
    padded(Item::try_from(key(size)).unwrap(), size, false).unwrap()
}

/// A table with an item of each size.
async fn filled(backend: &Backend) -> String {
    let keys = KeySchema::hash("pk", ScalarAttributeType::S).range("sk", ScalarAttributeType::N);
    let table = backend.table("capacity", keys).await;
    for size in SIZES {
        let consumed = put(&backend.dynamodb, &table, sdk(&item(size))).await;
        assert_eq!(consumed, Ok(write_units(size)), "{size}");
    }
    table
}

#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn reads_of_items_are_charged_as_the_service_charges_them() {
    let backend = reference().await;
    let (client, table) = (&backend.dynamodb, filled(&backend).await);
    for (strong, consistency) in [(false, Consistency::Eventual), (true, Consistency::Strong)] {
        // The last is not there.
        for size in SIZES.into_iter().chain([0]) {
            let get = client.get_item().table_name(&table).set_key(Some(key(size)));
            let got = get.consistent_read(strong).return_consumed_capacity(TOTAL).send().await;
            let consumed = units(got.unwrap().consumed_capacity);
            assert_eq!(consumed, read_units(size, consistency), "{size}");
        }
        // 100 keys and 16 MB are allowed.
        let keys = KeysAndAttributes::builder().consistent_read(strong);
        let keys = keys.set_keys(Some(SIZES.map(key).into())).build().unwrap();
        let batch = client.batch_get_item().request_items(&table, keys);
        let got = batch.return_consumed_capacity(TOTAL).send().await.unwrap();
        assert_eq!(sum(got.consumed_capacity), batch_get_units(SIZES, consistency));
    }
    for size in SIZES.into_iter().chain([0]) {
        let get = Get::builder().table_name(&table).set_key(Some(key(size))).build().unwrap();
        let get = TransactGetItem::builder().get(get).build();
        let transaction = client.transact_get_items().transact_items(get);
        let got = transaction.return_consumed_capacity(TOTAL).send().await.unwrap();
        let expected = read_units(size, Consistency::Transactional);
        assert_eq!(sum(got.consumed_capacity), expected, "{size}");
    }
}

#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn pages_are_charged_as_the_service_charges_them() {
    let backend = reference().await;
    let (client, table) = (&backend.dynamodb, filled(&backend).await);
    for (strong, consistency) in [(false, Consistency::Eventual), (true, Consistency::Strong)] {
        for count in 1..=SIZES.len() {
            let limit = i32::try_from(count).unwrap();
            let query = client.query().table_name(&table).key_condition_expression("pk = :pk");
            let query = query.expression_attribute_values(":pk", Sdk::S("a".to_owned()));
            let query = query.limit(limit).consistent_read(strong);
            let page = query.return_consumed_capacity(TOTAL).send().await.unwrap();
            let expected = page_units(SIZES.into_iter().take(count), consistency);
            assert_eq!(units(page.consumed_capacity), expected, "{count}");

            let scan = client.scan().table_name(&table).limit(limit).consistent_read(strong);
            // What is filtered out is paid for as well.
            let scan = scan.filter_expression("attribute_not_exists(pk)");
            let page = scan.return_consumed_capacity(TOTAL).send().await.unwrap();
            assert_eq!(units(page.consumed_capacity), expected, "{count}");
        }
    }
}

#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn writes_over_items_are_charged_as_the_service_charges_them() {
    let backend = reference().await;
    let (client, table) = (&backend.dynamodb, filled(&backend).await);
    let sized = |size| {
        let mut item = Item::try_from(key(1)).unwrap();
        item.insert("small", true);
        padded(item, size, true).unwrap()
    };
    let mut before = 0;
    for after in [3_000, 100, 5_000, 1_024, 1_025, 30] {
        let consumed = put(client, &table, sdk(&sized(after))).await;
        assert_eq!(consumed, Ok(update_units(before, after)), "{before} {after}");
        before = after;
    }
    put(client, &table, sdk(&sized(3_000))).await.unwrap();
    let update = client.update_item().table_name(&table).set_key(Some(key(1)));
    let update = update.update_expression("REMOVE #pad").expression_attribute_names("#pad", "pad");
    let done = update.return_consumed_capacity(TOTAL).send().await.unwrap();
    assert_eq!(units(done.consumed_capacity), update_units(3_000, 13));

    put(client, &table, sdk(&sized(3_000))).await.unwrap();
    for size in [3_000, 0] {
        let delete = client.delete_item().table_name(&table).set_key(Some(key(1)));
        let done = delete.return_consumed_capacity(TOTAL).send().await.unwrap();
        assert_eq!(units(done.consumed_capacity), write_units(size));
    }
}

/// Where DynamoDB Local charges other units than the Developer Guide says, which we follow.
#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn dynamodb_local_alone_charges_these() {
    let backend = reference().await;
    let (client, table) = (&backend.dynamodb, filled(&backend).await);

    let write = Put::builder().table_name(&table).set_item(Some(sdk(&item(1_025)))).build();
    let write = TransactWriteItem::builder().put(write.unwrap()).build();
    let transaction = client.transact_write_items().transact_items(write);
    let written = transaction.return_consumed_capacity(TOTAL).send().await.unwrap();
    assert_eq!(transactional_write_units(1_025), 4.0);
    // Release 3.1.0 does as the guide says.
    assert!([8.0, 4.0].contains(&sum(written.consumed_capacity)));

    let keys = KeysAndAttributes::builder().keys(key(1)).build().unwrap();
    let batch = client.batch_get_item().request_items(&table, keys);
    let got = batch.return_consumed_capacity(TOTAL).send().await.unwrap();
    assert_eq!(batch_get_units([0], Consistency::Eventual), 0.5);
    assert_eq!(sum(got.consumed_capacity), 0.0);

    let query = client.query().table_name(&table).key_condition_expression("pk = :pk");
    let query = query.expression_attribute_values(":pk", Sdk::S("none".to_owned()));
    let page = query.return_consumed_capacity(TOTAL).send().await.unwrap();
    assert_eq!(page_units([], Consistency::Eventual), 0.5);
    assert_eq!(units(page.consumed_capacity), 0.0);
}

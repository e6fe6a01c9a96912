//! What is written is what is read, to the last digit.

use crate::support::{orders, untyped};
use ddbkit_codec::{AttributeValue, Item, Number, strategies};
use ddbkit_table::Write;
use futures::TryStreamExt;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A type with everything in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    customer: String,
    number: Number,
    exact: Vec<Number>,
    #[serde(with = "ddbkit_codec::serde::string_set")]
    strings: BTreeSet<String>,
    #[serde(with = "ddbkit_codec::serde::number_set")]
    numbers: BTreeSet<Number>,
    #[serde(with = "ddbkit_codec::serde::binary_set")]
    binaries: BTreeSet<Vec<u8>>,
    #[serde(with = "ddbkit_codec::serde::bytes")]
    binary: Vec<u8>,
    map: BTreeMap<String, Option<i64>>,
    flag: bool,
    any: AttributeValue,
}

fn everything() -> impl Strategy<Value = Everything> {
    let sets = (
        btree_set(strategies::text(), 1..4),
        btree_set(strategies::number(), 1..4),
        btree_set(strategies::binary(), 1..4),
    );
    let scalars = (vec(strategies::number(), 0..4), strategies::binary(), any::<bool>());
    let nested =
        (btree_map(strategies::name(), any::<Option<i64>>(), 0..3), strategies::attribute_value(3));
    (strategies::number(), sets, scalars, nested).prop_map(|(number, sets, scalars, nested)| {
        Everything {
            customer: "a".to_owned(),
            number,
            exact: scalars.0,
            strings: sets.0,
            numbers: sets.1,
            binaries: sets.2,
            binary: scalars.1,
            map: nested.0,
            flag: scalars.2,
            any: nested.1,
        }
    })
}

#[tokio::test]
async fn typed_values_of_every_type_come_back() {
    let (_backend, orders) = orders().await;
    let table: ddbkit_table::Table<Everything> = ddbkit_table::Table::with_keys(
        orders.client().clone(),
        orders.name(),
        orders.keys().clone(),
    );
    let mut runner = TestRunner::deterministic();
    let mut values = BTreeMap::new();
    for _ in 0..120 {
        let value = everything().new_tree(&mut runner).unwrap().current();
        values.insert(value.number.clone(), value);
    }
    let control = ddbkit_flow::Control::new();
    let writes = values.values().cloned().map(Write::Put);
    table.batch_write(writes).send(&control).await.unwrap();
    let read: Vec<Everything> = table.query("a").items().try_collect().await.unwrap();
    assert!(read.iter().eq(values.values()), "sorted by exact numbers, and equal");
    for value in values.values().take(20) {
        table.put(value).send().await.unwrap();
        let key = ("a", value.number.clone());
        let read = table.get(key).send().await.unwrap().item.unwrap();
        assert_eq!(&read, value);
    }
}

#[tokio::test]
async fn numbers_of_38_digits_are_compared_and_added_exactly() {
    let (_backend, orders) = orders().await;
    let table = untyped(&orders);
    let number: Number = "-1234567890123456789012345678901234567.8".parse().unwrap();
    let mut item = Item::new();
    item.insert("customer", "a");
    item.insert("number", 1);
    item.insert("n", number.clone());
    table.put(&item).send().await.unwrap();
    let key = || ("a", 1);
    let next: Number = "-1234567890123456789012345678901234567.7".parse().unwrap();
    let tenth: Number = "0.1".parse().unwrap();
    let update = ddbkit_table::Update::new().increment("n", tenth);
    let update = table.update(key(), update).condition(ddbkit_table::attr("n").eq(number));
    let new = update.return_new().send().await.unwrap().item.unwrap();
    assert_eq!(new.get("n"), Some(&AttributeValue::N(next)));
}

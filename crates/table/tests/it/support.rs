//! What the tests share.

use aws_sdk_dynamodb::types::ScalarAttributeType::{N, S};
use ddbkit_codec::{AttributeValue, Item, Number};
use ddbkit_flow::{Control, Progress, ProgressEvent};
use ddbkit_table::{Model, Table};
use ddbkit_testkit::{Backend, KeySchema, backend};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A model with everything: both keys, a version, exact numbers, sets, a binary, what is not there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) customer: String,
    pub(crate) number: u64,
    #[serde(default)]
    pub(crate) version: u64,
    pub(crate) price: Number,
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        with = "ddbkit_codec::serde::string_set"
    )]
    pub(crate) tags: BTreeSet<String>,
    #[serde(with = "ddbkit_codec::serde::bytes")]
    pub(crate) digest: Vec<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    #[serde(default)]
    pub(crate) lines: Vec<String>,
}

impl Model for Order {
    const HASH_KEY: &'static str = "customer";
    const RANGE_KEY: Option<&'static str> = Some("number");
    const VERSION: Option<&'static str> = Some("version");
}

pub(crate) fn order(customer: &str, number: u64) -> Order {
    Order {
        customer: customer.to_owned(),
        number,
        version: 0,
        price: "19.90".parse().unwrap(),
        tags: ["new".to_owned(), "red".to_owned()].into(),
        digest: vec![0, 1, 255],
        note: None,
        lines: vec!["first".to_owned()],
    }
}

/// A server and an empty table of orders.
pub(crate) async fn orders() -> (Backend, Table<Order>) {
    on(backend().await).await
}

/// The same, on a server that can be made to fail.
pub(crate) async fn failing_orders() -> (Backend, Table<Order>) {
    on(Backend::embedded_only().await).await
}

async fn on(backend: Backend) -> (Backend, Table<Order>) {
    let keys = KeySchema::hash("customer", S).range("number", N);
    let name = backend.table("Orders", keys).await;
    let table = Table::new(backend.dynamodb.clone(), name);
    (backend, table)
}

/// The table without its types, to write what the model would not.
pub(crate) fn untyped(table: &Table<Order>) -> Table<Item> {
    Table::with_keys(table.client().clone(), table.name(), table.keys().clone())
}

/// An item that is no order.
pub(crate) fn damaged(customer: &str, number: u64) -> Item {
    let mut item = Item::new();
    item.insert("customer", customer);
    item.insert("number", number);
    item.insert("price", AttributeValue::Bool(true));
    item
}

/// Tells how often an event came that is counted.
pub(crate) fn counted(
    is: impl Fn(&ProgressEvent) -> bool + Send + Sync + 'static,
) -> (Control, Arc<AtomicU64>) {
    struct Counter<F>(F, Arc<AtomicU64>);

    impl<F: Fn(&ProgressEvent) -> bool + Send + Sync> Progress for Counter<F> {
        fn on_event(&self, event: &ProgressEvent) {
            self.1.fetch_add(u64::from((self.0)(event)), Ordering::Relaxed);
        }
    }

    let count = Arc::new(AtomicU64::new(0));
    let control = Control::new().with_progress(Arc::new(Counter(is, Arc::clone(&count))));
    (control, count)
}

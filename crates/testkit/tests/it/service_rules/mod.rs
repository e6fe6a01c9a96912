//! The rules of `ddbkit_codec::rules` and of its numbers, held to a real DynamoDB: thousands of
//! generated items are put, and must be taken, refused and charged as the codec says.
//!
//! The reference is DynamoDB Local 2.6.1. The embedded server has limits and words of its own, so
//! these tests are ignored where no server is named; `cargo xtask e2e --lane ddl` runs them.

mod capacity;
mod generated;
mod keys;
mod numbers;
mod refusals;
mod sizes;

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{AttributeValue as Sdk, ReturnConsumedCapacity, ScalarAttributeType};
use ddbkit_codec::Item;
use ddbkit_testkit::{Backend, KeySchema, backend};
use tokio::task::JoinSet;

/// Requests under way at a time.
const CONCURRENT: usize = 16;

/// The server that the rules are held to.
async fn reference() -> Backend {
    let backend = backend().await;
    let is_named = backend.local_dynamodb.is_none();
    assert!(is_named, "the reference is DynamoDB Local: cargo xtask e2e --lane ddl");
    backend
}

/// A table whose key is the string `pk`.
async fn simple_table(backend: &Backend) -> String {
    backend.table("rules", KeySchema::hash("pk", ScalarAttributeType::S)).await
}

/// The write units that a put consumed, or why it was refused.
async fn put(client: &Client, table: &str, item: HashMap<String, Sdk>) -> Result<f64, String> {
    let put = client.put_item().table_name(table).set_item(Some(item));
    match put.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await {
        Ok(done) => {
            Ok(done.consumed_capacity.and_then(|consumed| consumed.capacity_units).unwrap())
        }
        Err(error) => {
            let error = error.into_service_error();
            assert_eq!(error.code(), Some("ValidationException"), "{error:?}");
            Err(without_members(error.message().unwrap()))
        }
    }
}

/// A message with `[...]` for the members of a set.
fn without_members(message: &str) -> String {
    match (message.split_once("Input collection ["), message.ends_with("] contains duplicates")) {
        (Some((start, _)), true) => format!("{start}Input collection [...] contains duplicates"),
        _ => message.to_owned(),
    }
}

async fn get(client: &Client, table: &str, key: HashMap<String, Sdk>) -> HashMap<String, Sdk> {
    let get = client.get_item().table_name(table).set_key(Some(key)).consistent_read(true);
    get.send().await.unwrap().item.unwrap()
}

/// The key of an item in a [`simple_table`].
fn key(pk: &str) -> HashMap<String, Sdk> {
    HashMap::from([("pk".to_owned(), Sdk::S(pk.to_owned()))])
}

/// An item as the SDK sends it.
fn sdk(item: &Item) -> HashMap<String, Sdk> {
    item.clone().into()
}

/// Checks cases on the server, several at a time, all of them also after one failed.
async fn check_all<C, F>(cases: impl IntoIterator<Item = C>, check: impl Fn(C) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut checks = JoinSet::new();
    let mut failed = 0;
    for case in cases {
        if checks.len() == CONCURRENT {
            failed += usize::from(checks.join_next().await.unwrap().is_err());
        }
        checks.spawn(check(case));
    }
    while let Some(done) = checks.join_next().await {
        failed += usize::from(done.is_err());
    }
    assert_eq!(failed, 0, "cases failed, each with a message above");
}

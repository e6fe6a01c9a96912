//! Transactions over several items and tables.

use crate::support::{Order, failing_orders, order, orders, untyped};
use aws_sdk_dynamodb::types::ScalarAttributeType::S;
use ddbkit_codec::Item;
use ddbkit_table::{
    GetTransaction, Model, ReasonKind, Table, TableErrorKind, Transaction, Update, attr,
};
use ddbkit_testkit::{Backend, Fault, KeySchema, When};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Account {
    id: String,
    cents: i64,
}

impl Model for Account {
    const HASH_KEY: &'static str = "id";
}

async fn accounts(backend: &Backend, cents: &[(&str, i64)]) -> Table<Account> {
    let name = backend.table("Accounts", KeySchema::hash("id", S)).await;
    let table = Table::new(backend.dynamodb.clone(), name);
    for (id, cents) in cents {
        let account = Account { id: (*id).to_owned(), cents: *cents };
        table.put(&account).send().await.unwrap();
    }
    table
}

async fn cents(table: &Table<Account>, id: &str) -> i64 {
    table.get(id).consistent().send().await.unwrap().item.unwrap().cents
}

fn add(cents: i64) -> Update {
    Update::new().increment("cents", cents)
}

#[tokio::test]
async fn all_parts_are_done_over_several_tables() {
    let (backend, orders) = orders().await;
    let accounts = accounts(&backend, &[("a", 100), ("b", 0), ("old", 0)]).await;
    let consumed = Transaction::new(accounts.client())
        .part(accounts.update("a", add(-30)).condition(attr("cents").ge(30)))
        .part(accounts.update("b", add(30)).if_exists())
        .part(accounts.remove("old"))
        .part(orders.put(&order("a", 1)).if_new())
        .part(orders.check(("a", 2), attr("customer").not_exists()))
        .send()
        .await
        .unwrap();
    assert!(consumed.get() >= 8.0);
    assert_eq!((cents(&accounts, "a").await, cents(&accounts, "b").await), (70, 30));
    assert!(!accounts.exists("old").await.unwrap());

    let got = GetTransaction::new(accounts.client())
        .get(accounts.get("a"))
        .get(accounts.get("old"))
        .get(orders.get(("a", 1)))
        .get(accounts.get("b").project::<Item>(["id"]))
        .send();
    let mut got = got.await.unwrap();
    assert_eq!(got.take::<Account>(0).unwrap().unwrap().cents, 70);
    assert_eq!(got.take::<Account>(1).unwrap(), None);
    assert_eq!(got.take::<Order>(2).unwrap(), Some(order("a", 1)));
    assert_eq!(got.take::<Item>(3).unwrap().unwrap().len(), 1);
    assert_eq!(got.take::<Item>(4).unwrap_err().kind(), TableErrorKind::InvalidInput);
    assert!(got.consumed().get() > 0.0);
}

#[tokio::test]
async fn a_cancelled_transaction_does_nothing_and_tells_each_reason_by_its_position() {
    let (backend, orders) = orders().await;
    let accounts = accounts(&backend, &[("a", 10), ("b", 0)]).await;
    orders.put(&order("a", 1)).send().await.unwrap();
    let transaction = Transaction::new(accounts.client())
        .part(accounts.update("a", add(-30)).condition(attr("cents").ge(30)))
        .part(accounts.update("b", add(30)))
        .part(orders.put(&order("a", 1)).if_new())
        .part(orders.check(("none", 1), attr("customer").exists()));
    let error = transaction.send().await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::TransactionCanceled);
    let reasons: Vec<_> =
        error.reasons().iter().map(|reason| (reason.position, reason.kind)).collect();
    let failed = ReasonKind::ConditionFailed;
    assert_eq!(reasons, [(0, failed), (2, failed), (3, failed)]);
    let there = error.reasons()[0].existing.clone().unwrap();
    assert_eq!(accounts.read(there).unwrap().cents, 10);
    assert_eq!(error.reasons()[2].existing, None);
    assert_eq!((cents(&accounts, "a").await, cents(&accounts, "b").await), (10, 0));
}

#[tokio::test]
async fn a_lost_answer_counts_once() {
    let (backend, table) = failing_orders().await;
    let accounts = accounts(&backend, &[("a", 100)]).await;
    let lost = backend.faults().inject(Fault::LostAnswer, When::Once, "TransactWriteItems");
    let spend = || Transaction::new(accounts.client()).part(accounts.update("a", add(-10)));
    spend().send().await.unwrap();
    assert_eq!(lost.injected(), 1);
    assert_eq!(cents(&accounts, "a").await, 90);
    // A name of one's own holds over calls, also those of a program that was started again.
    spend().token("payment-1").send().await.unwrap();
    spend().token("payment-1").send().await.unwrap();
    assert_eq!(cents(&accounts, "a").await, 80);

    // Versions go together with other parts.
    let saved = table.save(order("a", 1)).await.unwrap();
    let part = table.put(&Order { note: Some("x".to_owned()), ..saved.clone() }).versioned();
    spend().part(part).send().await.unwrap();
    let late = spend().part(table.remove(("a", 1)).seen(&saved)).send().await.unwrap_err();
    assert_eq!(late.reasons()[0].position, 1);
    assert_eq!(cents(&accounts, "a").await, 70);
}

#[tokio::test]
async fn parts_that_cannot_be_are_named() {
    let (_backend, table) = orders().await;
    let transaction =
        Transaction::new(table.client()).part(table.put(&order("a", 1))).part(table.remove("a"));
    let error = transaction.send().await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::InvalidInput);
    assert!(error.to_string().starts_with("part 1 of a transaction: the key lacks"), "{error}");
    let error = Transaction::new(table.client()).send().await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::InvalidInput);
    let error = GetTransaction::new(table.client()).get(table.get("a")).send().await.unwrap_err();
    assert!(error.to_string().starts_with("part 0 of a transaction: the key lacks"), "{error}");
    // An update of a string as a number is told by the service, with the part.
    let wrong = Transaction::new(table.client())
        .part(untyped(&table).update(("a", 1), Update::new().add("customer2", true)));
    assert!(wrong.send().await.is_err());
    assert!(!table.exists(("a", 1)).await.unwrap());
}

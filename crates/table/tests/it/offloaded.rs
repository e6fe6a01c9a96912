//! Models with values in S3.

use aws_sdk_dynamodb::types::ScalarAttributeType::S;
use ddbkit_codec::Item;
use ddbkit_flow::Control;
use ddbkit_offload::{AttributeOptions, Offloader};
use ddbkit_table::{
    GetTransaction, Model, Table, TableErrorKind, Transaction, Update, Write, attr,
};
use ddbkit_testkit::{Backend, KeySchema, backend};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Site {
    url: String,
    html: String,
    visits: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default)]
    version: u64,
}

impl Model for Site {
    const HASH_KEY: &'static str = "url";
    const VERSION: Option<&'static str> = Some("version");

    fn offloaded() -> Vec<(&'static str, AttributeOptions)> {
        vec![("html", AttributeOptions::new().content_type("text/html"))]
    }
}

fn site(url: &str, bytes: usize) -> Site {
    let html = "x".repeat(bytes);
    Site { url: url.to_owned(), html, visits: 0, note: None, version: 0 }
}

/// The table, and the same without S3, which sees pointers.
async fn sites(backend: &Backend) -> (Table<Site>, Table<Item>) {
    let name = backend.table("Sites", KeySchema::hash("url", S)).await;
    let bucket = backend.bucket().await;
    let client = backend.dynamodb.clone();
    let s3 = Offloader::builder(client.clone(), backend.s3.clone()).bucket(bucket).prefix("sites");
    let table = Table::<Site>::new(client.clone(), name).offloaded(s3).await.unwrap();
    let plain = Table::with_keys(client, table.name(), table.keys().clone());
    (table, plain)
}

async fn is_pointer(plain: &Table<Item>, url: &str) -> bool {
    let item = plain.get(url).send().await.unwrap().item.unwrap();
    matches!(item.get("html"), Some(ddbkit_codec::AttributeValue::M(_)))
}

#[tokio::test]
async fn values_beyond_400_kb_are_put_read_updated_and_removed() {
    let backend = backend().await;
    let (table, plain) = sites(&backend).await;
    let first = site("a", 600_000);
    assert_eq!(table.put(&first).return_old().send().await.unwrap().item, None);
    assert!(is_pointer(&plain, "a").await);
    assert_eq!(table.get("a").send().await.unwrap().item.as_ref(), Some(&first));

    let second = Site { note: Some("n".to_owned()), ..site("a", 500_000) };
    let old = table.put(&second).return_old().send().await.unwrap().item;
    assert_eq!(old.as_ref(), Some(&first));
    let third = Site { note: None, visits: 3, ..second.clone() };
    table.put(&third).send().await.unwrap();
    let there = table.get("a").consistent().send().await.unwrap().item.unwrap();
    assert_eq!(there, third, "an attribute that a put does not have is gone");

    let update = Update::new().set("html", "y".repeat(700_000)).increment("visits", 1);
    let new = table.update("a", update).return_new().send().await.unwrap().item.unwrap();
    assert_eq!((new.html.len(), new.visits), (700_000, 4));
    let update = Update::new().set("note", "again");
    let old = table.update("a", update).return_old().send().await.unwrap().item.unwrap();
    assert_eq!(old, new);

    let removed = table.remove("a").return_old().send().await.unwrap().item.unwrap();
    assert_eq!(removed.note.as_deref(), Some("again"));
    assert_eq!(removed.html.len(), 700_000);
    assert!(!table.exists("a").await.unwrap());
}

#[tokio::test]
async fn conditions_and_versions_hold() {
    let backend = backend().await;
    let (table, _) = sites(&backend).await;
    let saved = table.save(site("a", 450_000)).await.unwrap();
    assert_eq!(saved.version, 1);
    let error = table.put(&site("a", 10)).if_new().send().await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::ConditionFailed);
    assert_eq!(table.read(error.existing().unwrap().clone()).unwrap(), saved);
    let again = table.save(Site { visits: 1, ..saved.clone() }).await.unwrap();
    let late = table.save(saved.clone()).await.unwrap_err();
    assert_eq!(late.kind(), TableErrorKind::ConditionFailed);
    let update = table.update("a", Update::new().set("visits", 9)).condition(attr("visits").gt(5));
    assert_eq!(update.send().await.unwrap_err().kind(), TableErrorKind::ConditionFailed);
    let update = table.update("a", Update::new().set("visits", 9)).seen(&again);
    update.condition(attr("html").exists()).send().await.unwrap();
    let none = table.update("none", Update::new().set("visits", 1)).send().await.unwrap_err();
    assert_eq!((none.kind(), none.existing()), (TableErrorKind::ConditionFailed, None));
}

#[tokio::test]
async fn writers_that_meet_are_all_done() {
    let backend = backend().await;
    let (table, _) = sites(&backend).await;
    table.put(&site("a", 10_000)).send().await.unwrap();
    let one = || async {
        table.update("a", Update::new().increment("visits", 1)).send().await.unwrap();
    };
    futures::join!(one(), one(), one(), one());
    assert_eq!(table.get("a").send().await.unwrap().item.unwrap().visits, 4);
}

#[tokio::test]
async fn queries_scans_and_batches_of_keys_have_the_values() {
    let backend = backend().await;
    let (table, plain) = sites(&backend).await;
    for url in ["a", "b", "c"] {
        table.put(&site(url, 420_000)).send().await.unwrap();
    }
    plain.update("broken", Update::new().set("html", true)).send().await.unwrap();
    let control = Control::new();
    let read: Vec<Site> = table.query("a").items().try_collect().await.unwrap();
    assert_eq!(read, [site("a", 420_000)]);
    let page = table.scan().pages(&control).try_next().await.unwrap().unwrap();
    let (good, bad): (Vec<_>, Vec<_>) = page.items.into_iter().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (3, 1));
    let read = table.batch_get(["a", "b"]).items(&control).try_collect::<Vec<_>>().await.unwrap();
    assert!(read.iter().all(|site| site.html.len() == 420_000));
    let part = table.get("a").project::<Item>(["html"]).send().await.unwrap().item.unwrap();
    assert_eq!(part.len(), 2);
    let mut got = GetTransaction::new(table.client()).get(table.get("c")).send().await.unwrap();
    assert_eq!(got.take::<Site>(0).unwrap().unwrap(), site("c", 420_000));
}

#[tokio::test]
async fn what_cannot_be_one_conditional_write_is_refused() {
    let backend = backend().await;
    let (table, _) = sites(&backend).await;
    let control = Control::new();
    let refused = table.batch_write([Write::Put(site("a", 1))]).send(&control).await.unwrap_err();
    assert_eq!(refused.kind(), TableErrorKind::InvalidInput);
    let refused = Transaction::new(table.client()).part(table.put(&site("a", 1))).send().await;
    assert_eq!(refused.unwrap_err().kind(), TableErrorKind::InvalidInput);
    let refused = table.update("a", Update::new().set("visits", 1)).return_updated_new::<Item>();
    assert_eq!(refused.send().await.unwrap_err().kind(), TableErrorKind::InvalidInput);
    // Removals are well: the object is left to the collector.
    table.put(&site("a", 500_000)).send().await.unwrap();
    table.batch_write([Write::Remove("a".into())]).send(&control).await.unwrap();
    assert!(!table.exists("a").await.unwrap());
}

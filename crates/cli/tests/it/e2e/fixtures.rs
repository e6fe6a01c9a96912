//! Real exports of DynamoDB: verified, loaded, dumped again, and equal.

use crate::e2e::program::run;
use aws_sdk_dynamodb::types::ScalarAttributeType;
use ddbkit_testkit::{KeySchema, backend, scan_all};
use std::path::PathBuf;

fn fixture(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = folder.join("../export/tests/fixtures/native-export").join(name);
    folder.to_str().unwrap().to_owned()
}

/// Loads a fixture into a table with this key, dumps the table, and compares in all directions.
async fn round_trip(name: &str, keys: KeySchema, items: usize) {
    let backend = backend().await;
    let source = fixture(name);
    let table = backend.table("fixture", keys).await;
    run(&backend, &["load", &source, &table]).await.exits(0);
    let loaded = scan_all(&backend.dynamodb, &table).await;
    assert_eq!(loaded.len(), items);
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(&backend, &["dump", &table, dest]).await.exits(0);
    run(&backend, &["verify", dest, &table]).await.exits(0);
    let copy = format!("{table}-copy");
    run(&backend, &["load", dest, &copy, "--create-table"]).await.exits(0);
    assert_eq!(scan_all(&backend.dynamodb, &copy).await, loaded);
}

fn keys() -> KeySchema {
    KeySchema::hash("id", ScalarAttributeType::S)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_with_every_type_of_attribute() {
    round_trip("scylladb__scylla-migrator/dynamodb-export", keys(), 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_several_files_one_of_them_empty() {
    round_trip("purpom-media-lab__amplify-data-migration", keys(), 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fixtures_verify_but_for_what_was_done_to_them() {
    let backend = backend().await;
    let source = fixture("scylladb__scylla-migrator/dynamodb-export");
    run(&backend, &["verify", &source]).await.exits(0);
    // Its summary was redacted by hand, and verify says exactly that.
    let source = fixture("purpom-media-lab__amplify-data-migration");
    let ran = run(&backend, &["verify", &source, "--output", "json"]).await.exits(1);
    let faults = ran.json()["faults"].as_array().unwrap().clone();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].to_string().contains("manifest-summary"), "{faults:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_item_of_every_type_is_the_same_text_after_ordering() {
    let backend = backend().await;
    let source = fixture("scylladb__scylla-migrator/dynamodb-export");
    let table = backend.table("text", keys()).await;
    run(&backend, &["load", &source, &table]).await.exits(0);
    let dumped = run(&backend, &["dump", &table, "-"]).await.exits(0).stdout;
    let line = dumped.lines().find(|line| line.contains("K3TXQk84Si")).unwrap();
    let expected = concat!(
        r#"{"Item":{"a":{"BOOL":false},"b":{"NULL":true},"c":{"SS":["8gfX8dh0xa","fRjHZJ2Ce9"]},"#,
        r#""d":{"NS":["2","3"]},"e":{"L":[{"N":"1"},{"S":"Dsb87qc6Es"}]},"#,
        r#""f":{"M":{"g":{"N":"9"},"h":{"NULL":true},"i":{"BOOL":true}}},"#,
        r#""id":{"S":"K3TXQk84Si"},"j":{"B":"aGVsbG8="},"k":{"BS":["aXMgZmFzdA==","c2N5bGxhZGI="]}}}"#
    );
    assert_eq!(ordered(line), expected);
}

/// The line with the names of its objects and the members of its sets in order.
fn ordered(line: &str) -> String {
    fn order(value: &mut serde_json::Value) {
        let Some(object) = value.as_object_mut() else { return };
        for (tag, value) in object {
            match value.as_array_mut() {
                Some(list) if tag == "L" => list.iter_mut().for_each(order),
                Some(set) => set.sort_by_key(ToString::to_string),
                None => order(value),
            }
        }
    }
    // Objects of serde_json are in the order of their names.
    let mut value = serde_json::from_str(line).unwrap();
    order(&mut value);
    value.to_string()
}

//! What is in tables, dumps and streams of lines.

use super::program::{Ran, command, finish, run, run_with_input};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use ddbkit_testkit::{Backend, KeySchema, backend, items, put_all};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;

const ITEMS: u64 = 120;

async fn filled(backend: &Backend) -> String {
    let table = backend.table("inspect", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..ITEMS).map(|n| items::item(7, n))).await;
    table
}

async fn inspect(backend: &Backend, args: &[&str]) -> Ran {
    run(backend, &[&["inspect"], args].concat()).await
}

/// The numbers without what they are of.
fn numbers(ran: &Ran) -> Value {
    let mut object = ran.json();
    object.as_object_mut().unwrap().remove("source");
    object
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_its_dump_and_its_lines_have_the_same_numbers() {
    let backend = backend().await;
    let (table, dir) = (filled(&backend).await, tempfile::tempdir().unwrap());
    let dump = dir.path().join("dump");
    let dump = dump.to_str().unwrap();
    run(&backend, &["dump", &table, dump]).await.exits(0);

    let of_dump = inspect(&backend, &[dump, "--output", "json"]).await.exits(0);
    let object = of_dump.json();
    let sizes: Vec<usize> = (0..ITEMS).map(|n| items::item(7, n).size()).collect();
    assert_eq!(object["items"], ITEMS);
    assert_eq!(object["bytes"], sizes.iter().sum::<usize>());
    assert_eq!(object["size"]["max"], *sizes.iter().max().unwrap());
    assert_eq!(object["keys"]["hash_key"], "pk");
    assert_eq!(object["source"]["kind"], "export");

    let of_table = inspect(&backend, &[&table, "--output", "json"]).await.exits(0);
    assert_eq!(numbers(&of_table), numbers(&of_dump));
    assert_eq!(of_table.json()["source"]["name"], json!(table));

    let lines = run(&backend, &["export", "cat", dump]).await.exits(0).stdout;
    let args = ["inspect", "-", "--key", "pk,sk", "--output", "json"];
    let of_lines = run_with_input(&backend, &args, lines.into()).await.exits(0);
    assert_eq!(numbers(&of_lines), numbers(&of_dump));

    let text = inspect(&backend, &[&table]).await.exits(0).stdout;
    for expected in ["120 items", "Partition keys (pk and sk): ", "item size", "USD"] {
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_says_that_it_is_one_and_keys_stay_out_where_they_should() {
    let backend = backend().await;
    let table = filled(&backend).await;
    let args = ["--sample", "50", "--no-keys", "--segments", "2"];
    let args = [&[table.as_str()], &args[..]].concat();
    let text = inspect(&backend, &args).await.exits(0).stdout;
    assert!(text.starts_with("a sample of ") && text.contains("50 items"), "{text}");
    assert!(!text.contains("order#"), "{text}");
    let json = inspect(&backend, &[&args[..], &["--output", "json"]].concat()).await.exits(0);
    assert_eq!(json.json()["source"]["sampled"], true);
    assert!(!json.stdout.contains("order#"), "{}", json.stdout);
}

/// A table whose items have the kinds `a` and `b`, or none, with an index of kinds.
async fn with_index(client: &Client, name: &str) {
    let key = |name: &str, kind| {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
    };
    let definition = |name: &str| {
        let definition = AttributeDefinition::builder().attribute_name(name);
        definition.attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let index = GlobalSecondaryIndex::builder()
        .index_name("by-kind")
        .key_schema(key("kind", KeyType::Hash))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build());
    let create = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    create
        .key_schema(key("pk", KeyType::Hash))
        .attribute_definitions(definition("pk"))
        .attribute_definitions(definition("kind"))
        .global_secondary_indexes(index.build().unwrap())
        .send()
        .await
        .unwrap();
    let line = |pk: &str, kind: &str| {
        let json = format!(r#"{{"pk":{{"S":"{pk}"}}{kind}}}"#);
        ddbkit_codec::Item::from_dynamodb_json(json.as_bytes()).unwrap()
    };
    let kind = |kind: &str| format!(r#","kind":{{"S":"{kind}"}},"more":{{"S":"text"}}"#);
    let items =
        [line("1", &kind("a")), line("2", &kind("a")), line("3", &kind("b")), line("4", "")];
    put_all(client, name, items).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_has_its_own_key_and_items() {
    let backend = backend().await;
    let table = format!("inspect-index-{}", std::process::id());
    with_index(&backend.dynamodb, &table).await;
    let args = [table.as_str(), "--index-name", "by-kind", "--output", "json"];
    let object = inspect(&backend, &args).await.exits(0).json();
    assert_eq!(object["source"]["name"], format!("{table}/index/by-kind"));
    assert_eq!((&object["items"], &object["keys"]["partitions"]), (&json!(3), &json!(2)));
    let hottest = &object["keys"]["hottest"][0];
    assert_eq!((&hottest["key"], &hottest["items"]), (&json!("\"a\""), &json!(2)));
    let paths: Vec<&Value> =
        object["attributes"].as_array().unwrap().iter().map(|it| &it["path"]).collect();
    assert_eq!(paths, ["kind", "pk"]);

    let none = inspect(&backend, &[&table, "--index-name", "by-nothing"]).await.exits(254);
    assert_eq!(none.error(), format!("table {table} has no index by-nothing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_inspected_is_told() {
    let backend = Backend::embedded_only().await;
    let dir = tempfile::tempdir().unwrap();
    let none = inspect(&backend, &["Nothing"]).await.exits(254);
    assert!(none.error().contains("table Nothing cannot be described: ResourceNotFound"));
    std::fs::create_dir(dir.path().join("orders")).unwrap();
    let mut here = command(&backend, &["inspect", "orders"]);
    let here = finish(here.current_dir(dir.path()).spawn().unwrap()).await.exits(254);
    assert!(here.stderr.contains("write ./ before it"), "{}", here.stderr);

    for (args, input, code, why) in [
        (&["-"][..], "{\"pk\":{\"S\":\"a\"}}\n{\"pk\":{\"S\":1}}\n", 255, "-:2: this is no item"),
        (&["-", "--key", "id"], "{\"pk\":{\"S\":\"a\"}}\n", 255, "key attribute \"id\" is missing"),
        (&["-", "--key", ","], "", 252, "--key takes"),
        (&["-", "--price", "gb=1"], "", 252, "there is no price \"gb\""),
        (&["./nowhere"], "", 255, "nowhere"),
    ] {
        let args = [&["inspect"], args].concat();
        let ran = run_with_input(&backend, &args, input.into()).await.exits(code);
        assert!(ran.error().contains(why), "{args:?}: {}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{args:?}: {}", ran.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_written_whole_or_not_at_all() {
    let backend = Backend::embedded_only().await;
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("report.html");
    let args = ["inspect", "-", "--html", page.to_str().unwrap()];
    let inspect = async |lines: &str| run_with_input(&backend, &args, lines.into()).await;
    inspect("{\"pk\":{\"S\":\"first\"}}\n").await.exits(0);
    inspect("{\"pk\":{\"S\":\"second\"},\"note\":{\"S\":\"x\"}}\n").await.exits(0);
    let written = std::fs::read_to_string(&page).unwrap();
    assert!(written.starts_with("<!DOCTYPE html>") && written.contains("note"), "{written}");

    inspect("no item\n").await.exits(255);
    assert_eq!(std::fs::read_to_string(&page).unwrap(), written);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);

    let nowhere = dir.path().join("nowhere/report.html");
    let args = ["inspect", "Nothing", "--html", nowhere.to_str().unwrap()];
    let ran = run(&backend, &args).await.exits(255);
    assert!(ran.error().contains("report.html cannot be written"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_the_wait_for_input() {
    let backend = Backend::embedded_only().await;
    let mut child = command(&backend, &["inspect", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let _open = child.stdin.take();
    let pid = child.id().unwrap().to_string();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let killed = std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(killed.success());
    let ran = finish(child).await.exits(130);
    assert_eq!(ran.error(), "interrupted");
}

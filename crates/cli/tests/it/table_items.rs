//! `ddbkit table` for single items.

use crate::e2e::program::{Ran, run, run_with_input};
use crate::json_page::assert_as_told;
use crate::table_whole::fresh;
use aws_sdk_dynamodb::types::ScalarAttributeType;
use ddbkit_testkit::{Backend, KeySchema, backend, scan_all};
use serde_json::{Value, json};

/// The last line that is a summary, from standard output or else standard error.
pub(crate) fn summary(section: &str, ran: &Ran) -> Value {
    let lines = ran.stdout.lines().chain(ran.stderr.lines());
    let mut objects = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let object = objects.rfind(|object| object.get("version").is_some());
    let object = object.unwrap_or_else(|| panic!("{}{}", ran.stdout, ran.stderr));
    assert_as_told(section, &object, &[]);
    object
}

/// A table with the key `pk` and `sk`, and how it is spoken to.
pub(crate) struct Orders {
    pub(crate) backend: Backend,
    pub(crate) table: String,
}

impl Orders {
    pub(crate) async fn new() -> Self {
        let backend = backend().await;
        let table = backend.table("table-orders", KeySchema::default()).await;
        Self { backend, table }
    }

    /// `table COMMAND TABLE ...`.
    pub(crate) async fn run(&self, command: &str, more: &[&str]) -> Ran {
        let start = ["table", command, &self.table];
        run(&self.backend, &start.iter().chain(more).copied().collect::<Vec<_>>()).await
    }

    pub(crate) async fn put(&self, item: &str) {
        self.run("put", &["--item", item]).await.exits(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_put_got_and_deleted_exactly() {
    let orders = Orders::new().await;
    let item = concat!(
        r#"{"b":{"$binary":"AQI="},"big":12345678901234567890123456789012345678,"#,
        r#""map":{"a":[1,2.50],"z":null},"pk":"a","set":{"$numberSet":[1,2.5]},"sk":1,"t":true}"#
    );
    orders.put(item).await;
    let got = orders.run("get", &["a", "1", "--consistent"]).await.exits(0);
    let expected: Value = serde_json::from_str(item).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&got.stdout).unwrap()["pk"], expected["pk"]);
    assert!(got.stdout.contains("12345678901234567890123456789012345678"), "{}", got.stdout);
    // What is printed can be put again, and is the same item.
    let before = scan_all(&orders.backend.dynamodb, &orders.table).await;
    orders.put(got.stdout.trim()).await;
    assert_eq!(scan_all(&orders.backend.dynamodb, &orders.table).await, before);
    let tagged = orders.run("get", &["a", "1", "--format", "dynamodb-json"]).await.exits(0).stdout;
    assert!(tagged.contains(r#""b":{"B":"AQI="}"#), "{tagged}");
    let args = ["--item", tagged.trim(), "--format", "dynamodb-json", "--output", "json"];
    let put = summary("table put", &orders.run("put", &args).await.exits(0));
    assert_eq!((&put["written"], &put["rejected"]), (&json!(1), &json!(0)));
    assert_eq!(scan_all(&orders.backend.dynamodb, &orders.table).await, before);

    let key = ["--key", r#"{"sk":1,"pk":"a"}"#];
    orders.run("exists", &key).await.exits(0);
    orders.run("exists", &["a", "2"]).await.exits(1);
    let projected = ["a", "1", "--projection", "map.a[1],t", "--output", "json"];
    let got = orders.run("get", &projected).await.exits(0);
    assert_eq!(got.stdout, "{\"map\":{\"a\":[2.5]},\"pk\":\"a\",\"sk\":1,\"t\":true}\n");
    assert_eq!(summary("table get", &got)["found"], true);

    let delete = ["a", "1", "--return-values", "ALL_OLD", "--output", "json"];
    let deleted = orders.run("delete", &delete).await.exits(0);
    assert!(deleted.stdout.contains(r#""pk":"a""#), "{}", deleted.stdout);
    assert_eq!(summary("table delete", &deleted)["deleted"], true);
    let again = orders.run("delete", &["a", "1", "--output", "json"]).await.exits(0);
    assert_eq!(summary("table delete", &again)["deleted"], false);
    let missing = orders.run("get", &["a", "1"]).await.exits(1);
    assert_eq!(missing.stdout, "");
    assert!(missing.stderr.contains("There is no such item"), "{}", missing.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_updated() {
    let orders = Orders::new().await;
    orders.put(r#"{"pk":"a","sk":1,"n":1,"note":"x","tags":{"$stringSet":["new","red"]},"address":{"city":"Oslo"}}"#).await;
    let update = [
        "a",
        "1",
        "--set",
        "address.city=Rome",
        "--set",
        "status=done",
        "--set",
        "zip=\"00100\"",
        "--add",
        "n=2.5",
        "--remove",
        "note",
        "--delete",
        r#"tags={"$stringSet":["new"]}"#,
        "--return-values",
        "ALL_NEW",
    ];
    let updated = orders.run("update", &update).await.exits(0);
    let expected = concat!(
        r#"{"address":{"city":"Rome"},"n":3.5,"pk":"a","sk":1,"status":"done","#,
        r#""tags":{"$stringSet":["red"]},"zip":"00100"}"#
    );
    assert_eq!(updated.stdout.trim(), expected);
    // An expression beside the options, with a reserved word.
    let update = [
        "a",
        "1",
        "--update-expression",
        "SET #s = :s",
        "--add",
        "n=1",
        "--expression-names",
        r##"{"#s":"status"}"##,
        "--expression-attribute-values",
        r#"{":s":"sent"}"#,
        "--return-values",
        "UPDATED_NEW",
        "--output",
        "json",
    ];
    let updated = orders.run("update", &update).await.exits(0);
    assert_eq!(updated.stdout.trim(), r#"{"n":4.5,"status":"sent"}"#);
    assert!(summary("table update", &updated)["consumed_capacity_units"].as_f64().unwrap() > 0.0);
    let old = ["a", "1", "--set", "n=0", "--return-values", "UPDATED_OLD"];
    assert_eq!(orders.run("update", &old).await.exits(0).stdout.trim(), r#"{"n":4.5}"#);
    let old = ["a", "1", "--set", "n=1", "--return-values", "ALL_OLD"];
    assert!(orders.run("update", &old).await.exits(0).stdout.contains(r#""n":0"#));
    // One that is not there is made, unless a condition forbids it.
    orders.run("update", &["b", "1", "--set", "n=1"]).await.exits(0);
    let args = ["c", "1", "--set", "n=1", "--condition-expression", "attribute_exists(pk)"];
    let refused = orders.run("update", &args).await.exits(254);
    assert!(refused.error().contains("condition"), "{}", refused.error());
    assert_eq!(scan_all(&orders.backend.dynamodb, &orders.table).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_that_is_false_changes_nothing() {
    let orders = Orders::new().await;
    orders.put(r#"{"pk":"a","sk":1,"n":1}"#).await;
    let before = scan_all(&orders.backend.dynamodb, &orders.table).await;
    let values = ["--expression-attribute-values", r#"{":n":2}"#];
    let put = ["--item", r#"{"pk":"a","sk":1,"n":3}"#, "--condition-expression", "n = :n"];
    let refused = orders.run("put", &[&put[..], &values].concat()).await.exits(254);
    assert!(refused.stderr.contains("hint: `ddbkit table get`"), "{}", refused.stderr);
    let delete = ["a", "1", "--condition-expression", "n = :n"];
    orders.run("delete", &[&delete[..], &values].concat()).await.exits(254);
    assert_eq!(scan_all(&orders.backend.dynamodb, &orders.table).await, before);
    let right = ["--expression-attribute-values", r#"{":n":1}"#, "--return-values", "ALL_OLD"];
    let put = orders.run("put", &[&put[..], &right].concat()).await.exits(0);
    assert_eq!(put.stdout.trim(), r#"{"n":1,"pk":"a","sk":1}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_put_and_bad_ones_are_told() {
    let orders = Orders::new().await;
    let lines = concat!(
        "{\"pk\":\"a\",\"sk\":1}\n",
        "{\"pk\":\"b\",\n",
        "\n",
        "{\"pk\":\"c\"}\n",
        "{\"pk\":\"d\",\"sk\":1,\"n\":1}\n",
        "{\"pk\":\"d\",\"sk\":1,\"n\":2}\n",
    );
    let args = ["table", "put", &orders.table, "--item", "-", "--output", "json"];
    let ran = run_with_input(&orders.backend, &args, lines.into()).await.exits(1);
    let put = summary("table put", &ran);
    assert_eq!((&put["written"], &put["rejected"]), (&json!(3), &json!(2)));
    assert!(ran.stderr.contains("line 2: ") && ran.stderr.contains("line 4: "), "{}", ran.stderr);
    // The later of two with one key counts.
    let last = orders.run("get", &["d", "1"]).await.exits(0).stdout;
    assert_eq!(last, "{\"n\":2,\"pk\":\"d\",\"sk\":1}\n");

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("item.json");
    std::fs::write(&file, "{\n  \"pk\": \"e\",\n  \"sk\": 1\n}\n").unwrap();
    let source = format!("@{}", file.display());
    orders.run("put", &["--item", &source]).await.exits(0);
    orders.run("exists", &["e", "1"]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_expires_and_is_waited_for() {
    let backend = Backend::embedded_only().await;
    let table = fresh("table-sessions");
    let create = ["table", "create", &table, "--hash-key", "id:S", "--ttl", "expires", "--wait"];
    run(&backend, &create).await.exits(0);
    let put = ["table", "put", &table, "--item", r#"{"id":"s-1"}"#, "--ttl", "10s"];
    run(&backend, &put).await.exits(0);
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let got = run(&backend, &["table", "get", &table, "s-1"]).await.exits(0).stdout;
    let expires = serde_json::from_str::<Value>(&got).unwrap()["expires"].as_u64().unwrap();
    assert!((now + 5..=now + 11).contains(&expires), "{got} at {now}");

    let wait = ["table", "get", &table, "s-1", "--wait-gone", "--output", "json"];
    let there = run(&backend, &[&wait[..], &["--timeout", "50ms"]].concat()).await.exits(1);
    assert_eq!(summary("table get", &there)["found"], true);
    let waiting = run(&backend, &wait);
    let expiring = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let delete = ["table", "delete", &table, "s-1"];
        run(&backend, &delete).await.exits(0);
    };
    let (gone, ()) = tokio::join!(waiting, expiring);
    let gone = summary("table get", &gone.exits(0));
    assert_eq!(gone["found"], false);
    assert!(gone["waited_seconds"].as_f64().unwrap() > 0.0, "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn binary_keys_are_base64() {
    let backend = backend().await;
    let table = backend.table("table-binary", KeySchema::hash("id", ScalarAttributeType::B)).await;
    let put = ["table", "put", &table, "--item", r#"{"id":{"$binary":"AQI="},"n":1}"#];
    run(&backend, &put).await.exits(0);
    let got = run(&backend, &["table", "get", &table, "AQI="]).await.exits(0).stdout;
    assert_eq!(got, "{\"id\":{\"$binary\":\"AQI=\"},\"n\":1}\n");
}

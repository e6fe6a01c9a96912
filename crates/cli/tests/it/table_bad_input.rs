//! What `ddbkit table` says of what is wrong: one line with the place, the right exit code, a hint.

use crate::e2e::program::{run, run_with_input};
use crate::table_items::Orders;
use ddbkit_testkit::{backend, scan_all};

#[tokio::test(flavor = "multi_thread")]
async fn keys_must_be_those_of_the_table() {
    let orders = Orders::new().await;
    for (args, expected) in [
        (vec!["a"], "has the sort key sk (N), and none is given"),
        (vec!["a", "one"], "RANGE is \"one\", no number, and sk is N"),
        (vec!["", "1"], "HASH is empty, and pk is S"),
        (vec!["--key", r#"{"pk":"a"}"#], "--key lacks \"sk\""),
        (vec!["--key", r#"{"pk":"a","sk":"1"}"#], "\"sk\" has another type"),
        (vec!["--key", r#"{"pk":"a","sk":1,"x":1}"#], "\"x\" is no key attribute"),
        (vec!["--key", r#"{"pk":"a","sk":}"#], "--key is no JSON: "),
        (vec!["--key", "[1]"], "--key is no JSON: "),
        (
            vec!["--key", r#"{"pk":"a","sk":1}"#, "--format", "dynamodb-json"],
            "--key is no DynamoDB JSON: ",
        ),
    ] {
        for command in ["get", "delete", "exists"] {
            let ran = orders.run(command, &args).await.exits(252);
            assert!(ran.error().contains(expected), "{command} {args:?}: {}", ran.error());
        }
    }
    // The parser of arguments says these.
    for args in [vec![], vec!["a", "1", "--key", "{}"]] {
        orders.run("get", &args).await.exits(252);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sort_key_too_many() {
    let backend = backend().await;
    let schema =
        ddbkit_testkit::KeySchema::hash("id", aws_sdk_dynamodb::types::ScalarAttributeType::S);
    let table = backend.table("table-one-key", schema).await;
    let ran = run(&backend, &["table", "get", &table, "a", "1"]).await.exits(252);
    assert!(ran.error().contains("has no sort key"), "{}", ran.error());
}

#[tokio::test(flavor = "multi_thread")]
async fn items_that_are_none_are_told_with_their_place() {
    let orders = Orders::new().await;
    for (item, exit, expected) in [
        (r#"{"pk":"a","sk":1,"n":tru}"#, 252, "byte 21, attribute $.n"),
        (r#"{"pk":"a""#, 252, "--item is no JSON"),
        ("[]", 252, "--item is no JSON"),
        (r#"{"pk":"a","sk":1,"n":1e400}"#, 252, "$.n"),
        (r#"{"pk":"a"}"#, 252, "\"sk\" is missing"),
        (r#"{"pk":1,"sk":1}"#, 254, "ValidationException"),
    ] {
        let ran = orders.run("put", &["--item", item]).await.exits(exit);
        assert!(ran.error().contains(expected), "{item}: {}", ran.error());
        assert!(!ran.stderr.contains("Wrote"), "{}", ran.stderr);
    }
    let missing = orders.run("put", &["--item", "@/no/such/file"]).await.exits(255);
    assert!(missing.error().contains("/no/such/file"), "{}", missing.error());
    assert_eq!(scan_all(&orders.backend.dynamodb, &orders.table).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn expressions_that_do_not_fit() {
    let orders = Orders::new().await;
    orders.put(r#"{"pk":"a","sk":1}"#).await;
    for (command, args, exit, expected) in [
        ("update", vec!["a", "1", "--set", "n={\"x\":"], 252, "the value of --set n is no JSON"),
        ("update", vec!["a", "1", "--set", "a..b=1"], 252, "is no path"),
        ("update", vec!["a", "1", "--set", "n"], 252, ""),
        ("update", vec!["a", "1"], 252, ""),
        ("update", vec!["a", "1", "--update-expression", "SET n ="], 254, "ValidationException"),
        ("update", vec!["a", "1", "--add", "n=one"], 254, ""),
        (
            "update",
            vec!["a", "1", "--set", "n=1", "--expression-names", r##"{"#n":"n"}"##],
            252,
            "there is none",
        ),
        ("delete", vec!["a", "1", "--condition-expression", "n =", "--output", "json"], 254, ""),
        ("query", vec!["a", "--range-key-condition", "like 1"], 252, "is no condition"),
        ("query", vec!["a", "--range-key-condition", "= x"], 252, "no number"),
        ("query", vec!["a", "--filter-expression", "x = :y"], 254, ""),
        ("scan", vec!["--expression-attribute-values", r#"{":a":1}"#], 252, "there is none"),
        ("scan", vec!["--segments", "65"], 252, ""),
        ("put", vec!["--item", r#"{"pk":"a","sk":1}"#, "--ttl", "10s"], 252, "is off"),
        (
            "put",
            vec!["--item", r#"{"pk":"a","sk":1}"#, "--expression-names", "{"],
            252,
            "is no JSON of names",
        ),
    ] {
        let ran = orders.run(command, &args).await.exits(exit);
        assert!(ran.stderr.contains(expected), "{command} {args:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{command} {args:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_not_there_has_a_hint() {
    let backend = backend().await;
    let table = "no-such-table";
    for args in [
        vec!["describe", table],
        vec!["get", table, "a"],
        vec!["put", table, "--item", "{}"],
        vec!["update", table, "a", "--set", "n=1"],
        vec!["delete", table, "a"],
        vec!["exists", table, "a"],
        vec!["query", table, "a"],
        vec!["scan", table],
        vec!["truncate", table, "--yes"],
        vec!["truncate", table, "--yes", "--recreate"],
        vec!["drop", table, "--yes"],
        vec!["ttl", table],
        vec!["stream", table, "--disable"],
    ] {
        let args: Vec<&str> = ["table"].into_iter().chain(args).collect();
        let ran = run(&backend, &args).await.exits(254);
        assert!(ran.error().contains(table), "{args:?}: {}", ran.error());
        assert!(ran.stderr.contains("hint: check the name, the region"), "{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_definition_that_is_none() {
    let backend = backend().await;
    for (args, expected) in [
        (vec![], "--hash-key"),
        (vec!["--hash-key", "pk"], "NAME:TYPE"),
        (vec!["--hash-key", "pk:X"], "NAME:TYPE"),
        (vec!["--hash-key", "pk:S", "--billing", "0:1"], "READ:WRITE"),
        (vec!["--hash-key", "pk:S", "--gsi", "I"], "NAME=ATTRIBUTE:TYPE"),
        (vec!["--hash-key", "pk:S", "--gsi", "I=pk:N"], "\"pk\" is given two types"),
        (vec!["--hash-key", "pk:S", "--lsi", "I=x:N"], "need a table with a sort key"),
    ] {
        let args: Vec<&str> = ["table", "create", "never-made"].into_iter().chain(args).collect();
        let ran = run(&backend, &args).await.exits(252);
        assert!(ran.stderr.contains(expected), "{args:?}: {}", ran.stderr);
    }
    run(&backend, &["table", "exists", "never-made"]).await.exits(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_at_the_endpoint() {
    let backend = backend().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let ran = run(&backend, &["--endpoint-url", &nobody, "table", "list"]).await.exits(253);
    assert!(ran.error().to_lowercase().contains("refused"), "{}", ran.error());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_in_the_midst_tells_what_was_written() {
    let orders = Orders::new().await;
    let lines = "{\"pk\":\"a\",\"sk\":1}\n{\"pk\":\"b\",\"sk\":1}\n";
    let mut backend = orders.backend;
    let faults = backend.inject_into_dynamodb();
    let rule = faults.inject(
        ddbkit_testkit::Fault::ExpiredCredentials,
        ddbkit_testkit::When::From(2),
        "PutItem",
    );
    let args = ["table", "put", &orders.table, "--item", "-"];
    let ran = run_with_input(&backend, &args, lines.into()).await.exits(253);
    assert!(ran.stderr.contains("Wrote 1 items"), "{}", ran.stderr);
    assert!(rule.injected() > 0);
    assert_eq!(scan_all(&backend.dynamodb, &orders.table).await.len(), 1);
}

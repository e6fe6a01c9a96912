//! `ddbkit table query` and `scan`.

use crate::e2e::program::{Ran, command, finish, run};
use crate::table_items::{Orders, summary};
use crate::table_whole::fresh;
use ddbkit_testkit::{Backend, Fault, When, backend, items, put_all};
use serde_json::{Value, json};

fn numbers(ran: &Ran) -> Vec<u64> {
    let items = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    items.map(|item| item["sk"].as_u64().unwrap()).collect()
}

async fn customer() -> Orders {
    let orders = Orders::new().await;
    let lines: String = (1..=9)
        .map(|n| format!("{{\"pk\":\"a\",\"sk\":{n},\"odd\":{}}}\n", n % 2 == 1))
        .chain(["{\"pk\":\"b\",\"sk\":1}\n".to_owned()])
        .collect();
    let args = ["table", "put", &orders.table, "--item", "-"];
    crate::e2e::program::run_with_input(&orders.backend, &args, lines.into()).await.exits(0);
    orders
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_is_queried() {
    let orders = customer().await;
    let all = orders.run("query", &["a", "--output", "json"]).await.exits(0);
    assert_eq!(numbers(&all), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let told = summary("table query", &all);
    assert_eq!(
        (&told["items"], &told["scanned"], &told["pages"]),
        (&json!(9), &json!(9), &json!(1))
    );
    assert!(told["consumed_capacity_units"].as_f64().unwrap() > 0.0, "{told}");

    for (condition, expected) in [
        ("= 3", vec![3]),
        ("< 3", vec![1, 2]),
        ("<= 3", vec![1, 2, 3]),
        ("> 7", vec![8, 9]),
        (">= 7", vec![7, 8, 9]),
        ("between 4 and 6", vec![4, 5, 6]),
    ] {
        let ran = orders.run("query", &["a", "--range-key-condition", condition]).await.exits(0);
        assert_eq!(numbers(&ran), expected, "{condition}");
    }
    let last = ["a", "--descending", "--limit", "2", "--page-size", "1"];
    let last = orders.run("query", &last).await.exits(0);
    assert_eq!(numbers(&last), [9, 8]);
    let filter = [
        "a",
        "--filter-expression",
        "#o = :o",
        "--expression-attribute-names",
        r##"{"#o":"odd"}"##,
        "--expression-attribute-values",
        r#"{":o":false}"#,
        "--page-size",
        "4",
        "--output",
        "json",
    ];
    let even = orders.run("query", &filter).await.exits(0);
    assert_eq!(numbers(&even), [2, 4, 6, 8]);
    let told = summary("table query", &even);
    assert_eq!((&told["items"], &told["scanned"]), (&json!(4), &json!(9)));
    assert!(told["pages"].as_u64().unwrap() >= 3, "{told}");
    let projected = ["a", "--limit", "1", "--projection", "odd", "--consistent"];
    let projected = orders.run("query", &projected).await.exits(0).stdout;
    assert_eq!(projected, "{\"odd\":true,\"pk\":\"a\",\"sk\":1}\n");
    let none = orders.run("query", &["c"]).await.exits(0);
    assert_eq!(none.stdout, "");
    assert!(none.stderr.contains("0 items"), "{}", none.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_queried_by_its_own_key() {
    let backend = backend().await;
    let table = fresh("table-log");
    let create = [
        "table",
        "create",
        &table,
        "--hash-key",
        "updated_at:S",
        "--gsi",
        "Status=status:S,updated_at:S",
        "--wait",
    ];
    run(&backend, &create).await.exits(0);
    for (at, status) in [("2026-03-14", "done"), ("2026-03-15", "open"), ("2026-04-01", "done")] {
        let item = format!(r#"{{"updated_at":"{at}","status":"{status}"}}"#);
        run(&backend, &["table", "put", &table, "--item", &item]).await.exits(0);
    }
    let query = ["table", "query", &table, "done", "--index", "Status"];
    let done = run(&backend, &query).await.exits(0);
    assert_eq!(done.stdout.lines().count(), 2, "{}", done.stdout);
    let march = [&query[..], &["--range-key-condition", "begins_with 2026-03"]].concat();
    let march = run(&backend, &march).await.exits(0);
    assert_eq!(march.stdout, "{\"status\":\"done\",\"updated_at\":\"2026-03-14\"}\n");
    let scanned = ["table", "scan", &table, "--index", "Status", "--output", "json"];
    let scanned = run(&backend, &scanned).await.exits(0);
    assert_eq!(summary("table scan", &scanned)["index"], "Status");
    assert_eq!(scanned.stdout.lines().count(), 3);
    let unknown = ["table", "query", &table, "x", "--index", "None"];
    let unknown = run(&backend, &unknown).await.exits(252);
    assert!(unknown.error().contains("its indexes are: Status"), "{}", unknown.error());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_scanned_in_segments() {
    let orders = Orders::new().await;
    put_all(&orders.backend.dynamodb, &orders.table, (0..90).map(|n| items::item(2, n))).await;
    for segments in ["1", "4"] {
        let args = ["--segments", segments, "--page-size", "7", "--output", "json"];
        let ran = orders.run("scan", &args).await.exits(0);
        let mut lines: Vec<&str> = ran.stdout.lines().collect();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), 90, "{segments}");
        let told = summary("table scan", &ran);
        assert_eq!((&told["items"], &told["scanned"]), (&json!(90), &json!(90)));
    }
    let some = orders.run("scan", &["--segments", "3", "--limit", "5"]).await.exits(0);
    assert_eq!(some.stdout.lines().count(), 5);
    let tagged = orders.run("scan", &["--limit", "1", "--format", "dynamodb-json"]).await.exits(0);
    assert!(tagged.stdout.contains(r#""pk":{"S":"#), "{}", tagged.stdout);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_scan_ends_with_whole_lines() {
    let backend = Backend::embedded_only().await;
    let table = backend.table("table-scan-stop", ddbkit_testkit::KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..40).map(|n| items::item(2, n))).await;
    // A page, and then nothing for long.
    let slow = Fault::Delay(std::time::Duration::from_mins(1));
    let rule = backend.faults().inject(slow, When::From(3), "Scan");
    let args = ["table", "scan", &table, "--page-size", "5"];
    let child = command(&backend, &args).spawn().unwrap();
    let pid = child.id().unwrap().to_string();
    while rule.injected() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    tokio::process::Command::new("kill").args(["-INT", &pid]).status().await.unwrap();
    let ran = finish(child).await.exits(130);
    assert_eq!(numbers(&ran).len(), 10);
    assert!(ran.stderr.contains("10 items of 10"), "{}", ran.stderr);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_has_seen_enough_ends_the_scan() {
    let orders = Orders::new().await;
    put_all(&orders.backend.dynamodb, &orders.table, (0..50).map(|n| items::item(2, n))).await;
    let program = env!("CARGO_BIN_EXE_ddbkit");
    let line = format!("'{program}' table scan {} --page-size 1 | head -n 1", orders.table);
    let mut shell = tokio::process::Command::new("bash");
    shell.args(["-o", "pipefail", "-c", &line]).env_clear().envs(orders.backend.aws_env());
    shell.env("PATH", std::env::var("PATH").unwrap());
    let output = shell.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 1);
}

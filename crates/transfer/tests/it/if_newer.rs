//! Loads that replace an item only by a newer one.

use crate::support::{dump, filled, open};
use ddbkit_codec::Item;
use ddbkit_flow::{CapacityUnits, Control};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema, backend, put_all, scan_all};
use ddbkit_transfer::{Load, LoadReport, TransferErrorKind, WriteMode, WritePath};
use std::collections::BTreeMap;
use std::path::Path;

/// An item of key `n` from `side`, with more attributes.
fn item(n: u32, side: &str, more: &str) -> String {
    format!(r#"{{"pk":{{"S":"k"}},"sk":{{"N":"{n}"}},"side":{{"S":"{side}"}}{more}}}"#)
}

async fn load_lines(
    backend: &Backend,
    table: &str,
    lines: &[String],
    attribute: &str,
    rejects: &Path,
) -> LoadReport {
    let load = Load::builder(backend.dynamodb.clone(), table)
        .mode(WriteMode::IfNewer(attribute.to_owned()))
        .rejects(rejects);
    let lines = std::io::Cursor::new(lines.join("\n"));
    load.build().from_reader(lines, "lines", &Control::new()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_newer_item_replaces_one() {
    let backend = backend().await;
    let table = backend.table("newer", KeySchema::default()).await;
    // What the table has, what the source has, and which of them is to stay.
    let number = |n: &str| format!(r#","at":{{"N":"{n}"}}"#);
    let string = |text: &str| format!(r#","at":{{"S":"{text}"}}"#);
    let none = String::new;
    let rows = [
        (Some(number("9")), number("10"), "source"),
        (Some(number("10")), number("9"), "table"),
        (Some(number("10")), number("1e1"), "table"),
        (Some(number("-2")), number("-1.5"), "source"),
        (Some(string("2024-01-09")), string("2024-01-10"), "source"),
        (Some(string("b")), string("a"), "table"),
        (Some(none()), number("1"), "table"),
        (None, number("1"), "source"),
        (Some(number("1")), none(), "table"),
        (Some(number("1")), string("2"), "table"),
        (Some(string("1")), number("2"), "table"),
        (None, r#","at":{"BOOL":true}"#.to_owned(), "neither"),
    ];
    let there = (0..).zip(&rows).filter_map(|(n, (there, _, _))| {
        let json = item(n, "table", there.as_ref()?);
        Some(Item::from_dynamodb_json(json.as_bytes()).unwrap())
    });
    put_all(&backend.dynamodb, &table, there.collect::<Vec<_>>()).await;
    let lines: Vec<_> = (0..).zip(&rows).map(|(n, (_, new, _))| item(n, "source", new)).collect();
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("rejects.json");
    let report = load_lines(&backend, &table, &lines, "at", &rejects).await;

    let after = scan_all(&backend.dynamodb, &table).await;
    let sides: BTreeMap<String, String> = after
        .iter()
        .map(|item| {
            let item: serde_json::Value = serde_json::from_str(&item.to_dynamodb_json()).unwrap();
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            (text(&item["sk"]["N"]), text(&item["side"]["S"]))
        })
        .collect();
    for (n, (there, new, side)) in rows.iter().enumerate() {
        let found = sides.get(&n.to_string()).map_or("neither", |side| side);
        assert_eq!(found, *side, "row {n}: {there:?} in the table, {new}");
    }
    assert_eq!(report.path, WritePath::ConditionalPut);
    assert_eq!((report.read, report.written, report.rejected), (12, 4, 5));
    assert_eq!((report.not_newer, report.skipped_different, report.already_equal), (3, 0, 0));
    let reasons = std::fs::read_to_string(dir.path().join("rejects.json.errors.jsonl")).unwrap();
    let times = [
        ("at is missing, which", 1),
        ("at is missing in the item", 1),
        ("another type", 2),
        ("no number or string", 1),
    ];
    for (reason, times) in times {
        assert_eq!(reasons.matches(reason).count(), times, "{reason} in {reasons}");
    }

    // Refused puts of one unit each: three not newer, two of another type there, one without it.
    assert_eq!(report.consumed_by_refused, CapacityUnits::new(6.0).unwrap());

    // What was written is found equal, not newer.
    let rejects = dir.path().join("again.json");
    let again = load_lines(&backend, &table, &lines, "at", &rejects).await;
    assert_eq!((again.written, again.already_equal, again.not_newer), (0, 4, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attribute_of_the_key_makes_no_item_newer() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "newer-key", 3).await;
    let (source, state) = (Store::memory(), Store::memory());
    dump(&backend.dynamodb, &table, &source).await;
    for (attribute, create, why) in
        [("sk", false, "sk is part of the key"), ("at", true, "creates")]
    {
        let load = Load::builder(backend.dynamodb.clone(), &table)
            .mode(WriteMode::IfNewer(attribute.to_owned()))
            .state(state.clone())
            .create_table(create);
        let error = load.build().from_export(open(&source).await, &Control::new()).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Options);
        assert!(error.to_string().contains(why), "{error}");
    }
    // A load that was refused leaves nothing that is in the way of the next.
    let load = Load::builder(backend.dynamodb.clone(), &table).state(state);
    load.build().from_export(open(&source).await, &Control::new()).await.unwrap();
}

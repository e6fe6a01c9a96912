//! Tables that have something newer than the records.

use super::support::{Exports, STAMP, apply, record, run, values, ways, windows};
use ddbkit_codec::{AttributeValue, Item, Number};
use ddbkit_flow::Control;
use ddbkit_testkit::year::{View, Year};
use ddbkit_testkit::{KeySchema, backend, put_all, scan_all};
use ddbkit_transfer::NewerBy;

#[tokio::test(flavor = "multi_thread")]
async fn with_bookkeeping_windows_go_in_any_order_and_twice() {
    let backend = backend().await;
    let exports = Exports::of(Year::generate(&backend, 41).await, View::NewImage).await;
    let copy = exports.copy_of_base(&backend).await;
    let [_, way, _] = ways();
    let (mut newer, mut again) = (0, 0);
    // Backwards, so that everything newer is there first, deletes too; and each twice.
    for window in (0..12).rev().flat_map(|window| [window, window]) {
        let given = vec![exports.open(window).await];
        let estimate = apply(&backend, &copy, &way).build();
        let estimate = estimate.estimate(given.clone(), &Control::new()).await.unwrap();
        let report = run(apply(&backend, &copy, &way), given).await.unwrap();
        assert_eq!(
            (estimate.puts, estimate.deletes, estimate.newer, estimate.already_applied),
            (report.puts, report.deletes, report.newer, report.already_applied)
        );
        newer += report.newer;
        again += report.already_applied;
    }
    assert!(newer > 100, "{newer}");
    // The second time each record is found: as applied, or as older than what was found before.
    assert!(again > 100, "{again}");
    exports.assert_equal(&backend, &copy, &way).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_item_stays_deleted_by_its_note_only() {
    let backend = backend().await;
    let exports = windows(vec![
        vec![record(1, 10, Some("old")), record(2, 11, Some("old"))],
        vec![record(1, 20, None), record(2, 21, Some("new"))],
    ])
    .await;
    for way in ways() {
        let copy = backend.table("notes", KeySchema::default()).await;
        run(apply(&backend, &copy, &way), exports.open_all(0..2).await).await.unwrap();
        let first = vec![exports.open(0).await];
        let report = run(apply(&backend, &copy, &way), first).await.unwrap();
        let (newer, expected) = match way {
            // In order and once, as it says.
            NewerBy::Order => (0, vec![("1", "old"), ("2", "old")]),
            // An attribute is gone with its item.
            NewerBy::Attribute(_) => (1, vec![("1", "old"), ("2", "new")]),
            NewerBy::Bookkeeping(_) => (2, vec![("2", "new")]),
        };
        let expected = expected.into_iter().map(|(n, value)| (n.to_owned(), value.to_owned()));
        assert_eq!(values(&backend, &copy).await, expected.collect::<Vec<_>>(), "{way:?}");
        assert_eq!(report.newer, newer, "{way:?}");
        if let NewerBy::Bookkeeping(notes) = &way {
            let notes = scan_all_notes(&backend, notes).await;
            assert_eq!(notes, [("20".to_owned(), true), ("21".to_owned(), false)]);
        }
    }
}

/// The times and the marks of deletes in a bookkeeping, by time.
async fn scan_all_notes(backend: &ddbkit_testkit::Backend, table: &str) -> Vec<(String, bool)> {
    let notes = scan_all(&backend.dynamodb, table).await;
    let mut notes: Vec<_> = notes
        .iter()
        .map(|note| {
            let (Some(AttributeValue::N(micros)), Some(AttributeValue::Bool(deleted))) =
                (note.get("writeTimestampMicros"), note.get("deleted"))
            else {
                panic!("{note:?}")
            };
            assert!(
                matches!(note.get("key"), Some(AttributeValue::M(key)) if key.iter().count() == 2)
            );
            (micros.to_string(), *deleted)
        })
        .collect();
    notes.sort();
    notes
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_with_a_later_time_stays() {
    let backend = backend().await;
    let copy = backend.table("stamped", KeySchema::default()).await;
    let stamped = |n: u32, stamp: AttributeValue| {
        let mut item: Item = super::support::item(n, "there");
        item.insert(STAMP, stamp);
        item
    };
    let number = |micros: u64| AttributeValue::N(Number::from(micros));
    let there = [
        stamped(1, number(50)),
        stamped(2, number(5)),
        super::support::item(3, "there"),
        stamped(4, AttributeValue::S("50".to_owned())),
        stamped(5, number(50)),
        stamped(6, number(5)),
    ];
    put_all(&backend.dynamodb, &copy, there).await;
    let puts = (1..5).map(|n| record(n, 20, Some("new")));
    let deletes = (5..8).map(|n| record(n, 20, None));
    let exports = windows(vec![puts.chain(deletes).collect()]).await;
    let way = NewerBy::Attribute(STAMP.to_owned());
    let dir = tempfile::tempdir().unwrap();
    let apply = apply(&backend, &copy, &way).rejects(dir.path().join("rejects.json"));
    let report = run(apply, exports.open_all(0..1).await).await.unwrap();
    let values = values(&backend, &copy).await;
    let values: Vec<_> = values.iter().map(|(n, value)| (n.as_str(), value.as_str())).collect();
    assert_eq!(
        values,
        [("1", "there"), ("2", "new"), ("3", "new"), ("4", "there"), ("5", "there")]
    );
    assert_eq!((report.puts, report.deletes, report.newer, report.rejected), (2, 2, 2, 1));
    let reasons = std::fs::read_to_string(dir.path().join("rejects.json.errors.jsonl")).unwrap();
    assert!(reasons.contains("appliedAt of the item in the table is no number"), "{reasons}");
}

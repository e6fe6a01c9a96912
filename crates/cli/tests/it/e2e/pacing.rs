//! Pace and skew, as the program tells them.

use crate::e2e::program::run;
use ddbkit_testkit::{KeySchema, backend, items, put_all};

#[tokio::test(flavor = "multi_thread")]
async fn the_pace_is_said_at_the_start_and_in_the_summary() {
    let backend = backend().await;
    let table = backend.table("cli-pace", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..50).map(|n| items::item(5, n))).await;
    let folder = tempfile::tempdir().unwrap();
    let dest = folder.path().join("dump").display().to_string();

    let pace = ["--read-capacity", "400", "--output", "json"];
    let ran = run(&backend, &[&["dump", &table, &dest], &pace[..]].concat()).await.exits(0);
    assert!(ran.stderr.contains("Pace: 400 units a second\n"), "{}", ran.stderr);
    let json = ran.json();
    assert_eq!(json["pace"]["asked"], "400");
    assert_eq!(json["pace"]["units_per_second"], 400.0);
    assert_eq!(json["pace"]["processes"], 1);
    assert!(json["consumed_by_index"].is_object() && json["throttles"].is_u64(), "{json}");
    let segments = json["longest_segments"].as_array().unwrap();
    assert!((1..=10).contains(&segments.len()), "{json}");
    for key in ["segment", "items", "bytes", "share", "consumed_capacity_units", "seconds"] {
        assert!(segments[0][key].is_number(), "{key} in {json}");
    }

    let load = ["load", &dest, &table, "--write-capacity", "none", "--output", "json"];
    let ran = run(&backend, &load).await.exits(0);
    assert!(ran.stderr.contains("Pace: no limit on units"), "{}", ran.stderr);
    let json = ran.json();
    assert_eq!(
        (&json["pace"]["asked"], json["pace"]["units_per_second"].is_null()),
        (&"none".into(), true)
    );

    let ran = run(&backend, &["dump", &table, &dest, "--read-capacity", "150%"]).await.exits(252);
    assert!(ran.stderr.contains("a share like 50%"), "{}", ran.stderr);
}

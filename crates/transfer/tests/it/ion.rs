//! Exports in Amazon Ion are loaded and compared like all others.

use crate::readers::write_ion;
use crate::support::{compare, dump, load, open, write_export};
use ddbkit_codec::Item;
use ddbkit_export::{ExportId, OutputFormat, VerifyOptions, verify};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::{KeySchema, backend, items, put_all, scan_all};
use ddbkit_transfer::WriteMode;
use std::time::SystemTime;

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_table_comes_back_from_ion() {
    let backend = backend().await;
    let table = backend.table("ion", KeySchema::default()).await;
    let edges = items::edge_items().into_iter().map(|(_, item)| item);
    put_all(&backend.dynamodb, &table, edges).await;
    put_all(&backend.dynamodb, &table, (0..500).map(|n| items::item(7, n))).await;
    let (json, ion) = (Store::memory(), Store::memory());
    dump(&backend.dynamodb, &table, &json).await;
    write_ion(&json, &ion, "bucket", ExportId::generate(SystemTime::now(), 7)).await;
    assert_eq!(open(&ion).await.summary().output_format, OutputFormat::Ion);
    let options = VerifyOptions::default();
    let verified = verify(&open(&ion).await, &options, &Control::new()).await.unwrap();
    assert!(verified.is_ok(), "{:?}", verified.faults());

    let before = scan_all(&backend.dynamodb, &table).await;
    for mode in [WriteMode::SkipExisting, WriteMode::Overwrite] {
        let copy = backend.table("ion-copy", KeySchema::default()).await;
        let report = load(&backend.dynamodb, &copy, &ion, |load| load.mode(mode)).await;
        assert_eq!((report.written, report.rejected), (before.len() as u64, 0));
        assert!(compare(&backend.dynamodb, &copy, &json, false).await.equal);
        let compared = compare(&backend.dynamodb, &table, &ion, false).await;
        assert!(compared.equal, "{:?}", compared.differences);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_are_no_items_are_set_aside_with_their_line_and_the_reason() {
    let backend = backend().await;
    let table = backend.table("ion", KeySchema::default()).await;
    let store = Store::memory();
    let ion = "$ion_1_0 {Item:{pk:\"a\",sk:1.}}\n$ion_1_0 {Item:{pk:\"b\",sk:1e0}}\n$ion_1_0 {Item:{pk:\"c\",sk:3.}}\n$ion_1_0 {Item:{pk:\"d\"}}\n";
    write_export(&store, OutputFormat::Ion, ion, 4).await;
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("rejects");
    let report = load(&backend.dynamodb, &table, &store, |load| load.rejects(&rejects)).await;
    assert_eq!((report.read, report.written, report.rejected), (4, 2, 2));
    let keys: Vec<_> = scan_all(&backend.dynamodb, &table).await;
    assert_eq!(keys, ["a", "c"].map(|pk| keyed(pk, if pk == "a" { "1" } else { "3" })));
    let kept = std::fs::read_to_string(&rejects).unwrap();
    let reasons = std::fs::read_to_string(dir.path().join("rejects.errors.jsonl")).unwrap();
    let mut told: Vec<_> = kept.lines().zip(reasons.lines()).collect();
    told.sort_unstable();
    assert_eq!(told[0].0, "$ion_1_0 {Item:{pk:\"b\",sk:1e0}}");
    assert!(told[0].1.contains("\"line\":2") && told[0].1.contains("$.sk"), "{}", told[0].1);
    assert!(told[1].1.contains("\"line\":4"), "{}", told[1].1);
}

fn keyed(pk: &str, sk: &str) -> Item {
    let json = format!(r#"{{"pk":{{"S":"{pk}"}},"sk":{{"N":"{sk}"}}}}"#);
    Item::from_dynamodb_json(json.as_bytes()).unwrap()
}

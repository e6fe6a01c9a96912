//! AWS Data Pipeline, the EMR export tool, and Hive.

use crate::support::{found, gzip, items, store};
use ddbkit_foreign::Format;

const LINES: &str = "{\"Id\":{\"n\":\"103\"},\"Tags\":{\"sS\":[\"a\",\"b\"]},\"Ok\":{\"bOOL\":true},\"X\":{\"nULL\":true},\"Bin\":{\"b\":\"AAE=\"}}\n{\"Id\":{\"n\":\"104\"},\"M\":{\"m\":{\"in\":{\"l\":[{\"s\":\"x\"}]}}}}\n";
const ITEMS: [&str; 2] = [
    r#"{"Id":{"N":"103"},"Tags":{"SS":["a","b"]},"Ok":{"BOOL":true},"X":{"NULL":true},"Bin":{"B":"AAE="}}"#,
    r#"{"Id":{"N":"104"},"M":{"M":{"in":{"L":[{"S":"x"}]}}}}"#,
];

fn manifest(files: &[&str]) -> String {
    let entry = |file: &&str| format!("{{\"url\":\"s3://old/place/{file}\",\"mandatory\":true}}");
    let entries: Vec<_> = files.iter().map(entry).collect();
    format!(
        "{{\"name\":\"DynamoDB-export\",\"version\":3,\n\"entries\": [\n{}\n]}}",
        entries.join(",\n")
    )
}

#[tokio::test]
async fn an_export_is_read_by_its_manifest_wherever_it_lies_now() {
    let (first, second) = ("5f0e3b8c-1", "7a1c-2.gz");
    let manifest = manifest(&[first, second]);
    let gzipped = gzip(LINES.as_bytes());
    let store = store([
        ("2015/manifest", manifest.as_bytes()),
        ("2015/5f0e3b8c-1", LINES.as_bytes()),
        ("2015/7a1c-2.gz", &gzipped),
        ("2015/_SUCCESS", b""),
    ])
    .await;
    for name in ["2015", ""] {
        let found = found(&store, name).await;
        assert_eq!(found.format, Format::Pipeline, "{name}");
        assert!(found.table(None).unwrap().faults.is_empty());
    }
    assert_eq!(items(&store, "2015").await, [ITEMS, ITEMS].concat());
}

#[tokio::test]
async fn a_file_that_the_manifest_names_and_that_is_missing_is_a_fault() {
    let manifest = manifest(&["a", "b"]);
    let store = store([("manifest", manifest.as_bytes()), ("a", LINES.as_bytes())]).await;
    let found = found(&store, "").await;
    assert_eq!(found.table(None).unwrap().faults, ["b is missing, but the manifest names it"]);
}

#[tokio::test]
async fn files_without_a_manifest_are_read_as_a_folder() {
    let store =
        store([("d/a", LINES.as_bytes()), ("d/b", LINES.as_bytes()), ("d/_SUCCESS", b"")]).await;
    assert_eq!(found(&store, "d").await.format, Format::OldCasing);
    assert_eq!(items(&store, "d").await.len(), 4);
}

#[tokio::test]
async fn the_form_of_hive_is_read() {
    let text = "id\x03{\"s\":\"Seattle\"}\x02scores\x03{\"nS\":[\"100\"]}\n";
    let store = store([("000000_0", text.as_bytes())]).await;
    assert_eq!(found(&store, "000000_0").await.format, Format::Hive);
    let expected = [r#"{"id":{"S":"Seattle"},"scores":{"NS":["100"]}}"#];
    assert_eq!(items(&store, "000000_0").await, expected);
}

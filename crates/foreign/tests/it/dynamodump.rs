//! dynamodump: folders and archives.

use crate::support::{found, items, read, store};
use ddbkit_foreign::{Container, ForeignErrorKind, Format, LostValues};
use std::io::{Cursor, Write};

const SCHEMA: &str = r#"{
  "Table": {
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "TableStatus": "ACTIVE",
    "CreationDateTime": "2026-11-20 19:34:18.470000+00:00",
    "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
    "TableSizeBytes": 100,
    "ItemCount": 3,
    "TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/orders",
    "GlobalSecondaryIndexes": [{
      "IndexName": "by-x", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
      "Projection": {"ProjectionType": "ALL"}, "IndexStatus": "ACTIVE",
      "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}
    }]
  },
  "ResponseMetadata": {"HTTPStatusCode": 200}
}"#;

fn page(keys: &[&str], has_more: bool) -> String {
    let items: Vec<_> = keys
        .iter()
        .map(|pk| {
            format!("    {{\n      \"pk\": {{\n        \"S\": \"{pk}\"\n      }},\n      \"l\": {{\"L\": [{{\"B\": \"AAE=\"}}]}}\n    }}")
        })
        .collect();
    let count = keys.len();
    let more = if has_more { ",\n  \"LastEvaluatedKey\": {\"pk\": {\"S\": \"x\"}}" } else { "" };
    format!(
        "{{\n  \"Items\": [\n{}\n  ],\n  \"Count\": {count},\n  \"ScannedCount\": {count}{more}\n}}",
        items.join(",\n")
    )
}

fn line(pk: &str) -> String {
    format!("{{\"pk\":{{\"S\":\"{pk}\"}},\"l\":{{\"L\":[{{\"B\":\"AAE=\"}}]}}}}")
}

/// Paths and contents of a dump with two tables.
fn dump() -> Vec<(&'static str, String)> {
    vec![
        ("dump/orders/schema.json", SCHEMA.to_owned()),
        ("dump/orders/data/0001.json", page(&["a", "b"], true)),
        ("dump/orders/data/0002.json", page(&["c"], false)),
        ("dump/users/schema.json", SCHEMA.replace("orders", "users")),
        ("dump/users/data/0001.json", page(&[], false)),
    ]
}

#[tokio::test]
async fn a_folder_is_read_page_by_page_and_describes_its_table() {
    let dump = dump();
    let objects: Vec<_> = dump.iter().map(|(key, text)| (*key, text.as_bytes())).collect();
    let store = store::<5>(objects.try_into().unwrap()).await;
    let all = found(&store, "dump").await;
    assert_eq!((all.format, all.container), (Format::Dynamodump, Container::Files));
    let error = all.table(None).unwrap_err();
    assert_eq!(error.kind(), ForeignErrorKind::SeveralTables);
    assert!(error.to_string().ends_with("orders, users"), "{error}");
    let table = all.table(Some("orders")).unwrap();
    assert!(table.faults.is_empty(), "{:?}", table.faults);
    let descriptor = table.descriptor.as_ref().unwrap();
    assert_eq!(descriptor.table_name(), "orders");
    assert_eq!(descriptor.key_schema().unwrap().hash.name, "pk");
    let index = &descriptor.create_table.global_secondary_indexes[0];
    assert_eq!(index.provisioned_throughput.unwrap().write_capacity_units, 2);
    let read = read(&all, Some("orders"), LostValues::Reject).await;
    assert_eq!(read.items, ["a", "b", "c"].map(line));

    let one = found(&store, "dump/orders").await;
    assert_eq!(one.table(None).unwrap().name, "orders");
    assert_eq!(items(&store, "dump/orders").await.len(), 3);
    // A page alone is an answer of Scan.
    assert_eq!(found(&store, "dump/orders/data/0001.json").await.format, Format::ScanPages);
}

#[tokio::test]
async fn a_dump_that_broke_off_says_so() {
    let page = page(&["a"], true);
    let store =
        store([("t/schema.json", SCHEMA.as_bytes()), ("t/data/0002.json", page.as_bytes())]).await;
    let faults = found(&store, "t").await.tables[0].faults.join("; ");
    assert!(faults.contains("page 1 is missing") && faults.contains("broke off"), "{faults}");
}

fn tar() -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, text) in dump() {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in dump() {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        archive.start_file(path, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn archives_are_read_as_they_stream_by() {
    let (tar, zip) = (tar(), zip());
    let packed = bzip2(&tar);
    let store =
        store([("dump.tar.bz2", &packed[..]), ("dump.tar", &tar), ("dump.zip", &zip)]).await;
    for (name, container) in [
        ("dump.tar.bz2", Container::Tar),
        ("dump.tar", Container::Tar),
        ("dump.zip", Container::Zip),
    ] {
        let found = found(&store, name).await;
        assert_eq!(found.container, container);
        let names: Vec<_> =
            found.tables.iter().map(|table| (table.name.as_str(), table.items)).collect();
        assert_eq!(names, [("orders", Some(3)), ("users", Some(0))], "{name}");
        let read = read(&found, Some("orders"), LostValues::Reject).await;
        assert_eq!(read.items, ["a", "b", "c"].map(line), "{name}");
        assert!(read.end.is_none() && read.refused.is_empty(), "{read:?}");
    }
}

#[tokio::test]
async fn an_archive_that_is_cut_off_is_damaged() {
    let packed = bzip2(&tar());
    let zip = zip();
    let store =
        store([("a.tar.bz2", &packed[..packed.len() - 20]), ("a.zip", &zip[..zip.len() / 3])])
            .await;
    for name in ["a.tar.bz2", "a.zip"] {
        let result = ddbkit_foreign::detect(&store, name).await;
        assert!(!matches!(&result, Ok(Some(_))), "{name}: {result:?}");
    }
}

//! Incremental exports in Amazon Ion.

use super::support::{apply, run, values, ways};
use ddbkit_export::ExportReader;
use ddbkit_store::{PutOptions, Store};
use ddbkit_testkit::{KeySchema, backend};

/// Two records as AWS shows them, one bare, and one value that is no record.
const RECORDS: &str = r#"$ion_1_0 {Record:{Keys:{pk:"k",sk:1.},Metadata:{WriteTimestampMicros:1684374845117899.},NewImage:{pk:"k",sk:1.,v:"new"}}}
$ion_1_0 {Record:{Keys:{pk:"k",sk:2.},Metadata:{WriteTimestampMicros:1684374845117900.},OldImage:{pk:"k",sk:2.,v:"old"}}}
$ion_1_0 {Keys:{pk:"k",sk:3.},Metadata:{WriteTimestampMicros:1684374845117901.},NewImage:{pk:"k",sk:3.,v:"bare"}}
$ion_1_0 {Item:{pk:"k",sk:4.,v:"no record"}}
"#;

#[tokio::test(flavor = "multi_thread")]
async fn records_in_ion_are_applied() {
    let backend = backend().await;
    let store = Store::memory();
    let put = async |key: &str, text: &str| {
        let text = text.to_owned().into();
        store.put(key, text, PutOptions::default()).await.unwrap();
    };
    let files = r#"{"itemCount":4,"dataFileS3Key":"AWSDynamoDB/data/a.ion"}"#;
    let summary = concat!(
        r#"{"version":"2023-08-01","exportFromTime":"2023-05-18T01:00:00.000Z","#,
        r#""exportToTime":"2023-05-18T02:00:00.000Z","itemCount":4,"outputFormat":"ION","#,
        r#""outputView":"NEW_AND_OLD_IMAGES","exportType":"INCREMENTAL_EXPORT"}"#
    );
    put("AWSDynamoDB/data/a.ion", RECORDS).await;
    put("AWSDynamoDB/01684375200000-00000001/manifest-files.json", files).await;
    put("AWSDynamoDB/01684375200000-00000001/manifest-summary.json", summary).await;
    for way in ways() {
        let copy = backend.table("ion", KeySchema::default()).await;
        let dir = tempfile::tempdir().unwrap();
        let rejects = dir.path().join("rejects.json");
        let export = ExportReader::open(store.clone()).await.unwrap();
        let apply = apply(&backend, &copy, &way).rejects(&rejects);
        let report = run(apply, vec![export]).await.unwrap();
        assert_eq!((report.puts, report.deletes, report.rejected), (2, 1, 1), "{way:?}");
        let values = values(&backend, &copy).await;
        let values: Vec<_> = values.iter().map(|(n, value)| (n.as_str(), value.as_str())).collect();
        assert_eq!(values, [("1", "new"), ("3", "bare")]);
        let reasons = dir.path().join("rejects.json.errors.jsonl");
        let reasons = std::fs::read_to_string(reasons).unwrap();
        assert!(reasons.contains(r#""line":4"#), "{reasons}");
    }
}

//! dynein's files, and files of other tools.

use crate::support::{found, items, read, store};
use ddbkit_foreign::{Damage, Format, LostValues};

#[tokio::test]
async fn the_json_forms_of_dynein_are_read() {
    let pretty =
        "[\n  {\n    \"pk\": \"k1\",\n    \"n\": -5.0\n  },\n  {\n    \"pk\": \"k2\"\n  }\n]";
    let compact = r#"[{"pk":"k1","n":-5.0},{"pk":"k2"}]"#;
    let lines = "{\"pk\":\"k1\",\"n\":-5.0}\n{\"pk\":\"k2\"}\n";
    // The last page of the scan was empty.
    let comma = "[\n{\"pk\":\"k1\",\"n\":-5.0},\n{\"pk\":\"k2\"},\n]";
    for (text, format) in [
        (pretty, Format::PlainArray),
        (compact, Format::PlainArray),
        (comma, Format::PlainArray),
        (lines, Format::PlainLines),
    ] {
        let store = store([("orders.json", text.as_bytes())]).await;
        assert_eq!(found(&store, "orders.json").await.format, format, "{text}");
        let expected = [r#"{"pk":{"S":"k1"},"n":{"N":"-5.0"}}"#, r#"{"pk":{"S":"k2"}}"#];
        assert_eq!(items(&store, "orders.json").await, expected, "{text}");
    }
}

#[tokio::test]
async fn numbers_keep_the_digits_that_dynein_left() {
    let text = "{\"pk\":\"a\",\"n\":1.2345678901234568e37,\"i\":12345678901234567890}";
    let store = store([("a.jsonl", text.as_bytes())]).await;
    let items = items(&store, "a.jsonl").await;
    assert!(items[0].contains(r#"{"N":"12345678901234567890"}"#), "{}", items[0]);
    let n = items[0].split("\"n\":").nth(1).unwrap();
    assert!(n.starts_with(r#"{"N":"1.2345678901234568"#), "{n}");
}

#[tokio::test]
async fn a_binary_that_dynein_did_not_write_is_not_loaded_as_its_excuse() {
    let text = "{\"pk\":\"a\",\"l\":[1,\"<<<JSON output doesn't support this type attributes>>>\"]}\n{\"pk\":\"b\"}\n";
    let store = store([("a.jsonl", text.as_bytes())]).await;
    let found = found(&store, "a.jsonl").await;
    assert!(found.format.known_damages().contains(&Damage::LostBinaries));
    let rejected = read(&found, None, LostValues::Reject).await;
    assert_eq!(rejected.items, [r#"{"pk":{"S":"b"}}"#]);
    assert!(rejected.refused[0].1.contains("attribute \"l\": a binary was not written"));
    let dropped = read(&found, None, LostValues::Drop).await;
    assert_eq!(dropped.items[0], r#"{"pk":{"S":"a"},"l":{"L":[{"N":"1"}]}}"#);
    assert_eq!(dropped.damages[&Damage::LostBinaries], 1);
}

#[tokio::test]
async fn a_bad_line_of_jsonl_is_told_and_the_rest_is_read() {
    let text = "{\"pk\":\"a\"}\n{\"pk\":\n{\"pk\":\"c\"}\n{\"pk\":\"d\"}\n";
    let store = store([("a.jsonl", text.as_bytes())]).await;
    let read = read(&found(&store, "a.jsonl").await, None, LostValues::Reject).await;
    let expected = ["a", "c", "d"].map(|pk| format!("{{\"pk\":{{\"S\":\"{pk}\"}}}}"));
    assert_eq!(read.items, expected);
    assert_eq!(read.refused.len(), 1);
    assert!(read.refused[0].0.ends_with("a.jsonl:2"), "{read:?}");
}

#[tokio::test]
async fn csv_of_dynein_with_commas_quotes_nulls_and_joined_pages() {
    let text =
        "pk,sk,Message\n\"k1\",1,\"a, \\\"b\\\"\\nc\"\n\"k2\",2,null\"k3\",3,[\"x\",{\"y\":1}]\n";
    let store = store([("orders.csv", text.as_bytes())]).await;
    let found = found(&store, "orders.csv").await;
    assert_eq!(found.format, Format::PlainCsv);
    let read = read(&found, None, LostValues::Reject).await;
    assert_eq!(
        read.items,
        [
            r#"{"pk":{"S":"k1"},"sk":{"N":"1"},"Message":{"S":"a, \"b\"\nc"}}"#,
            r#"{"pk":{"S":"k2"},"sk":{"N":"2"}}"#,
            r#"{"pk":{"S":"k3"},"sk":{"N":"3"},"Message":{"L":[{"S":"x"},{"M":{"y":{"N":"1"}}}]}}"#,
        ]
    );
    assert_eq!(read.damages[&Damage::JoinedRows], 1);
    assert!(read.refused.is_empty());
}

#[tokio::test]
async fn csv_rows_of_the_wrong_width_are_refused_with_their_line() {
    let text = "pk,n\n\"a\",1\n\"b\"\n\"c\",2,3\n\"d\",12\n1,2\n";
    let store = store([("a.csv", text.as_bytes())]).await;
    let read = read(&found(&store, "a.csv").await, None, LostValues::Reject).await;
    assert_eq!(read.items.len(), 3, "{read:?}");
    let places: Vec<_> =
        read.refused.iter().map(|(place, _)| place.rsplit(':').next().unwrap()).collect();
    assert_eq!(places, ["3", "4"]);
    assert_eq!(read.refused[0].1, "it has 1 columns, not 2");
    assert_eq!(read.refused[1].1, "it has more than 2 columns");
}

#[tokio::test]
async fn binaries_of_dynamo_backup_to_s3_are_what_they_were() {
    let text = r#"{"pk":{"S":"a"},"b":{"B":{"type":"Buffer","data":[0,1]}},"m":{"M":{"bs":{"BS":[{"type":"Buffer","data":[255]}]}}}}"#;
    let store = store([("backup/orders.json", text.as_bytes())]).await;
    let found = found(&store, "backup/orders.json").await;
    assert_eq!(found.table(None).unwrap().name, "orders");
    let read = read(&found, None, LostValues::Reject).await;
    assert!(read.items[0].contains(r#""b":{"B":"AAE="}"#), "{read:?}");
    assert!(read.items[0].contains(r#"{"BS":["/w=="]}"#), "{read:?}");
    assert_eq!(read.damages[&Damage::NodeBuffers], 2);
}

#[tokio::test]
async fn an_empty_file_has_no_items() {
    let store = store([("a.json", b"")]).await;
    assert!(items(&store, "a.json").await.is_empty());
}

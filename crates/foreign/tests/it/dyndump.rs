//! dyndump: files and backups.

use crate::support::{Read, found, gzip, items, read, store};
use ddbkit_foreign::{Damage, ForeignErrorKind, Format, LostValues, detect};

/// What dyndump writes for an item with every type; empty list, map and binary are `{}`.
const ITEM: &str = r#"{"b":{"B":"AAE="},"bool":{"BOOL":false},"bs":{"BS":["eA==","eQ=="]},"eb":{},"el":{},"em":{},"es":{"S":""},"l":{"L":[{"S":"z"},{"B":"MA=="}]},"m":{"M":{"in":{"B":"MA=="},"none":{}}},"n":{"N":"-5"},"ns":{"NS":["1","2.5"]},"null":{"NULL":true},"pk":{"S":"k1"},"s":{"S":"\u003ca\u0026b\u003e"}}"#;

const META: &str = r#"{
  "table_name": "big",
  "table_arn": "arn:aws:dynamodb:us-east-1:000000000000:table/big",
  "status": "completed",
  "backup_type": "full",
  "backup_start_time": "2026-11-20T19:34:18.470415885Z",
  "backup_end_time": "2026-11-20T19:34:18.818572199Z",
  "uncompressed_bytes": 60,
  "compressed_bytes": 80,
  "item_count": 3,
  "part_count": 2
}"#;

async fn with(policy: LostValues) -> Read {
    let text = format!("{ITEM}\n{{\"pk\":{{\"S\":\"k2\"}}}}\n");
    let store = store([("dump.json", text.as_bytes())]).await;
    let found = found(&store, "dump.json").await;
    assert_eq!(found.format, Format::DynamoDbJson);
    read(&found, None, policy).await
}

#[tokio::test]
async fn values_that_dyndump_lost_are_refused_or_become_what_is_asked_for() {
    let rejected = with(LostValues::Reject).await;
    assert_eq!(rejected.items, [r#"{"pk":{"S":"k2"}}"#]);
    let [(place, why)] = rejected.refused.as_slice() else { panic!("{rejected:?}") };
    assert!(place.ends_with("dump.json:1") && why.contains("\"eb\""), "{place} {why}");
    assert_eq!(rejected.texts, [ITEM]);

    let dropped = with(LostValues::Drop).await;
    assert_eq!(dropped.damages[&Damage::EmptyValues], 4);
    assert!(!dropped.items[0].contains("\"eb\"") && !dropped.items[0].contains("\"none\""));
    assert!(dropped.items[0].contains(r#""s":{"S":"<a&b>"}"#), "{}", dropped.items[0]);

    for (policy, empty) in [
        (LostValues::EmptyMap, r#""em":{"M":{}}"#),
        (LostValues::EmptyList, r#""em":{"L":[]}"#),
        (LostValues::EmptyBinary, r#""em":{"B":""}"#),
    ] {
        let filled = with(policy).await;
        assert!(filled.items[0].contains(empty), "{}", filled.items[0]);
        assert!(filled.refused.is_empty());
    }
}

#[tokio::test]
async fn empty_maps_and_lists_that_others_wrote_stay() {
    let text = r#"{"pk":{"S":"a"},"m":{"M":{}},"l":{"L":[{"M":{}}]}}"#;
    let store = store([("a.json", text.as_bytes())]).await;
    assert_eq!(items(&store, "a.json").await, [text]);
}

#[tokio::test]
async fn items_may_follow_each_other_with_any_whitespace() {
    let text = b"{\"pk\":{\"S\":\"a\"}}{\"pk\":\n {\"S\":\"b\"}}\n\n  {\"pk\":{\"S\":\"c\"}}";
    let store = store([("a.json", text)]).await;
    let expected = ["a", "b", "c"].map(|pk| format!("{{\"pk\":{{\"S\":\"{pk}\"}}}}"));
    assert_eq!(items(&store, "a.json").await, expected);
}

#[tokio::test]
async fn a_bad_line_does_not_end_the_reading() {
    let text = concat!(
        "{\"pk\":{\"S\":\"a\"}}\n",
        "{\"pk\":{\"S\":\"b\n",
        "{\"pk\":{\"S\":\"c\"}}\n",
        "rubbish\n",
        "{\"pk\":{\"S\":\"d\"},\"n\":{\"N\":\"x\"}}\n",
        "{\"pk\":\n",
        "{\"pk\":{\"S\":\"e\"}}\n",
        "{\"pk\":{",
    );
    let store = store([("a.json", text.as_bytes())]).await;
    let read = read(&found(&store, "a.json").await, None, LostValues::Reject).await;
    let expected = ["a", "c", "e"].map(|pk| format!("{{\"pk\":{{\"S\":\"{pk}\"}}}}"));
    assert_eq!(read.items, expected);
    let refused = read.refused.iter().zip(&read.texts);
    let refused: Vec<_> = refused
        .map(|((place, why), text)| {
            (place.rsplit(':').next().unwrap(), why.as_str(), text.as_str())
        })
        .collect();
    assert_eq!(refused[0], ("2", "a string is not closed on its line", "{\"pk\":{\"S\":\"b"));
    assert_eq!(refused[1], ("4", "it is no object", "rubbish"));
    assert_eq!((refused[2].0, refused[2].1.contains("$.n")), ("5", true), "{}", refused[2].1);
    assert_eq!(refused[3], ("6", "its brackets are not closed", "{\"pk\":"));
    assert_eq!(refused[4], ("8", "it is cut off", "{\"pk\":{"));
    assert_eq!(refused.len(), 5);
}

fn parts() -> [(&'static str, Vec<u8>); 3] {
    let item = |pk: &str| format!("{{\"pk\":{{\"S\":\"{pk}\"}}}}\n");
    [
        ("backups/big-meta.json", META.as_bytes().to_vec()),
        ("backups/big-part-000000001.json.gz", gzip((item("a") + &item("b")).as_bytes())),
        // A copy that was decompressed on the way.
        ("backups/big-part-000000002.json.gz", item("c").into_bytes()),
    ]
}

#[tokio::test]
async fn a_backup_is_found_by_its_prefix_its_description_and_its_folder() {
    let parts = parts();
    let objects = parts.each_ref().map(|(key, content)| (*key, content.as_slice()));
    let store = store(objects).await;
    for name in ["backups/big", "backups/big-meta.json", "backups"] {
        let found = found(&store, name).await;
        assert_eq!(found.format, Format::DyndumpBackup, "{name}");
        let table = found.table(None).unwrap();
        assert_eq!(table.table_name.as_deref(), Some("big"));
        assert_eq!((table.items, table.json_bytes), (Some(3), Some(60)));
        assert_eq!(table.state.as_deref(), Some("completed"));
        assert_eq!((table.files.len(), table.faults.len()), (2, 0));
        assert_eq!(items(&store, name).await.len(), 3, "{name}");
    }
}

#[tokio::test]
async fn a_backup_that_is_not_whole_says_so() {
    let parts = parts();
    let failed = META.replace("completed", "failed");
    let store =
        store([("x-meta.json", failed.as_bytes()), ("x-part-000000002.json.gz", &parts[1].1)])
            .await;
    let found = found(&store, "x").await;
    let faults = found.table(None).unwrap().faults.join("; ");
    for expected in
        ["is failed, not completed", "1 parts, but dyndump wrote 2", "part 1 is missing"]
    {
        assert!(faults.contains(expected), "{faults}");
    }
}

#[tokio::test]
async fn a_backup_with_fewer_items_than_it_says_ends_in_an_error() {
    let parts = parts();
    let short = META.replace("\"part_count\": 2", "\"part_count\": 1");
    let store =
        store([("x-meta.json", short.as_bytes()), ("x-part-000000001.json.gz", &parts[1].1)]).await;
    let read = read(&found(&store, "x").await, None, LostValues::Reject).await;
    let error = read.end.unwrap();
    assert_eq!(error.kind(), ForeignErrorKind::Damaged);
    assert_eq!(error.to_string(), "x holds 2 items, but should hold 3");
}

#[tokio::test]
async fn a_part_that_is_cut_off_ends_in_an_error_with_its_place() {
    let parts = parts();
    let cut = &parts[1].1[..parts[1].1.len() - 9];
    let store = store([("a.json.gz", cut)]).await;
    let read = read(&found(&store, "a.json.gz").await, None, LostValues::Reject).await;
    assert!(read.end.unwrap().to_string().contains("a.json.gz:"), "no place");
}

#[tokio::test]
async fn a_folder_with_several_backups_wants_a_name() {
    let parts = parts();
    let store = store([
        ("x-meta.json", META.as_bytes()),
        ("y-meta.json", META.as_bytes()),
        ("x-part-000000001.json.gz", &parts[1].1),
    ])
    .await;
    let found = found(&store, "").await;
    let error = found.table(None).unwrap_err();
    assert_eq!(error.kind(), ForeignErrorKind::SeveralTables);
    assert!(error.to_string().ends_with(": x, y"), "{error}");
    assert_eq!(found.table(Some("x")).unwrap().files.len(), 1);
    assert_eq!(found.table(Some("z")).unwrap_err().kind(), ForeignErrorKind::NoSuchTable);
}

#[tokio::test]
async fn what_is_no_backup_is_not_taken_for_one() {
    let store = store([
        ("x-meta.json", b"{\"name\":\"package\"}"),
        ("notes/readme.md", b"# Notes\n"),
        ("mixed/a.json", b"{\"pk\":{\"S\":\"a\"}}"),
        ("mixed/photo.jpg", b"\xff\xd8\xff"),
    ])
    .await;
    for name in ["x", "notes", "notes/readme.md", "mixed", "nothing"] {
        assert!(detect(&store, name).await.unwrap().is_none(), "{name}");
    }
}

//! Records of incremental exports and of streams.

use ddbkit_codec::{
    DecodeErrorKind, EventName, IncrementalRecord, Item, RawRecord, StreamRecord, StreamViewType,
    UserIdentity, strategies,
};
use proptest::prelude::*;

const INSERT: &str = r#"{"Metadata":{"WriteTimestampMicros":{"N":"1768386096366933"}},"Keys":{"pk":{"S":"2"},"sk":{"S":"1"}},"NewImage":{"pk":{"S":"2"},"sk":{"S":"1"},"test":{"S":"test2"}}}"#;
const UPDATE: &str = r#"{"Metadata":{"WriteTimestampMicros":{"N":"1768387673917155"}},"Keys":{"pk":{"S":"1"},"sk":{"S":"3"}},"OldImage":{"pk":{"S":"1"},"sk":{"S":"3"},"test1":{"S":"1"}},"NewImage":{"bin_update":{"BS":["0000","0001"]},"pk":{"S":"1"},"sk":{"S":"3"}}}"#;
const DELETE: &str = r#"{"Metadata":{"WriteTimestampMicros":{"N":"1768387654353205"}},"Keys":{"pk":{"S":"2"},"sk":{"S":"3"}},"OldImage":{"pk":{"S":"2"},"sk":{"S":"3"},"test":{"S":"test"}}}"#;

#[test]
fn lines_of_incremental_exports_come_back_byte_by_byte() {
    for (line, old, new) in [(INSERT, false, true), (UPDATE, true, true), (DELETE, true, false)] {
        let record = IncrementalRecord::from_dynamodb_json(line.as_bytes()).unwrap();
        assert_eq!((record.old_image.is_some(), record.new_image.is_some()), (old, new));
        assert_eq!(record.is_delete(), !new);
        assert_eq!(record.to_dynamodb_json(), line);
        let raw = RawRecord::from_line(line.as_bytes()).unwrap();
        let mut out = Vec::new();
        raw.write(&mut out);
        assert_eq!(out, line.as_bytes());
        assert_eq!(raw.decode().unwrap(), record);
    }
}

#[test]
fn order_spaces_nulls_and_unknown_members_do_not_matter() {
    let line = r#" { "NewImage" : null , "More":[{"a":"]"},1], "\u004beys":{"pk":{"S":"2"},"sk":{"S":"3"}},
        "OldImage" : {"pk":{"S":"2"},"sk":{"S":"3"},"test":{"S":"test"}}, "Metadata":{ "x":null,
        "WriteTimestampMicros": {"N":"1.768387654353205E15"} } } "#;
    let record = IncrementalRecord::from_dynamodb_json(line.as_bytes()).unwrap();
    assert_eq!(record.to_dynamodb_json(), DELETE);
}

#[test]
fn what_is_no_record_is_refused_with_its_place() {
    let metadata = r#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}}"#;
    for (line, kind, offset, path) in [
        (String::new(), DecodeErrorKind::UnexpectedEnd, 0, "$"),
        ("[]".into(), DecodeErrorKind::WrongForm, 0, "$"),
        ("{".into(), DecodeErrorKind::UnexpectedEnd, 1, "$"),
        (" {}".into(), DecodeErrorKind::MissingPart, 1, "$.Metadata"),
        (r#"{"Item":{}}"#.into(), DecodeErrorKind::MissingPart, 0, "$.Metadata"),
        (format!("{metadata}}}"), DecodeErrorKind::MissingPart, 0, "$.Keys"),
        (format!("{metadata}}}x"), DecodeErrorKind::TrailingData, 47, "$"),
        (
            format!(r#"{metadata},"Keys":{{}},"Keys":{{}}}}"#),
            DecodeErrorKind::DuplicateName,
            64,
            "$.Keys",
        ),
        (format!(r#"{metadata},"Keys":[]}}"#), DecodeErrorKind::WrongForm, 54, "$.Keys"),
        (format!(r#"{metadata},"Keys":{{}}"#), DecodeErrorKind::UnexpectedEnd, 56, "$"),
        (
            format!(r#"{metadata},"Keys":{{}},"NewImage":{{"a":{{"L":[{{"N":"x"}}]}}}}}}"#),
            DecodeErrorKind::InvalidNumber,
            84,
            "$.NewImage.a[0]",
        ),
        (
            r#"{"Metadata":{},"Keys":{}}"#.into(),
            DecodeErrorKind::MissingPart,
            12,
            "$.Metadata.WriteTimestampMicros",
        ),
        (
            r#"{"Metadata":{"WriteTimestampMicros":{"N":"-1"}},"Keys":{}}"#.into(),
            DecodeErrorKind::WrongForm,
            36,
            "$.Metadata.WriteTimestampMicros",
        ),
        (
            r#"{"Metadata":{"WriteTimestampMicros":{"S":"1"}},"Keys":{}}"#.into(),
            DecodeErrorKind::WrongForm,
            36,
            "$.Metadata.WriteTimestampMicros",
        ),
    ] {
        let error = IncrementalRecord::from_dynamodb_json(line.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.offset(), error.path()), (kind, offset, path), "{line}");
        let quote = line.as_bytes().get(offset..).unwrap_or_default();
        assert!(quote.starts_with(error.quote().as_bytes()), "{line}: {}", error.quote());
    }
    let deep = format!("{{\"x\":{}", "[".repeat(1_000_000));
    let error = RawRecord::from_line(deep.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::TooDeep);
}

/// The Lambda form, as in the AWS docs, with these parts in place of `$user` and `$time`.
fn event(user: &str, time: &str) -> String {
    r#"{"eventID":"c81e728d9d4c2f636f067f89cc14862c","eventName":"REMOVE","eventVersion":"1.1",
        "eventSource":"aws:dynamodb","awsRegion":"us-west-2",$user"dynamodb":{
        "ApproximateCreationDateTime":$time,"Keys":{"Id":{"N":"101"}},
        "OldImage":{"Id":{"N":"101"},"Message":{"S":"New item!"}},
        "SequenceNumber":"4421584500000000017450439092","SizeBytes":59,
        "StreamViewType":"NEW_AND_OLD_IMAGES"},
        "eventSourceARN":"arn:aws:dynamodb:us-west-2:123456789012:table/T/stream/2026-06-10T19:26:16.525"}"#
        .replace("$user", user)
        .replace("$time", time)
}

#[test]
fn stream_records_of_every_shape() {
    let lower = r#""userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},"#;
    let upper = r#""userIdentity":{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"},"#;
    let records = [
        event(lower, "1479499740"),
        event(upper, "1.47949974E9"),
        event(upper, "\"2016-11-18T20:09:00+00:00\""),
    ];
    let mut read = Vec::new();
    for record in &records {
        read.push(StreamRecord::from_json(record.as_bytes()).unwrap());
    }
    assert!(read.windows(2).all(|pair| pair[0] == pair[1]));
    let joined = records.join(",");
    let answer = format!(r#"{{"Records":[{joined}],"NextShardIterator":"AAA="}}"#);
    assert_eq!(StreamRecord::all_from_json(answer.as_bytes()).unwrap(), read);
    let pipe = format!("[{joined}]");
    assert_eq!(StreamRecord::all_from_json(pipe.as_bytes()).unwrap(), read);
    assert_eq!(StreamRecord::all_from_json(br#" {"Records":[ ]} "#).unwrap(), []);

    let record = read.pop().unwrap();
    assert!(record.is_ttl_delete());
    assert_eq!(record.event_name, EventName::Remove);
    assert_eq!(record.event_id.as_deref(), Some("c81e728d9d4c2f636f067f89cc14862c"));
    assert_eq!(record.event_version.as_deref(), Some("1.1"));
    assert_eq!(record.aws_region.as_deref(), Some("us-west-2"));
    assert!(record.event_source_arn.unwrap().ends_with("525"));
    assert_eq!(record.table_name, None);
    assert_eq!(record.creation_micros, Some(1_479_499_740_000_000));
    assert_eq!(record.keys.to_dynamodb_json(), r#"{"Id":{"N":"101"}}"#);
    assert_eq!(record.old_image.unwrap().len(), 2);
    assert_eq!(record.new_image, None);
    assert_eq!(record.sequence_number.unwrap().as_str(), "4421584500000000017450439092");
    assert_eq!(record.size_bytes, Some(59));
    assert_eq!(record.stream_view_type, Some(StreamViewType::NewAndOldImages));
}

#[test]
fn only_the_service_deletes_by_time_to_live() {
    for user in [
        "",
        r#""userIdentity":null,"#,
        r#""userIdentity":{"type":"Service","principalId":"other.amazonaws.com"},"#,
        r#""userIdentity":{"type":"User","principalId":"dynamodb.amazonaws.com"},"#,
    ] {
        let record = StreamRecord::from_json(event(user, "1").as_bytes()).unwrap();
        assert!(!record.is_ttl_delete(), "{user}");
    }
    let user = r#""userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},"#;
    let modify = event(user, "1").replace("REMOVE", "MODIFY");
    let record = StreamRecord::from_json(modify.as_bytes()).unwrap();
    assert!(!record.is_ttl_delete());
    let principal_id = "dynamodb.amazonaws.com".to_owned();
    assert_eq!(
        record.user_identity,
        Some(UserIdentity { kind: "Service".to_owned(), principal_id })
    );
}

#[test]
fn records_in_kinesis_have_finer_times_and_no_number() {
    let record = |time: &str| {
        format!(
            r#"{{"awsRegion":"us-east-1","eventID":"68fc6a67","eventName":"INSERT","userIdentity":null,
            "recordFormat":"application/json","tableName":"t","dynamodb":{{{time},
            "Keys":{{"id":{{"S":"a"}}}},"NewImage":{{"id":{{"S":"a"}}}},"SizeBytes":6}},"eventSource":"aws:dynamodb"}}"#
        )
    };
    for (time, micros) in [
        (r#""ApproximateCreationDateTime":1637050460123"#, 1_637_050_460_123_000),
        (r#""ApproximateCreationDateTime":1637050460123456"#, 1_637_050_460_123_456),
        (
            r#""ApproximateCreationDateTime":86400000,"ApproximateCreationDateTimePrecision":"MILLISECOND""#,
            86_400_000_000,
        ),
        (
            r#""ApproximateCreationDateTimePrecision":"MICROSECOND","ApproximateCreationDateTime":86400000000"#,
            86_400_000_000,
        ),
    ] {
        let record = StreamRecord::from_json(record(time).as_bytes()).unwrap();
        assert_eq!(record.creation_micros, Some(micros), "{time}");
        assert_eq!((record.sequence_number, record.table_name.as_deref()), (None, Some("t")));
        assert!(record.user_identity.is_none());
    }
}

#[test]
fn faults_of_stream_records_have_their_place() {
    let user = r#""userIdentity":{"type":"a","Type":"b"},"#;
    for (record, kind, path) in [
        (event("", "x"), DecodeErrorKind::WrongForm, "$[1].dynamodb.ApproximateCreationDateTime"),
        (
            event("", "1").replace("\"S\"", "\"Q\""),
            DecodeErrorKind::UnknownType,
            "$[1].dynamodb.OldImage.Message",
        ),
        (event("", "1").replace("REMOVE", "REPLACE"), DecodeErrorKind::WrongForm, "$[1].eventName"),
        (
            event("", "1").replace("4421", "x"),
            DecodeErrorKind::WrongForm,
            "$[1].dynamodb.SequenceNumber",
        ),
        (
            event("", "1").replace(":59", ":5.9"),
            DecodeErrorKind::WrongForm,
            "$[1].dynamodb.SizeBytes",
        ),
        (
            event("", "1").replace("Keys", "keys"),
            DecodeErrorKind::MissingPart,
            "$[1].dynamodb.Keys",
        ),
        (event(user, "1"), DecodeErrorKind::DuplicateName, "$[1].userIdentity.Type"),
        (
            event(r#""userIdentity":{},"#, "1"),
            DecodeErrorKind::MissingPart,
            "$[1].userIdentity.type",
        ),
        ("{}".into(), DecodeErrorKind::MissingPart, "$[1].dynamodb"),
        ("1".into(), DecodeErrorKind::WrongForm, "$[1]"),
    ] {
        let text = format!("[{},{record}]", event("", "1"));
        let error = StreamRecord::all_from_json(text.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.path()), (kind, path), "{record}");
        assert!(text[error.offset()..].starts_with(error.quote()) || error.quote().contains("\\n"));
    }
    let error = StreamRecord::all_from_json(b"{\"x\":1}").unwrap_err();
    assert_eq!((error.kind(), error.path()), (DecodeErrorKind::MissingPart, "$.Records"));
}

proptest! {
    #[test]
    fn records_come_back(
        write_timestamp_micros in any::<u64>(),
        keys in strategies::item(),
        old_image in proptest::option::of(strategies::item()),
        new_image in proptest::option::of(strategies::item()),
    ) {
        let record = IncrementalRecord { write_timestamp_micros, keys, old_image, new_image };
        let line = record.to_dynamodb_json();
        prop_assert_eq!(&IncrementalRecord::from_dynamodb_json(line.as_bytes()).unwrap(), &record);
        let raw = RawRecord::from_line(line.as_bytes()).unwrap();
        let mut out = Vec::new();
        raw.write(&mut out);
        prop_assert_eq!(out, line.as_bytes());
        prop_assert_eq!(raw.decode().unwrap(), record);
    }

    #[test]
    fn broken_records_never_panic(
        item in strategies::item(), at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400,
    ) {
        let image = item.to_dynamodb_json();
        let mut texts = [DELETE.replace(r#"{"pk":{"S":"2"},"sk":{"S":"3"}}"#, &image), event("", "1")];
        for text in &mut texts {
            let mut bytes = text.clone().into_bytes();
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            bytes.truncate(bytes.len().saturating_sub(cut / 8));
            for result in [
                IncrementalRecord::from_dynamodb_json(&bytes).map(|_| ()),
                RawRecord::from_line(&bytes).and_then(|raw| raw.decode()).map(|_| ()),
                StreamRecord::from_json(&bytes).map(|_| ()),
                StreamRecord::all_from_json(&bytes).map(|_| ()),
            ] {
                if let Err(error) = result {
                    prop_assert!(error.offset() <= bytes.len());
                }
            }
        }
    }
}

#[test]
fn items_are_as_exact_as_elsewhere() {
    let line = INSERT.replace("\"test2\"", "\"\\ud83d\\ude00\u{2028}\"");
    let record = IncrementalRecord::from_dynamodb_json(line.as_bytes()).unwrap();
    let image = record.new_image.clone().unwrap();
    assert_eq!(image.get("test"), Item::from_iter([("test", "😀\u{2028}")]).get("test"));
    let mut out = Vec::new();
    RawRecord::from_line(line.as_bytes()).unwrap().write(&mut out);
    assert!(!String::from_utf8(out.clone()).unwrap().contains('\u{2028}'));
    assert_eq!(IncrementalRecord::from_dynamodb_json(&out).unwrap(), record);
}

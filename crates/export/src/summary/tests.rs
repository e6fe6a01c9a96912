//! Tests of manifest summaries.

use super::*;
use proptest::prelude::*;

const FULL: &str = r#"{"version":"2020-06-30","exportArn":"arn:aws:dynamodb:sa-east-1:326717626617:table/livros_por_ler/export/01668227450456-b6733290","startTime":"2022-11-12T04:30:50.456Z","endTime":"2022-11-12T04:34:56.208Z","tableArn":"arn:aws:dynamodb:sa-east-1:326717626617:table/livros_por_ler","tableId":"659732b0-5ce6-4e60-a804-f224014bdef3","exportTime":"2022-11-12T04:30:50.456Z","s3Bucket":"outroslivros","s3Prefix":null,"s3SseAlgorithm":"AES256","s3SseKmsKeyId":null,"manifestFilesS3Key":"AWSDynamoDB/01668227450456-b6733290/manifest-files.json","billedSizeBytes":0,"itemCount":6,"outputFormat":"DYNAMODB_JSON"}"#;

const INCREMENTAL: &str = r#"{"version":"2023-08-01","exportArn":"arn:aws:dynamodb:eu-north-1:123456789123:table/test/export/01768388186000-4a2fc3ff","startTime":"2026-01-14T10:56:26.000Z","endTime":"2026-01-14T11:01:32.779Z","tableArn":"arn:aws:dynamodb:eu-north-1:123456789123:table/test","tableId":"cf263806-6bf1-4e51-a242-7067dcdecc72","exportFromTime":"2026-01-14T10:35:00.000Z","exportToTime":"2026-01-14T10:50:00.000Z","s3Bucket":"test-1231x1x","s3Prefix":null,"s3SseAlgorithm":"AES256","s3SseKmsKeyId":null,"manifestFilesS3Key":"AWSDynamoDB/01768388186000-4a2fc3ff/manifest-files.json","billedSizeBytes":10000000,"itemCount":5,"outputFormat":"DYNAMODB_JSON","outputView":"NEW_AND_OLD_IMAGES","exportType":"INCREMENTAL_EXPORT"}"#;

#[test]
fn summaries_of_aws_come_back_byte_for_byte() {
    for (text, kind) in [(FULL, ExportKind::Full), (INCREMENTAL, ExportKind::Incremental)] {
        let summary = ManifestSummary::parse(text.as_bytes()).unwrap();
        assert_eq!(summary.kind(), kind);
        assert_eq!(summary.to_json(), text);
    }
}

#[test]
fn the_md5_that_aws_wrote_is_that_of_our_bytes() {
    let summary = ManifestSummary::parse(FULL.as_bytes()).unwrap();
    let sum = crate::checksum::Md5Sum::of(summary.to_json().as_bytes());
    // Recomputed with another program from the text above.
    assert_eq!(sum.to_base64(), "iLBzJYa4HPixvLRk02MXZw==");
}

#[test]
fn layout_of_the_text_does_not_matter() {
    let compact = ManifestSummary::parse(FULL.as_bytes()).unwrap();
    let spaced = FULL.replace(",\"", ",\n  \"").replace("\":", "\": ") + "\n";
    assert_eq!(ManifestSummary::parse(spaced.as_bytes()).unwrap(), compact);
}

#[test]
fn unknown_fields_are_kept_exactly() {
    let text = FULL.replace(
        r#""itemCount":6"#,
        r#""itemCount":6,"filter":{"a":[1,"x"]},"big":123456789012345678901234567890"#,
    );
    let summary = ManifestSummary::parse(text.as_bytes()).unwrap();
    assert_eq!(summary.extra["filter"], r#"{"a":[1,"x"]}"#);
    assert_eq!(summary.extra["big"], "123456789012345678901234567890");
    let again = ManifestSummary::parse(summary.to_json().as_bytes()).unwrap();
    assert_eq!(again, summary);
}

#[test]
fn other_writers_leave_fields_out_and_use_epoch_times() {
    let text = r#"{"itemCount":1,"startTime":1668227450.456,"endTime":1668227450456}"#;
    let summary = ManifestSummary::parse(text.as_bytes()).unwrap();
    assert_eq!(summary.start_time, summary.end_time);
    assert_eq!(summary.output_format, OutputFormat::DynamodbJson);
    assert_eq!(summary.kind(), ExportKind::Full);
}

#[test]
fn any_sign_of_a_window_makes_it_incremental() {
    for sign in [
        r#""outputView":"NEW_IMAGE""#,
        r#""exportType":"INCREMENTAL_EXPORT""#,
        r#""exportToTime":"2026-01-14T10:50:00.000Z""#,
    ] {
        let text = format!(r#"{{"itemCount":1,{sign}}}"#);
        let summary = ManifestSummary::parse(text.as_bytes()).unwrap();
        assert_eq!(summary.kind(), ExportKind::Incremental, "{sign}");
    }
}

#[test]
fn what_is_no_summary_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        "null",
        r#"{"itemCount":-1}"#,
        r#"{"itemCount":1e400}"#,
        r#"{"itemCount":1.5}"#,
        r#"{"itemCount":99999999999999999999999}"#,
        r#"{"itemCount":1,"outputFormat":"CSV"}"#,
        r#"{"itemCount":1,"startTime":"yesterday"}"#,
        r#"{"itemCount":1,"startTime":1e999}"#,
        r#"{"itemCount":1,"tableArn":7}"#,
        r#"{"itemCount":1} x"#,
        r#"{"itemCount":1"#,
    ] {
        assert!(ManifestSummary::parse(text.as_bytes()).is_err(), "{text}");
    }
    assert!(ManifestSummary::parse(b"{\"itemCount\":1,\"version\":\"\xff\"}").is_err());
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = ManifestSummary::parse(&bytes);
    }

    #[test]
    fn no_damage_panics(at in 0..FULL.len(), byte: u8, cut in 0..FULL.len()) {
        let mut bytes = FULL.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = ManifestSummary::parse(&bytes);
        let _ = ManifestSummary::parse(&bytes[..cut]);
    }

    #[test]
    fn hostile_values_never_panic(number in "-?[0-9]{1,40}(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,6})?") {
        for field in ["itemCount", "billedSizeBytes", "startTime", "exportToTime", "other"] {
            let text = format!(r#"{{"itemCount":1,"{field}":{number}}}"#);
            if let Ok(summary) = ManifestSummary::parse(text.as_bytes()) {
                prop_assert_eq!(&ManifestSummary::parse(summary.to_json().as_bytes()).unwrap().extra,
                    &summary.extra);
            }
        }
    }
}

#[test]
fn the_view_is_known_by_its_name() {
    let summary = ManifestSummary::parse(INCREMENTAL.as_bytes()).unwrap();
    assert_eq!(summary.view(), Some(OutputView::NewAndOldImages));
    let other = INCREMENTAL.replace("NEW_AND_OLD_IMAGES", "NEWEST");
    assert_eq!(ManifestSummary::parse(other.as_bytes()).unwrap().view(), None);
    assert_eq!(ManifestSummary::parse(FULL.as_bytes()).unwrap().view(), None);
}

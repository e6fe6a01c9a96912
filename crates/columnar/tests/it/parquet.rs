//! Items as rows of Parquet.

use crate::rows::{read, without_nulls, write, write_with};
use ddbkit_codec::{Item, strategies};
use ddbkit_columnar::{Column, ColumnType, ColumnarErrorKind, NoteKind, ParquetOptions, Schema};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use proptest::prelude::*;
use std::num::NonZeroUsize;

fn items(lines: &[&str]) -> Vec<Item> {
    lines.iter().map(|line| Item::from_dynamodb_json(line.as_bytes()).unwrap()).collect()
}

#[test]
fn every_type_comes_back_equal() {
    let items = items(&[
        r#"{"pk":{"S":"a"},"n":{"N":"12345678901234567890123456789012345678"},"b":{"B":"AQI="},
            "t":{"BOOL":true},"l":{"L":[{"N":"1.5"},{"N":"-2"}]},"m":{"M":{"x":{"S":""},"y":{"M":{"z":{"N":"7"}}}}},
            "ss":{"SS":["x","y"]},"ns":{"NS":["1","2.25"]},"bs":{"BS":["AQ==","Ag=="]},"u":{"S":"text"}}"#,
        r#"{"pk":{"S":"b"},"n":{"N":"-0"},"u":{"L":[{"BOOL":false}]},"m":{"M":{"x":{"S":"ü"}}}}"#,
        r#"{"pk":{"S":"c"},"big":{"N":"1e125"},"l":{"L":[]}}"#,
        r#"{"pk":{"S":"d"},"big":{"N":"1e-130"},"t":{"BOOL":false}}"#,
    ]);
    let (bytes, inferred) = write(&items, ParquetOptions::default());
    assert_eq!(read(bytes, &inferred.schema), items);
    let notes: Vec<_> = inferred.notes.iter().map(|note| (note.kind, note.path.as_str())).collect();
    assert_eq!(notes, [(NoteKind::WideNumbers, "$.big"), (NoteKind::SeveralTypes, "$.u")]);
}

#[test]
fn nulls_are_null_and_told() {
    let items = items(&[
        r#"{"pk":{"S":"a"},"x":{"NULL":true},"l":{"L":[{"NULL":true},{"S":"b"}]}}"#,
        r#"{"pk":{"S":"b"},"x":{"N":"1"}}"#,
    ]);
    let (bytes, inferred) = write(&items, ParquetOptions::default());
    let expected: Vec<Item> = items.iter().map(without_nulls).collect();
    assert_eq!(read(bytes, &inferred.schema), expected);
    assert_ne!(expected, items);
    let notes: Vec<_> = inferred.notes.iter().map(|note| (note.kind, note.path.as_str())).collect();
    assert_eq!(notes, [(NoteKind::Nulls, "$.l[]"), (NoteKind::Nulls, "$.x")]);
}

#[test]
fn row_groups_are_bounded_by_bytes() {
    let text = |n: u64| -> String {
        // No two alike, so that nothing is compressed away.
        (0..50)
            .map(|part| format!("{:016x}", (n * 50 + part).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
            .collect()
    };
    let items: Vec<Item> =
        (0..20_000).map(|n| Item::from_iter([("pk", n.to_string()), ("t", text(n))])).collect();
    let options = ParquetOptions { row_group_bytes: NonZeroUsize::new(2 << 20).unwrap() };
    let (bytes, inferred) = write(&items, options);
    let reader = SerializedFileReader::new(bytes.clone()).unwrap();
    let groups: Vec<i64> =
        reader.metadata().row_groups().iter().map(RowGroupMetaData::total_byte_size).collect();
    assert!(groups.len() >= 5, "{groups:?}");
    assert!(groups.iter().all(|size| *size < 6 << 20), "{groups:?}");
    assert_eq!(read(bytes, &inferred.schema).len(), items.len());
}

#[test]
fn the_metadata_has_the_schema_and_the_notes() {
    let items = items(&[r#"{"pk":{"S":"a"},"tags":{"SS":["x"]}}"#]);
    let (bytes, inferred) = write(&items, ParquetOptions::default());
    let reader = SerializedFileReader::new(bytes).unwrap();
    let pairs = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let value =
        |key: &str| pairs.iter().find(|pair| pair.key == key).unwrap().value.clone().unwrap();
    let schema = Schema::from_json(value("ddbkit.schema").as_bytes()).unwrap();
    assert_eq!(schema, inferred.schema);
    assert_eq!(schema.columns[1].column_type, ColumnType::StringSet);
    assert_eq!(value("ddbkit.notes"), "[]");
}

fn column(name: &str, column_type: ColumnType) -> Column {
    Column { name: name.to_owned(), column_type }
}

#[test]
fn a_schema_that_is_given_leaves_out_and_counts() {
    let decimal = ColumnType::Decimal { precision: 60, scale: 10 };
    let inner = ColumnType::Struct(vec![column("x", ColumnType::String)]);
    let schema = Schema::new(vec![column("m", inner), column("n", decimal)]).unwrap();
    let items = items(&[
        r#"{"pk":{"S":"a"},"m":{"M":{"x":{"S":"b"},"y":{"S":"c"}}},"n":{"N":"1e40"}}"#,
        r#"{"pk":{"S":"b"},"n":{"N":"0.0000000001"}}"#,
    ]);
    let (bytes, report) = write_with(&items, &schema, ParquetOptions::default()).unwrap();
    assert_eq!((report.items, report.left_out, report.nulls), (2, 3, 0));
    let back = read(bytes, &schema);
    assert_eq!(
        back[0].to_dynamodb_json(),
        format!(r#"{{"m":{{"M":{{"x":{{"S":"b"}}}}}},"n":{{"N":"1{}"}}}}"#, "0".repeat(40))
    );
    assert_eq!(back[1].get("n"), items[1].get("n"));
}

#[test]
fn a_value_that_does_not_fit_is_an_error_with_its_path() {
    let decimal = ColumnType::List(Box::new(ColumnType::Decimal { precision: 3, scale: 1 }));
    let schema = Schema::new(vec![column("l", decimal)]).unwrap();
    for (line, message) in [
        (r#"{"l":{"S":"secret"}}"#, "$.l is a string, which does not fit its column"),
        (
            r#"{"l":{"L":[{"N":"1"},{"S":"secret"}]}}"#,
            "$.l[] is a string, which does not fit its column",
        ),
        (
            r#"{"l":{"L":[{"N":"1.25"}]}}"#,
            "$.l[] is a number of other or more digits, which does not fit its column",
        ),
    ] {
        let error = write_with(&items(&[line]), &schema, ParquetOptions::default()).unwrap_err();
        assert_eq!(error.kind(), ColumnarErrorKind::OtherType);
        assert_eq!(error.to_string(), message);
    }
}

/// Whether an item has a NULL that a struct would not give back.
fn comes_back(item: &Item, back: &Item) -> bool {
    without_nulls(item) == without_nulls(back)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_items_are_they_come_back(items in prop::collection::vec(strategies::item(), 1..6)) {
        prop_assume!(items.iter().any(|item| !item.is_empty()));
        let (bytes, inferred) = write(&items, ParquetOptions::default());
        let back = read(bytes, &inferred.schema);
        prop_assert_eq!(back.len(), items.len());
        for (item, back) in items.iter().zip(&back) {
            prop_assert!(comes_back(item, back), "{:?}\n{:?}", item, back);
        }
    }
}

//! Rows of Parquet as items again.

use crate::rows::{without_nulls, write_with};
use arrow_array::builder::{Int32Builder, MapBuilder, StringBuilder};
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{
    ArrayRef, Date32Array, Decimal256Array, FixedSizeBinaryArray, Float32Array, Float64Array,
    Int8Array, IntervalDayTimeArray, LargeStringArray, ListArray, NullArray, RecordBatch,
    StringArray, Time64MicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
    UInt64Array,
};
use arrow_buffer::{IntervalDayTime, i256};
use ddbkit_codec::{Item, Tape, strategies};
use ddbkit_columnar::{ColumnarErrorKind, ParquetOptions, ParquetReader, ReadRow, SchemaInference};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel};
use parquet::data_type::{ByteArray, ByteArrayType, FixedLenByteArrayType, Int96, Int96Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use std::fs::File;
use std::io::{Seek, Write};
use std::sync::Arc;

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

fn rows(bytes: &[u8]) -> Vec<ReadRow> {
    let mut reader = ParquetReader::open(file(bytes)).unwrap();
    let rows: Vec<_> = std::iter::from_fn(|| reader.next_row().unwrap()).collect();
    assert_eq!(rows.len() as u64, reader.info().rows);
    assert!(rows.iter().zip(1..).all(|(row, n)| row.number == n));
    rows
}

fn texts(rows: &[ReadRow]) -> Vec<&str> {
    rows.iter().map(|row| std::str::from_utf8(&row.text).unwrap()).collect()
}

/// A file as other programs write it, with what Arrow says about the types.
fn of_others(columns: Vec<(&str, ArrayRef)>, compression: Compression) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    );
    let batch = batch.unwrap();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn one(column: impl arrow_array::Array + 'static) -> Vec<ReadRow> {
    rows(&of_others(vec![("a", Arc::new(column))], Compression::SNAPPY))
}

fn write(items: &[Item]) -> Vec<u8> {
    let mut inference = SchemaInference::default();
    let mut tape = Tape::new();
    for item in items {
        inference.add(tape.read_line(item.to_dynamodb_json().as_bytes()).unwrap()).unwrap();
    }
    let inferred = inference.finish(&["pk"]).unwrap();
    write_with(items, &inferred.schema, ParquetOptions::default()).unwrap().0.to_vec()
}

fn items(rows: &[ReadRow]) -> Vec<Item> {
    let item = |row: &ReadRow| {
        assert_eq!(row.refused, None);
        Item::from_dynamodb_json(&row.text).unwrap()
    };
    rows.iter().map(item).collect()
}

#[test]
fn every_type_that_we_wrote_is_read_back() {
    let lines = [
        r#"{"pk":{"S":"a"},"n":{"N":"12345678901234567890123456789012345678"},"b":{"B":"AQI="},"t":{"BOOL":true},"l":{"L":[{"N":"1.5"},{"NULL":true},{"N":"-2"}]},"m":{"M":{"x":{"S":""},"y":{"M":{"z":{"N":"7"}}}}},"ss":{"SS":["x","y"]},"ns":{"NS":["1","2.25"]},"bs":{"BS":["AQ==","Ag=="]},"u":{"S":"text"}}"#,
        r#"{"pk":{"S":"b"},"n":{"N":"-0"},"u":{"L":[{"BOOL":false}]},"m":{"M":{"x":{"S":"ü"}}},"l":{"L":[]}}"#,
        r#"{"pk":{"S":"c"},"big":{"N":"1e125"},"e":{"M":{}},"wide":{"NS":["1e100","5"]}}"#,
        r#"{"pk":{"S":"d"},"big":{"N":"1e-130"},"t":{"BOOL":false}}"#,
    ];
    let items_in: Vec<_> =
        lines.iter().map(|line| Item::from_dynamodb_json(line.as_bytes()).unwrap()).collect();
    assert_eq!(items(&rows(&write(&items_in))), items_in);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_we_wrote_is_read_back(items_in in prop::collection::vec(strategies::item(), 1..6)) {
        prop_assume!(items_in.iter().any(|item| !item.is_empty()));
        let back = items(&rows(&write(&items_in)));
        prop_assert_eq!(back.len(), items_in.len());
        for (item, back) in items_in.iter().zip(&back) {
            prop_assert_eq!(without_nulls(item), without_nulls(back));
        }
    }
}

#[test]
fn the_metadata_says_who_made_the_file() {
    let item = Item::from_dynamodb_json(br#"{"pk":{"S":"a"},"tags":{"SS":["x"]}}"#).unwrap();
    let reader = ParquetReader::open(file(&write(&[item]))).unwrap();
    let info = reader.info();
    assert_eq!((info.rows, info.row_groups), (1, 1));
    assert_eq!(info.columns, ["pk", "tags"]);
    assert!(info.created_by.as_ref().unwrap().starts_with("ddbkit version"), "{info:?}");
    assert!(info.schema.is_some());
}

#[test]
fn numbers_of_others_keep_their_exact_text() {
    let floats = one(Float64Array::from(vec![0.1, 1.0, -0.0, 1e22, 5e-9, 1e125, 123_456.789]));
    let expected = ["0.1", "1", "-0", "1e22", "5e-9", "1e125", "123456.789"];
    let expected = expected.map(|n| format!(r#"{{"a":{{"N":"{n}"}}}}"#));
    assert_eq!(texts(&floats), expected);
    items(&floats);
    let singles = one(Float32Array::from(vec![0.1_f32, 16_777_216.0]));
    assert_eq!(texts(&singles), [r#"{"a":{"N":"0.1"}}"#, r#"{"a":{"N":"16777216"}}"#]);
    let unsigned = one(UInt64Array::from(vec![u64::MAX]));
    assert_eq!(texts(&unsigned), [r#"{"a":{"N":"18446744073709551615"}}"#]);
    assert_eq!(texts(&one(Int8Array::from(vec![-128]))), [r#"{"a":{"N":"-128"}}"#]);
    let decimals = Decimal256Array::from(vec![
        i256::from_i128(-1_250),
        i256::from_i128(10) * i256::from_i128(i128::MAX),
    ]);
    let decimals = one(decimals.with_precision_and_scale(50, 2).unwrap());
    assert_eq!(texts(&decimals[..1]), [r#"{"a":{"N":"-12.5"}}"#]);
    assert!(decimals[1].refused.as_ref().unwrap().starts_with("$.a is no number of DynamoDB: "));
}

#[test]
fn dates_and_times_are_texts() {
    for (rows, expected) in [
        (one(Date32Array::from(vec![19_723])), "2024-01-01"),
        (one(Time64MicrosecondArray::from(vec![3_600_000_001])), "01:00:00.000001"),
        (
            one(TimestampMillisecondArray::from(vec![1_500]).with_timezone("UTC")),
            "1970-01-01T00:00:01.5Z",
        ),
        (one(TimestampNanosecondArray::from(vec![1])), "1970-01-01T00:00:00.000000001"),
        (one(LargeStringArray::from(vec!["é\n"])), "é\\n"),
    ] {
        assert_eq!(texts(&rows), [format!(r#"{{"a":{{"S":"{expected}"}}}}"#)]);
    }
    let late = one(Date32Array::from(vec![i32::MAX]));
    let why = late[0].refused.as_ref().unwrap();
    assert_eq!(why, "$.a is no date or time of the years -9999 to 9999");
}

#[test]
fn what_arrow_would_lose_is_kept() {
    let message = "message m {
        optional int96 t; optional fixed_len_byte_array(16) u (UUID); optional binary e (ENUM); }";
    let schema = Arc::new(parse_message_type(message).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    // 9999-12-31 by its Julian day, which no 64 bits of nanoseconds hold.
    let mut moment = Int96::new();
    moment.set_data(1_000_000, 0, 5_373_484);
    column.typed::<Int96Type>().write_batch(&[moment], Some(&[1]), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let uuid = ByteArray::from((0..16).collect::<Vec<u8>>()).into();
    column.typed::<FixedLenByteArrayType>().write_batch(&[uuid], Some(&[1]), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let text = ByteArray::from("RED");
    column.typed::<ByteArrayType>().write_batch(&[text], Some(&[1]), None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    let rows = rows(&writer.into_inner().unwrap());
    let expected = r#"{"t":{"S":"9999-12-31T00:00:00.001"},"u":{"S":"00010203-0405-0607-0809-0a0b0c0d0e0f"},"e":{"S":"RED"}}"#;
    assert_eq!(texts(&rows), [expected]);
}

#[test]
fn nested_columns_of_others_are_maps_and_lists() {
    let lists = ListArray::from_iter_primitive::<Int64Type, _, _>([
        Some(vec![Some(1), None]),
        Some(vec![]),
        None,
    ]);
    let mut maps = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    maps.keys().append_value("x y");
    maps.values().append_value(7);
    maps.keys().append_value("none");
    maps.values().append_null();
    maps.append(true).unwrap();
    maps.append(true).unwrap();
    maps.append(false).unwrap();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("l", Arc::new(lists)),
        ("m", Arc::new(maps.finish())),
        (
            "b",
            Arc::new(
                FixedSizeBinaryArray::try_from_iter([[1_u8, 2], [3, 4], [5, 6]].iter()).unwrap(),
            ),
        ),
        ("nothing", Arc::new(NullArray::new(3))),
    ];
    for compression in
        [Compression::UNCOMPRESSED, Compression::GZIP(GzipLevel::default()), Compression::LZ4_RAW]
    {
        let rows = rows(&of_others(columns.clone(), compression));
        let expected = [
            r#"{"l":{"L":[{"N":"1"},{"NULL":true}]},"m":{"M":{"x y":{"N":"7"}}},"b":{"B":"AQI="}}"#,
            r#"{"l":{"L":[]},"m":{"M":{}},"b":{"B":"AwQ="}}"#,
            r#"{"b":{"B":"BQY="}}"#,
        ];
        assert_eq!(texts(&rows), expected);
        items(&rows);
    }
}

#[test]
fn what_is_no_item_is_refused_with_its_path_and_the_next_rows_come() {
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)]); 4]);
    let intervals = [None, Some(IntervalDayTime::new(1, 2)), None, None];
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("pk", Arc::new(StringArray::from(vec!["a", "b", "c", "d"]))),
        ("f", Arc::new(Float64Array::from(vec![f64::NAN, 1.0, f64::INFINITY, 2.5]))),
        ("i", Arc::new(IntervalDayTimeArray::from(intervals.to_vec()))),
        ("l", Arc::new(lists)),
    ];
    let found = rows(&of_others(columns, Compression::SNAPPY));
    let refused: Vec<_> = found.iter().map(|row| row.refused.as_deref().unwrap_or("")).collect();
    assert!(refused[0].starts_with("$.f is no number of DynamoDB"), "{refused:?}");
    assert!(refused[1].starts_with("$.i is of the type Interval"), "{refused:?}");
    assert!(refused[2].starts_with("$.f is no number of DynamoDB"), "{refused:?}");
    assert_eq!(refused[3], "");
    // Among the rejects each is refused again.
    let again = found.iter().map(|row| Item::from_dynamodb_json(&row.text).is_ok());
    assert_eq!(again.collect::<Vec<_>>(), [false, false, false, true]);
    let nameless = RecordBatch::try_from_iter([("", columns_of_one())]).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), nameless.schema(), None).unwrap();
    writer.write(&nameless).unwrap();
    let rows = rows(&writer.into_inner().unwrap());
    assert_eq!(rows[0].refused.as_deref(), Some("$[\"\"] has no name"));
}

fn columns_of_one() -> ArrayRef {
    Arc::new(StringArray::from(vec!["a"]))
}

#[test]
fn what_is_damaged_is_an_error() {
    let item = Item::from_dynamodb_json(br#"{"pk":{"S":"a"}}"#).unwrap();
    let bytes = write(&[item]);
    for part in [&b""[..], b"PAR1", &bytes[..bytes.len() - 1]] {
        let error = ParquetReader::open(file(part)).unwrap_err();
        assert_eq!(error.kind(), ColumnarErrorKind::Read);
    }
}

//! Exports in Amazon Ion.

use crate::support::{ROOT, get_text, lines, put, read_all, small_export, verified};
use crate::tolerance::{edit, remove};
use bytes::Bytes;
use ddbkit_codec::ion::IonBinaryWriter;
use ddbkit_codec::{Item, RawItem};
use ddbkit_export::{
    Check, Compression, ExportErrorKind, ExportReader, FaultKind, LineBatch, ReadOptions,
};
use ddbkit_store::Store;
use flate2::write::GzEncoder;
use std::io::Write;

/// An export whose first file holds these bytes as Ion, and the number of their items.
async fn export(ion: &[u8], items: u64) -> ExportReader {
    let store = Store::memory();
    let files = small_export(&store, Compression::None).await;
    for other in &files[1..] {
        store.delete(&other.file.data_file_s3_key).await.unwrap();
    }
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(ion).unwrap();
    let key = &files[0].file.data_file_s3_key;
    put(&store, key, encoder.finish().unwrap()).await;
    let manifest = format!("{{\"itemCount\":{items},\"dataFileS3Key\":{key:?}}}\n");
    put(&store, &format!("{ROOT}/manifest-files.json"), manifest).await;
    edit(&store, "manifest-summary.json", |text| {
        let count = format!("\"itemCount\":{items},");
        text.replace("DYNAMODB_JSON", "ION").replace("\"itemCount\":300,", &count)
    })
    .await;
    remove(&store, "manifest-files.md5").await;
    remove(&store, "manifest-summary.md5").await;
    ExportReader::open(store).await.unwrap()
}

async fn batches(reader: &ExportReader, skip_lines: u64) -> Vec<LineBatch> {
    let options = ReadOptions { skip_lines };
    let mut stream = reader.read_file(&reader.files()[0], options).await.unwrap();
    let mut batches = Vec::new();
    while let Some(batch) = stream.next().await.unwrap() {
        batches.push(batch);
    }
    batches
}

fn items(json: &Bytes) -> Vec<Item> {
    let lines = json.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| RawItem::from_line(line).unwrap().decode().unwrap()).collect()
}

#[tokio::test]
async fn every_form_is_read_as_lines_of_dynamodb_json() {
    let json = lines(1, 30_000);
    let items = items(&json);
    let (mut text, mut binary, mut writer) = (Vec::new(), Vec::new(), IonBinaryWriter::new());
    for item in &items {
        item.write_ion_text(&mut text);
        writer.write(item, &mut binary);
    }
    let spaced = String::from_utf8(text.clone()).unwrap().replace("$ion_1_0", " $ion_1_0");
    let list = String::from_utf8(text.clone()).unwrap();
    let list = list.replace("$ion_1_0 ", "").trim_end().replace('\n', ",");
    let list = format!("$ion_1_0 [{list}]");
    for ion in [text, binary, spaced.into_bytes(), list.into_bytes()] {
        let reader = export(&ion, items.len() as u64).await;
        assert!(read_all(&reader, &reader.files()[0]).await.unwrap() == json);
        let report = verified(&reader.root_store()).await;
        assert!(report.is_ok(), "{:?}", report.faults());
        assert_eq!(report.checks()[&Check::Lines], 1);

        // A load goes on with the line behind the one it knows.
        let rest = batches(&reader, 29_990).await;
        assert_eq!((rest[0].first_line, rest[0].lines), (29_991, 9));
        assert_eq!(rest[0].bytes, lines(29_991, 30_000));
    }
}

#[tokio::test]
async fn values_have_the_lines_on_which_they_begin() {
    let ion =
        "$ion_1_0 {Item:{pk:1.}}\n\n// two\n{Item:{\n  pk:2.\n}} {Item:{pk:3.}}\n{Item:{pk:4.}}\n";
    let reader = export(ion.as_bytes(), 4).await;
    let batches = batches(&reader, 0).await;
    let found: Vec<_> = batches[0]
        .iter()
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| (number, String::from_utf8_lossy(line).into_owned()))
        .collect();
    let line = |number, n| (number, format!("{{\"Item\":{{\"pk\":{{\"N\":\"{n}\"}}}}}}"));
    // The third begins on line 6, the fourth on 7.
    assert_eq!(found, [line(1, 1), line(3, 2), line(6, 3), line(7, 4)]);
}

#[tokio::test]
async fn what_is_no_item_is_told_and_the_others_are_read() {
    let ion = "$ion_1_0 {Item:{pk:1.}}\n$ion_1_0 {Item:{pk:1e0}}\n$ion_1_0 {Item:{pk:3.}\n$ion_1_0 {Item:{\n\"pk\":{S:null.string}}}\n{\"Item\":{\"pk\":{\"N\":x}}}\n$ion_1_0 {Item:{pk:6.}}\n";
    let reader = export(ion.as_bytes(), 6).await;
    let batch = &batches(&reader, 0).await[0];
    assert_eq!(batch.refusal(1), None);
    let why = batch.refusal(2).unwrap();
    assert!(why.contains("line 2") && why.contains("$.pk"), "{why}");
    let refused: Vec<_> = batch.refused.iter().map(|refused| refused.line).collect();
    let good: Vec<_> = batch
        .iter()
        .filter(|(_, line)| RawItem::from_line(line).is_ok_and(|raw| raw.decode().is_ok()))
        .map(|(number, _)| number)
        .collect();
    assert_eq!((refused, good), (vec![2, 3, 4, 6], vec![1, 7]));
    let text = String::from_utf8(batch.bytes.to_vec()).unwrap();
    assert_eq!(text.lines().nth(1), Some("$ion_1_0 {Item:{pk:1e0}}"));

    let report = verified(&reader.root_store()).await;
    let lines: Vec<_> = report.faults().iter().map(|fault| (fault.kind, fault.line)).collect();
    let invalid = |line| (FaultKind::InvalidLine, Some(line));
    assert_eq!(lines, [invalid(2), invalid(3), invalid(4), invalid(6)]);
}

#[tokio::test]
async fn damage_is_told() {
    let (mut binary, mut writer) = (Vec::new(), IonBinaryWriter::new());
    for item in items(&lines(0, 100)) {
        writer.write(&item, &mut binary);
    }
    let reader = export(&binary[..binary.len() - 1], 100).await;
    let error = read_all(&reader, &reader.files()[0]).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::CorruptDataFile);
    assert_eq!(error.line(), Some(100));

    let reader = export(&binary, 99).await;
    let error = read_all(&reader, &reader.files()[0]).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::ItemCountMismatch);
}

#[tokio::test]
async fn changes_are_read_as_records() {
    let value =
        "{Record:{Keys:{pk:\"a\"},Metadata:{WriteTimestampMicros:7.},NewImage:{pk:\"a\",n:6d2}}}";
    let ion = format!("$ion_1_0 {value}\n$ion_1_0 {{Record:{{Keys:{{pk:\"b\"}}}}}}\n");
    let reader = export(ion.as_bytes(), 2).await;
    let store = reader.root_store();
    let text = get_text(&store, "manifest-summary.json").await;
    let incremental = text.replace("FULL_EXPORT", "INCREMENTAL_EXPORT");
    assert_ne!(text, incremental);
    put(&store, "manifest-summary.json", incremental).await;
    let reader = ExportReader::open(store).await.unwrap();
    let batch = &batches(&reader, 0).await[0];
    assert_eq!(
        batch.iter().next().unwrap().1,
        br#"{"Metadata":{"WriteTimestampMicros":{"N":"7"}},"Keys":{"pk":{"S":"a"}},"NewImage":{"pk":{"S":"a"},"n":{"N":"600"}}}"#,
    );
    assert!(batch.refusal(2).unwrap().contains("$.Metadata"));
}

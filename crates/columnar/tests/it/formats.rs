//! Real exports through every format and back.

use crate::rows::{read, without_nulls, write};
use ddbkit_codec::ion::IonBinaryWriter;
use ddbkit_codec::stream::{IonItemReader, ItemReader, ItemWriter};
use ddbkit_codec::{Item, PlainOptions};
use ddbkit_columnar::{CsvForm, CsvWriter, ParquetOptions};
use std::fs::File;
use std::path::{Path, PathBuf};

/// The data files of the exports of the fixtures.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.to_str().unwrap().ends_with(".json.gz") {
            found.push(path);
        }
    }
}

pub(crate) fn real_exports() -> Vec<Vec<Item>> {
    let fixtures =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../export/tests/fixtures/native-export");
    let exports = ["purpom-media-lab__amplify-data-migration", "scylladb__scylla-migrator"];
    let exports = exports.map(|name| {
        let mut found = Vec::new();
        files(&fixtures.join(name), &mut found);
        let items = found.iter().flat_map(|path| ItemReader::new(File::open(path).unwrap()));
        items.collect::<Result<Vec<Item>, _>>().unwrap()
    });
    assert_eq!(exports.each_ref().map(Vec::len), [3, 3]);
    exports.into()
}

#[test]
fn json_becomes_ion_and_json_again() {
    for items in real_exports() {
        let mut text = Vec::new();
        let mut binary = Vec::new();
        let mut writer = IonBinaryWriter::new();
        for item in &items {
            item.write_ion_text(&mut text);
            writer.write(item, &mut binary);
        }
        for ion in [text, binary] {
            let back: Vec<Item> = IonItemReader::new(&ion[..]).collect::<Result<_, _>>().unwrap();
            assert_eq!(back, items);
            let mut json = ItemWriter::new(Vec::new());
            for item in &back {
                json.write(item).unwrap();
            }
            let json = json.finish().unwrap();
            let back: Vec<Item> = ItemReader::new(&json[..]).collect::<Result<_, _>>().unwrap();
            assert_eq!(back, items);
        }
    }
}

#[test]
fn json_becomes_tagged_plain_json_and_json_again() {
    for items in real_exports() {
        for item in items {
            let plain = item.to_plain_json(&PlainOptions::LOSSLESS);
            let back = Item::from_plain_json(plain.as_bytes(), &PlainOptions::LOSSLESS).unwrap();
            assert_eq!(back, item);
        }
    }
}

#[test]
fn json_becomes_parquet_and_is_equal_in_content() {
    for items in real_exports() {
        let (bytes, inferred) = write(&items, ParquetOptions::default());
        let expected: Vec<Item> = items.iter().map(without_nulls).collect();
        assert_eq!(read(bytes, &inferred.schema), expected);
    }
}

#[test]
fn json_becomes_rows_for_people() {
    for items in real_exports() {
        let mut names: Vec<String> =
            items.iter().flat_map(|item| item.iter().map(|(name, _)| name.to_owned())).collect();
        names.sort();
        names.dedup();
        let mut writer = CsvWriter::new(Vec::new(), &names, CsvForm::Human).unwrap();
        let mut tape = ddbkit_codec::Tape::new();
        for item in &items {
            writer.write(tape.read_line(item.to_dynamodb_json().as_bytes()).unwrap()).unwrap();
        }
        let (bytes, report) = writer.finish().unwrap();
        assert_eq!((report.items, report.left_out), (3, 0));
        let mut rows = ::csv::Reader::from_reader(&bytes[..]);
        assert_eq!(rows.headers().unwrap().len(), names.len());
        assert_eq!(rows.records().map(Result::unwrap).count(), 3);
    }
}

//! Other programs say the same of items: boto3, amazon.ion and Python's decimals, by the vectors in
//! `tests/vectors`, which say how they were made.

mod live;

use crate::fuzz_corpus::checks::neutral;
use ddbkit_codec::ion::{IonBinaryReader, IonTextReader};
use ddbkit_codec::{DecodeError, Item, Number, RawItem, Tape};
use serde_json::Value;
use std::path::Path;

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("vectors");
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn vectors(name: &str) -> Vec<Value> {
    let text = String::from_utf8(file(name)).unwrap();
    let vectors: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(vectors.len() > 5, "{name}");
    vectors
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap_or_else(|| panic!("no {name} in {vector}"))
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn ion_text(bytes: &[u8]) -> Result<Vec<Value>, DecodeError> {
    let (mut reader, mut tape, mut items) = (IonTextReader::new(bytes), Tape::new(), Vec::new());
    while let Some(item) = reader.next_item(&mut tape)? {
        items.push(neutral::of_item(&item.to_item()));
    }
    Ok(items)
}

fn ion_binary(bytes: &[u8]) -> Result<Vec<Value>, DecodeError> {
    let (mut reader, mut tape, mut items) = (IonBinaryReader::new(bytes), Tape::new(), Vec::new());
    while let Some(item) = reader.next_item(&mut tape)? {
        items.push(neutral::of_item(&item.to_item()));
    }
    Ok(items)
}

#[test]
fn items_are_what_boto3_says() {
    let mut beyond = 0;
    for vector in vectors("boto3.jsonl") {
        let json = text(&vector, "json");
        let item = Item::from_dynamodb_json(json.as_bytes()).unwrap();
        assert_eq!(neutral::of_item(&item), vector["neutral"], "{json}");
        let borrowed = Tape::new().read_line(json.as_bytes()).unwrap().to_item();
        assert_eq!(neutral::of_item(&borrowed), vector["neutral"], "{json}");
        if vector.get("boto3").is_some() {
            // It fails on numbers that the service holds; we must not.
            beyond += 1;
            continue;
        }
        let written = text(&vector, "written");
        let item = RawItem::from_line(written.as_bytes()).unwrap().decode().unwrap();
        assert_eq!(neutral::of_item(&item), vector["neutral"], "{written}");
    }
    assert!(beyond > 0, "the vectors have numbers at the limits");
}

#[test]
fn what_only_boto3_takes_is_refused() {
    for vector in vectors("boto3_refused.jsonl") {
        let json = text(&vector, "json");
        let error = Item::from_dynamodb_json(json.as_bytes()).unwrap_err();
        assert_eq!(format!("{:?}", error.kind()), text(&vector, "kind"), "{json}");
    }
}

#[test]
fn numbers_are_what_python_says() {
    for vector in vectors("numbers.jsonl") {
        let (written, normal) = (text(&vector, "text"), text(&vector, "normal"));
        let number: Number = written.parse().unwrap();
        assert_eq!(number.to_normal_form(), normal, "{written}");
        assert_eq!(number, normal.parse().unwrap(), "{written}");
        let float: f64 = text(&vector, "float").parse().unwrap();
        // Zero has no sign here.
        assert_eq!((number.to_f64() + 0.0).to_bits(), (float + 0.0).to_bits(), "{written}");
    }
}

#[test]
fn items_are_what_amazon_ion_says() {
    for vector in vectors("ion.jsonl") {
        let expected = [vector["neutral"].clone()];
        let written = text(&vector, "text");
        assert_eq!(ion_text(written.as_bytes()).unwrap(), expected, "{written}");
        let binary = unhex(text(&vector, "binary"));
        assert_eq!(ion_binary(&binary).unwrap(), expected, "{written}");
    }
}

#[test]
fn streams_are_what_amazon_ion_says() {
    let items = vectors("stream.jsonl");
    assert_eq!(ion_text(&file("stream.ion")).unwrap(), items);
    assert_eq!(ion_binary(&file("stream.10n")).unwrap(), items);
}

#[test]
fn odd_ion_is_what_amazon_ion_says() {
    for vector in vectors("ion_forms.jsonl") {
        let written = text(&vector, "text");
        let read = ion_text(written.as_bytes());
        match vector.get("items") {
            Some(items) => assert_eq!(&Value::from(read.unwrap()), items, "{written}"),
            // It refuses the text, or reads what is no number as zero.
            None => assert!(read.is_err(), "{written}: {read:?}"),
        }
    }
}

#[test]
fn ion_that_no_item_can_hold_is_refused() {
    for vector in vectors("ion_refused.jsonl") {
        let written = text(&vector, "text");
        let error = ion_text(written.as_bytes()).unwrap_err();
        assert_eq!(format!("{:?}", error.kind()), text(&vector, "kind"), "{written}");
    }
}

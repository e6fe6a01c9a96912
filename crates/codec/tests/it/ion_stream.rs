//! Streams of Amazon Ion.

use ddbkit_codec::ion::IonBinaryWriter;
use ddbkit_codec::lines::{LineErrorKind, LineOptions};
use ddbkit_codec::stream::{IonItemReader, ReadError};
use ddbkit_codec::{DecodeErrorKind, DecodeOptions, Item, strategies};
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::{Read, Write};

/// Gives a few bytes at a time.
struct Dripping<'a>(&'a [u8], usize);

impl Read for Dripping<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let most = out.len().min(self.1);
        self.0.read(&mut out[..most])
    }
}

fn text(items: &[Item]) -> Vec<u8> {
    let mut out = Vec::new();
    for item in items {
        item.write_ion_text(&mut out);
    }
    out
}

fn list(items: &[Item]) -> Vec<u8> {
    let lines = String::from_utf8(text(items)).unwrap();
    let values: Vec<_> = lines.lines().map(|line| line.replacen("$ion_1_0 ", "", 1)).collect();
    format!("$ion_1_0 [{}]", values.join(",\n\t")).into_bytes()
}

fn binary(items: &[Item]) -> Vec<u8> {
    let (mut out, mut writer) = (Vec::new(), IonBinaryWriter::new());
    for item in items {
        writer.write(item, &mut out);
    }
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Items of up to 4,000 bytes, in normal form as Ion leaves them, more than a window of them.
fn many() -> Vec<Item> {
    let item = |n: u64| {
        let text = format!("{n:x}\n").repeat(usize::try_from(n * 7 % 1_000).unwrap());
        let json = format!(
            r#"{{"pk":{{"N":"{n}"}},"text":{{"S":{}}},"m":{{"M":{{"l":{{"L":[{{"B":"aGk="}}]}}}}}}}}"#,
            serde_json::to_string(&text).unwrap(),
        );
        Item::from_dynamodb_json(json.as_bytes()).unwrap()
    };
    (1..2_000).map(item).collect()
}

#[test]
fn every_form_is_read_from_every_stream() {
    let items = many();
    for bytes in [text(&items), list(&items), binary(&items)] {
        assert!(bytes.len() > 2 << 20, "several windows");
        for stream in [gzip(&bytes), zstd(&bytes), bytes] {
            let mut reader = IonItemReader::new(Dripping(&stream, 100_001));
            let mut expected = items.iter();
            while let Some(item) = reader.next_ref().unwrap() {
                assert_eq!(Some(&item.to_item()), expected.next());
            }
            assert!(expected.next().is_none() && reader.next_ref().unwrap().is_none());
            assert_eq!((reader.items(), reader.bad_values()), (items.len() as u64, 0));
        }
    }
    for nothing in [&b""[..], b"\n \n", b"\xe0\x01\x00\xea", b"[]", b"$ion_1_0"] {
        assert!(IonItemReader::new(nothing).next().is_none());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_written_is_read(items in proptest::collection::vec(strategies::item(), 0..20)) {
        let in_normal_form = |item: &Item| {
            let mut line = Vec::new();
            item.write_ion_text(&mut line);
            IonItemReader::new(&line[..]).next().unwrap().unwrap()
        };
        let expected: Vec<_> = items.iter().map(in_normal_form).collect();
        for bytes in [text(&items), list(&items), binary(&items)] {
            let read: Result<Vec<_>, _> = IonItemReader::new(Dripping(&bytes, 3)).collect();
            prop_assert_eq!(&read.unwrap(), &expected);
        }
    }
}

#[test]
fn bad_values_are_told_and_passed() {
    let text = "$ion_1_0 {Item:{pk:\"a\"}}\n\n$ion_1_0 {Item:{\n  pk:2017T}}\n$ion_1_0 {Item:{pk: ]\n{pk:1}\n$ion_1_0 {Item:{pk:\"c\"}}\n";
    let mut reader = IonItemReader::new(text.as_bytes());
    let (mut keys, mut errors, mut raw) = (String::new(), Vec::new(), Vec::new());
    loop {
        match reader.next_ref() {
            Ok(Some(item)) => keys += &item.to_dynamodb_json(),
            Ok(None) => break,
            Err(error) => {
                raw.push(String::from_utf8_lossy(reader.raw()).into_owned());
                errors.push(error);
            }
        }
    }
    assert_eq!(keys, r#"{"pk":{"S":"a"}}{"pk":{"S":"c"}}"#);
    assert_eq!((reader.items(), reader.bad_values()), (2, 2));
    let place = |part: &str| text.find(part).unwrap() as u64;
    let found: Vec<_> =
        errors.iter().map(|error| (error.line(), error.offset(), error.path())).collect();
    assert_eq!(found, [(3, place("2017T"), "$.pk"), (5, place(" ]") + 1, "$.Item.pk")]);
    assert!(errors.iter().all(|error| !error.is_final()));
    assert_eq!(raw, ["$ion_1_0 {Item:{\n  pk:2017T}}", "$ion_1_0 {Item:{pk: ]"]);

    // In binary it is the number of the value that is told.
    let items = [r#"{"pk":{"S":"a"}}"#, r#"{"pk":{"S":"?"}}"#, r#"{"pk":{"S":"c"}}"#];
    let items = items.map(|json| Item::from_dynamodb_json(json.as_bytes()).unwrap());
    let mut bytes = binary(&items);
    let at = bytes.iter().position(|byte| *byte == b'?').unwrap();
    bytes[at] = 0xff;
    let mut reader = IonItemReader::new(&bytes[..]);
    let read: Vec<_> = reader.by_ref().collect();
    assert_eq!(read.len(), 3);
    assert_eq!((read[0].as_ref().unwrap(), read[2].as_ref().unwrap()), (&items[0], &items[2]));
    let error = read[1].as_ref().unwrap_err();
    assert_eq!((error.line(), error.path(), error.is_final()), (2, "$.Item.pk", false));

    // Nothing is known behind bytes that do not say how long they are.
    let cut = &bytes[..bytes.len() - 1];
    let read: Vec<_> = IonItemReader::new(cut).collect();
    let Some(Err(ReadError::Decode { error, is_final: true, .. })) = read.last() else {
        panic!("{read:?}")
    };
    assert_eq!((read.len(), error.kind()), (3, DecodeErrorKind::UnexpectedEnd));
}

#[test]
fn what_ends_a_stream_early_is_final() {
    let items = many();
    for bytes in [text(&items), list(&items), binary(&items)] {
        for stream in [gzip(&bytes), zstd(&bytes)] {
            let mut reader = IonItemReader::new(&stream[..stream.len() * 3 / 4]);
            let read: Vec<_> = reader.by_ref().collect();
            let (last, whole) = read.split_last().unwrap();
            assert!(whole.len() > 500);
            assert!(whole.iter().zip(&items).all(|(read, item)| read.as_ref().unwrap() == item));
            assert!(last.as_ref().unwrap_err().is_final());
            // The iterator has ended; who lends is told again.
            assert!(reader.next().is_none());
            assert!(reader.next_ref().is_err() && reader.next_ref().is_err());
        }
    }
}

#[test]
fn long_values_and_bombs_are_refused() {
    let long = format!("$ion_1_0 {{Item:{{pk:\"{}\"}}}}\n", "x".repeat(3 << 20));
    let options = LineOptions { longest_line: 2 << 20, ..LineOptions::default() };
    let reader =
        |options| IonItemReader::with_options(long.as_bytes(), options, DecodeOptions::default());
    assert_eq!(reader(LineOptions::default()).count(), 1);
    let told = |error: ReadError| match error {
        ReadError::Line(error) => error.kind(),
        other => panic!("{other}"),
    };
    let error = reader(options).next().unwrap().unwrap_err();
    assert_eq!((error.is_final(), told(error)), (true, LineErrorKind::ValueTooLong));

    let options = LineOptions { most_bytes: Some(1 << 20), ..LineOptions::default() };
    let error = reader(options).next().unwrap().unwrap_err();
    assert_eq!(told(error), LineErrorKind::TooLarge);

    let bomb = zstd(&vec![b' '; 100 << 20]);
    let error = IonItemReader::new(&bomb[..]).next().unwrap().unwrap_err();
    assert_eq!(told(error), LineErrorKind::ExpandsTooMuch);
}

//! What must hold for any bytes, one function for each decoder. The fuzz targets call them with what
//! libFuzzer makes, and the tests of the crate with the stored corpus and changes of it.

use ddbkit_codec::ion::{IonBinaryReader, IonBinaryWriter, IonTextReader};
use ddbkit_codec::lines::{LineBatch, LineOptions, LineReader};
use ddbkit_codec::stream::ItemReader;
use ddbkit_codec::{
    AttributeValue, DecodeOptions, IncrementalRecord, Item, PlainOptions, RawItem, RawRecord,
    StreamRecord, Tape, item_digest, split_items,
};

/// A decoder by the name of its target and corpus.
pub type Check = (&'static str, fn(&[u8]));

/// All of them.
pub const ALL: [Check; 8] = [
    ("dynamodb_json", dynamodb_json),
    ("raw_item", raw_item),
    ("lines", lines),
    ("v1", v1),
    ("records", records),
    ("plain_json", plain_json),
    ("ion_text", ion_text),
    ("ion_binary", ion_binary),
];

/// The owned and the borrowed reader agree, what they take is JSON, what is written is read as the
/// same, and errors have their place within the bytes.
pub fn dynamodb_json(bytes: &[u8]) {
    let owned = Item::from_dynamodb_json(bytes);
    let mut tape = Tape::new();
    let borrowed = tape.read_dynamodb_json(bytes).map(|item| {
        let owned = item.to_item();
        assert_eq!(item.digest(), item_digest(&owned));
        assert_eq!(item.size(), owned.size());
        (owned, item.to_dynamodb_json())
    });
    match (owned, borrowed) {
        (Ok(owned), Ok((borrowed, text))) => {
            assert_eq!(owned, borrowed);
            assert!(serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok());
            assert_eq!(RawItem::from_line(bytes).is_ok(), true);
            for text in [text, owned.to_dynamodb_json()] {
                assert_eq!(Item::from_dynamodb_json(text.as_bytes()).as_ref(), Ok(&owned));
            }
        }
        (Err(owned), Err(borrowed)) => {
            assert_eq!(owned, borrowed);
            assert!(owned.offset() <= bytes.len());
        }
        (owned, borrowed) => panic!("{owned:?} but {borrowed:?}"),
    }
}

/// Raw items end where their bracket closes, escaping them changes nothing that is read, and their
/// attributes are those of the decoded item.
pub fn raw_item(bytes: &[u8]) {
    if let Ok((raw, rest)) = RawItem::from_prefix(bytes) {
        assert_eq!([raw.as_bytes(), rest].concat(), bytes);
    }
    let _ = split_items(bytes).count();
    let mut tape = Tape::new();
    for raw in [RawItem::from_line(bytes), RawItem::from_export_line(bytes)].into_iter().flatten() {
        let mut escaped = Vec::new();
        raw.write_escaped(&mut escaped);
        let decoded = raw.decode().ok();
        assert_eq!(Item::from_dynamodb_json(&escaped).ok(), decoded);
        let Some(item) = decoded else { continue };
        assert_eq!(raw.size(), Ok(item.size()));
        for (name, value) in item.iter().take(4) {
            let text = raw.attribute(name).expect("a member").expect("an attribute");
            assert_eq!(AttributeValue::from_dynamodb_json(text).as_ref(), Ok(value));
        }
    }
    let line = tape.read_line(bytes).map(|item| item.to_item()).ok();
    assert_eq!(line, RawItem::from_line(bytes).and_then(|raw| raw.decode()).ok());
}

/// Lines of any stream, plain or compressed, are numbered without gaps.
pub fn lines(bytes: &[u8]) {
    let options =
        LineOptions { longest_line: 1 << 16, most_bytes: Some(1 << 22), ..LineOptions::default() };
    let mut reader = LineReader::with_options(bytes, options);
    let (mut batch, mut lines, mut offset) = (LineBatch::default(), 0, 0);
    while let Ok(true) = reader.next_batch(&mut batch) {
        assert_eq!((batch.first_line, batch.first_offset), (lines + 1, offset));
        lines += batch.lines;
        offset += batch.bytes.len() as u64;
    }
    for item in ItemReader::with_options(bytes, options, DecodeOptions::default()) {
        if item.is_err_and(|error| error.is_final()) {
            break;
        }
    }
}

/// What the old casing says is read from the new one as well.
pub fn v1(bytes: &[u8]) {
    if let Ok(item) = Item::from_dynamodb_json_v1(bytes) {
        let again = Item::from_dynamodb_json(item.to_dynamodb_json().as_bytes());
        assert_eq!(again, Ok(item));
    }
}

/// Changes are written so that they read as the same.
pub fn records(bytes: &[u8]) {
    if let Ok(record) = IncrementalRecord::from_dynamodb_json(bytes) {
        let again = IncrementalRecord::from_dynamodb_json(record.to_dynamodb_json().as_bytes());
        assert_eq!(again, Ok(record));
    }
    if let Ok(raw) = RawRecord::from_line(bytes) {
        let _ = raw.decode();
    }
    let _ = StreamRecord::from_json(bytes);
    let _ = StreamRecord::all_from_json(bytes);
}

/// Plain JSON is written without a loss where that was asked for.
pub fn plain_json(bytes: &[u8]) {
    for options in [PlainOptions::default(), PlainOptions::LOSSLESS] {
        let Ok(item) = Item::from_plain_json(bytes, &options) else { continue };
        let text = item.to_plain_json(&PlainOptions::LOSSLESS);
        let again = Item::from_plain_json(text.as_bytes(), &PlainOptions::LOSSLESS);
        assert_eq!(again, Ok(item));
    }
}

/// What is read from Ion text is written so that text, binary and JSON read as the same.
pub fn ion_text(bytes: &[u8]) {
    let (mut reader, mut tape) = (IonTextReader::new(bytes), Tape::new());
    loop {
        match reader.next_item(&mut tape) {
            Ok(Some(item)) => {
                let (owned, json) = (item.to_item(), item.to_dynamodb_json());
                let mut text = Vec::new();
                item.write_ion_text(&mut text);
                assert_eq!(Item::from_dynamodb_json(json.as_bytes()).as_ref(), Ok(&owned));
                same_in_ion(&owned, &text);
            }
            Ok(None) => return,
            Err(error) => return assert!(error.offset() <= bytes.len(), "{error}"),
        }
    }
}

/// The same for Ion binary.
pub fn ion_binary(bytes: &[u8]) {
    let (mut reader, mut tape) = (IonBinaryReader::new(bytes), Tape::new());
    // Errors within a value leave the next one to be read.
    for _ in 0..100 {
        match reader.next_item(&mut tape) {
            Ok(Some(item)) => {
                let owned = item.to_item();
                let mut text = Vec::new();
                item.write_ion_text(&mut text);
                same_in_ion(&owned, &text);
            }
            Ok(None) => return,
            Err(error) => assert!(error.offset() <= bytes.len(), "{error}"),
        }
    }
}

fn same_in_ion(item: &Item, text: &[u8]) {
    let (mut writer, mut binary) = (IonBinaryWriter::new(), Vec::new());
    writer.write(item, &mut binary);
    let mut tape = Tape::new();
    let read = IonTextReader::new(text).next_item(&mut tape).map(|item| item.map(|i| i.to_item()));
    assert_eq!(read.as_ref(), Ok(&Some(item.clone())));
    let mut reader = IonBinaryReader::new(&binary);
    let read = reader.next_item(&mut tape).map(|item| item.map(|i| i.to_item()));
    assert_eq!(read.as_ref(), Ok(&Some(item.clone())));
}

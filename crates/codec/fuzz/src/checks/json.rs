//! DynamoDB JSON: the owned reader, the tape, and what says things about the text alone.

use super::{assert_placed, neutral};
use ddbkit_codec::{
    AttributeValue, BareNumbers, DecodeOptions, Duplicates, Item, RawItem, SpareBits, Surrogates,
    Tape, item_digest,
};

pub(super) fn dynamodb_json(bytes: &[u8]) {
    let mut tape = Tape::new();
    let owned = Item::from_dynamodb_json(bytes);
    match (&owned, tape.read_dynamodb_json(bytes)) {
        (Ok(item), Ok(borrowed)) => {
            assert_eq!(&borrowed.to_item(), item);
            assert_eq!(borrowed.size(), item.size());
            assert_eq!(borrowed.digest(), item_digest(item));
            let written = borrowed.to_dynamodb_json();
            assert_eq!(neutral::of_json(written.as_bytes()), Some(neutral::of_item(item)));
        }
        (Err(error), Err(same)) => {
            assert_eq!(error, &same);
            assert_placed(error, bytes);
        }
        (owned, borrowed) => panic!("{owned:?}, but {:?}", borrowed.map(|item| item.to_item())),
    }
    other_options(bytes, owned.as_ref().ok());
    if let Ok(item) = &owned {
        assert_eq!(neutral::of_json(bytes), Some(neutral::of_item(item)), "not what JSON says");
        written_and_read(item);
        text_alone(bytes, item);
    }
}

/// What is written is read as the same, is the same when written again, and stays on its line.
pub(super) fn written_and_read(item: &Item) {
    let text = item.to_dynamodb_json();
    assert!(!text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']), "{text:?}");
    let again = Item::from_dynamodb_json(text.as_bytes());
    assert_eq!(again.as_ref(), Ok(item));
    assert_eq!(again.map(|again| again.to_dynamodb_json()), Ok(text));
}

/// What is said of the text without decoding it holds for the item.
fn text_alone(bytes: &[u8], item: &Item) {
    let (raw, rest) =
        RawItem::from_prefix(bytes.trim_ascii_start()).expect("an item that was read");
    assert!(rest.trim_ascii().is_empty());
    assert_eq!(raw.size(), Ok(item.size()));
    assert_eq!(raw.decode().as_ref(), Ok(item));
    for (name, value) in item.iter() {
        let text = raw.attribute(name).expect("members").expect("the attribute");
        assert_eq!(AttributeValue::from_dynamodb_json(text).as_ref(), Ok(value), "{name:?}");
    }
}

/// Stricter options refuse more, others take more, and none changes what both take.
fn other_options(bytes: &[u8], item: Option<&Item>) {
    let default = DecodeOptions::default();
    for strict in [
        DecodeOptions { duplicates: Duplicates::Refuse, ..default },
        DecodeOptions { spare_bits: SpareBits::Refuse, ..default },
    ] {
        if let Ok(same) = read_alike(bytes, strict) {
            assert_eq!(Some(&same), item, "{strict:?}");
        }
    }
    let lenient = DecodeOptions {
        surrogates: Surrogates::Replace,
        bare_numbers: BareNumbers::Accept,
        ..default
    };
    let read = read_alike(bytes, lenient);
    if let Some(item) = item {
        assert_eq!(read.as_ref(), Ok(item));
    }
    read.iter().for_each(written_and_read);
}

/// Both readers with these options.
fn read_alike(bytes: &[u8], options: DecodeOptions) -> Result<Item, ddbkit_codec::DecodeError> {
    let owned = Item::from_dynamodb_json_with(bytes, &options);
    let mut tape = Tape::new();
    let borrowed = tape.read_dynamodb_json_with(bytes, &options).map(|item| item.to_item());
    assert_eq!(owned, borrowed, "{options:?}");
    owned
}

pub(super) fn v1(bytes: &[u8]) {
    match Item::from_dynamodb_json_v1(bytes) {
        Ok(item) => {
            assert!(serde_json::from_slice::<serde_json::Value>(bytes).is_ok(), "no JSON");
            written_and_read(&item);
        }
        Err(error) => assert_placed(&error, bytes),
    }
    if let Ok(item) = Item::from_dynamodb_json(bytes) {
        assert_eq!(Item::from_dynamodb_json_v1(bytes), Ok(item), "the new casing is read too");
    }
}

//! No bytes make the codec panic, and none are taken that are no JSON.

use ddbkit_codec::lines::{LineBatch, LineReader};
use ddbkit_codec::strategies::item;
use ddbkit_codec::{Item, RawItem, split_items};
use proptest::prelude::*;

/// Everything that takes bytes, on these.
fn exercise(bytes: &[u8]) {
    if let Ok(item) = Item::from_dynamodb_json(bytes) {
        assert!(serde_json::from_slice::<serde_json::Value>(bytes).is_ok(), "taken but no JSON");
        let again = Item::from_dynamodb_json(item.to_dynamodb_json().as_bytes());
        assert_eq!(again.as_ref(), Ok(&item));
    }
    if let Ok((raw, rest)) = RawItem::from_prefix(bytes) {
        assert_eq!([raw.as_bytes(), rest].concat(), bytes);
        assert!(raw.as_bytes().starts_with(b"{") && raw.as_bytes().ends_with(b"}"));
    }
    for raw in [RawItem::from_line(bytes), RawItem::from_export_line(bytes)].into_iter().flatten() {
        let _ = raw.attribute("pk");
        let mut escaped = Vec::new();
        raw.write_escaped(&mut escaped);
        assert_eq!(Item::from_dynamodb_json(&escaped).ok(), raw.decode().ok());
    }
    let _ = split_items(bytes).count();
    let mut reader = LineReader::new(bytes);
    let mut batch = LineBatch::default();
    let mut lines = 0;
    while let Ok(true) = reader.next_batch(&mut batch) {
        assert_eq!(batch.first_line, lines + 1);
        lines += batch.lines;
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        exercise(&bytes);
    }

    #[test]
    fn bytes_that_look_like_json(text in r#"[{}\[\]":,SNBLMOTtrue0-9.eE\\u+ -]{0,80}"#) {
        exercise(text.as_bytes());
    }

    #[test]
    fn items_with_a_byte_changed(item in item(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = item.to_dynamodb_json().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        exercise(&bytes);
        bytes.remove(at);
        exercise(&bytes);
    }

    #[test]
    fn items_that_are_cut_off(item in item(), at in any::<prop::sample::Index>()) {
        let bytes = item.to_dynamodb_json().into_bytes();
        let cut = &bytes[..at.index(bytes.len())];
        exercise(cut);
        prop_assert!(Item::from_dynamodb_json(cut).is_err());
        prop_assert!(RawItem::from_prefix(cut).is_err());
    }
}

#[test]
fn a_hostile_depth_is_an_error_not_a_crash() {
    for open in ["[", "{\"L\":[", "{\"M\":{\"a\":", "{\"a\":", "{\"a\":{\"M\":"] {
        let bytes = format!("{{\"a\":{}", open.repeat(1_000_000));
        exercise(bytes.as_bytes());
        assert!(Item::from_dynamodb_json(bytes.as_bytes()).is_err());
    }
}

#[test]
fn many_equal_names_take_no_time() {
    let members = r#""a":{"S":"x"},"#.repeat(200_000);
    let json = format!("{{{members}\"b\":{{\"S\":\"y\"}}}}");
    assert_eq!(Item::from_dynamodb_json(json.as_bytes()).unwrap().len(), 2);
}

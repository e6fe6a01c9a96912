//! The borrowed form says the same as the owned one.

use ddbkit_codec::strategies::item;
use ddbkit_codec::{DecodeOptions, Duplicates, Item, RawItem, Surrogates, Tape, TextRef, ValueRef};
use proptest::prelude::*;

proptest! {
    #[test]
    fn borrowed_and_owned_are_equal(items in prop::collection::vec(item(), 1..5)) {
        let mut tape = Tape::new();
        for item in items {
            let text = item.to_dynamodb_json();
            let borrowed = tape.read_dynamodb_json(text.as_bytes()).unwrap();
            prop_assert_eq!(borrowed.len(), item.len());
            for ((name, value), (own, expected)) in borrowed.iter().zip(item.iter()) {
                prop_assert_eq!(name.get(), own);
                prop_assert_eq!(&value.to_value(), expected);
            }
            prop_assert_eq!(&borrowed.to_item(), &item);
            prop_assert_eq!(&borrowed.to_dynamodb_json(), &text);
            let raw = RawItem::from_line(text.as_bytes()).unwrap();
            prop_assert_eq!(raw.size(), Ok(borrowed.size()));
            prop_assert_eq!(borrowed.digest(), ddbkit_codec::item_digest(&item));
            prop_assert_eq!(&Item::from_dynamodb_json(text.as_bytes()).unwrap(), &item);
            let line = format!("{{\"Item\":{text}}}\n");
            prop_assert_eq!(RawItem::size_of_line(line.as_bytes()), raw.size());
            prop_assert_eq!(&tape.read_line(line.as_bytes()).unwrap().to_item(), &item);
        }
    }

    /// White space between any two tokens changes nothing.
    #[test]
    fn spaces_change_nothing(item in item()) {
        let text = item.to_dynamodb_json();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let mut tape = Tape::new();
        prop_assert_eq!(&tape.read_line(pretty.as_bytes()).unwrap().to_item(), &item);
        let line = format!("{{ \"Item\" : {pretty} }}");
        prop_assert_eq!(&tape.read_line(line.as_bytes()).unwrap().to_item(), &item);
    }

    /// Whatever single byte is changed, all readers agree, and on whether it is JSON at all with a
    /// reader of the field.
    #[test]
    fn changed_bytes_are_read_alike(item in item(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut text = item.to_dynamodb_json().into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        let mut tape = Tape::new();
        let owned = Item::from_dynamodb_json(&text);
        let borrowed = tape.read_dynamodb_json(&text).map(|item| item.to_item());
        prop_assert_eq!(&owned, &borrowed);
        if let Ok(owned) = owned {
            prop_assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&text).is_ok());
            let strict = DecodeOptions { duplicates: Duplicates::Refuse, ..Default::default() };
            if let Ok(same) = Item::from_dynamodb_json_with(&text, &strict) {
                prop_assert_eq!(&same, &owned);
            }
        }
    }
}

#[test]
fn strings_without_escapes_are_not_copied() {
    let text = br#"{"a":{"S":"plain"},"b":{"S":"a\nb"}}"#;
    let mut tape = Tape::new();
    let item = tape.read_dynamodb_json(text).unwrap();
    let borrowed = |name| match item.get(name) {
        Some(ValueRef::S(text)) => TextRef::as_borrowed(&text),
        other => panic!("{other:?}"),
    };
    assert_eq!(borrowed("a"), Some("plain"));
    assert_eq!(borrowed("b"), None);
}

#[test]
fn sizes_count_names_values_and_containers() {
    for (text, size) in [
        ("{}", 0),
        (r#"{"a":{"S":""}}"#, 1),
        (r#"{"ab":{"S":"\u00e9"}}"#, 4),
        (r#"{"a":{"B":"AAE="},"b":{"BOOL":true},"c":{"NULL":true}}"#, 7),
        (r#"{"a":{"L":[]}}"#, 4),
        (r#"{"a":{"L":[{"S":"x"},{"N":"12"}]}}"#, 9),
        (r#"{"a":{"M":{"k":{"S":"x"}}}}"#, 7),
        (r#"{"a":{"SS":["x","yz"]},"b":{"NS":["1","100"]},"c":{"BS":["AAE="]}}"#, 12),
    ] {
        let mut tape = Tape::new();
        assert_eq!(tape.read_line(text.as_bytes()).unwrap().size(), size, "{text}");
        assert_eq!(RawItem::size_of_line(text.as_bytes()), Ok(size), "{text}");
    }
}

#[test]
fn borrowed_items_are_written_as_they_were_read() {
    let mut tape = Tape::new();
    let text = r#"{"a":{"S":"x\/\u0041"},"n":{"N":"+1.50"},"m":{"M":{"b":{"B":"AAE="}}}}"#;
    let item = tape.read_dynamodb_json(text.as_bytes()).unwrap();
    assert_eq!(item.to_dynamodb_json(), text);
    let Some(ValueRef::M(map)) = item.get("m") else { panic!("no map") };
    assert_eq!(map.to_dynamodb_json(), r#"{"b":{"B":"AAE="}}"#);
    // But for the separators of lines, which are escaped.
    let text = "{\"a\":{\"S\":\"x\u{2028}\u{85}\\n\"}}";
    let item = tape.read_dynamodb_json(text.as_bytes()).unwrap();
    assert_eq!(item.to_dynamodb_json(), r#"{"a":{"S":"x\u2028\u0085\n"}}"#);
}

#[test]
fn what_is_odd_but_legal_is_read_too() {
    let mut tape = Tape::new();
    for (odd, plain) in [
        (r#"{"a":{"S":"1"},"a":{"S":"2"}}"#, r#"{"a":{"S":"2"}}"#),
        (r#"{"a":{"S":"1"},"\u0061":{"S":"2"}}"#, r#"{"a":{"S":"2"}}"#),
        (r#"{"a":{"N":null,"S":"x"}}"#, r#"{"a":{"S":"x"}}"#),
        (r#"{"a":{"NS":["1.0","2"]}}"#, r#"{"a":{"NS":["1.0","2"]}}"#),
        (r#"{"a":{"N":"1E0000000000"}}"#, r#"{"a":{"N":"1E0000000000"}}"#),
        (r#"{"a":{"B":"YR=="}}"#, r#"{"a":{"B":"YQ=="}}"#),
        (r#"{"a":{"N":"\u0031"}}"#, r#"{"a":{"N":"1"}}"#),
        (r#"{"a":{"BS":["YQ==","YR=="]},"a":{"S":""}}"#, ""),
    ] {
        let read = tape.read_dynamodb_json(odd.as_bytes());
        if plain.is_empty() {
            assert!(read.is_err(), "{odd}");
        } else {
            assert_eq!(read.unwrap().to_item().to_dynamodb_json(), plain, "{odd}");
        }
    }
}

#[test]
fn deep_and_wide_items_are_read() {
    let mut tape = Tape::new();
    for levels in [31, 32, 33] {
        for (open, close) in [(r#"{"L":["#, "]}"), (r#"{"M":{"x":"#, "}}")] {
            let nested = |inner: &str, depth: usize| {
                format!("{{\"a\":{}{inner}{}}}", open.repeat(depth), close.repeat(depth))
            };
            let scalar = nested(r#"{"S":"x"}"#, levels - 1);
            assert_eq!(tape.read_line(scalar.as_bytes()).is_ok(), levels <= 32, "{levels}");
            let empty = nested(r#"{"L":[]}"#, levels - 1);
            // A list or map at the last level is refused also where it is empty, as in the service.
            assert_eq!(tape.read_line(empty.as_bytes()).is_ok(), levels < 32, "{levels}");
        }
    }
    let wide: Item = (0..5000).map(|n| (format!("attribute-{n}"), n.to_string())).collect();
    let text = wide.to_dynamodb_json();
    assert_eq!(tape.read_line(text.as_bytes()).unwrap().to_item(), wide);
    let twice = text.replacen("attribute-4999", "attribute-17", 1);
    assert_eq!(tape.read_line(twice.as_bytes()).unwrap().len(), 4999);
}

#[test]
fn halves_of_surrogate_pairs_are_replaced_on_request() {
    let text = br#"{"a":{"S":"x\ud800y\udc00\ud83d\ude00"}}"#;
    assert!(Tape::new().read_dynamodb_json(text).is_err());
    let options = DecodeOptions { surrogates: Surrogates::Replace, ..Default::default() };
    let mut tape = Tape::new();
    let item = tape.read_dynamodb_json_with(text, &options).unwrap().to_item();
    assert_eq!(item.get("a"), Some(&"x\u{fffd}y\u{fffd}\u{1f600}".into()));
}

//! The types as the first SDK for Java writes them.

use ddbkit_codec::{AttributeValue, DecodeErrorKind, Item, strategies};
use proptest::prelude::*;

/// The item as old tools wrote it, in the old spelling or the other one.
fn old(item: &Item, spelling: usize) -> String {
    let members = item.iter().map(|(name, value)| {
        format!("{}:{}", serde_json::to_string(name).unwrap(), old_value(value, spelling))
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn old_value(value: &AttributeValue, spelling: usize) -> String {
    let mut modern = Vec::new();
    value.write_dynamodb_json(&mut modern);
    let modern = String::from_utf8(modern).unwrap();
    let inside = || modern.split_once(':').unwrap().1.strip_suffix('}').unwrap().to_owned();
    let (tags, inside) = match value {
        AttributeValue::S(_) => (["s"; 3], inside()),
        AttributeValue::N(_) => (["n"; 3], inside()),
        AttributeValue::B(_) => (["b"; 3], inside()),
        AttributeValue::Ss(_) => (["sS", "ss", "SS"], inside()),
        AttributeValue::Ns(_) => (["nS", "ns", "NS"], inside()),
        AttributeValue::Bs(_) => (["bS", "bs", "BS"], inside()),
        AttributeValue::Bool(_) => (["bOOL", "bool", "BOOL"], inside()),
        AttributeValue::Null => (["nULLValue", "null", "nULL"], inside()),
        AttributeValue::M(map) => (["m"; 3], old(map, spelling)),
        AttributeValue::L(list) => {
            let list: Vec<_> = list.iter().map(|value| old_value(value, spelling)).collect();
            (["l"; 3], format!("[{}]", list.join(" , ")))
        }
    };
    format!("{{ \"{}\" : {inside}}}", tags[spelling])
}

proptest! {
    #[test]
    fn old_items_are_read(item in strategies::item(), spelling in 0_usize..3) {
        let text = old(&item, spelling);
        prop_assert_eq!(&Item::from_dynamodb_json_v1(text.as_bytes()).unwrap(), &item, "{}", text);
        prop_assert_eq!(
            Item::from_dynamodb_json_v1(item.to_dynamodb_json().as_bytes()).unwrap(), item
        );
    }

    #[test]
    fn broken_items_never_panic(
        item in strategies::item(), at in 0_usize..200, byte in any::<u8>(), cut in 0_usize..20,
    ) {
        let mut bytes = old(&item, 0).into_bytes();
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        bytes.truncate(bytes.len().saturating_sub(cut));
        if let Err(error) = Item::from_dynamodb_json_v1(&bytes) {
            prop_assert!(error.offset() <= bytes.len());
        }
    }
}

#[test]
fn names_are_not_types() {
    let line = r#"{"Id":{"n":"103"},"Tags":{"sS":["a","b"]},"Ok":{"bOOL":true},"X":{"nULL":true},"Bin":{"b":"AAE="},"s":{"m":{"s":{"s":"s"},"l":{"l":[{"s":"m"}]},"nULLValue":{"nULLValue":true}}}}"#;
    let item = Item::from_dynamodb_json_v1(line.as_bytes()).unwrap();
    assert_eq!(
        item.to_dynamodb_json(),
        r#"{"Id":{"N":"103"},"Tags":{"SS":["a","b"]},"Ok":{"BOOL":true},"X":{"NULL":true},"Bin":{"B":"AAE="},"s":{"M":{"s":{"S":"s"},"l":{"L":[{"S":"m"}]},"nULLValue":{"NULL":true}}}}"#
    );
    // All fields of the class, as a plain serialiser prints it.
    let all = r#"{"a":{"s":null,"n":"1","b":null,"m":null,"l":null,"ss":null,"ns":null,"bs":null,"null":null,"bool":null}}"#;
    let item = Item::from_dynamodb_json_v1(all.as_bytes()).unwrap();
    assert_eq!(item.to_dynamodb_json(), r#"{"a":{"N":"1"}}"#);
    // The old types are read on request only.
    let error = Item::from_dynamodb_json(br#"{"a":{"s":"x"}}"#).unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::UnknownType);
}

#[test]
fn errors_have_their_place_in_what_was_read() {
    for (text, kind, offset, path) in [
        (
            r#"{"a":{"nULLValue":true},"b":{"l":[{"n":"x"}]}}"#,
            DecodeErrorKind::InvalidNumber,
            39,
            "$.b[0]",
        ),
        (r#"{"a":{"x":"1"}}"#, DecodeErrorKind::UnknownType, 6, "$.a"),
        (r#"{"a":{"s":"1","S":"2"}}"#, DecodeErrorKind::SeveralTypes, 14, "$.a"),
        (r#"{"a":{"nULLValue":false}}"#, DecodeErrorKind::WrongForm, 18, "$.a"),
        (r#"{"a":{"sS":[]}}"#, DecodeErrorKind::EmptySet, 11, "$.a"),
        (r#"{"a":{"m":{"b":{"s":1}}}}"#, DecodeErrorKind::WrongForm, 20, "$.a.b"),
        (r#"{"a":{"s":"x"}"#, DecodeErrorKind::UnexpectedEnd, 14, "$"),
        (r#"{"a":{"s":"x"}}}"#, DecodeErrorKind::TrailingData, 15, "$"),
    ] {
        let error = Item::from_dynamodb_json_v1(text.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.offset(), error.path()), (kind, offset, path), "{text}");
        assert!(text[offset..].starts_with(error.quote()), "{}", error.quote());
    }
    let nested = |levels: usize| {
        format!("{}{{\"s\":\"\"}}{}", "{\"m\":{\"a\":".repeat(levels), "}}".repeat(levels))
    };
    let deep = |levels| format!("{{\"a\":{}}}", nested(levels));
    assert!(Item::from_dynamodb_json_v1(deep(31).as_bytes()).is_ok());
    for levels in [32, 100_000] {
        let error = Item::from_dynamodb_json_v1(deep(levels).as_bytes()).unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::TooDeep);
    }
}

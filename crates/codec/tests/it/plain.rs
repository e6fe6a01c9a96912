//! Items go to plain JSON and back.
#![allow(clippy::trivially_copy_pass_by_ref, reason = "as the interface has it")]

use ddbkit_codec::strategies::{attribute_value, item};
use ddbkit_codec::{
    AttributeValue, DecodeErrorKind as Kind, Item, Number, PlainBinaries, PlainNumbers,
    PlainOptions, PlainSets,
};
use proptest::prelude::*;
use serde_json::Value;

const PLAIN: PlainOptions = PlainOptions {
    numbers: PlainNumbers::Literal,
    sets: PlainSets::Array,
    binaries: PlainBinaries::Base64,
};

fn item_of(json: &str) -> Item {
    Item::from_dynamodb_json(json.as_bytes()).unwrap()
}

const ALL: &str = r#"{"s":{"S":"é\n"},"n":{"N":"1.50"},"i":{"N":"12345678901234567890"},"e":{"N":"+.5E1"},"b":{"B":"AAE="},"t":{"BOOL":true},"z":{"NULL":true},"l":{"L":[{"N":"1"},{"L":[]}]},"m":{"M":{"a":{"M":{}}}},"ss":{"SS":["a"]},"ns":{"NS":["1","12345678901234567890"]},"bs":{"BS":["AA=="]}}"#;

#[test]
fn each_type_is_written_as_the_options_say() {
    let item = item_of(ALL);
    assert_eq!(
        item.to_plain_json(&PlainOptions::default()),
        r#"{"s":"é\n","n":1.50,"i":12345678901234567890,"e":5,"b":"AAE=","t":true,"z":null,"l":[1,[]],"m":{"a":{}},"ss":["a"],"ns":[1,12345678901234567890],"bs":["AA=="]}"#
    );
    assert_eq!(PLAIN, PlainOptions::default());
    let careful = PlainOptions { numbers: PlainNumbers::LiteralOrText, ..PLAIN };
    assert_eq!(
        item.to_plain_json(&careful),
        r#"{"s":"é\n","n":1.50,"i":"12345678901234567890","e":5,"b":"AAE=","t":true,"z":null,"l":[1,[]],"m":{"a":{}},"ss":["a"],"ns":[1,"12345678901234567890"],"bs":["AA=="]}"#
    );
    let text = PlainOptions { numbers: PlainNumbers::Text, ..PLAIN };
    assert!(
        item.to_plain_json(&text).contains(r#""n":"1.50","i":"12345678901234567890","e":"+.5E1""#)
    );
    assert_eq!(
        item.to_plain_json(&PlainOptions::LOSSLESS),
        r#"{"s":"é\n","n":1.50,"i":12345678901234567890,"e":5,"b":{"$binary":"AAE="},"t":true,"z":null,"l":[1,[]],"m":{"a":{}},"ss":{"$stringSet":["a"]},"ns":{"$numberSet":[1,12345678901234567890]},"bs":{"$binarySet":["AA=="]}}"#
    );
}

#[test]
fn values_are_read_by_their_looks() {
    let text = r#" {"s":"$binary", "n":-1.50E+1,"t":true,"f":false,"z":null,"l":[1,"a",[]],"m":{"a":{}},"u":"\u00e9","b":{"$binary":"AAE="}} "#;
    let read = Item::from_plain_json(text.as_bytes(), &PLAIN).unwrap();
    assert_eq!(
        read.to_dynamodb_json(),
        r#"{"s":{"S":"$binary"},"n":{"N":"-1.50E+1"},"t":{"BOOL":true},"f":{"BOOL":false},"z":{"NULL":true},"l":{"L":[{"N":"1"},{"S":"a"},{"L":[]}]},"m":{"M":{"a":{"M":{}}}},"u":{"S":"é"},"b":{"M":{"$binary":{"S":"AAE="}}}}"#
    );
    let digits = format!(r#"{{"n":{}}}"#, "9".repeat(38));
    let read = Item::from_plain_json(digits.as_bytes(), &PLAIN).unwrap();
    assert_eq!(read.to_plain_json(&PLAIN), digits);
    let twice = Item::from_plain_json(br#"{"a":1,"b":2,"a":3}"#, &PLAIN).unwrap();
    assert_eq!(twice.to_plain_json(&PLAIN), r#"{"b":2,"a":3}"#);
}

#[test]
fn errors_have_their_place() {
    let long = format!(r#"{{"a":[0,{}]}}"#, "1".repeat(39));
    for (json, kind, offset, path) in [
        ("", Kind::UnexpectedEnd, 0, "$"),
        ("[]", Kind::WrongForm, 0, "$"),
        ("{", Kind::UnexpectedEnd, 1, "$"),
        ("{} {}", Kind::TrailingData, 3, "$"),
        (r#"{"a":}"#, Kind::Syntax, 5, "$.a"),
        (r#"{"a":1,}"#, Kind::Syntax, 7, "$"),
        (r#"{"a":[1,]}"#, Kind::Syntax, 8, "$.a[1]"),
        (r#"{"a" 1}"#, Kind::Syntax, 5, "$"),
        (r#"{"a":tru}"#, Kind::Syntax, 5, "$.a"),
        (r#"{"a":truer}"#, Kind::Syntax, 9, "$"),
        (r#"{"a":01}"#, Kind::Syntax, 5, "$.a"),
        (r#"{"a":+1}"#, Kind::Syntax, 5, "$.a"),
        (r#"{"a":1.}"#, Kind::Syntax, 5, "$.a"),
        (r#"{"a":.5}"#, Kind::Syntax, 5, "$.a"),
        (r#"{"a":1e}"#, Kind::Syntax, 5, "$.a"),
        (r#"{"a":-}"#, Kind::Syntax, 5, "$.a"),
        (r#"{"a":NaN}"#, Kind::Syntax, 5, "$.a"),
        (r#"{"a":1x}"#, Kind::Syntax, 5, "$.a"),
        (r#"{"a":{"b":1e126}}"#, Kind::NumberRange, 10, "$.a.b"),
        (long.as_str(), Kind::NumberPrecision, 8, "$.a[1]"),
        (r#"{"a":{"":1}}"#, Kind::EmptyName, 6, "$.a"),
        (r#"{"a.b":"\ud800"}"#, Kind::Encoding, 8, "$['a.b']"),
        ("{\"a\":\"x\ny\"}", Kind::Syntax, 7, "$.a"),
    ] {
        for options in [PLAIN, PlainOptions::LOSSLESS] {
            let error = Item::from_plain_json(json.as_bytes(), &options).unwrap_err();
            assert_eq!(
                (error.kind(), error.offset(), error.path()),
                (kind, offset, path),
                "{json}"
            );
        }
    }
    for (json, kind, offset, path) in [
        (r#"{"a":{"$binary":1}}"#, Kind::WrongForm, 16, "$.a"),
        (r#"{"a":{"$binary":"A"}}"#, Kind::InvalidBase64, 16, "$.a"),
        (r#"{"a":{"$stringSet":"x"}}"#, Kind::WrongForm, 19, "$.a"),
        (r#"{"a":{"$stringSet":[]}}"#, Kind::EmptySet, 19, "$.a"),
        (r#"{"a":{"$stringSet":["x",1]}}"#, Kind::WrongForm, 24, "$.a.SS[1]"),
        (r#"{"a":{"$numberSet":[1,"1.0"]}}"#, Kind::DuplicateInSet, 19, "$.a"),
        (r#"{"a":{"$numberSet":[1,"x"]}}"#, Kind::InvalidNumber, 22, "$.a.NS[1]"),
        (r#"{"a":{"$binarySet":["AA==","?"]}}"#, Kind::InvalidBase64, 27, "$.a.BS[1]"),
        (r#"{"a":{"$map":1}}"#, Kind::WrongForm, 13, "$.a"),
        (r#"{"a":{"$map":{"b":{"$binary":1}}}}"#, Kind::WrongForm, 29, "$.a.b"),
        (r#"{"a":{"$binary":"AA=="#, Kind::UnexpectedEnd, 21, "$.a['$binary']"),
    ] {
        let error = Item::from_plain_json(json.as_bytes(), &PlainOptions::LOSSLESS).unwrap_err();
        assert_eq!((error.kind(), error.offset(), error.path()), (kind, offset, path), "{json}");
    }
}

#[test]
fn the_depth_is_that_of_dynamodb_and_no_input_overflows_the_stack() {
    let nested = |levels: usize, open: &str, close: &str| {
        format!(r#"{{"a":{}1{}}}"#, open.repeat(levels - 1), close.repeat(levels - 1))
    };
    for options in [PLAIN, PlainOptions::LOSSLESS] {
        for (open, close) in [("[", "]"), (r#"{"x":"#, "}"), (r#"{"y":0,"$map":"#, "}")] {
            assert!(Item::from_plain_json(nested(32, open, close).as_bytes(), &options).is_ok());
            for levels in [33, 100_000] {
                let text = nested(levels, open, close);
                let error = Item::from_plain_json(text.as_bytes(), &options).unwrap_err();
                assert_eq!(error.kind(), Kind::TooDeep);
            }
        }
        for open in ["[", r#"{"$map":"#, r#"{"$map":{"$map":"#, r#"{"a":{"$map":"#] {
            let text = format!("{{\"a\":{}", open.repeat(100_000));
            assert!(Item::from_plain_json(text.as_bytes(), &options).is_err());
        }
    }
}

#[test]
fn maps_that_look_like_tags_are_escaped() {
    for (json, plain) in [
        (r#"{"$binary":{"S":"AA=="}}"#, r#"{"$binary":"AA=="}"#),
        (r#"{"a":{"M":{"$binary":{"S":"AA=="}}}}"#, r#"{"a":{"$map":{"$binary":"AA=="}}}"#),
        (r#"{"a":{"M":{"$map":{"M":{}}}}}"#, r#"{"a":{"$map":{"$map":{}}}}"#),
        (
            r#"{"a":{"M":{"$map":{"M":{"$map":{"S":"x"}}}}}}"#,
            r#"{"a":{"$map":{"$map":{"$map":{"$map":"x"}}}}}"#,
        ),
        (
            r#"{"a":{"M":{"$binary":{"S":"x"},"$map":{"N":"1"}}}}"#,
            r#"{"a":{"$binary":"x","$map":1}}"#,
        ),
        (r#"{"a":{"M":{"$other":{"S":"x"}}}}"#, r#"{"a":{"$other":"x"}}"#),
    ] {
        let item = item_of(json);
        assert_eq!(item.to_plain_json(&PlainOptions::LOSSLESS), plain);
        assert_eq!(Item::from_plain_json(plain.as_bytes(), &PlainOptions::LOSSLESS).unwrap(), item);
        // Where there are no tags there is nothing to escape.
        assert!(
            !item.to_plain_json(&PLAIN).contains(r#""$map":{"$"#)
                || json.contains(r#""$map":{"M":{"$"#)
        );
    }
}

/// Values whose maps have the names of tags.
fn like_tags() -> impl Strategy<Value = AttributeValue> {
    let name = prop::sample::select(vec![
        "$binary",
        "$stringSet",
        "$numberSet",
        "$binarySet",
        "$map",
        "$other",
        "a",
    ]);
    attribute_value(4).prop_recursive(5, 32, 3, move |inner| {
        let entry = (name.clone(), inner.clone());
        prop_oneof![
            3 => prop::collection::vec(entry, 1..3)
                .prop_map(|map| AttributeValue::M(map.into_iter().collect())),
            1 => prop::collection::vec(inner, 0..3).prop_map(AttributeValue::L),
        ]
    })
}

/// Plain JSON, often with the names of tags.
fn plain_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![Just("AAE=".to_owned()), "[a-c]{0,2}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e10..1e10).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("$binary".to_owned()),
        Just("$stringSet".to_owned()),
        Just("$numberSet".to_owned()),
        Just("$binarySet".to_owned()),
        Just("$map".to_owned()),
        "[a-c]{1,2}",
    ];
    leaf.prop_recursive(5, 32, 4, move |inner| {
        let entry = (name.clone(), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            prop::collection::vec(entry, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn written(value: &AttributeValue, options: &PlainOptions) -> String {
    let mut out = b">".to_vec();
    value.write_plain_json(options, &mut out);
    String::from_utf8(out).unwrap().split_off(1)
}

proptest! {
    #[test]
    fn lossless_items_come_back(item in item()) {
        let plain = item.to_plain_json(&PlainOptions::LOSSLESS);
        let read = Item::from_plain_json(plain.as_bytes(), &PlainOptions::LOSSLESS).unwrap();
        prop_assert_eq!(&read, &item);
        prop_assert_eq!(read.to_plain_json(&PlainOptions::LOSSLESS), plain);
    }

    #[test]
    fn lossless_values_that_look_like_tags_come_back(value in like_tags()) {
        // Depth is not what this is about.
        let item: Item = [("a", value.clone())].into_iter().collect();
        prop_assume!(Item::from_dynamodb_json(item.to_dynamodb_json().as_bytes()).is_ok());
        let plain = written(&value, &PlainOptions::LOSSLESS);
        let read = AttributeValue::from_plain_json(plain.as_bytes(), &PlainOptions::LOSSLESS);
        prop_assert_eq!(read.as_ref(), Ok(&value), "{}", plain);
        for numbers in [PlainNumbers::Text, PlainNumbers::LiteralOrText] {
            let options = PlainOptions { numbers, ..PlainOptions::LOSSLESS };
            let read = AttributeValue::from_plain_json(written(&value, &options).as_bytes(), &options);
            prop_assert_eq!(written(&read.unwrap(), &options), written(&value, &options));
        }
    }

    #[test]
    fn plain_json_comes_back(tree in plain_json()) {
        let text = tree.to_string();
        let value = AttributeValue::from_plain_json(text.as_bytes(), &PLAIN).unwrap();
        // The text of numbers is kept, so that also a reader that rounds sees the same.
        let seen = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        prop_assert_eq!(seen(&written(&value, &PLAIN)), seen(&text));
        // With tags not all of it has a meaning; what has one comes back.
        if let Ok(value) = AttributeValue::from_plain_json(text.as_bytes(), &PlainOptions::LOSSLESS) {
            let again = written(&value, &PlainOptions::LOSSLESS);
            let read = AttributeValue::from_plain_json(again.as_bytes(), &PlainOptions::LOSSLESS);
            prop_assert_eq!(read, Ok(value));
        }
    }

    #[test]
    fn what_is_written_is_json_whatever_the_options(item in item(), choice in 0..12_usize) {
        let numbers = [PlainNumbers::Literal, PlainNumbers::LiteralOrText, PlainNumbers::Text];
        let options = PlainOptions {
            numbers: numbers[choice % 3],
            sets: [PlainSets::Array, PlainSets::Tagged][choice / 3 % 2],
            binaries: [PlainBinaries::Base64, PlainBinaries::Tagged][choice / 6],
        };
        let text = item.to_plain_json(&options);
        prop_assert!(serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
        let separators = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
        prop_assert!(!text.contains(separators), "{}", text);
        let read = Item::from_plain_json(text.as_bytes(), &options).unwrap();
        prop_assert_eq!(read.to_plain_json(&options), text);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        exercise(&bytes);
    }

    #[test]
    fn bytes_that_look_like_json(text in r#"([{}\[\]":,0-9eE. \\-]|true|null|"a"|"\$map":|"\$binary":|"\$numberSet":){0,20}"#) {
        exercise(text.as_bytes());
        exercise(format!("{{\"a\":{text}}}").as_bytes());
    }

    #[test]
    fn items_with_a_byte_changed(item in item(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = item.to_plain_json(&PlainOptions::LOSSLESS).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        exercise(&bytes);
        bytes.truncate(at);
        exercise(&bytes);
    }
}

/// Whatever is taken is JSON, and is the same when it is read again.
fn exercise(bytes: &[u8]) {
    for options in [PLAIN, PlainOptions::LOSSLESS] {
        if let Ok(item) = Item::from_plain_json(bytes, &options) {
            assert!(serde_json::from_slice::<Value>(bytes).is_ok(), "taken but no JSON");
            let text = item.to_plain_json(&options);
            assert_eq!(Item::from_plain_json(text.as_bytes(), &options), Ok(item));
        }
    }
}

#[test]
fn numbers_that_are_written_as_text_are_those_that_floats_change() {
    let careful = PlainOptions { numbers: PlainNumbers::LiteralOrText, ..PLAIN };
    let plain = |text: &str| {
        let number: Number = text.parse().unwrap();
        written(&AttributeValue::N(number), &careful)
    };
    for (text, expected) in [
        ("0.1", "0.1"),
        ("9007199254740992", "9007199254740992"),
        ("9007199254740993", r#""9007199254740993""#),
        ("1e125", "1e125"),
        ("1e-130", "1e-130"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("0.300000000000000041", r#""0.300000000000000041""#),
    ] {
        assert_eq!(plain(text), expected);
    }
}

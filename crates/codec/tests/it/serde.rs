//! Rust types go to items and back.
#![allow(clippy::float_cmp, reason = "floats come back as the same ones")]
#![allow(clippy::items_after_statements, reason = "types stand beside what is said of them")]
#![allow(clippy::needless_pass_by_value, reason = "values are written once")]

use ddbkit_codec::serde::{
    Error, ErrorKind, from_attribute_value, from_item, from_item_ref, from_owned_attribute_value,
    from_owned_item, to_attribute_value, to_item,
};
use ddbkit_codec::strategies::{item, number};
use ddbkit_codec::{AttributeValue, Item, Number, Tape};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Debug;

fn json(value: &AttributeValue) -> String {
    let mut out = Vec::new();
    value.write_dynamodb_json(&mut out);
    String::from_utf8(out).unwrap()
}

fn value(json: &str) -> AttributeValue {
    AttributeValue::from_dynamodb_json(json.as_bytes()).unwrap()
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    let value = value(json);
    let borrowed = from_attribute_value(&value);
    let owned = from_owned_attribute_value::<T>(value);
    assert_eq!(borrowed.as_ref().err(), owned.as_ref().err());
    borrowed
}

/// Written as this, and read again as it was, borrowed and owned.
#[track_caller]
fn there_and_back<T>(rust: T, expected: &str)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let written = to_attribute_value(&rust).unwrap();
    assert_eq!(json(&written), expected);
    assert_eq!(from_attribute_value::<T>(&written).unwrap(), rust);
    assert_eq!(from_owned_attribute_value::<T>(written).unwrap(), rust);
    let text = format!("{{\"a\":{expected}}}");
    let mut tape = Tape::new();
    let item = tape.read_dynamodb_json(text.as_bytes()).unwrap();
    assert_eq!(from_item_ref::<HashMap<String, T>>(item).unwrap()["a"], rust);
}

#[track_caller]
fn refused<T: DeserializeOwned + Debug>(json: &str, kind: ErrorKind, path: &str) {
    let error = read::<T>(json).unwrap_err();
    assert_eq!((error.kind(), error.path()), (kind, path), "{json}: {error}");
}

#[track_caller]
fn not_written(rust: impl Serialize, kind: ErrorKind, path: &str) {
    let error = to_attribute_value(&rust).unwrap_err();
    assert_eq!((error.kind(), error.path()), (kind, path), "{error}");
}

#[test]
fn scalars() {
    there_and_back(true, r#"{"BOOL":true}"#);
    there_and_back("é".to_owned(), r#"{"S":"é"}"#);
    there_and_back('é', r#"{"S":"é"}"#);
    there_and_back((), r#"{"NULL":true}"#);
    there_and_back(None::<u8>, r#"{"NULL":true}"#);
    there_and_back(Some(7_u8), r#"{"N":"7"}"#);
    there_and_back(i64::MIN, r#"{"N":"-9223372036854775808"}"#);
    there_and_back(u64::MAX, r#"{"N":"18446744073709551615"}"#);
    let digits = 99_999_999_999_999_999_999_999_999_999_999_999_999_i128;
    there_and_back(digits, &format!("{{\"N\":\"{digits}\"}}"));
    there_and_back(-digits, &format!("{{\"N\":\"-{digits}\"}}"));
    there_and_back(digits.unsigned_abs(), &format!("{{\"N\":\"{digits}\"}}"));
    there_and_back(0.1_f32, r#"{"N":"0.1"}"#);
    there_and_back(0.1_f64 + 0.2, r#"{"N":"0.30000000000000004"}"#);
    there_and_back(1e100, r#"{"N":"1e100"}"#);
    there_and_back(3.0, r#"{"N":"3"}"#);
    there_and_back("1.50".parse::<Number>().unwrap(), r#"{"N":"1.50"}"#);
}

#[test]
fn integers_are_read_from_every_spelling_that_fits() {
    for (json, integer) in [(r#"{"N":"1.0"}"#, 1), (r#"{"N":"1e3"}"#, 1_000), (r#"{"N":"-0"}"#, 0)]
    {
        assert_eq!(read::<i64>(json).unwrap(), integer);
        assert_eq!(read::<u16>(json).unwrap(), u16::try_from(integer).unwrap());
        assert_eq!(read::<i128>(json).unwrap(), i128::from(integer));
    }
    refused::<i64>(r#"{"N":"1.5"}"#, ErrorKind::Value, "$");
    refused::<u8>(r#"{"N":"256"}"#, ErrorKind::Value, "$");
    refused::<u8>(r#"{"N":"-1"}"#, ErrorKind::Value, "$");
    refused::<i64>(r#"{"N":"18446744073709551616"}"#, ErrorKind::NumberRange, "$");
    refused::<u128>(r#"{"N":"1e39"}"#, ErrorKind::NumberRange, "$");
    refused::<i128>(r#"{"N":"1.5"}"#, ErrorKind::Value, "$");
    refused::<f32>(r#"{"N":"1e100"}"#, ErrorKind::NumberRange, "$");
    refused::<i64>(r#"{"S":"1"}"#, ErrorKind::Type, "$");
    refused::<String>(r#"{"N":"1"}"#, ErrorKind::Type, "$");
    refused::<Number>(r#"{"S":"1"}"#, ErrorKind::Type, "$");
    refused::<bool>(r#"{"NULL":true}"#, ErrorKind::Type, "$");
}

#[test]
fn what_dynamodb_cannot_hold_is_not_written() {
    not_written([f64::NAN], ErrorKind::InvalidNumber, "$[0]");
    not_written(f32::INFINITY, ErrorKind::InvalidNumber, "$");
    not_written(1e126, ErrorKind::NumberRange, "$");
    not_written(1e-131, ErrorKind::NumberRange, "$");
    not_written(u128::MAX, ErrorKind::NumberPrecision, "$");
    not_written(HashMap::from([("", 1)]), ErrorKind::EmptyName, "$['']");
    not_written(HashMap::from([((1, 2), 1)]), ErrorKind::Key, "$");
    let error = to_item(&[1]).unwrap_err();
    assert_eq!(error.to_string(), "expected a struct or map, found a list, at $");
}

#[test]
fn the_level_of_a_value_is_at_most_32() {
    let nested =
        |levels| (1..levels).fold(value(r#"{"S":"x"}"#), |value, _| AttributeValue::L(vec![value]));
    #[derive(Serialize, Deserialize, Debug)]
    #[serde(untagged)]
    enum Nested {
        Leaf(String),
        List(Vec<Nested>),
    }
    let own = |levels| (1..levels).fold(Nested::Leaf("x".into()), |own, _| Nested::List(vec![own]));
    assert_eq!(to_attribute_value(&own(32)).unwrap(), nested(32));
    let error = to_attribute_value(&own(33)).unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::TooDeep, &*format!("${}", "[0]".repeat(32)))
    );
    assert!(to_item(&HashMap::from([("a", own(32))])).is_ok());
    assert!(to_item(&HashMap::from([("a", own(33))])).is_err());
    assert!(to_attribute_value(&nested(33)).is_err());
    assert!(serde_json::from_str::<AttributeValue>(&json(&nested(32))).is_ok());
    let error = serde_json::from_str::<AttributeValue>(&json(&nested(33))).unwrap_err();
    assert!(error.to_string().contains("32 levels"), "{error}");
}

#[test]
fn containers() {
    there_and_back(vec![1, 2], r#"{"L":[{"N":"1"},{"N":"2"}]}"#);
    there_and_back((1, "a".to_owned()), r#"{"L":[{"N":"1"},{"S":"a"}]}"#);
    there_and_back(Vec::<u8>::new(), r#"{"L":[]}"#);
    there_and_back(BTreeMap::from([(-1, 'a')]), r#"{"M":{"-1":{"S":"a"}}}"#);
    there_and_back(
        BTreeMap::from([(i128::MAX, 1)]),
        &format!("{{\"M\":{{\"{}\":{{\"N\":\"1\"}}}}}}", i128::MAX),
    );
    there_and_back(BTreeMap::from([('x', 1)]), r#"{"M":{"x":{"N":"1"}}}"#);
    there_and_back(BTreeMap::from([(true, 1)]), r#"{"M":{"true":{"N":"1"}}}"#);
    there_and_back(BTreeMap::from([(Plain::A, 1)]), r#"{"M":{"A":{"N":"1"}}}"#);
    there_and_back(BTreeMap::from([(Wrapped(7), 1)]), r#"{"M":{"7":{"N":"1"}}}"#);
    refused::<(u8, u8)>(r#"{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]}"#, ErrorKind::Value, "$");
    refused::<(u8, u8)>(r#"{"L":[{"N":"1"}]}"#, ErrorKind::Value, "$");
    refused::<BTreeMap<u8, u8>>(r#"{"M":{"x":{"N":"1"}}}"#, ErrorKind::Key, "$.x");
}

#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Plain {
    A,
    B,
}

#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Wrapped(u32);

#[test]
fn sets_are_read_without_being_asked_for() {
    let json = r#"{"SS":["b","a"]}"#;
    assert_eq!(read::<Vec<String>>(json).unwrap(), ["b", "a"]);
    assert_eq!(read::<BTreeSet<String>>(json).unwrap().len(), 2);
    assert_eq!(read::<HashSet<String>>(json).unwrap().len(), 2);
    assert_eq!(read::<BTreeSet<Plain>>(r#"{"SS":["B","A"]}"#).unwrap().len(), 2);
    assert_eq!(read::<BTreeSet<u8>>(r#"{"NS":["2","1.0"]}"#).unwrap(), [1, 2].into());
    assert_eq!(read::<Vec<Number>>(r#"{"NS":["1.0"]}"#).unwrap()[0].as_str(), "1.0");
    assert_eq!(read::<HashSet<Vec<u8>>>(r#"{"BS":["AQI="]}"#).unwrap(), [vec![1, 2]].into());
    assert_eq!(read::<Vec<Option<Wrapped>>>(r#"{"NS":["2"]}"#).unwrap(), [Some(Wrapped(2))]);
    refused::<Vec<u8>>(
        r#"{"NS":["1","x"]}"#.replace('x', "300").as_str(),
        ErrorKind::Value,
        "$[1]",
    );
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Default)]
#[serde(default)]
struct Sets {
    #[serde(with = "ddbkit_codec::serde::string_set", skip_serializing_if = "BTreeSet::is_empty")]
    texts: BTreeSet<String>,
    #[serde(with = "ddbkit_codec::serde::number_set", skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<Number>,
    #[serde(with = "ddbkit_codec::serde::binary_set", skip_serializing_if = "BTreeSet::is_empty")]
    binaries: BTreeSet<Vec<u8>>,
    #[serde(with = "ddbkit_codec::serde::binary_set", skip_serializing_if = "Option::is_none")]
    ids: Option<BTreeSet<[u8; 2]>>,
    #[serde(with = "ddbkit_codec::serde::number_set")]
    none: Option<HashSet<u8>>,
}

#[test]
fn sets_are_written_where_they_are_asked_for() {
    there_and_back(Sets::default(), r#"{"M":{"none":{"NULL":true}}}"#);
    let sets = Sets {
        texts: [String::new(), "a".to_owned()].into(),
        numbers: vec!["1.50".parse().unwrap()],
        binaries: [Vec::new(), vec![1, 2]].into(),
        ids: Some([[0, 1]].into()),
        none: Some([1].into()),
    };
    there_and_back(
        sets,
        r#"{"M":{"texts":{"SS":["","a"]},"numbers":{"NS":["1.50"]},"binaries":{"BS":["","AQI="]},"ids":{"BS":["AAE="]},"none":{"NS":["1"]}}}"#,
    );
}

#[test]
fn sets_that_dynamodb_refuses_are_refused() {
    #[derive(Serialize)]
    struct Strings<T: Serialize>(#[serde(with = "ddbkit_codec::serde::string_set")] T);
    #[derive(Serialize)]
    struct Numbers<T: Serialize>(#[serde(with = "ddbkit_codec::serde::number_set")] T);
    #[derive(Serialize)]
    struct Binaries<T: Serialize>(#[serde(with = "ddbkit_codec::serde::binary_set")] T);
    not_written(Strings(Vec::<String>::new()), ErrorKind::EmptySet, "$");
    not_written(Strings(["a", "a"]), ErrorKind::DuplicateInSet, "$");
    not_written(Strings([1]), ErrorKind::Type, "$[0]");
    not_written(Strings("a"), ErrorKind::Type, "$");
    not_written(
        Numbers(["1", "1.0"].map(|n| n.parse::<Number>().unwrap())),
        ErrorKind::DuplicateInSet,
        "$",
    );
    not_written(Numbers([f64::NAN]), ErrorKind::InvalidNumber, "$[0]");
    not_written(Binaries([vec![0_u8], vec![0]]), ErrorKind::DuplicateInSet, "$");
    not_written(Binaries([vec![0_u16, 256]]), ErrorKind::Type, "$[0][1]");
    let error = to_item(&HashMap::from([("a", Binaries([[0_u16, 256]]))])).unwrap_err();
    assert_eq!(error.to_string(), "expected a byte, found a number, at $.a[0][1]");
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Bytes<'a> {
    #[serde(with = "ddbkit_codec::serde::bytes")]
    vec: Vec<u8>,
    #[serde(with = "ddbkit_codec::serde::bytes")]
    array: [u8; 40],
    #[serde(with = "ddbkit_codec::serde::bytes")]
    none: Option<Vec<u8>>,
    #[serde(with = "ddbkit_codec::serde::bytes", borrow)]
    slice: &'a [u8],
    #[serde(with = "ddbkit_codec::serde::bytes", borrow)]
    cow: Cow<'a, [u8]>,
    #[serde(borrow)]
    text: &'a str,
}

#[test]
fn bytes_are_binaries_and_can_be_borrowed() {
    let bytes = Bytes {
        vec: vec![1],
        array: [2; 40],
        none: None,
        slice: &[3],
        cow: Cow::Borrowed(&[4]),
        text: "x",
    };
    let item = to_item(&bytes).unwrap();
    assert_eq!(item.get("vec"), Some(&AttributeValue::B(vec![1])));
    assert_eq!(item.get("array"), Some(&AttributeValue::B(vec![2; 40])));
    assert_eq!(item.get("none"), Some(&AttributeValue::Null));
    let read: Bytes<'_> = from_item(&item).unwrap();
    assert_eq!(read, bytes);
    assert!(matches!(read.cow, Cow::Borrowed(_)));
    // Without the attribute bytes are written as a list, and read from either.
    there_and_back(vec![1_u8, 2], r#"{"L":[{"N":"1"},{"N":"2"}]}"#);
    assert_eq!(self::read::<Vec<u8>>(r#"{"B":"AQI="}"#).unwrap(), [1, 2]);
    assert_eq!(self::read::<[u8; 2]>(r#"{"B":"AQI="}"#).unwrap(), [1, 2]);
    refused::<[u8; 1]>(r#"{"B":"AQI="}"#, ErrorKind::Value, "$");
    #[derive(Deserialize, Debug)]
    struct Array(
        #[allow(dead_code)]
        #[serde(with = "ddbkit_codec::serde::bytes")]
        [u8; 40],
    );
    refused::<Array>(r#"{"B":"AQI="}"#, ErrorKind::Value, "$");
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum External {
    Unit,
    Newtype(Number),
    Tuple(u8, String),
    Struct { a: u8 },
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(tag = "type")]
enum Internal {
    Unit,
    Struct { price: Number, total: f64, id: u64 },
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    Newtype(Number),
    Tuple(u8, String),
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(untagged)]
enum Untagged {
    Integer(i64),
    Float(f64),
    Text(String),
    Exact(Number),
    List(Vec<u8>),
}

#[test]
fn all_representations_of_enums() {
    there_and_back(External::Unit, r#"{"S":"Unit"}"#);
    there_and_back(External::Newtype("1.0".parse().unwrap()), r#"{"M":{"Newtype":{"N":"1.0"}}}"#);
    there_and_back(
        External::Tuple(1, "a".into()),
        r#"{"M":{"Tuple":{"L":[{"N":"1"},{"S":"a"}]}}}"#,
    );
    there_and_back(External::Struct { a: 1 }, r#"{"M":{"Struct":{"M":{"a":{"N":"1"}}}}}"#);
    there_and_back(Internal::Unit, r#"{"M":{"type":{"S":"Unit"}}}"#);
    there_and_back(Adjacent::Unit, r#"{"M":{"t":{"S":"Unit"}}}"#);
    there_and_back(
        Adjacent::Newtype("1.0".parse().unwrap()),
        r#"{"M":{"t":{"S":"Newtype"},"c":{"N":"1.0"}}}"#,
    );
    there_and_back(
        Adjacent::Tuple(1, "a".into()),
        r#"{"M":{"t":{"S":"Tuple"},"c":{"L":[{"N":"1"},{"S":"a"}]}}}"#,
    );
    there_and_back(Untagged::Integer(-5), r#"{"N":"-5"}"#);
    there_and_back(Untagged::Float(1.5), r#"{"N":"1.5"}"#);
    there_and_back(Untagged::Float(1e20), r#"{"N":"1e20"}"#);
    there_and_back(Untagged::Text("a".into()), r#"{"S":"a"}"#);
    refused::<External>(r#"{"S":"Other"}"#, ErrorKind::Variant, "$");
    refused::<External>(r#"{"S":"Newtype"}"#, ErrorKind::Type, "$");
    refused::<External>(r#"{"M":{"Struct":{"M":{"a":{"S":""}}}}}"#, ErrorKind::Type, "$.Struct.a");
    refused::<External>(r#"{"M":{}}"#, ErrorKind::Type, "$");
    refused::<External>(r#"{"N":"1"}"#, ErrorKind::Type, "$");
    not_written(
        BTreeMap::from([("a", Adjacent::Newtype(5.into())), ("", Adjacent::Unit)]),
        ErrorKind::EmptyName,
        "$['']",
    );
}

#[test]
fn numbers_are_exact_also_where_serde_buffers() {
    let digits = "12345678901234567890123456789012345678";
    for text in ["19.90", "-7", "1e100", "0.1000000000000000055511151231257827", digits] {
        let json = format!(
            r#"{{"M":{{"price":{{"N":"{text}"}},"total":{{"N":"1e20"}},"id":{{"N":"2.0"}},"type":{{"S":"Struct"}}}}}}"#
        );
        let expected = Internal::Struct { price: text.parse().unwrap(), total: 1e20, id: 2 };
        assert_eq!(read::<Internal>(&json).unwrap(), expected);
    }
    // Nothing rounds: what no float holds is only taken by what holds it.
    let json = format!(r#"{{"N":"{digits}"}}"#);
    assert_eq!(read::<Untagged>(&json).unwrap(), Untagged::Exact(digits.parse().unwrap()));
    refused::<serde_json::Value>(&json, ErrorKind::Type, "$");
    refused::<serde_json::Value>(
        r#"{"L":[{"N":"0.1000000000000000055"}]}"#,
        ErrorKind::Type,
        "$[0]",
    );
    let plain =
        read::<serde_json::Value>(r#"{"M":{"a":{"N":"0.1"},"b":{"N":"1e3"},"c":{"SS":["x"]}}}"#);
    assert_eq!(plain.unwrap(), serde_json::json!({"a": 0.1, "b": 1000, "c": ["x"]}));
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Flat {
    pk: String,
    #[serde(flatten)]
    inner: Inner,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Inner {
    price: Number,
    #[serde(with = "ddbkit_codec::serde::string_set")]
    tags: BTreeSet<String>,
    #[serde(with = "ddbkit_codec::serde::bytes")]
    digest: Vec<u8>,
}

#[test]
fn flatten() {
    let flat = Flat {
        pk: "a".into(),
        inner: Inner { price: "1.5".parse().unwrap(), tags: ["x".into()].into(), digest: vec![1] },
        rest: [("n".to_owned(), serde_json::json!([1, 2.5, null, "x", {"a": true}]))].into(),
    };
    there_and_back(
        flat,
        r#"{"M":{"pk":{"S":"a"},"price":{"N":"1.5"},"tags":{"SS":["x"]},"digest":{"B":"AQ=="},"n":{"L":[{"N":"1"},{"N":"2.5"},{"NULL":true},{"S":"x"},{"M":{"a":{"BOOL":true}}}]}}}"#,
    );
    #[derive(Deserialize, Debug)]
    struct Rest {
        #[allow(dead_code)]
        #[serde(flatten)]
        rest: Item,
    }
    let error = read::<Rest>(r#"{"M":{"a":{"S":"x"}}}"#).unwrap_err();
    assert!(error.to_string().contains("DynamoDB JSON"), "{error}");
}

#[test]
fn of_two_keys_with_one_name_the_last_counts() {
    #[derive(Serialize)]
    struct Twice {
        a: u8,
        #[serde(flatten)]
        more: BTreeMap<String, u8>,
    }
    let item = to_item(&Twice { a: 1, more: [("a".to_owned(), 2)].into() }).unwrap();
    assert_eq!(item.to_dynamodb_json(), r#"{"a":{"N":"2"}}"#);
}

#[test]
fn types_that_print_exactly_are_numbers() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Big {
        #[serde(with = "ddbkit_codec::serde::number")]
        n: u128,
    }
    there_and_back(Big { n: 5 }, r#"{"M":{"n":{"N":"5"}}}"#);
    assert_eq!(read::<Big>(r#"{"M":{"n":{"N":"5e2"}}}"#).unwrap().n, 500);
    refused::<Big>(r#"{"M":{"n":{"N":"0.5"}}}"#, ErrorKind::Custom, "$.n");
    not_written(Big { n: u128::MAX }, ErrorKind::NumberPrecision, "$.n");
    #[derive(Serialize)]
    struct Text(#[serde(with = "ddbkit_codec::serde::number")] &'static str);
    not_written(Text("five"), ErrorKind::InvalidNumber, "$");
}

#[test]
fn errors_have_the_path_and_not_the_contents() {
    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[allow(dead_code)]
        price: u32,
    }
    #[derive(Deserialize, Debug)]
    struct Order {
        #[allow(dead_code)]
        orders: Vec<HashMap<String, Line>>,
    }
    let order = |line: &str| {
        format!(r#"{{"M":{{"orders":{{"L":[{{"M":{{}}}},{{"M":{{"a.b":{{"M":{line}}}}}}}]}}}}}}"#)
    };
    refused::<Order>(
        &order(r#"{"price":{"S":"secret"}}"#),
        ErrorKind::Type,
        "$.orders[1]['a.b'].price",
    );
    refused::<Order>(&order("{}"), ErrorKind::Field, "$.orders[1]['a.b'].price");
    refused::<Order>(&order(r#"{"x":{"S":"secret"}}"#), ErrorKind::Field, "$.orders[1]['a.b'].x");
    refused::<Order>(r#"{"M":{}}"#, ErrorKind::Field, "$.orders");
    let error = read::<Order>(&order(r#"{"price":{"S":"secret"}}"#)).unwrap_err();
    assert_eq!(error.to_string(), "expected u32, found a string, at $.orders[1]['a.b'].price");
    assert!(!format!("{error:?}").contains("secret"));
    for json in [r#"{"S":"secret"}"#, r#"{"N":"987"}"#, r#"{"B":"c2VjcmV0"}"#] {
        for error in [
            read::<bool>(json).map(drop),
            read::<Plain>(json).map(drop),
            read::<[u8; 2]>(json).map(drop),
        ] {
            let text = format!("{:?}", error.unwrap_err());
            assert!(!text.contains("secret") && !text.contains("987"), "{text}");
        }
    }
}

#[test]
fn values_in_other_formats_are_dynamodb_json() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Event {
        #[serde(rename = "NewImage")]
        image: Item,
        size: Number,
    }
    let text = r#"{"NewImage":{"pk":{"S":"a"},"b":{"B":"AQ=="},"s":{"BS":["AQ=="]},"z":{"NULL":true}},"size":"1.50"}"#;
    let event: Event = serde_json::from_str(text).unwrap();
    assert_eq!(event.image.get("b"), Some(&AttributeValue::B(vec![1])));
    assert_eq!(serde_json::to_string(&event).unwrap(), text);
    let number = |text: &str| serde_json::from_str::<Number>(text);
    assert_eq!(number("1.5").unwrap().as_str(), "1.5");
    assert_eq!(number("-7").unwrap().as_str(), "-7");
    assert_eq!(number(r#"{"$serde_json::private::Number":"1.50"}"#).unwrap().as_str(), "1.50");
    for wrong in ["\"x\"", "null", "[1]", "{}", "1e200"] {
        assert!(number(wrong).is_err(), "{wrong}");
    }
    for wrong in [
        "{}",
        r#"{"S":"a","N":"1"}"#,
        r#"{"X":"a"}"#,
        r#"{"s":"a"}"#,
        r#"{"N":"x"}"#,
        r#"{"NULL":false}"#,
        r#"{"SS":[]}"#,
        r#"{"SS":["a","a"]}"#,
        r#"{"NS":["1","1.0"]}"#,
        r#"{"B":"YQ"}"#,
        r#"{"M":{"":{"S":"a"}}}"#,
        r#"{"L":["a"]}"#,
        r#""a""#,
    ] {
        assert!(serde_json::from_str::<AttributeValue>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn members_that_are_null_count_for_nothing_beside_the_type() {
    let all = r#"{"B":null,"BOOL":null,"BS":null,"L":null,"M":null,"N":null,"NS":null,"NULL":null,"S":"a","SS":null}"#;
    let texts = [
        (r#"{"S":"a","N":null}"#, r#"{"S":"a"}"#),
        (r#"{"N":null,"S":"a"}"#, r#"{"S":"a"}"#),
        (r#"{"S":null,"NULL":true}"#, r#"{"NULL":true}"#),
        (r#"{"L":[{"M":{"a":{"N":"1","BS":null}},"L":null}]}"#, r#"{"L":[{"M":{"a":{"N":"1"}}}]}"#),
        (all, r#"{"S":"a"}"#),
    ];
    for (text, expected) in texts {
        let value: AttributeValue = serde_json::from_str(text).unwrap();
        assert_eq!(json(&value), expected, "{text}");
        // As the readers of the codec do.
        let item = format!(r#"{{"a":{text}}}"#);
        let read = Item::from_dynamodb_json(item.as_bytes()).unwrap();
        assert_eq!(serde_json::from_str::<Item>(&item).unwrap(), read, "{text}");
        assert_eq!(read.get("a"), Some(&value), "{text}");
        // Through the buffer of an untagged enum as well.
        let buffered: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::from_value::<AttributeValue>(buffered).unwrap(), value, "{text}");
    }
    for wrong in [
        r#"{"S":null}"#,
        r#"{"S":null,"N":null}"#,
        r#"{"NULL":null}"#,
        r#"{"S":"a","X":null}"#,
        r#"{"S":"a","N":null,"SS":["a"]}"#,
        r#"{"S":"a","S":null}"#,
        r#"{"SS":[null]}"#,
    ] {
        assert!(serde_json::from_str::<AttributeValue>(wrong).is_err(), "{wrong}");
        let item = format!(r#"{{"a":{wrong}}}"#);
        assert!(Item::from_dynamodb_json(item.as_bytes()).is_err(), "{wrong}");
    }
}

#[test]
fn numbers_of_serde_json_with_arbitrary_precision_stay_numbers() {
    #[derive(Serialize)]
    #[serde(rename = "$serde_json::private::Number")]
    struct Arbitrary {
        #[serde(rename = "$serde_json::private::Number")]
        text: &'static str,
    }
    assert_eq!(json(&to_attribute_value(&Arbitrary { text: "1.50" }).unwrap()), r#"{"N":"1.50"}"#);
    not_written(
        [Arbitrary { text: "1e999" }],
        ErrorKind::NumberRange,
        "$[0]['$serde_json::private::Number']",
    );
}

proptest! {
    #[test]
    fn items_are_themselves(item in item()) {
        let written = to_item(&item).unwrap();
        prop_assert_eq!(written.to_dynamodb_json(), item.to_dynamodb_json());
        let text = item.to_dynamodb_json();
        prop_assert_eq!(from_item::<Item>(&item).unwrap().to_dynamodb_json(), text.clone());
        let values = from_item::<HashMap<String, AttributeValue>>(&item).unwrap();
        prop_assert_eq!(values.into_iter().collect::<Item>(), item.clone());
        let mut tape = Tape::new();
        let borrowed = tape.read_dynamodb_json(text.as_bytes()).unwrap();
        prop_assert_eq!(from_item_ref::<Item>(borrowed).unwrap().to_dynamodb_json(), text.clone());
        prop_assert_eq!(from_owned_item::<Item>(item).unwrap().to_dynamodb_json(), text);
    }

    #[test]
    fn items_are_dynamodb_json_elsewhere(item in item()) {
        let text = serde_json::to_string(&item).unwrap();
        prop_assert_eq!(&Item::from_dynamodb_json(text.as_bytes()).unwrap(), &item);
        prop_assert_eq!(serde_json::from_str::<Item>(&item.to_dynamodb_json()).unwrap(), item);
    }

    #[test]
    fn numbers_are_themselves(number in number()) {
        let value = to_attribute_value(&number).unwrap();
        prop_assert_eq!(json(&value), json(&AttributeValue::N(number.clone())));
        prop_assert_eq!(from_attribute_value::<Number>(&value).unwrap().to_string(), number.to_string());
        let text = serde_json::to_string(&number).unwrap();
        prop_assert_eq!(serde_json::from_str::<Number>(&text).unwrap().to_string(), number.to_string());
        // Through a buffer of serde's the value is kept, not the text.
        match from_attribute_value(&value).unwrap() {
            Untagged::Integer(integer) => prop_assert_eq!(Number::from(integer), number),
            Untagged::Float(float) => prop_assert_eq!(Number::try_from(float).unwrap(), number),
            Untagged::Exact(exact) => prop_assert_eq!(exact, number),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn floats_are_themselves(float in any::<f64>(), small in any::<f32>()) {
        if let Ok(value) = to_attribute_value(&float) {
            prop_assert_eq!(from_attribute_value::<f64>(&value).unwrap(), float);
        }
        if let Ok(value) = to_attribute_value(&small) {
            prop_assert_eq!(from_attribute_value::<f32>(&value).unwrap(), small);
        }
    }

    #[test]
    fn no_item_makes_a_type_panic(item in item()) {
        let _ = from_item::<Flat>(&item);
        let _ = from_item::<Sets>(&item);
        let _ = from_item::<Internal>(&item);
        let _ = from_item::<External>(&item);
        let _ = from_item::<serde_json::Value>(&item);
        let _ = from_item::<BTreeMap<Plain, Untagged>>(&item);
    }
}

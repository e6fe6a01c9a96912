//! Items go to text and back.

use ddbkit_codec::strategies::{item, number};
use ddbkit_codec::{AttributeValue, ContentDigest, Item, RawItem, item_digest, split_items};
use proptest::prelude::*;
use serde_json::Value;

/// The tree that JSON of an item has, built without our writer.
fn tree(value: &AttributeValue) -> Value {
    use base64::Engine;
    let base64 = |bytes: &Vec<u8>| base64::engine::general_purpose::STANDARD.encode(bytes);
    match value {
        AttributeValue::S(text) => serde_json::json!({"S": text}),
        AttributeValue::N(number) => serde_json::json!({"N": number.as_str()}),
        AttributeValue::B(bytes) => serde_json::json!({"B": base64(bytes)}),
        AttributeValue::Bool(flag) => serde_json::json!({"BOOL": flag}),
        AttributeValue::Null => serde_json::json!({"NULL": true}),
        AttributeValue::L(list) => {
            serde_json::json!({"L": list.iter().map(tree).collect::<Vec<_>>()})
        }
        AttributeValue::M(map) => serde_json::json!({"M": item_tree(map)}),
        AttributeValue::Ss(set) => serde_json::json!({"SS": set}),
        AttributeValue::Ns(set) => {
            serde_json::json!({"NS": set.iter().map(ToString::to_string).collect::<Vec<_>>()})
        }
        AttributeValue::Bs(set) => {
            serde_json::json!({"BS": set.iter().map(base64).collect::<Vec<_>>()})
        }
    }
}

fn item_tree(item: &Item) -> Value {
    item.iter()
        .map(|(name, value)| (name.to_owned(), tree(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The number as digits before and behind the point, padded so that text order is number order.
fn padded(normal: &str) -> (bool, String) {
    let (negative, digits) = match normal.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, normal),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    (negative, format!("{whole:0>200}{fraction:0<200}"))
}

proptest! {
    #[test]
    fn what_is_written_is_read(item in item()) {
        let json = item.to_dynamodb_json();
        let read = Item::from_dynamodb_json(json.as_bytes()).unwrap();
        prop_assert_eq!(&read, &item);
        // The order of attributes and the text of numbers are kept, so the text is the same.
        prop_assert_eq!(read.to_dynamodb_json(), json);
    }

    #[test]
    fn the_text_is_the_json_that_another_reader_sees(item in item()) {
        let json = item.to_dynamodb_json();
        prop_assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), item_tree(&item));
        let separators = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}', '\u{1c}'];
        prop_assert!(!json.contains(separators), "{}", json);
    }

    #[test]
    fn text_of_another_writer_is_read(item in item()) {
        let pretty = serde_json::to_string_pretty(&item_tree(&item)).unwrap();
        prop_assert_eq!(Item::from_dynamodb_json(pretty.as_bytes()).unwrap(), item.clone());
        let raw = RawItem::from_line(pretty.as_bytes()).unwrap();
        prop_assert_eq!(raw.decode().unwrap(), item.clone());
        for (name, value) in item.iter() {
            let found = raw.attribute(name).unwrap().unwrap();
            prop_assert_eq!(&AttributeValue::from_dynamodb_json(found).unwrap(), value);
        }
    }

    #[test]
    fn raw_items_escape_nothing_but_separators(item in item()) {
        // As DynamoDB sends it: separators raw.
        let sent = serde_json::to_string(&item_tree(&item)).unwrap();
        let mut line = Vec::new();
        RawItem::from_line(sent.as_bytes()).unwrap().write_escaped(&mut line);
        prop_assert_eq!(Item::from_dynamodb_json(&line).unwrap(), item);
        let line = String::from_utf8(line).unwrap();
        let separators = ['\u{85}', '\u{2028}', '\u{2029}'];
        prop_assert!(!line.contains(separators), "{}", line);
    }

    #[test]
    fn frames_are_taken_off(item in item()) {
        let line = format!("{{\"Item\":{}}}", item.to_dynamodb_json());
        prop_assert_eq!(RawItem::from_export_line(line.as_bytes()).unwrap().decode().unwrap(), item.clone());
        prop_assert_eq!(RawItem::from_line(line.as_bytes()).unwrap().decode().unwrap(), item);
    }

    #[test]
    fn pages_are_cut_where_items_end(items in prop::collection::vec(item(), 0..5)) {
        let page = items.iter().map(Item::to_dynamodb_json).collect::<Vec<_>>().join(",");
        let cut = split_items(page.as_bytes()).map(|raw| raw.unwrap().decode().unwrap());
        prop_assert_eq!(cut.collect::<Vec<_>>(), items);
    }

    #[test]
    fn the_digest_knows_no_order(items in prop::collection::vec(item(), 0..5), cut in 0_usize..5) {
        let mut whole = ContentDigest::default();
        for item in &items {
            whole.add(item);
        }
        let (mut left, mut right) = (ContentDigest::default(), ContentDigest::default());
        let cut = cut.min(items.len());
        for item in items[..cut].iter().rev() {
            left.add(item);
        }
        for item in items[cut..].iter().rev() {
            right.add(item);
        }
        right.merge(&left);
        prop_assert_eq!(right, whole);
    }

    #[test]
    fn equal_items_have_equal_digests_and_others_have_not(left in item(), right in item()) {
        let shuffled: Item = left.clone().into_iter().collect::<Vec<_>>().into_iter().rev().collect();
        prop_assert_eq!(&shuffled, &left);
        prop_assert_eq!(item_digest(&shuffled), item_digest(&left));
        prop_assert_eq!(left == right, item_digest(&left) == item_digest(&right));
    }

    #[test]
    fn numbers_are_ordered_as_their_digits_are(left in number(), right in number()) {
        let by_digits = match (padded(&left.to_normal_form()), padded(&right.to_normal_form())) {
            ((false, a), (false, b)) => a.cmp(&b),
            ((true, a), (true, b)) => b.cmp(&a),
            ((true, _), (false, _)) => std::cmp::Ordering::Less,
            ((false, _), (true, _)) => std::cmp::Ordering::Greater,
        };
        prop_assert_eq!(left.cmp(&right), by_digits);
        let normal: ddbkit_codec::Number = left.to_normal_form().parse().unwrap();
        prop_assert_eq!(&normal, &left);
        prop_assert_eq!(normal.to_normal_form(), left.to_normal_form());
    }
}

#[test]
fn digests_never_change() {
    let all = r#"{"s":{"S":"é"},"n":{"N":"1.50"},"b":{"B":"AAE="},"t":{"BOOL":true},"f":{"BOOL":false},
        "z":{"NULL":true},"l":{"L":[{"N":"-1E-130"}]},"m":{"M":{"b":{"S":""},"a":{"L":[]}}},
        "ss":{"SS":["b","a"]},"ns":{"NS":["10","9"]},"bs":{"BS":["Ag==","AQ=="]}}"#;
    let hex = |json: &str| {
        let item = Item::from_dynamodb_json(json.as_bytes()).unwrap();
        item_digest(&item).map(|byte| format!("{byte:02x}")).concat()
    };
    // BLAKE3 of `M` and a count of zero.
    assert_eq!(hex("{}"), EMPTY);
    assert_eq!(hex(r#"{"pk":{"S":"a"}}"#), ONE);
    assert_eq!(hex(all), ALL);
}

// Computed from the documentation of the canonical form by a program of its own.
const EMPTY: &str = "e1b20e4e9f3a1e86b16505a0712cc86fd1381d16972d45a3802d225175afddcf";
const ONE: &str = "160b82ed68eb938708b9555fd9e3c4f8da8962919112afcd1817fe2545806219";
const ALL: &str = "2d2e327fd9a7cb30a5bfac39b7e58686502437b21902431e84f50135b42ba71a";

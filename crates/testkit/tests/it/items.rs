//! The generated items.

use std::collections::BTreeSet;

use ddbkit_codec::{AttributeValue, Item};
use ddbkit_testkit::items::{edge_items, item};

fn type_name(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::S(_) => "S",
        AttributeValue::N(_) => "N",
        AttributeValue::B(_) => "B",
        AttributeValue::Bool(_) => "BOOL",
        AttributeValue::Null => "NULL",
        AttributeValue::L(_) => "L",
        AttributeValue::M(_) => "M",
        AttributeValue::Ss(_) => "SS",
        AttributeValue::Ns(_) => "NS",
        AttributeValue::Bs(_) => "BS",
    }
}

#[test]
fn items_have_all_ten_types_and_about_a_kilobyte() {
    let mut total = 0;
    for n in 0..200 {
        let item = item(1, n);
        let types: BTreeSet<_> = item.iter().map(|(_, value)| type_name(value)).collect();
        assert_eq!(types.len(), 10, "{types:?}");
        total += item.to_dynamodb_json().len();
    }
    let average = total / 200;
    assert!((900..1500).contains(&average), "{average} bytes of JSON");
}

#[test]
fn keys_differ() {
    let items: Vec<_> = (0..1000).map(|n| item(1, n)).collect();
    let key =
        |name| items.iter().map(|item| format!("{:?}", item.get(name))).collect::<BTreeSet<_>>();
    assert_eq!((key("pk").len(), key("sk").len()), (100, 1000));
    let names: BTreeSet<_> = edge_items().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), edge_items().len());
}

#[test]
fn edge_items_survive_their_own_text() {
    for (name, item) in edge_items() {
        let text = item.to_dynamodb_json();
        let read = Item::from_dynamodb_json(text.as_bytes());
        let read = read.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(read == item, "{name}");
    }
}

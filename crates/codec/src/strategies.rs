//! Arbitrary values for property tests (feature `proptest`).

use crate::{AttributeValue, Item, Number};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

/// Text with everything that is hard to write: quotes, control and separator characters, emoji.
pub fn text() -> impl Strategy<Value = String> {
    let hard = prop::sample::select(vec![
        "\"", "\\", "\n", "\r\n", "\u{0}", "\u{1f}", "\u{7f}", "\u{85}", "\u{2028}", "\u{2029}",
        "é", "€", "😀", "/", "{", "}", "[", "]", ",", ":", "Item", "S", "\\u0041",
    ]);
    let part = prop_oneof![hard.prop_map(ToOwned::to_owned), "[ -~]{0,8}", any::<String>()];
    vec(part, 0..4).prop_map(|parts| parts.concat())
}

/// Numbers that DynamoDB takes, in many spellings.
pub fn number() -> impl Strategy<Value = Number> {
    let parts = ("[+-]?", "0{0,3}[0-9]{1,38}", 0_usize..40, -100_i32..80);
    parts.prop_filter_map("a number that DynamoDB takes", |(sign, digits, point, exponent)| {
        let mut text = digits;
        text.insert(point.min(text.len()), '.');
        format!("{sign}{text}e{exponent}").parse().ok()
    })
}

/// Values of all types, nested up to four levels.
pub fn attribute_value() -> impl Strategy<Value = AttributeValue> {
    let numbers = vec(number(), 1..5).prop_map(|mut numbers| {
        numbers.sort();
        numbers.dedup();
        numbers
    });
    let leaf = prop_oneof![
        text().prop_map(AttributeValue::S),
        number().prop_map(AttributeValue::N),
        vec(any::<u8>(), 0..20).prop_map(AttributeValue::B),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null),
        btree_set(text(), 1..5).prop_map(|set| AttributeValue::Ss(set.into_iter().collect())),
        numbers.prop_map(AttributeValue::Ns),
        btree_set(vec(any::<u8>(), 0..5), 1..5)
            .prop_map(|set| AttributeValue::Bs(set.into_iter().collect())),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(AttributeValue::L),
            vec((name(), inner), 0..6).prop_map(|map| AttributeValue::M(map.into_iter().collect())),
        ]
    })
}

/// Items of up to eight attributes.
pub fn item() -> impl Strategy<Value = Item> {
    vec((name(), attribute_value()), 0..8).prop_map(|attributes| attributes.into_iter().collect())
}

fn name() -> impl Strategy<Value = String> {
    text().prop_filter("names are not empty", |name| !name.is_empty())
}

//! Generators of values for property tests (feature `proptest`): everything that DynamoDB takes,
//! and of that rather what is hard to write, to read or to compare.
//!
//! ```
//! use ddbkit_codec::{Item, strategies};
//! use proptest::prelude::*;
//!
//! proptest! {
//!     # /*
//!     #[test]
//!     # */
//!     fn what_is_written_is_read(item in strategies::item()) {
//!         let json = item.to_dynamodb_json();
//!         prop_assert_eq!(Item::from_dynamodb_json(json.as_bytes()), Ok(item));
//!     }
//! }
//! # what_is_written_is_read();
//! ```

use crate::{AttributeValue, Item, Number};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

/// Text with everything that is hard to write: quotes, control and separator characters, emoji,
/// what looks like a part of DynamoDB JSON. It may be empty.
pub fn text() -> impl Strategy<Value = String> {
    let hard = prop::sample::select(vec![
        "\"",
        "\\",
        "\n",
        "\r\n",
        "\u{0}",
        "\u{1f}",
        "\u{7f}",
        "\u{84}",
        "\u{85}",
        "\u{2027}",
        "\u{2028}",
        "\u{2029}",
        "é",
        "€",
        "😀",
        "\u{10ffff}",
        "/",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "'",
        "Item",
        "S",
        "\\u0041",
    ]);
    let part = prop_oneof![hard.prop_map(ToOwned::to_owned), "[ -~]{0,8}", any::<String>()];
    vec(part, 0..4).prop_map(|parts| parts.concat())
}

/// Names of attributes: like [`text`], never empty.
pub fn name() -> impl Strategy<Value = String> {
    text().prop_map(|name| if name.is_empty() { "a".to_owned() } else { name })
}

/// Bytes of a binary. There may be none.
pub fn binary() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..20)
}

/// Numbers of all sizes that DynamoDB takes, in many spellings.
pub fn number() -> impl Strategy<Value = Number> {
    let small = any::<i16>().prop_map(|small| small.to_string());
    // Up to 38 digits from the first that counts to the last, anywhere in the range.
    let wide = ("-?", "[1-9]", "[0-9]{0,37}", -130_i32..=125)
        .prop_map(|(sign, first, more, exponent)| format!("{sign}{first}.{more}E{exponent}"));
    let normal = wide
        .clone()
        .prop_map(|text| text.parse().map_or(text, |number: Number| number.to_normal_form()));
    // Zeros that say nothing, plus signs, points at the ends.
    let odd = ("[+-]?", "0{0,3}[0-9]{1,38}0{0,5}", 0_usize..50, -80_i32..80).prop_map(
        |(sign, mut digits, point, exponent)| {
            if point <= digits.len() {
                digits.insert(point, '.');
            }
            format!("{sign}{digits}e{exponent:+}")
        },
    );
    prop_oneof![small, wide, normal, odd]
        .prop_filter_map("a number that DynamoDB takes", |text| text.parse().ok())
}

/// Values of all types, with up to `depth` levels of lists and maps around the innermost.
///
/// ```
/// use ddbkit_codec::{AttributeValue, strategies};
/// use proptest::prelude::*;
///
/// proptest!(|(value in strategies::attribute_value(2))| {
///     let mut json = Vec::new();
///     value.write_dynamodb_json(&mut json);
///     prop_assert_eq!(AttributeValue::from_dynamodb_json(&json), Ok(value));
/// });
/// ```
pub fn attribute_value(depth: u32) -> impl Strategy<Value = AttributeValue> {
    let numbers = btree_set(number(), 1..5);
    let leaf = prop_oneof![
        text().prop_map(AttributeValue::S),
        number().prop_map(AttributeValue::N),
        binary().prop_map(AttributeValue::B),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null),
        btree_set(text(), 1..5).prop_map(|set| AttributeValue::Ss(set.into_iter().collect())),
        numbers.prop_map(|set| AttributeValue::Ns(set.into_iter().collect())),
        btree_set(binary(), 1..5).prop_map(|set| AttributeValue::Bs(set.into_iter().collect())),
    ];
    leaf.prop_recursive(depth, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(AttributeValue::L),
            vec((name(), inner), 0..6).prop_map(|map| AttributeValue::M(map.into_iter().collect())),
        ]
    })
}

/// Items of up to eight attributes, nested up to four levels.
pub fn item() -> impl Strategy<Value = Item> {
    vec((name(), attribute_value(4)), 0..8).prop_map(|attributes| attributes.into_iter().collect())
}

/// Values that may be the key of a table: strings, numbers and binaries that are not empty, of at
/// most 1,024 bytes, which is the limit of a sort key.
pub fn key() -> impl Strategy<Value = AttributeValue> {
    prop_oneof![
        name()
            .prop_filter("too long for a key", |name| name.len() <= 1_024)
            .prop_map(AttributeValue::S),
        number().prop_map(AttributeValue::N),
        vec(any::<u8>(), 1..20).prop_map(AttributeValue::B),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest! {
        #[test]
        fn all_of_it_is_what_dynamodb_takes(item in item(), key in key(), name in name()) {
            prop_assert!(!name.is_empty());
            let mut item = item;
            item.insert("key", key.clone());
            let read = Item::from_dynamodb_json(item.to_dynamodb_json().as_bytes());
            prop_assert_eq!(read, Ok(item));
            let is_empty = match &key {
                AttributeValue::S(text) => text.is_empty(),
                AttributeValue::B(bytes) => bytes.is_empty(),
                other => !matches!(other, AttributeValue::N(_)),
            };
            prop_assert!(!is_empty);
        }
    }
}

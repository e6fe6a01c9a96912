//! Keys as bytes whose order is that of the keys.

use ddbkit_codec::ValueRef;

/// Larger than the exponent of any number, so that what is added to it is positive.
const BIAS: i32 = 1000;

/// Appends a key attribute: strings and binaries by their bytes, numbers by their value, as sort keys
/// are ordered. False when the value is of no type that a key has.
pub(super) fn append(key: &mut Vec<u8>, value: &ValueRef<'_>) -> bool {
    match value {
        ValueRef::S(text) => bytes(key, 1, text.get().as_bytes()),
        ValueRef::N(number) => numeric(key, number.decimal_parts()),
        ValueRef::B(binary) => bytes(key, 3, &binary.to_vec()),
        _ => return false,
    }
    true
}

/// Ends with two zeros, and a zero within is followed by 255: what is shorter comes first.
fn bytes(key: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    key.push(tag);
    for byte in bytes {
        key.push(*byte);
        if *byte == 0 {
            key.push(255);
        }
    }
    key.extend_from_slice(&[0, 0]);
}

/// Sign, place of the first digit, digits; all of it turned round for negative numbers.
fn numeric(key: &mut Vec<u8>, (coefficient, exponent): (i128, i32)) {
    key.push(2);
    if coefficient == 0 {
        key.push(1);
        return;
    }
    let digits = coefficient.unsigned_abs().to_string();
    let length = i32::try_from(digits.len()).unwrap_or_default();
    let place = u16::try_from(exponent.saturating_add(length).saturating_add(BIAS));
    let mut magnitude = place.unwrap_or_default().to_be_bytes().to_vec();
    magnitude.extend_from_slice(digits.trim_end_matches('0').as_bytes());
    magnitude.push(0);
    if coefficient > 0 {
        key.push(2);
        key.extend_from_slice(&magnitude);
    } else {
        key.push(0);
        key.extend(magnitude.iter().map(|byte| !byte));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit_codec::strategies::{key, number};
    use ddbkit_codec::{AttributeValue, Item, Tape};
    use proptest::prelude::*;

    fn key_of(value: &AttributeValue) -> Vec<u8> {
        let item: Item = [("k", value.clone())].into_iter().collect();
        let mut tape = Tape::new();
        let json = item.to_dynamodb_json();
        let item = tape.read_line(json.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        assert!(append(&mut bytes, &item.get("k").unwrap()));
        bytes
    }

    proptest! {
        #[test]
        fn numbers_are_in_order(a in number(), b in number()) {
            let (left, right) = (key_of(&AttributeValue::N(a.clone())), key_of(&AttributeValue::N(b.clone())));
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
        }

        #[test]
        fn texts_and_binaries_are_in_order_and_none_begins_another(a in key(), b in key()) {
            let (left, right) = (key_of(&a), key_of(&b));
            prop_assert_eq!(left == right, a == b);
            prop_assert!(a == b || !right.starts_with(&left));
            match (&a, &b) {
                (AttributeValue::S(a), AttributeValue::S(b)) => prop_assert_eq!(left.cmp(&right), a.as_bytes().cmp(b.as_bytes())),
                (AttributeValue::B(a), AttributeValue::B(b)) => prop_assert_eq!(left.cmp(&right), a.cmp(b)),
                _ => {}
            }
        }
    }
}

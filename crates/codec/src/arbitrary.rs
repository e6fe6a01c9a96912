//! Arbitrary values for fuzz targets (feature `arbitrary`): all of them are values that DynamoDB
//! takes.

use crate::{AttributeValue, Item, Number};
use arbitrary::{Arbitrary, Result, Unstructured};
use std::collections::BTreeSet;

/// The deepest level at which DynamoDB takes a value; an attribute of an item is at level 1.
const LEVELS: u32 = 32;
/// Powers of ten of the leading digit that DynamoDB holds.
const POWERS: std::ops::RangeInclusive<i32> = -130..=125;

/// Up to 38 digits anywhere in the range, with an exponent or without.
impl<'a> Arbitrary<'a> for Number {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let count = u.int_in_range(1..=38_u32)?;
        let coefficient = u.int_in_range(0..=10_u128.pow(count) - 1)?;
        let digits = coefficient.checked_ilog10().unwrap_or(0).cast_signed();
        let exponent = u.int_in_range(POWERS)? - digits;
        let sign = if u.arbitrary()? { "-" } else { "" };
        let text = format!("{sign}{coefficient}e{exponent}");
        let number: Self = text.parse().map_err(|_| arbitrary::Error::IncorrectFormat)?;
        if u.arbitrary()? {
            return Ok(number);
        }
        number.to_normal_form().parse().map_err(|_| arbitrary::Error::IncorrectFormat)
    }

    fn size_hint(_: usize) -> (usize, Option<usize>) {
        (1, Some(32))
    }
}

/// A value of whatever type, nested up to the depth that DynamoDB takes.
impl<'a> Arbitrary<'a> for AttributeValue {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        value(u, 1)
    }
}

/// Attributes of whatever types, nested up to the depth that DynamoDB takes. The size is that of
/// the input: nothing keeps it below the 400 KB of DynamoDB.
impl<'a> Arbitrary<'a> for Item {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        map(u, 1)
    }
}

fn value(u: &mut Unstructured<'_>, level: u32) -> Result<AttributeValue> {
    // The last two hold others.
    let types = if level < LEVELS { 10 } else { 8 };
    Ok(match u.choose_index(types)? {
        0 => AttributeValue::S(u.arbitrary()?),
        1 => AttributeValue::N(u.arbitrary()?),
        2 => AttributeValue::B(u.arbitrary()?),
        3 => AttributeValue::Bool(u.arbitrary()?),
        4 => AttributeValue::Null,
        5 => AttributeValue::Ss(set(u)?),
        6 => AttributeValue::Ns(set(u)?),
        7 => AttributeValue::Bs(set(u)?),
        8 => {
            let mut list = Vec::new();
            // At the end of the input there is no next one.
            while u.arbitrary()? {
                list.push(value(u, level + 1)?);
            }
            AttributeValue::L(list)
        }
        _ => AttributeValue::M(map(u, level + 1)?),
    })
}

fn map(u: &mut Unstructured<'_>, level: u32) -> Result<Item> {
    let mut attributes = Vec::new();
    while u.arbitrary()? {
        let name: String = u.arbitrary()?;
        let name = if name.is_empty() { "a".to_owned() } else { name };
        attributes.push((name.into(), value(u, level)?));
    }
    Ok(Item::from_pairs(attributes))
}

/// One member at least, and none twice.
fn set<'a, T: Arbitrary<'a> + Ord>(u: &mut Unstructured<'a>) -> Result<Vec<T>> {
    let first = u.arbitrary()?;
    let mut members: BTreeSet<T> = u.arbitrary()?;
    members.insert(first);
    Ok(members.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn all_of_it_is_what_dynamodb_takes(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
            if let Ok(item) = Item::arbitrary(&mut Unstructured::new(&bytes)) {
                let read = Item::from_dynamodb_json(item.to_dynamodb_json().as_bytes());
                prop_assert_eq!(read, Ok(item));
            }
        }
    }

    #[test]
    fn every_type_comes_up() {
        let kinds: HashSet<_> = (0..=255_u8)
            .filter_map(|byte| AttributeValue::arbitrary(&mut Unstructured::new(&[byte; 64])).ok())
            .map(|value| std::mem::discriminant(&value))
            .collect();
        assert_eq!(kinds.len(), 10);
    }

    #[test]
    fn no_input_is_too_deep() {
        for byte in 0..=255 {
            let bytes = vec![byte; 100_000];
            if let Ok(value) = AttributeValue::arbitrary(&mut Unstructured::new(&bytes)) {
                let mut out = Vec::new();
                value.write_dynamodb_json(&mut out);
                assert_eq!(AttributeValue::from_dynamodb_json(&out), Ok(value));
            }
        }
    }
}

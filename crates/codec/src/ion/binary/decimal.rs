//! Decimals: an exponent in seven bits a byte, then the coefficient with its sign in the first bit.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use crate::json::fast::Odd;
use crate::json::strings;
use crate::number::Parts;

/// Takes a decimal apart; `None` if it is more than any number of DynamoDB.
#[inline(always)]
fn parts(bytes: &[u8]) -> Option<Parts> {
    let Some((first, mut rest)) = bytes.split_first() else {
        return Some(Parts { negative: false, coefficient: 0, exponent: 0 });
    };
    let is_negative = first & 0x40 != 0;
    let mut exponent = i32::from(first & 0x3f);
    let mut is_last = first & 0x80 != 0;
    while !is_last {
        let (next, behind) = rest.split_first()?;
        exponent = exponent.checked_mul(128)? | i32::from(next & 0x7f);
        is_last = next & 0x80 != 0;
        rest = behind;
    }
    let exponent = if is_negative { -exponent } else { exponent };
    if rest.len() > 16 {
        return None;
    }
    let mut padded = [0; 16];
    padded.get_mut(16 - rest.len()..)?.copy_from_slice(rest);
    let mut negative = false;
    if let Some(first) = padded.get_mut(16 - rest.len()) {
        negative = *first & 0x80 != 0;
        *first &= 0x7f;
    }
    Some(Parts { negative, coefficient: u128::from_be_bytes(padded), exponent })
}

/// Checks that DynamoDB takes the decimal.
#[inline(always)]
pub(super) fn check(bytes: &[u8]) -> Result<(), Odd> {
    // The most usual: an exponent of one byte between these, and a coefficient of 36 digits.
    if let [first, coefficient @ ..] = bytes
        && first & 0x80 != 0
        && coefficient.len() < 16
    {
        return Ok(());
    }
    let parts = parts(bytes).ok_or(Odd)?;
    if parts.normal().is_some() { Ok(()) } else { Err(Odd) }
}

/// A decimal that was checked, in DynamoDB's normal form.
pub(crate) fn plain(bytes: &[u8]) -> String {
    parts(bytes).and_then(Parts::normal).map_or_else(|| "0".to_owned(), Parts::plain)
}

/// A decimal as text, whatever its size: for what the fast reader gave up on.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let Parts { negative, coefficient, exponent } = parts(bytes)?;
    Some(format!("{}{coefficient}E{exponent}", if negative { "-" } else { "" }))
}

/// A signature of the value of a decimal that was checked.
pub(super) fn signature(bytes: &[u8]) -> u32 {
    let nothing = Parts { negative: false, coefficient: 0, exponent: 0 };
    let Parts { negative, coefficient, exponent } =
        parts(bytes).and_then(Parts::normal).unwrap_or(nothing);
    let mut text = [0; 21];
    if let Some((sign, rest)) = text.split_first_mut() {
        *sign = u8::from(negative);
        let (number, power) = rest.split_at_mut(16);
        number.copy_from_slice(&coefficient.to_le_bytes());
        power.copy_from_slice(&exponent.to_le_bytes());
    }
    strings::signature(&text, 0, text.len())
}

/// Appends the decimal of a number in normal form: exponent and coefficient, without the head.
pub(super) fn write(parts: Parts, out: &mut Vec<u8>) {
    let Parts { negative, coefficient, exponent } = parts;
    if coefficient == 0 {
        // 0 without exponent is written with nothing at all.
        return;
    }
    let magnitude = exponent.unsigned_abs();
    let sign = if exponent < 0 { 0x40 } else { 0 };
    // Exponents of DynamoDB have two groups at most.
    if magnitude < 0x40 {
        out.push(0x80 | sign | low(magnitude));
    } else {
        out.push(sign | low(magnitude >> 7));
        out.push(0x80 | low(magnitude & 0x7f));
    }
    let bytes = coefficient.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = bytes.get(zeros..).unwrap_or_default();
    let sign = if negative { 0x80 } else { 0 };
    match digits.split_first() {
        // The first bit is the sign.
        Some((first, rest)) if first & 0x80 == 0 => {
            out.push(first | sign);
            out.extend_from_slice(rest);
        }
        _ => {
            out.push(sign);
            out.extend_from_slice(digits);
        }
    }
}

/// The low bits of a small number.
fn low(value: u32) -> u8 {
    value.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Number, strategies};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_go_there_and_back(number in strategies::number()) {
            let mut bytes = Vec::new();
            write(number.parts(), &mut bytes);
            prop_assert!(check(&bytes).is_ok());
            prop_assert_eq!(plain(&bytes), number.to_normal_form());
            let same: Number = text(&bytes).unwrap().parse().unwrap();
            prop_assert_eq!(same, number);
        }

        #[test]
        fn what_is_checked_is_a_number(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            let parsed = text(&bytes).and_then(|text| text.parse::<Number>().ok());
            prop_assert_eq!(check(&bytes).is_ok(), parsed.is_some());
            if let Some(number) = parsed {
                prop_assert_eq!(plain(&bytes), number.to_normal_form());
            }
        }
    }
}

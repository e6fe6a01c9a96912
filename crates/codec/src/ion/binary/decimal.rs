//! Decimals: an exponent in seven bits a byte, then the coefficient with its sign in the first bit.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use crate::json::fast::Odd;
use crate::json::strings;
use crate::number::Parts;

/// Longer coefficients are refused: 126 digits in plain notation and as many zeros behind the point
/// have 105 bytes.
const LONGEST: usize = 128;

/// The exponent, and the bytes of the coefficient; `None` if it is cut off or no number of DynamoDB can
/// have it.
#[inline(always)]
fn exponent(bytes: &[u8]) -> Option<(i32, &[u8])> {
    let Some((first, mut rest)) = bytes.split_first() else { return Some((0, bytes)) };
    let is_negative = first & 0x40 != 0;
    let mut exponent = i32::from(first & 0x3f);
    let mut is_last = first & 0x80 != 0;
    while !is_last {
        let (next, behind) = rest.split_first()?;
        exponent = exponent.checked_mul(128)? | i32::from(next & 0x7f);
        is_last = next & 0x80 != 0;
        rest = behind;
    }
    Some((if is_negative { -exponent } else { exponent }, rest))
}

/// A decimal in the bytes of an item.
#[derive(Clone, Copy)]
pub(crate) struct Decimal<'a> {
    /// From where it begins, with what is behind it: so it is read at once, however long it is.
    from: &'a [u8],
    len: usize,
}

impl<'a> Decimal<'a> {
    #[inline(always)]
    pub(crate) fn new(bytes: &'a [u8], at: usize, len: usize) -> Self {
        Self { from: bytes.get(at..).unwrap_or_default(), len }
    }

    /// The usual decimal in few steps: whether it is negative, its coefficient, which fits into 63 bits,
    /// and its exponent, which has one byte.
    #[inline(always)]
    pub(crate) fn short(self) -> Option<(bool, u64, i32)> {
        let [first, rest @ ..] = *self.from.first_chunk::<9>()?;
        if first & 0x80 == 0 || !(2..=9).contains(&self.len) {
            return None;
        }
        let exponent = i32::from(first & 0x3f);
        let exponent = if first & 0x40 != 0 { -exponent } else { exponent };
        // The first bit of the coefficient is the sign.
        let (rest, unused) = (u64::from_be_bytes(rest), 8 * (9 - self.len));
        Some((rest >> 63 != 0, (rest & u64::MAX >> 1) >> unused, exponent))
    }

    /// Takes it apart; `None` if it is more than any number of DynamoDB, or written with more zeros than
    /// 128 bits hold.
    #[inline(always)]
    fn parts(self) -> Option<Parts> {
        if let Some((negative, coefficient, exponent)) = self.short() {
            return Some(Parts { negative, coefficient: coefficient.into(), exponent });
        }
        let (exponent, rest) = exponent(self.from.get(..self.len)?)?;
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

    /// Checks that DynamoDB takes it.
    pub(super) fn check(self) -> Result<(), Odd> {
        let parts = self.parts().ok_or(Odd)?;
        if parts.normal().is_some() { Ok(()) } else { Err(Odd) }
    }

    /// One that was checked, taken apart without the zeros that say nothing.
    #[inline(always)]
    pub(crate) fn normal(self) -> Parts {
        let nothing = Parts { negative: false, coefficient: 0, exponent: 0 };
        self.parts().and_then(Parts::trimmed).unwrap_or(nothing)
    }

    /// A signature of the value of one that was checked.
    pub(super) fn signature(self) -> u32 {
        let Parts { negative, coefficient, exponent } = self.normal();
        // Whole words, which are read faster than what is left of one.
        let mut text = [0; 24];
        let (number, power) = text.split_at_mut(16);
        number.copy_from_slice(&coefficient.to_le_bytes());
        if let Some((bytes, [sign, ..])) = power.split_first_chunk_mut::<4>() {
            *bytes = exponent.to_le_bytes();
            *sign = u8::from(negative);
        }
        strings::signature(&text, 0, text.len())
    }
}

/// Whether a decimal with this first byte and of this length is one that DynamoDB takes, without a
/// look at the rest: it has an exponent of one byte, and a coefficient of 36 digits at most.
#[inline(always)]
pub(super) fn is_usual(first: u8, len: usize) -> bool {
    first & 0x80 != 0 && (1..=16).contains(&len)
}

/// A decimal as text, also with a coefficient of many zeros: for what the fast reader gave up on.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let (exponent, coefficient) = exponent(bytes)?;
    let mut magnitude = coefficient.to_vec();
    let mut is_negative = false;
    if let Some(first) = magnitude.first_mut() {
        is_negative = *first & 0x80 != 0;
        *first &= 0x7f;
    }
    let sign = if is_negative { "-" } else { "" };
    Some(format!("{sign}{}E{exponent}", digits(&magnitude)?))
}

/// The decimal digits of a magnitude; `None` if it is longer than that of any number of DynamoDB.
pub(super) fn digits(magnitude: &[u8]) -> Option<String> {
    const BILLION: u64 = 1_000_000_000;
    if magnitude.len() > LONGEST {
        return None;
    }
    let (mut left, mut groups) = (magnitude.to_vec(), Vec::new());
    while left.iter().any(|byte| *byte != 0) {
        let mut rest = 0;
        for byte in &mut left {
            let value = rest << 8 | u64::from(*byte);
            *byte = (value / BILLION).to_le_bytes()[0];
            rest = value % BILLION;
        }
        groups.push(rest);
    }
    let Some(first) = groups.pop() else { return Some("0".to_owned()) };
    let more = groups.iter().rev().map(|group| format!("{group:09}"));
    Some(std::iter::once(first.to_string()).chain(more).collect())
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

    /// A decimal, and the same with other bytes behind it.
    fn both(bytes: &[u8], check: impl Fn(Decimal<'_>)) {
        check(Decimal::new(bytes, 0, bytes.len()));
        let with_others = [&[0x91][..], bytes, &[0xff; 9]].concat();
        check(Decimal::new(&with_others, 1, bytes.len()));
    }

    proptest! {
        #[test]
        fn numbers_go_there_and_back(number in strategies::number()) {
            let mut bytes = Vec::new();
            write(number.parts(), &mut bytes);
            both(&bytes, |decimal| {
                assert!(decimal.check().is_ok());
                let plain = Number::of_parts(decimal.normal());
                assert_eq!(plain.as_str(), &number.to_normal_form());
            });
            let same: Number = text(&bytes).unwrap().parse().unwrap();
            prop_assert_eq!(same, number);
        }

        #[test]
        fn what_is_checked_is_a_number(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            let parsed = text(&bytes).and_then(|text| text.parse::<Number>().ok());
            both(&bytes, |decimal| {
                // What is written with more than 128 bits is left to the careful reader.
                let is_short = decimal.parts().is_some();
                assert_eq!(decimal.check().is_ok(), is_short && parsed.is_some());
                let is_usual = bytes.first().is_some_and(|first| is_usual(*first, bytes.len()));
                assert!(!is_usual || decimal.check().is_ok());
                if let Some(number) = parsed.as_ref().filter(|_| is_short) {
                    let plain = Number::of_parts(decimal.normal());
                    assert_eq!(plain.as_str(), &number.to_normal_form());
                }
            });
        }
    }

    #[test]
    fn magnitudes_have_the_digits_of_their_value() {
        for magnitude in [0_u128, 1, 9, 10, 999_999_999, 1_000_000_000, 1 << 64, u128::MAX] {
            assert_eq!(digits(&magnitude.to_be_bytes()), Some(magnitude.to_string()));
        }
        assert_eq!(digits(&[]).as_deref(), Some("0"));
        // 256^17
        let large = [&[1][..], &[0; 17]].concat();
        assert_eq!(digits(&large).unwrap(), "87112285931760246646623899502532662132736");
        assert_eq!(digits(&[1; LONGEST + 1]), None);
    }
}

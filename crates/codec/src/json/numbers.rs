//! Numbers for the fast reader: where they end, and that DynamoDB takes them.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use super::fast::Odd;
use super::strings;
use crate::number::{is_normal, normal_form};
use crate::scan::{byte, digits};

/// Significant digits that DynamoDB holds.
const MOST_DIGITS: u32 = 38;
/// Powers of ten of the leading digit that DynamoDB holds.
const POWERS: std::ops::RangeInclusive<i64> = -130..=125;

/// Where the number that begins at `at` ends. Whatever has at most 38 digits and no exponent is in
/// the range; the rest is looked at more closely.
#[inline(always)]
pub(super) fn number(bytes: &[u8], at: usize) -> Result<usize, Odd> {
    let start = at + usize::from(byte(bytes, at) == b'-');
    let mut end = digits(bytes, start);
    let mut count = end - start;
    if byte(bytes, end) == b'.' {
        let fraction = end + 1;
        end = digits(bytes, fraction);
        count += end - fraction;
    }
    let is_plain = count.wrapping_sub(1) < MOST_DIGITS as usize && byte(bytes, end) == b'"';
    if is_plain { Ok(end) } else { unusual(bytes, at) }
}

/// Exponents, a plus sign, many zeros.
#[cold]
#[inline(never)]
fn unusual(bytes: &[u8], at: usize) -> Result<usize, Odd> {
    let mut end = at + usize::from(matches!(byte(bytes, at), b'-' | b'+'));
    let (mut any, mut in_fraction, mut places) = (false, false, 0_i64);
    // Significant digits so far, and the zeros behind them.
    let (mut significant, mut zeros) = (0_i64, 0_i64);
    loop {
        match byte(bytes, end) {
            b'0' => {
                any = true;
                zeros += i64::from(significant > 0);
                places += i64::from(in_fraction);
            }
            b'1'..=b'9' => {
                any = true;
                significant += zeros + 1;
                zeros = 0;
                places += i64::from(in_fraction);
            }
            b'.' if !in_fraction => in_fraction = true,
            _ => break,
        }
        end += 1;
    }
    let mut exponent = 0;
    if any && matches!(byte(bytes, end), b'e' | b'E') {
        end += 1;
        let is_negative = byte(bytes, end) == b'-';
        end += usize::from(matches!(byte(bytes, end), b'+' | b'-'));
        let stop = digits(bytes, end);
        let text = bytes.get(end..stop).unwrap_or_default();
        let value = text
            .iter()
            .fold(0_i64, |sum, digit| sum.saturating_mul(10).saturating_add(i64::from(digit & 15)));
        exponent = if is_negative { -value } else { value };
        // As in the service, an exponent beyond 32 bits is no number at all.
        if text.is_empty() || i32::try_from(exponent).is_err() {
            return Err(Odd);
        }
        end = stop;
    }
    let leading = significant + zeros + exponent - places - 1;
    let fits = significant == 0 || POWERS.contains(&leading);
    if any && significant <= i64::from(MOST_DIGITS) && fits && byte(bytes, end) == b'"' {
        Ok(end)
    } else {
        Err(Odd)
    }
}

/// A signature of the value of a number that was checked, however it is written.
#[inline(always)]
pub(super) fn signature(bytes: &[u8], at: usize, end: usize) -> u32 {
    let text = bytes.get(at..end).unwrap_or_default();
    if is_normal(text) {
        strings::signature(bytes, at, end)
    } else {
        signature_of_normal_form(text)
    }
}

#[cold]
#[inline(never)]
fn signature_of_normal_form(text: &[u8]) -> u32 {
    let text = std::str::from_utf8(text).unwrap_or_default();
    let normal = normal_form(text);
    strings::signature(normal.as_bytes(), 0, normal.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Number;
    use crate::strategies;
    use proptest::prelude::*;

    fn accepts(text: &str) -> bool {
        let quoted = format!("{text}\"");
        number(quoted.as_bytes(), 0).is_ok_and(|end| end == text.len())
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_a_number(text in "[+-]?[0-9]{0,45}\\.?[0-9]{0,5}([eE][+-]?0{0,9}[0-9]{0,4})?") {
            prop_assert_eq!(accepts(&text), text.parse::<Number>().is_ok());
        }

        #[test]
        fn normal_is_what_the_service_writes(number in strategies::number()) {
            let normal = number.to_normal_form();
            prop_assert!(is_normal(normal.as_bytes()));
            let text = number.as_str();
            prop_assert_eq!(is_normal(text.as_bytes()), text == normal);
        }
    }
}

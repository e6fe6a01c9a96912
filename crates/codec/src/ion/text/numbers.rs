//! Numbers of Ion text for the fast reader.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use crate::Number;
use crate::json::fast::Odd;
use crate::scan::{byte, digits};
use std::borrow::Cow;

/// Significant digits that DynamoDB holds.
const MOST_DIGITS: usize = 38;

/// Where the number that begins at `at` ends.
#[inline(always)]
pub(super) fn number(bytes: &[u8], at: usize) -> Result<usize, Odd> {
    let start = at + usize::from(byte(bytes, at) == b'-');
    let mut end = digits(bytes, start);
    let whole = end - start;
    let mut count = whole;
    if byte(bytes, end) == b'.' {
        let fraction = end + 1;
        end = digits(bytes, fraction);
        count += end - fraction;
    }
    // Ion knows no leading zeros, and wants a digit before the point.
    let is_sound = whole == 1 || (whole > 1 && byte(bytes, start) != b'0');
    let is_plain = matches!(byte(bytes, end), b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    if is_sound && is_plain && count <= MOST_DIGITS { Ok(end) } else { unusual(bytes, at) }
}

/// Exponents and long numbers. Everything that is no decimal is left to the careful reader.
#[inline(never)]
fn unusual(bytes: &[u8], at: usize) -> Result<usize, Odd> {
    let start = at + usize::from(byte(bytes, at) == b'-');
    let mut end = digits(bytes, start);
    if end == start || (end > start + 1 && byte(bytes, start) == b'0') {
        return Err(Odd);
    }
    if byte(bytes, end) == b'.' {
        end = digits(bytes, end + 1);
    }
    if matches!(byte(bytes, end), b'd' | b'D') {
        let exponent = end + 1 + usize::from(matches!(byte(bytes, end + 1), b'+' | b'-'));
        end = digits(bytes, exponent);
        if end == exponent {
            return Err(Odd);
        }
    }
    let is_end = matches!(byte(bytes, end), b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    let text = std::str::from_utf8(bytes.get(at..end).unwrap_or_default()).map_err(|_| Odd)?;
    if is_end && Number::parse(&with_e(text)).is_ok() { Ok(end) } else { Err(Odd) }
}

/// With the exponent as JSON has it.
fn with_e(text: &str) -> Cow<'_, str> {
    if text.contains(['d', 'D']) {
        Cow::Owned(text.replace(['d', 'D'], "E"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A number that was checked, in DynamoDB's normal form.
#[inline(always)]
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    // What exports have most: integers, `103.`, and fractions without zeros behind, `2.5`.
    let (digits, last) = match text.as_bytes().split_last() {
        Some((b'.', digits)) => (text.strip_suffix('.').unwrap_or(text), digits.last()),
        _ => (text, text.as_bytes().last()),
    };
    let is_fraction = digits.len() == text.len();
    let bytes = digits.as_bytes();
    let has_exponent = bytes.iter().any(|byte| byte | 0x20 == b'd');
    let has_zeros = (is_fraction && last == Some(&b'0')) || digits == "-0";
    if has_exponent || has_zeros { unusual_plain(text) } else { Cow::Borrowed(digits) }
}

#[cold]
#[inline(never)]
fn unusual_plain(text: &str) -> Cow<'_, str> {
    match with_e(text) {
        Cow::Borrowed(text) => crate::number::normal_form(text.strip_suffix('.').unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(crate::number::normal_form(&text).into_owned()),
    }
}

/// A signature of the value of a number that was checked, however it is written.
pub(super) fn signature(bytes: &[u8], at: usize, end: usize) -> u32 {
    let text = std::str::from_utf8(bytes.get(at..end).unwrap_or_default()).unwrap_or_default();
    let plain = plain(text);
    crate::json::strings::signature(plain.as_bytes(), 0, plain.len())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn numbers_become_plain() {
        for (ion, expected) in [
            ("103.", "103"),
            ("6d2", "600"),
            ("2D+3", "2000"),
            ("25d-1", "2.5"),
            ("2.50", "2.5"),
            ("-0.", "0"),
            ("0d5", "0"),
            ("1.5d3", "1500"),
            ("-12.d-3", "-0.012"),
            ("7", "7"),
        ] {
            assert_eq!(plain(ion), expected, "{ion}");
        }
    }
}

//! Numbers of Ion text for the fast reader.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use crate::Number;
use crate::json::fast::Odd;
use crate::scan::{byte, digits};
use std::borrow::Cow;

/// Significant digits that DynamoDB holds.
const MOST_DIGITS: usize = 38;

/// A number in the text.
pub(super) struct Found {
    /// Where it ends.
    pub(super) end: usize,
    /// How long it is without the point behind an integer.
    pub(super) len: usize,
    /// Whether this much of it is not yet what DynamoDB would write.
    pub(super) is_unusual: bool,
}

/// The number that begins at `at`.
#[inline(always)]
pub(super) fn number(bytes: &[u8], at: usize) -> Result<Found, Odd> {
    let start = at + usize::from(byte(bytes, at) == b'-');
    let mut end = digits(bytes, start);
    let whole = end - start;
    let mut count = whole;
    let mut behind = end;
    // Of what exports have most, integers (`103.`) have no zeros before them and fractions (`2.5`)
    // none behind.
    let mut is_unusual = start != at && byte(bytes, start) == b'0';
    if byte(bytes, end) == b'.' {
        let fraction = end + 1;
        behind = digits(bytes, fraction);
        if behind > fraction {
            end = behind;
            count += end - fraction;
            is_unusual = byte(bytes, end - 1) == b'0';
        }
    }
    // Ion knows no leading zeros, and wants a digit before the point.
    let is_sound = whole == 1 || (whole > 1 && byte(bytes, start) != b'0');
    let is_plain = is_end(byte(bytes, behind));
    if is_sound && is_plain && count <= MOST_DIGITS {
        Ok(Found { end: behind, len: end - at, is_unusual })
    } else if is_sound && count == whole && byte(bytes, end) == b'd' {
        with_exponent(bytes, at, whole, end)
    } else {
        unusual(bytes, at)
    }
}

/// Whether a number may end before this byte.
#[inline(always)]
fn is_end(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t')
}

/// A number that goes on with a `d`: exports write 600 as `6d2`.
#[inline(always)]
fn with_exponent(bytes: &[u8], at: usize, digits: usize, d: usize) -> Result<Found, Odd> {
    let exponent = d + 1;
    let tens = byte(bytes, exponent).wrapping_sub(b'0');
    let ones = byte(bytes, exponent + 1).wrapping_sub(b'0');
    let (zeros, end) = match (tens, ones) {
        (0..=9, 0..=9) => (usize::from(tens * 10 + ones), exponent + 2),
        (0..=9, _) => (usize::from(tens), exponent + 1),
        _ => return unusual(bytes, at),
    };
    // No more digits than those of 9.99E+125.
    let is_sound = digits <= MOST_DIGITS && digits + zeros <= 126 && is_end(byte(bytes, end));
    if is_sound { Ok(Found { end, len: end - at, is_unusual: true }) } else { unusual(bytes, at) }
}

/// Exponents and long numbers. Everything that is no decimal is left to the careful reader.
#[inline(never)]
fn unusual(bytes: &[u8], at: usize) -> Result<Found, Odd> {
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
    let text = std::str::from_utf8(bytes.get(at..end).unwrap_or_default()).map_err(|_| Odd)?;
    if is_end(byte(bytes, end)) && Number::parse(&with_e(text)).is_ok() {
        Ok(Found { end, len: end - at, is_unusual: true })
    } else {
        Err(Odd)
    }
}

/// With the exponent as JSON has it.
fn with_e(text: &str) -> Cow<'_, str> {
    if text.contains(['d', 'D']) {
        Cow::Owned(text.replace(['d', 'D'], "E"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A number that was checked and is unusual, in DynamoDB's normal form.
#[inline(never)]
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if let Some((digits, zeros)) = text.split_once('d')
        && let Ok(zeros) = zeros.parse::<usize>()
        && !digits.contains('.')
        && !matches!(digits, "0" | "-0")
    {
        // What was checked has at most 125 zeros.
        let mut plain = String::with_capacity(digits.len() + zeros);
        plain.push_str(digits);
        plain.extend(std::iter::repeat_n('0', zeros));
        return Cow::Owned(plain);
    }
    match with_e(text) {
        Cow::Borrowed(text) => crate::number::normal_form(text.strip_suffix('.').unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(crate::number::normal_form(&text).into_owned()),
    }
}

/// A signature of the value of a number that was checked, however it is written.
pub(super) fn signature(bytes: &[u8], at: usize, end: usize, is_unusual: bool) -> u32 {
    if !is_unusual {
        return crate::json::strings::signature(bytes, at, end);
    }
    let text = std::str::from_utf8(bytes.get(at..end).unwrap_or_default()).unwrap_or_default();
    let plain = plain(text);
    crate::json::strings::signature(plain.as_bytes(), 0, plain.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_plain() {
        for (ion, expected, is_usual) in [
            ("103.", "103", true),
            ("-103.", "-103", true),
            ("0.", "0", true),
            ("7", "7", true),
            ("0.5", "0.5", true),
            ("-0.25", "-0.25", true),
            ("6d2", "600", false),
            ("2D+3", "2000", false),
            ("25d-1", "2.5", false),
            ("2.50", "2.5", false),
            ("-0.", "0", false),
            ("-0", "0", false),
            ("-0.0", "0", false),
            ("0d5", "0", false),
            ("1.5d3", "1500", false),
            ("-12.d-3", "-0.012", false),
        ] {
            let text = format!("{ion},");
            let Found { end, len, is_unusual } = number(text.as_bytes(), 0).unwrap();
            assert_eq!((end, !is_unusual), (ion.len(), is_usual), "{ion}");
            let shown = if is_unusual { plain(&ion[..len]) } else { ion[..len].into() };
            assert_eq!(shown, expected, "{ion}");
        }
    }
}

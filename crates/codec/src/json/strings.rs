//! Strings for the fast reader: where they end, and what tells them apart.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use super::fast::Odd;
use super::unescape;
use crate::scan::{byte, special, word};

/// Where the string whose first byte is at `at` has its closing quote, and whether it has escapes.
#[inline(always)]
pub(super) fn string(bytes: &[u8], at: usize) -> Result<(usize, bool), Odd> {
    let end = special(bytes, at);
    if byte(bytes, end) == b'"' { Ok((end, false)) } else { escaped(bytes, end) }
}

#[cold]
#[inline(never)]
fn escaped(bytes: &[u8], mut at: usize) -> Result<(usize, bool), Odd> {
    loop {
        match byte(bytes, at) {
            b'"' => return Ok((at, true)),
            b'\\' => at = special(bytes, escape(bytes, at)?),
            _ => return Err(Odd),
        }
    }
}

/// Where the escape at `at` ends.
fn escape(bytes: &[u8], at: usize) -> Result<usize, Odd> {
    match byte(bytes, at + 1) {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(at + 2),
        b'u' => match unit(bytes, at)? {
            // Half of a surrogate pair needs the other half.
            0xd800..=0xdbff => match unit(bytes, at + 6)? {
                0xdc00..=0xdfff => Ok(at + 12),
                _ => Err(Odd),
            },
            0xdc00..=0xdfff => Err(Odd),
            _ => Ok(at + 6),
        },
        _ => Err(Odd),
    }
}

/// The number of the escape `\u1234` at `at`.
fn unit(bytes: &[u8], at: usize) -> Result<u32, Odd> {
    let text = bytes.get(at..at + 6).ok_or(Odd)?;
    let digits = text.strip_prefix(b"\\u").ok_or(Odd)?;
    digits.iter().try_fold(0, |sum, digit| {
        let value = char::from(*digit).to_digit(16).ok_or(Odd)?;
        Ok(sum << 4 | value)
    })
}

/// A number that is different for different texts, but for one pair in four thousand million.
#[inline(always)]
pub(crate) fn signature(bytes: &[u8], mut at: usize, end: usize) -> u32 {
    /// Odd, with its bits spread: the fraction of the golden ratio.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = (end - at) as u64;
    while at + 8 <= end {
        hash = (hash.rotate_left(23) ^ word(bytes, at)).wrapping_mul(FACTOR);
        at += 8;
    }
    if at < end {
        let unused = 64 - 8 * (end - at);
        hash = (hash.rotate_left(23) ^ (word(bytes, at) << unused)).wrapping_mul(FACTOR);
    }
    (hash >> 32) as u32
}

/// The same for a text with escapes, as if it had been written without them.
#[cold]
#[inline(never)]
pub(super) fn signature_of_escaped(bytes: &[u8], at: usize, end: usize) -> u32 {
    let raw = std::str::from_utf8(bytes.get(at..end).unwrap_or_default()).unwrap_or_default();
    let text = unescape(raw).unwrap_or_default();
    signature(text.as_bytes(), 0, text.len())
}

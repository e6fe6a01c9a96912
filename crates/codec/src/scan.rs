//! Looking at eight bytes at a time.
//!
//! Every search here loads eight bytes as one little-endian word and finds the first byte that
//! matters by arithmetic. Behind the end of the input the word is filled with zeros; a zero counts
//! as a control character, so that every search ends there.

#![allow(clippy::inline_always, reason = "the decoders spend their time here")]
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// A word of eight times this byte.
pub(crate) const fn repeat(byte: u8) -> u64 {
    ONES * byte as u64
}

/// The eight bytes at `at`, zeros behind the end.
#[inline(always)]
pub(crate) fn word(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(eight) => u64::from_le_bytes(*eight),
        None => last_word(bytes, at),
    }
}

#[cold]
#[inline(never)]
fn last_word(bytes: &[u8], at: usize) -> u64 {
    let mut eight = [0; 8];
    for (into, byte) in eight.iter_mut().zip(bytes.get(at..).unwrap_or_default()) {
        *into = *byte;
    }
    u64::from_le_bytes(eight)
}

/// The byte at `at`, zero behind the end.
#[inline(always)]
pub(crate) fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// The high bit of each byte that is zero. Above the first such byte there may be false ones.
#[inline(always)]
pub(crate) const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// The high bit of each byte below `limit` (at most 0x80). Above the first such byte there may be
/// false ones.
#[inline(always)]
pub(crate) const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(repeat(limit)) & !word & HIGHS
}

/// Which byte the first high bit is in.
#[inline(always)]
pub(crate) const fn first(highs: u64) -> usize {
    (highs.trailing_zeros() / 8) as usize
}

/// Where the first `"`, `\` or control character is, from `at` on.
#[inline(always)]
pub(crate) fn special(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let found = specials(word(bytes, at));
        if found != 0 {
            return at + first(found);
        }
        at += 8;
    }
}

/// The high bit of each byte that is `"`, `\` or a control character, exact for the first.
#[inline(always)]
pub(crate) const fn specials(word: u64) -> u64 {
    // Without the bit that a quote has more than a space, it comes next to the control characters.
    below(word ^ repeat(b'"' ^ b' '), 0x21) | zeros(word ^ repeat(b'\\'))
}

/// How many of the eight bytes are digits before the first that is none.
#[inline(always)]
pub(crate) const fn leading_digits(word: u64) -> usize {
    // The high half of a digit is 3, and still 3 after adding 6.
    let other = ((word & repeat(0xf0)) ^ repeat(0x30))
        | ((word.wrapping_add(repeat(6)) & repeat(0xf0)) ^ repeat(0x30));
    (other.trailing_zeros() / 8) as usize
}

/// Where the digits that begin at `at` end.
#[inline(always)]
pub(crate) fn digits(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let count = leading_digits(word(bytes, at));
        at += count;
        if count < 8 {
            return at;
        }
    }
}

/// The high bit of each byte that is no letter or digit of ASCII and none of the two others.
/// Exact for every byte.
#[inline(always)]
pub(crate) const fn not_word(word: u64, others: [u8; 2]) -> u64 {
    let low = word & repeat(0x7f);
    let lower = low | repeat(0x20);
    let letter = lower.wrapping_add(repeat(0x1f)) & !lower.wrapping_add(repeat(0x05));
    let digit = low.wrapping_add(repeat(0x50)) & !low.wrapping_add(repeat(0x46));
    let other = !(low ^ repeat(others[0])).wrapping_add(repeat(0x7f))
        | !(low ^ repeat(others[1])).wrapping_add(repeat(0x7f));
    (!(letter | digit | other) | word) & HIGHS
}

/// Where the characters of Base64 that begin at `at` end.
#[inline(always)]
pub(crate) fn base64(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let other = not_word(word(bytes, at), [b'+', b'/']);
        if other != 0 {
            return at + first(other);
        }
        at += 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn padded(byte: u8, at: usize) -> Vec<u8> {
        let mut bytes = vec![b'a'; 24];
        bytes[at] = byte;
        bytes
    }

    #[test]
    fn every_byte_is_found_at_every_place() {
        for at in 0..24 {
            for byte in 0..=u8::MAX {
                let bytes = padded(byte, at);
                let special_byte = byte == b'"' || byte == b'\\' || byte < 0x20;
                let expected = if special_byte { at } else { 24 };
                assert_eq!(special(&bytes, 0), expected, "{byte} at {at}");
                let known = byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
                assert_eq!(base64(&bytes, 0), if known { 24 } else { at }, "{byte} at {at}");
                let mut numbers = vec![b'7'; 24];
                numbers[at] = byte;
                let expected = if byte.is_ascii_digit() { 24 } else { at };
                assert_eq!(digits(&numbers, 0), expected, "{byte} at {at}");
            }
        }
    }

    #[test]
    fn the_end_is_zeros() {
        assert_eq!(word(b"ab", 1), u64::from(b'b'));
        assert_eq!(word(b"ab", 9), 0);
        assert_eq!(byte(b"ab", 2), 0);
    }
}

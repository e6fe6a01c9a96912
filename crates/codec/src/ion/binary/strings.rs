//! The strings of an item, one behind the other.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use crate::json::fast::Odd;
use crate::scan::byte;

/// What is copied at once of a string that is no longer: a few instructions, where a copy of so many
/// bytes as there are is a call.
const CHUNK: usize = 64;

/// So many bytes behind an item, and a string that ends with it can be copied so too.
pub(super) const PADDING: usize = CHUNK;

#[inline(always)]
fn chunk(bytes: &[u8], at: usize) -> Option<&[u8; CHUNK]> {
    bytes.get(at..)?.first_chunk()
}

/// Room for the strings of an item: to check all at once is faster than one by one, and what stands
/// in a text need not be checked again where it is taken out.
pub(super) struct Strings {
    /// What is behind those that are used was copied with the last one.
    bytes: Vec<u8>,
    used: usize,
}

impl Strings {
    /// Room for the strings of an item, in the memory of this text.
    pub(super) fn new(text: String) -> Self {
        Self { bytes: text.into_bytes(), used: 0 }
    }

    /// Adds the string that begins at `start`, and says where it is.
    #[inline(always)]
    pub(super) fn push(&mut self, from: &[u8], start: usize, len: usize) -> Result<usize, Odd> {
        // Together they are checked at the end; that none begins within a character, here.
        if len > 0 && byte(from, start) & 0xc0 == 0x80 {
            return Err(Odd);
        }
        let at = self.used;
        self.bytes.truncate(at);
        match chunk(from, start) {
            Some(chunk) if len <= CHUNK => self.bytes.extend_from_slice(chunk),
            _ => self.bytes.extend_from_slice(from.get(start..start + len).ok_or(Odd)?),
        }
        self.used = at + len;
        Ok(at)
    }

    /// The text, if it is one.
    pub(super) fn into_text(mut self) -> Option<String> {
        self.bytes.truncate(self.used);
        String::from_utf8(self.bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_all_lengths_stand_behind_each_other() {
        let from: Vec<u8> = (b' '..=b'~').collect();
        for len in 0..from.len() {
            let mut strings = Strings::new("what was there before".to_owned());
            let mut expected = Vec::new();
            for start in [0, from.len() - len, (from.len() - len) / 2] {
                assert_eq!(strings.push(&from, start, len).unwrap(), expected.len());
                expected.extend_from_slice(&from[start..start + len]);
            }
            assert_eq!(strings.into_text().unwrap().as_bytes(), expected, "{len}");
        }
    }

    #[test]
    fn a_string_is_not_cut_within_a_character() {
        let euro = "€".as_bytes();
        let mut strings = Strings::new(String::new());
        strings.push(euro, 0, 1).unwrap();
        assert!(strings.push(euro, 1, 2).is_err());
        let mut strings = Strings::new(String::new());
        strings.push(euro, 0, 2).unwrap();
        assert!(strings.into_text().is_none());
    }
}

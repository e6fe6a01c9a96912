//! Where JSON is written to.
#![allow(clippy::inline_always, reason = "all encoding goes through here")]

use crate::scan::{repeat, specials};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How much room is made at once.
const STEP: usize = 1024;

/// The end of a vector, made longer than what is written so far: with bytes that are already there,
/// a literal or a short string is one store of a fixed size, of which as many bytes count as are
/// meant. [`Out::finish`] takes off what is too much.
pub(crate) struct Out<'a> {
    buffer: &'a mut Vec<u8>,
    /// Where this began, behind what was in the vector before.
    start: usize,
    len: usize,
}

impl<'a> Out<'a> {
    pub(crate) fn new(buffer: &'a mut Vec<u8>, expected: usize) -> Self {
        let len = buffer.len();
        let mut out = Self { buffer, start: len, len };
        out.room(expected);
        out
    }

    pub(crate) fn finish(self) {
        self.buffer.truncate(self.len);
    }

    /// Makes sure that so many bytes can be stored.
    #[inline(always)]
    pub(crate) fn room(&mut self, bytes: usize) {
        if self.buffer.len() - self.len < bytes {
            self.grow(bytes);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, bytes: usize) {
        // By what was written here, not by what was there before: the bytes are set to zero.
        let written = self.len - self.start;
        self.buffer.resize(self.len + bytes.max(STEP).max(written), 0);
    }

    /// Stores all of `text`, of which `count` bytes count. Room for all of it must be there.
    #[inline(always)]
    pub(crate) fn put<const K: usize>(&mut self, text: &[u8; K], count: usize) {
        let rest = self.buffer.get_mut(self.len..);
        if let Some(into) = rest.and_then(|rest| rest.first_chunk_mut::<K>()) {
            *into = *text;
        }
        self.len += count;
    }

    #[inline(always)]
    pub(crate) fn literal<const K: usize>(&mut self, text: &[u8; K]) {
        self.room(K);
        self.put(text, K);
    }

    /// Copies bytes.
    #[inline(always)]
    pub(crate) fn exact(&mut self, bytes: &[u8]) {
        self.room(bytes.len());
        if let Some(into) = self.buffer.get_mut(self.len..self.len + bytes.len()) {
            into.copy_from_slice(bytes);
        }
        self.len += bytes.len();
    }

    /// Copies `len` bytes from `at`, sixteen at a time: what stands behind them is read as well and
    /// does not count.
    #[inline(always)]
    pub(crate) fn piece(&mut self, bytes: &[u8], at: usize, len: usize) {
        self.room(len + 16);
        let mut rest = bytes.get(at..).unwrap_or_default();
        let mut left = len;
        while let Some((sixteen, behind)) = rest.split_first_chunk::<16>() {
            self.put(sixteen, left.min(16));
            if left <= 16 {
                return;
            }
            left -= 16;
            rest = behind;
        }
        self.exact(rest.get(..left).unwrap_or_default());
    }

    /// The inside of a JSON string: copies and looks for what needs an escape on the way.
    #[inline(always)]
    pub(crate) fn escaped(&mut self, text: &str) {
        let bytes = text.as_bytes();
        self.room(bytes.len() + 8);
        let start = self.len;
        let (mut found, mut seen) = (0, 0);
        if let Some(last) = bytes.last_chunk::<8>() {
            for eight in bytes.as_chunks::<8>().0 {
                let word = u64::from_le_bytes(*eight);
                found |= specials(word);
                seen |= word;
                self.put(eight, 8);
            }
            // The last eight again, over what is there of them already.
            let word = u64::from_le_bytes(*last);
            found |= specials(word);
            seen |= word;
            self.len = start + bytes.len() - 8;
            self.put(last, 8);
        } else {
            let mut short = repeat(b' ').to_le_bytes();
            for (into, byte) in short.iter_mut().zip(bytes) {
                *into = *byte;
            }
            let word = u64::from_le_bytes(short);
            found |= specials(word);
            seen |= word;
            self.put(&short, bytes.len());
        }
        let is_ascii = seen & repeat(0x80) == 0;
        if found != 0 || (!is_ascii && has_separators(bytes)) {
            self.len = start;
            self.with_escapes(text);
        }
    }

    #[cold]
    #[inline(never)]
    fn with_escapes(&mut self, text: &str) {
        let mut written = 0;
        for (at, c) in text.char_indices() {
            let short = match c {
                '"' => b"\\\"",
                '\\' => b"\\\\",
                '\n' => b"\\n",
                '\r' => b"\\r",
                '\t' => b"\\t",
                '\u{0}'..='\u{1f}' | '\u{85}' | '\u{2028}' | '\u{2029}' => b"\\u",
                _ => continue,
            };
            self.exact(text.get(written..at).unwrap_or_default().as_bytes());
            self.exact(short);
            if short == b"\\u" {
                self.exact(format!("{:04x}", u32::from(c)).as_bytes());
            }
            written = at + c.len_utf8();
        }
        self.exact(text.get(written..).unwrap_or_default().as_bytes());
    }

    /// The inside of a JSON string that holds bytes as Base64.
    #[inline(always)]
    pub(crate) fn base64(&mut self, bytes: &[u8]) {
        let len = bytes.len().div_ceil(3) * 4;
        self.room(len);
        if let Some(into) = self.buffer.get_mut(self.len..self.len + len) {
            // There is room for all of it, which is the only thing that can be wrong.
            let _ = STANDARD.encode_slice(bytes, into);
        }
        self.len += len;
    }
}

/// Whether there is one of the characters that some readers take for the end of a line, U+0085,
/// U+2028 and U+2029. DynamoDB sends them as they are; exports are made of lines.
pub(crate) fn has_separators(bytes: &[u8]) -> bool {
    memchr::memchr2_iter(0xc2, 0xe2, bytes).any(|at| {
        matches!(
            bytes.get(at..).unwrap_or_default(),
            [0xc2, 0x85, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..]
        )
    })
}

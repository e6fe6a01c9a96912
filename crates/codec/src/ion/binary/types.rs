//! The bytes that Ion's binary values begin with.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

/// The version marker that a stream begins with.
pub(crate) const VERSION: [u8; 4] = [0xe0, 0x01, 0x00, 0xea];

pub(super) const NULL: u8 = 0;
pub(super) const BOOL: u8 = 1;
pub(super) const POSITIVE: u8 = 2;
pub(super) const NEGATIVE: u8 = 3;
pub(super) const FLOAT: u8 = 4;
pub(super) const DECIMAL: u8 = 5;
pub(super) const TIMESTAMP: u8 = 6;
pub(super) const SYMBOL: u8 = 7;
pub(super) const STRING: u8 = 8;
pub(super) const CLOB: u8 = 9;
pub(super) const BLOB: u8 = 10;
pub(super) const LIST: u8 = 11;
pub(super) const SEXP: u8 = 12;
pub(super) const STRUCT: u8 = 13;
pub(super) const ANNOTATED: u8 = 14;

/// The first byte of a struct with its fields in order, whose length follows.
pub(super) const ORDERED: u8 = 0xd1;

/// The length that stands for a null of the type.
pub(super) const NO_VALUE: u8 = 15;
/// The length that says that the length follows.
pub(super) const LONG: u8 = 14;

/// What a value begins with.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) kind: u8,
    /// The lower half of the first byte.
    pub(super) code: u8,
    /// Where the value itself begins and ends.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Head {
    pub(super) fn is_null(self) -> bool {
        self.code == NO_VALUE
    }

    /// The head at `at`, if the value ends by `end`.
    #[inline(always)]
    pub(super) fn read(bytes: &[u8], at: usize, end: usize) -> Option<Self> {
        let first = *bytes.get(at)?;
        let (kind, code) = (first >> 4, first & 15);
        let mut start = at + 1;
        let len = match code {
            NO_VALUE => 0,
            _ if kind == BOOL => 0,
            // A struct of this code has its fields in order, and its length follows.
            1 if kind == STRUCT => var_uint(bytes, &mut start)?,
            LONG => var_uint(bytes, &mut start)?,
            len => usize::from(len),
        };
        let stop = start.checked_add(len)?;
        (stop <= end).then_some(Self { kind, code, start, end: stop })
    }
}

/// A number in seven bits a byte, of which the last has the high bit.
#[inline(always)]
pub(super) fn var_uint(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let first = *bytes.get(*at)?;
    *at += 1;
    if first & 0x80 != 0 {
        return Some(usize::from(first & 0x7f));
    }
    let mut value = usize::from(first);
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        // Five bytes are more than any length of ours.
        value = value << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            return Some(value);
        }
        if value > u32::MAX as usize {
            return None;
        }
    }
}

pub(super) fn write_var_uint(value: usize, out: &mut Vec<u8>) {
    let at = out.len();
    out.resize(at + var_uint_len(value), 0);
    put_var_uint(value, out.get_mut(at..).unwrap_or_default());
}

/// How many bytes a number takes.
pub(super) fn var_uint_len(value: usize) -> usize {
    let bits = (usize::BITS - value.leading_zeros()) as usize;
    bits.div_ceil(7).max(1)
}

/// Writes a number into as many bytes as it takes.
pub(super) fn put_var_uint(value: usize, into: &mut [u8]) {
    let mut left = value;
    for (n, group) in into.iter_mut().rev().enumerate() {
        let last = if n == 0 { 0x80 } else { 0 };
        *group = (left & 0x7f).to_le_bytes()[0] | last;
        left >>= 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_seven_bits_go_there_and_back() {
        for value in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 123_456_789] {
            let mut bytes = Vec::new();
            write_var_uint(value, &mut bytes);
            let mut at = 0;
            assert_eq!(var_uint(&bytes, &mut at), Some(value));
            assert_eq!(at, bytes.len());
        }
        assert_eq!(var_uint(&[0x00; 20], &mut 0), None);
        assert_eq!(var_uint(&[0x01], &mut 0), None);
        assert_eq!(var_uint(&[0x7f; 20], &mut 0), None);
    }
}

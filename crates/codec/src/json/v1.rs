//! DynamoDB JSON with the types written as in the first SDK for Java.

use super::Cursor;
use crate::raw::skip_value;
use crate::{DecodeError, Item};

/// Deeper than this the reader of items refuses them.
const LEVELS: usize = 32;

/// The types as old dumps have them, and as DynamoDB has them.
const TAGS: [(&[u8], &[u8]); 16] = [
    (b"s", b"S"),
    (b"n", b"N"),
    (b"b", b"B"),
    (b"m", b"M"),
    (b"l", b"L"),
    (b"sS", b"SS"),
    (b"nS", b"NS"),
    (b"bS", b"BS"),
    (b"ss", b"SS"),
    (b"ns", b"NS"),
    (b"bs", b"BS"),
    (b"bOOL", b"BOOL"),
    (b"bool", b"BOOL"),
    (b"nULL", b"NULL"),
    (b"null", b"NULL"),
    (b"nULLValue", b"NULL"),
];

impl Item {
    /// Reads an item whose types are written as in the first SDK for Java: `s`, `n`, `b`, `m`,
    /// `l`, `sS`, `nS`, `bS`, `bOOL` and `nULLValue`.
    ///
    /// So are the exports of AWS Data Pipeline and of the EMR export tool, and dumps of tools of
    /// that time. The spellings `nULL`, `null`, `bool`, `ss`, `ns` and `bs` are taken as well, and
    /// the types as DynamoDB writes them. Members that are null beside the type count for nothing.
    ///
    /// ```
    /// use ddbkit_codec::Item;
    ///
    /// let line = br#"{"s":{"s":"a"},"tags":{"sS":["x"]},"m":{"m":{"n":{"bOOL":true}}}}"#;
    /// let item = Item::from_dynamodb_json_v1(line)?;
    /// assert_eq!(
    ///     item.to_dynamodb_json(),
    ///     r#"{"s":{"S":"a"},"tags":{"SS":["x"]},"m":{"M":{"n":{"BOOL":true}}}}"#
    /// );
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Item::from_dynamodb_json`], with the places in these bytes.
    pub fn from_dynamodb_json_v1(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut text = bytes.to_vec();
        // What stops the renaming also stops the reader, who says why.
        let _ = map(&mut Cursor::new(bytes), &mut text, 1);
        Self::from_dynamodb_json(&text).map_err(|error| error.quoting(bytes))
    }
}

/// Renames the types in a map of attributes. Nothing moves, so that errors keep their places.
fn map(cursor: &mut Cursor<'_>, text: &mut [u8], level: usize) -> Result<(), DecodeError> {
    members(cursor, b'{', b'}', |cursor| {
        cursor.raw_string()?;
        cursor.expect(b':')?;
        value(cursor, text, level)
    })
}

fn value(cursor: &mut Cursor<'_>, text: &mut [u8], level: usize) -> Result<(), DecodeError> {
    if level > LEVELS {
        return Err(cursor.unexpected());
    }
    members(cursor, b'{', b'}', |cursor| {
        cursor.skip_whitespace();
        let start = cursor.offset() + 1;
        let tag = cursor.raw_string()?.0;
        let tag = rename(tag, text.get_mut(start..cursor.offset()).unwrap_or_default());
        cursor.expect(b':')?;
        match (tag, cursor.peek()) {
            (b"M", Some(b'{')) => map(cursor, text, level + 1),
            (b"L", Some(b'[')) => {
                members(cursor, b'[', b']', |cursor| value(cursor, text, level + 1))
            }
            _ => skip_value(cursor),
        }
    })
}

/// Writes the type as DynamoDB has it over the old one and its closing quote, and spaces over what
/// is left.
fn rename<'a>(tag: &'a [u8], place: &mut [u8]) -> &'a [u8] {
    let Some((_, new)) = TAGS.iter().find(|(old, _)| *old == tag) else { return tag };
    let new_text = new.iter().chain(b"\"").chain(std::iter::repeat(&b' '));
    for (byte, new) in place.iter_mut().zip(new_text) {
        *byte = *new;
    }
    new
}

/// Walks over what is between brackets, with commas between.
fn members(
    cursor: &mut Cursor<'_>,
    open: u8,
    close: u8,
    mut member: impl FnMut(&mut Cursor<'_>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    cursor.expect(open)?;
    if cursor.take(close) {
        return Ok(());
    }
    loop {
        member(cursor)?;
        if !cursor.take(b',') {
            return cursor.expect(close);
        }
    }
}

//! Where things are in DynamoDB JSON, without reading them.
#![allow(clippy::inline_always, reason = "all moving of items goes through here")]

use super::fast::{self, Odd, Sink};
use super::strings::string;
use crate::scan::{byte, word};
use crate::tape::Kind;
use std::ops::Range;

/// Where the item whose `{` is at `at` ends, if it is in a form that the fast reader knows.
#[inline(always)]
pub(crate) fn end_of_item(bytes: &[u8], at: usize) -> Option<usize> {
    fast::item(bytes, at, &mut Vec::new(), &mut Nothing).ok()
}

/// Where the item of a line in the frame `{"Item":{...}}` is. A bare item whose only attribute is
/// called `Item` is not taken for a frame: what is a value is no map of values.
#[inline(always)]
pub(crate) fn framed_item(line: &[u8]) -> Option<Range<usize>> {
    let start = frame(line)?;
    let end = end_of_item(line, start)?;
    let behind = end_of_frame(line, end)?;
    (fast::skip_space(line, behind) == line.len()).then_some(start..end)
}

/// Where the item in the frame of a line begins, if there is a frame.
#[inline(always)]
pub(super) fn frame(line: &[u8]) -> Option<usize> {
    let compact: &[u8] = b"{\"Item\":";
    if line.starts_with(compact) { Some(compact.len()) } else { spaced_frame(line) }
}

#[cold]
fn spaced_frame(line: &[u8]) -> Option<usize> {
    let mut at = 0;
    for part in [&b"{"[..], b"\"Item\"", b":"] {
        at = fast::skip_space(line, at);
        at += line.get(at..)?.starts_with(part).then_some(part.len())?;
    }
    Some(fast::skip_space(line, at))
}

/// Where the frame ends around an item that ends at `end`.
#[inline(always)]
pub(super) fn end_of_frame(line: &[u8], end: usize) -> Option<usize> {
    let end = fast::skip_space(line, end);
    (line.get(end) == Some(&b'}')).then_some(end + 1)
}

/// Nothing becomes of what is found.
struct Nothing;

impl Sink for Nothing {
    const CHECKS: bool = false;

    #[inline(always)]
    fn name(&mut self, _: usize, _: usize, _: bool) {}

    #[inline(always)]
    fn scalar(&mut self, _: Kind, _: usize, _: usize, _: bool) {}

    #[inline(always)]
    fn open(&mut self, _: Kind) -> usize {
        0
    }

    #[inline(always)]
    fn close(&mut self, _: usize, _: Kind, _: usize) {}
}

/// The places of attributes, in the order in which they were asked for.
type Places<const N: usize> = [Option<Range<usize>>; N];

/// Where the values of some attributes are of the item whose `{` is at `at`, of two with one name the
/// last, and where the item ends. `None` if it is not in a form that the fast reader knows.
#[inline(always)]
pub(crate) fn attributes<const N: usize>(
    bytes: &[u8],
    at: usize,
    names: [&str; N],
) -> Option<(usize, Places<N>)> {
    let found = [const { None }; N];
    let mut wanted = Wanted { bytes, names, found, depth: 0, last: None, last_name_end: 0 };
    let end = fast::item(bytes, at, &mut Vec::new(), &mut wanted).ok()?;
    wanted.end(end - 1);
    Some((end, wanted.found))
}

/// The same for the item of a line in the frame `{"Item":{...}}`; and where the item is.
#[inline(always)]
pub(crate) fn framed_attributes<const N: usize>(
    line: &[u8],
    names: [&str; N],
) -> Option<(Range<usize>, Places<N>)> {
    let start = frame(line)?;
    let (end, places) = attributes(line, start, names)?;
    let behind = end_of_frame(line, end)?;
    (fast::skip_space(line, behind) == line.len()).then_some((start..end, places))
}

/// An element of the list that `list` begins with, of an item whose brackets and strings are known to
/// match: none if the list is shorter. An error if it is not written as lists are.
pub(crate) fn element(list: &[u8], mut index: usize) -> Result<Option<&[u8]>, Odd> {
    let mut at = fast::skip_space(list, 1);
    if byte(list, at) == b']' {
        return Ok(None);
    }
    loop {
        let end = end_of_value(list, at).ok_or(Odd)?;
        if index == 0 {
            return Ok(list.get(at..end));
        }
        index -= 1;
        at = fast::skip_space(list, end);
        match byte(list, at) {
            b',' => at = fast::skip_space(list, at + 1),
            b']' => return Ok(None),
            _ => return Err(Odd),
        }
    }
}

/// The value of this name in the map that `map` begins with, of an item whose brackets and strings are
/// known to match; of two with one name the last. An error if it is not written as maps are.
///
/// Most maps are small, and this begins with less than [`attributes`] does.
pub(crate) fn member<'a>(map: &'a [u8], name: &str) -> Result<Option<&'a [u8]>, Odd> {
    let mut found = None;
    let mut at = fast::skip_space(map, 1);
    if byte(map, at) == b'}' {
        return Ok(None);
    }
    loop {
        if byte(map, at) != b'"' {
            return Err(Odd);
        }
        let start = at + 1;
        let (end, escaped) = string(map, start)?;
        let colon = fast::skip_space(map, end + 1);
        if escaped || byte(map, colon) != b':' {
            return Err(Odd);
        }
        let value = fast::skip_space(map, colon + 1);
        let behind = end_of_value(map, value).ok_or(Odd)?;
        if map.get(start..end) == Some(name.as_bytes()) {
            found = map.get(value..behind);
        }
        at = fast::skip_space(map, behind);
        match byte(map, at) {
            b',' => at = fast::skip_space(map, at + 1),
            b'}' => return Ok(found),
            _ => return Err(Odd),
        }
    }
}

/// `{"S":"` in a word, but for its letter and for what follows.
const TEXT: u64 = u64::from_le_bytes(*b"{\"\0\":\"\0\0");
const ALL_OF_TEXT: u64 = u64::from_le_bytes([!0, !0, 0, !0, !0, !0, 0, 0]);

/// Where the object at `at` ends.
#[inline(always)]
fn end_of_value(bytes: &[u8], mut at: usize) -> Option<usize> {
    if byte(bytes, at) != b'{' {
        return None;
    }
    if word(bytes, at) & ALL_OF_TEXT == TEXT {
        // What values are most: a string, a number or a binary.
        let end = string(bytes, at + 6).ok()?.0;
        if byte(bytes, end + 1) == b'}' {
            return Some(end + 2);
        }
    }
    let mut depth = 0_usize;
    loop {
        match byte(bytes, at) {
            b'"' => at = string(bytes, at + 1).ok()?.0,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            0 => return None,
            _ => {}
        }
        at += 1;
    }
}

/// Keeps the places of attributes.
struct Wanted<'a, const N: usize> {
    bytes: &'a [u8],
    names: [&'a str; N],
    found: Places<N>,
    depth: usize,
    /// Which of them is the attribute that is being read.
    last: Option<usize>,
    last_name_end: usize,
}

impl<const N: usize> Wanted<'_, N> {
    #[inline(always)]
    fn which(&self, at: usize, len: usize, escaped: bool) -> Option<usize> {
        let name = self.bytes.get(at..at + len).unwrap_or_default();
        if escaped {
            return self.which_escaped(name);
        }
        self.names.iter().position(|own| own.as_bytes() == name)
    }

    #[cold]
    fn which_escaped(&self, name: &[u8]) -> Option<usize> {
        let name = super::unescape(std::str::from_utf8(name).ok()?).ok()?;
        self.names.iter().position(|own| *own == name)
    }

    /// The attribute that is being read ends before `at`, where the quote of the next name is or the
    /// end of the item.
    #[inline(always)]
    fn end(&mut self, at: usize) {
        let Some(which) = self.last.take() else { return };
        // What is between a name and the next: the closing quote, a colon, the value, a comma.
        let between = self.bytes.get(self.last_name_end + 1..at).unwrap_or_default();
        let colon = between.trim_ascii_start();
        let value = colon.strip_prefix(b":").unwrap_or(colon).trim_ascii_start();
        let start = at - value.len();
        let value = value.trim_ascii_end();
        let value = value.strip_suffix(b",").unwrap_or(value).trim_ascii_end();
        if let Some(found) = self.found.get_mut(which) {
            *found = Some(start..start + value.len());
        }
    }
}

impl<const N: usize> Sink for Wanted<'_, N> {
    const CHECKS: bool = false;

    #[inline(always)]
    fn name(&mut self, at: usize, len: usize, escaped: bool) {
        if self.depth > 1 {
            return;
        }
        self.end(at - 1);
        self.last = self.which(at, len, escaped);
        self.last_name_end = at + len;
    }

    #[inline(always)]
    fn scalar(&mut self, _: Kind, _: usize, _: usize, _: bool) {}

    #[inline(always)]
    fn open(&mut self, _: Kind) -> usize {
        self.depth += 1;
        0
    }

    #[inline(always)]
    fn close(&mut self, _: usize, _: Kind, _: usize) {
        self.depth -= 1;
    }
}

//! Where things are in DynamoDB JSON, without reading them.
#![allow(clippy::inline_always, reason = "all moving of items goes through here")]

use super::fast::{self, Sink};
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

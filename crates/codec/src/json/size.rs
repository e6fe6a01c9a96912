//! The size of an item from its text.
#![allow(clippy::inline_always, reason = "sizes are taken of whole tables")]

use super::fast::{self, Sink};
use super::places::{end_of_frame, frame};
use super::unescape;
use crate::number::size_of_text;
use crate::tape::Kind;
use crate::{DecodeError, RawItem, Tape, ValueRef};

/// What a list or map costs beside what is inside.
const CONTAINER: usize = 3;
/// What each element of a list, or attribute of a map, costs beside its own size.
const CHILD: usize = 1;

impl RawItem<'_> {
    /// The size of the item in bytes, as DynamoDB counts it for its limit of 400 KB and for
    /// capacity, in one walk over the text and without building the item. See [`Item::size`].
    ///
    /// [`Item::size`]: crate::Item::size
    ///
    /// # Errors
    /// As [`Item::from_dynamodb_json`](crate::Item::from_dynamodb_json).
    pub fn size(&self) -> Result<usize, DecodeError> {
        match size(self.as_bytes(), 0) {
            Some((size, _)) => Ok(size),
            None => Tape::new().read_dynamodb_json(self.as_bytes()).map(|item| item.size()),
        }
    }

    /// The same for the item of a line, in its frame or bare; see [`RawItem::from_line`].
    ///
    /// # Errors
    /// As [`RawItem::from_line`] and [`RawItem::size`].
    pub fn size_of_line(line: &[u8]) -> Result<usize, DecodeError> {
        let framed = || {
            let (size, end) = size(line, frame(line)?)?;
            let behind = end_of_frame(line, end)?;
            (fast::skip_space(line, behind) == line.len()).then_some(size)
        };
        match framed() {
            Some(size) => Ok(size),
            None => RawItem::from_line(line)?.size(),
        }
    }
}

impl crate::ItemRef<'_> {
    /// The size of the item in bytes, as DynamoDB counts it; see [`Item::size`].
    ///
    /// [`Item::size`]: crate::Item::size
    #[must_use]
    pub fn size(&self) -> usize {
        self.iter().map(|(name, value)| name.len() + value.size()).sum()
    }
}

impl ValueRef<'_> {
    /// The size of the value in bytes, without the name of its attribute; see [`Item::size`].
    ///
    /// [`Item::size`]: crate::Item::size
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::N(number) => size_of_text(number.text().as_bytes()),
            Self::B(binary) => binary.len(),
            Self::Bool(_) | Self::Null => 1,
            Self::L(list) => {
                CONTAINER + list.iter().map(|value| CHILD + value.size()).sum::<usize>()
            }
            Self::M(map) => CONTAINER + CHILD * map.len() + map.size(),
            Self::Ss(set) => set.iter().map(|text| text.len()).sum(),
            Self::Ns(set) => set.iter().map(|number| size_of_text(number.text().as_bytes())).sum(),
            Self::Bs(set) => set.iter().map(|binary| binary.len()).sum(),
        }
    }
}

/// The size of the item whose `{` is at `at`, and where it ends, if it is in a form that the fast
/// reader knows.
fn size(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    std::str::from_utf8(bytes).ok()?;
    let mut sum = Sum { bytes, size: 0 };
    let end = fast::item(bytes, at, &mut Vec::with_capacity(64), &mut sum).ok()?;
    // The item itself was counted as a map.
    Some((sum.size, end))
}

struct Sum<'a> {
    bytes: &'a [u8],
    size: usize,
}

impl Sum<'_> {
    #[inline(always)]
    fn text(&mut self, at: usize, len: usize, escaped: bool) {
        self.size += if escaped { self.escaped(at, len) } else { len };
    }

    #[cold]
    fn escaped(&self, at: usize, len: usize) -> usize {
        let text = std::str::from_utf8(self.bytes.get(at..at + len).unwrap_or_default());
        text.ok().and_then(|text| unescape(text).ok()).map_or(0, |text| text.len())
    }
}

impl Sink for Sum<'_> {
    #[inline(always)]
    fn name(&mut self, at: usize, len: usize, escaped: bool) {
        self.text(at, len, escaped);
    }

    #[inline(always)]
    fn scalar(&mut self, kind: Kind, at: usize, len: usize, escaped: bool) {
        match kind {
            Kind::N => self.size += size_of_text(self.bytes.get(at..at + len).unwrap_or_default()),
            Kind::B => {
                let text = self.bytes.get(at..at + len).unwrap_or_default();
                let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
                self.size += (len / 4 * 3).saturating_sub(padding);
            }
            Kind::True | Kind::False | Kind::Null => self.size += 1,
            _ => self.text(at, len, escaped),
        }
    }

    /// Whether it is the item itself that begins.
    #[inline(always)]
    fn open(&mut self, _: Kind) -> usize {
        self.size
    }

    #[inline(always)]
    fn close(&mut self, mark: usize, kind: Kind, count: usize) {
        // The item is opened before anything is counted, and all else behind a name.
        if mark > 0 && matches!(kind, Kind::M | Kind::L) {
            self.size += CONTAINER + CHILD * count;
        }
    }
}

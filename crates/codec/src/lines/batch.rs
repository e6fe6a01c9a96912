//! Some lines of a stream.

use memchr::memchr;

/// Some whole lines, blank ones among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineBatch {
    /// The lines, each ended by a newline but perhaps the last of the stream.
    pub bytes: Vec<u8>,
    /// The number of the first of them, from 1.
    pub first_line: u64,
    /// The byte of the decompressed stream at which the first of them begins.
    pub first_offset: u64,
    /// How many they are, with those that are blank.
    pub lines: u64,
}

/// One line of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The line without its newline.
    pub bytes: &'a [u8],
    /// Its number in the stream, from 1.
    pub number: u64,
    /// The byte of the decompressed stream at which it begins.
    pub offset: u64,
}

impl LineBatch {
    /// Empties the batch, which keeps its memory.
    pub(super) fn start(&mut self, first_line: u64, first_offset: u64) {
        self.bytes.clear();
        self.first_line = first_line;
        self.first_offset = first_offset;
        self.lines = 0;
    }

    /// The lines that are not blank. Blank lines are left out, but they count in the numbers.
    pub fn iter(&self) -> impl Iterator<Item = Line<'_>> {
        let mut position = Position::default();
        std::iter::from_fn(move || {
            self.skip_blank(&mut position);
            self.line(&mut position)
        })
    }

    /// Steps over blank lines; whether there is a line behind them.
    pub(crate) fn skip_blank(&self, position: &mut Position) -> bool {
        let mut next = *position;
        while let Some(line) = self.line(&mut next) {
            if !line.bytes.trim_ascii().is_empty() {
                return true;
            }
            *position = next;
        }
        false
    }

    /// The line at the position, which moves behind it.
    pub(crate) fn line(&self, position: &mut Position) -> Option<Line<'_>> {
        let rest = self.bytes.get(position.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = Line {
            bytes: rest.get(..end)?,
            number: self.first_line + position.lines,
            offset: self.first_offset + position.at as u64,
        };
        *position = Position { at: position.at + end + 1, lines: position.lines + 1 };
        Some(line)
    }
}

/// How far a batch was gone through.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Position {
    at: usize,
    lines: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_count_but_are_not_given_out() {
        let bytes = b"\na\r\n \t\r\nbc\n\n\nd".to_vec();
        let batch = LineBatch { bytes, first_line: 10, first_offset: 100, lines: 7 };
        let lines: Vec<_> =
            batch.iter().map(|line| (line.number, line.offset, line.bytes)).collect();
        assert_eq!(lines, [(11, 101, &b"a\r"[..]), (13, 108, b"bc"), (16, 113, b"d")]);
        assert_eq!(LineBatch::default().iter().count(), 0);
    }
}

//! The lines of a shard that are in no file yet.

use crate::{ArchiveError, ArchiveRecord, LineFormat, SidecarLine};
use ddbkit_codec::SequenceNumber;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A record as a line of a data file, and what the sidecar says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveLine {
    /// What the sidecar says.
    pub about: SidecarLine,
    /// The line, with its line break.
    pub text: Vec<u8>,
}

impl ArchiveLine {
    /// The line of a record; `probable` marks a guess, as the sidecar tells.
    ///
    /// # Errors
    /// As [`ArchiveRecord::write_line`], and for a record without a sequence number.
    pub fn of(
        record: &ArchiveRecord,
        probable: bool,
        format: LineFormat,
    ) -> Result<Self, ArchiveError> {
        let mut text = Vec::new();
        record.write_line(format, &mut text)?;
        let about = SidecarLine {
            event_id: record.event_id.clone(),
            sequence: record.place()?.clone(),
            created: record.created,
            probable,
            lost_values: Vec::new(),
        };
        Ok(Self { about, text })
    }

    /// What it takes in memory, about.
    fn bytes(&self) -> u64 {
        (self.text.len() + self.about.event_id.len() + 160) as u64
    }
}

/// The lines of one shard behind its anchor, in their order.
///
/// All buffers of a worker count into one number, by which the worker keeps them bounded.
#[derive(Debug, Default)]
pub struct LineBuffer {
    lines: VecDeque<ArchiveLine>,
    bytes: u64,
    of_all: Arc<AtomicU64>,
}

impl LineBuffer {
    /// A buffer whose bytes count into this number too.
    #[must_use]
    pub fn counting_into(of_all: Arc<AtomicU64>) -> Self {
        Self { lines: VecDeque::new(), bytes: 0, of_all }
    }

    /// Appends a line.
    pub fn push(&mut self, line: ArchiveLine) {
        self.bytes += line.bytes();
        self.of_all.fetch_add(line.bytes(), Ordering::Relaxed);
        self.lines.push_back(line);
    }

    /// Drops the lines up to this record, which are in a file.
    pub fn drop_through(&mut self, last: &SequenceNumber) {
        while let Some(line) = self.lines.front()
            && line.about.sequence <= *last
        {
            let bytes = line.bytes();
            self.bytes -= bytes;
            self.of_all.fetch_sub(bytes, Ordering::Relaxed);
            self.lines.pop_front();
        }
    }

    /// The lines, the oldest first.
    pub fn lines(&mut self) -> &[ArchiveLine] {
        self.lines.make_contiguous()
    }

    /// The time of the oldest record, in seconds since 1970.
    #[must_use]
    pub fn oldest_created(&self) -> Option<u64> {
        self.lines.front().map(|line| line.about.created)
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// What they take in memory, about.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for LineBuffer {
    fn drop(&mut self) {
        self.of_all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sequence: &str) -> ArchiveLine {
        let about = SidecarLine {
            event_id: sequence.to_owned(),
            sequence: sequence.parse().unwrap(),
            created: 7,
            probable: false,
            lost_values: Vec::new(),
        };
        ArchiveLine { about, text: b"{}\n".to_vec() }
    }

    #[test]
    fn what_is_in_a_file_leaves_and_the_count_follows() {
        let all = Arc::new(AtomicU64::new(0));
        let mut buffer = LineBuffer::counting_into(all.clone());
        for sequence in ["8", "9", "10", "11"] {
            buffer.push(line(sequence));
        }
        assert_eq!(all.load(Ordering::Relaxed), buffer.bytes());
        // By value, not by text.
        buffer.drop_through(&"10".parse().unwrap());
        assert_eq!(buffer.lines(), [line("11")]);
        assert_eq!(all.load(Ordering::Relaxed), buffer.bytes());
        drop(buffer);
        assert_eq!(all.load(Ordering::Relaxed), 0);
    }
}

//! The lines of one data file, proven against the manifest at the end.

use super::feed::{self, FeedEnd, FeedReader};
use super::ion;
use super::sent_buffers::SentBuffers;
use crate::checksum::{Md5Sum, parts_of_etag};
use crate::{DataFile, ExportError, ExportErrorKind};
use bytes::Bytes;
use ddbkit_codec::DecodeOptions;
use ddbkit_codec::lines::{self, LineOptions, LineReader};
use ddbkit_codec::stream::IonItemReader;
use ddbkit_store::ObjectReader;
use memchr::memchr_iter;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// Batches that are decompressed ahead of the caller.
pub(super) const BATCHES_AHEAD: usize = 1;

/// A batch of the reader and the rest of its last line, as long as most lines are.
pub(super) const BATCH_BYTES: usize = 1024 * 1024 + 16 * 1024;

/// How a data file is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Lines at the beginning of the file that are read and proven but not given out: where a load
    /// goes on after line `n`, it is `n`.
    pub skip_lines: u64,
}

/// Whole lines of a data file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineBatch {
    /// The lines, each ended by a newline but perhaps the last of the file.
    pub bytes: Bytes,
    /// The number of the first of them in the file, from 1.
    pub first_line: u64,
    /// How many they are.
    pub lines: u64,
    /// The lines that stand for values of Ion that are no items, by their numbers.
    pub refused: Vec<RefusedValue>,
}

/// A value of Ion that is no item. The text of its line is no DynamoDB JSON, whatever the value is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedValue {
    /// The line that stands for it.
    pub line: u64,
    /// Why it is none.
    pub why: String,
}

impl LineBatch {
    /// The lines with their numbers, without the newline. Blank lines are among them.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let is_open = self.bytes.last().is_some_and(|&last| last != b'\n');
        let end = is_open.then_some(self.bytes.len());
        let mut start = 0;
        let lines = memchr_iter(b'\n', &self.bytes).chain(end).filter_map(move |end| {
            let line = self.bytes.get(start..end);
            start = end + 1;
            line
        });
        (self.first_line..).zip(lines)
    }

    /// Why the value of this line is no item, where the file is Ion and that is known already.
    #[must_use]
    pub fn refusal(&self, line: u64) -> Option<&str> {
        let found = self.refused.binary_search_by_key(&line, |refused| refused.line).ok()?;
        self.refused.get(found).map(|refused| refused.why.as_str())
    }

    /// Lines that are not blank.
    fn item_lines(&self) -> u64 {
        self.iter().filter(|(_, line)| !line.trim_ascii().is_empty()).count() as u64
    }

    /// Cuts lines off the front so that it begins with line `first_line`; none when that is behind
    /// its end.
    fn starting_at(mut self, first_line: u64) -> Option<Self> {
        let Some(cut) = first_line.checked_sub(self.first_line).filter(|&cut| cut > 0) else {
            return Some(self);
        };
        if cut >= self.lines {
            return None;
        }
        let nth = usize::try_from(cut - 1).ok()?;
        let end = memchr_iter(b'\n', &self.bytes).nth(nth)?;
        self.refused.retain(|refused| refused.line >= first_line);
        let (bytes, lines) = (self.bytes.split_off(end + 1), self.lines - cut);
        Some(Self { bytes, first_line, lines, refused: self.refused })
    }
}

/// The lines of one data file, in batches of about 1 MiB.
///
/// Decompression runs on a blocking thread that has one batch ready and works on the next; where the
/// object is no file, a task reads it a few pieces ahead. A stream holds 4 MiB, and those pieces.
/// Dropping it stops the thread and the reading. Keep few of them open: each that is not read to its
/// end holds a blocking thread.
#[derive(Debug)]
pub struct LineStream {
    events: mpsc::Receiver<FileEvent>,
    feeder: Option<AbortHandle>,
    file: DataFile,
    object: String,
    skip_lines: u64,
    /// Whether the entry of the manifest says how many items there are.
    is_counted: bool,
    is_done: bool,
}

/// What the thread gives.
#[derive(Debug)]
pub(crate) enum FileEvent {
    Batch(LineBatch),
    End(FileEnd),
}

/// What is known when all bytes have passed.
#[derive(Debug, Default)]
pub(crate) struct FileEnd {
    /// What stopped the reading, if anything.
    failure: Option<ExportError>,
    /// The checksum; none when the bytes could not be read to their end.
    md5: Option<Md5Sum>,
    pub(crate) compressed_bytes: u64,
    pub(crate) uncompressed_bytes: u64,
    pub(crate) lines: u64,
    /// Lines that are not blank; none when they were not read, not all, or count for nothing.
    pub(crate) items: Option<u64>,
}

/// How a data file is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) content: Content,
    pub(super) limits: LineOptions,
}

/// What it holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// Lines of DynamoDB JSON.
    Lines,
    /// Values of Ion.
    Ion(ion::Values),
}

impl LineStream {
    pub(super) fn start(
        opened: ObjectReader,
        form: Form,
        file: DataFile,
        object: String,
        options: ReadOptions,
    ) -> Self {
        let (feed, feeder) = feed::start(opened, true);
        let (sender, events) = mpsc::channel(BATCHES_AHEAD);
        let name = object.clone();
        tokio::task::spawn_blocking(move || decode(feed, form, &name, &sender));
        let skip_lines = options.skip_lines;
        Self { events, feeder, file, object, skip_lines, is_counted: true, is_done: false }
    }

    /// The stream of a file of which nobody says how many items it has.
    pub(super) fn without_count(mut self) -> Self {
        self.is_counted = false;
        self
    }

    /// The next lines; none at the end, when the file is proven to be what the manifest says.
    ///
    /// Cancel safe: a call that is dropped loses nothing.
    ///
    /// # Errors
    /// [`ExportErrorKind::CorruptDataFile`], [`ExportErrorKind::ChecksumMismatch`],
    /// [`ExportErrorKind::EtagMismatch`], [`ExportErrorKind::ItemCountMismatch`],
    /// [`ExportErrorKind::Interrupted`], and failures of the store. After an error there are no
    /// more lines.
    pub async fn next(&mut self) -> Result<Option<LineBatch>, ExportError> {
        loop {
            if self.is_done {
                return Ok(None);
            }
            match self.next_event().await {
                FileEvent::Batch(batch) => {
                    if let Some(batch) = batch.starting_at(self.skip_lines.saturating_add(1)) {
                        return Ok(Some(batch));
                    }
                }
                FileEvent::End(end) => {
                    let mut faults = end.faults(&self.file, &self.object).into_iter();
                    return faults.next().map_or(Ok(None), Err);
                }
            }
        }
    }

    /// The next lines without regard to `skip_lines`, or how the file ended.
    pub(crate) async fn next_event(&mut self) -> FileEvent {
        let mut event = self.events.recv().await.unwrap_or_else(|| {
            FileEvent::End(FileEnd {
                failure: Some(ExportError::new(ExportErrorKind::Interrupted, &self.object)),
                ..FileEnd::default()
            })
        });
        if let FileEvent::End(end) = &mut event {
            self.is_done = true;
            end.items = end.items.filter(|_| self.is_counted);
        }
        event
    }
}

impl Drop for LineStream {
    fn drop(&mut self) {
        if let Some(feeder) = &self.feeder {
            feeder.abort();
        }
    }
}

/// Runs on a blocking thread until the file ends or nobody listens any more.
fn decode(mut feed: FeedReader, form: Form, object: &str, events: &mpsc::Sender<FileEvent>) {
    let mut end = FileEnd::default();
    let sent = match form.content {
        Content::Lines => {
            let reader = LineReader::with_options(&mut feed, form.limits);
            send_batches(reader, object, events, &mut end)
        }
        Content::Ion(values) => {
            let options = DecodeOptions::default();
            let reader = IonItemReader::with_options(&mut feed, form.limits, options);
            ion::send_batches(reader, values, object, events, &mut end)
        }
    };
    match sent {
        Ok(Some(items)) => end.items = Some(items),
        Ok(None) => return,
        Err(error) => end.failure = Some(error),
    }
    end.take_feed(feed.finish(|| !events.is_closed()), object);
    let _ = events.blocking_send(FileEvent::End(end));
}

/// Sends all lines and returns how many of them are items; none when nobody listens.
fn send_batches(
    mut reader: LineReader<&mut FeedReader>,
    object: &str,
    events: &mpsc::Sender<FileEvent>,
    end: &mut FileEnd,
) -> Result<Option<u64>, ExportError> {
    let mut items = 0;
    let mut sent = SentBuffers::default();
    loop {
        let mut batch = lines::LineBatch { bytes: sent.take_free(), ..lines::LineBatch::default() };
        match reader.next_batch(&mut batch) {
            Ok(true) => {}
            Ok(false) => return Ok(Some(items)),
            Err(error) => {
                return Err(corrupt(object, error.line(), error.offset()).caused_by(error));
            }
        }
        let batch = LineBatch {
            bytes: batch.bytes.into(),
            first_line: batch.first_line,
            lines: batch.lines,
            refused: Vec::new(),
        };
        end.lines += batch.lines;
        end.uncompressed_bytes += batch.bytes.len() as u64;
        items += batch.item_lines();
        sent.remember(&batch.bytes);
        if events.blocking_send(FileEvent::Batch(batch)).is_err() {
            return Ok(None);
        }
    }
}

pub(super) fn corrupt(object: &str, line: u64, byte: u64) -> ExportError {
    ExportError::new(ExportErrorKind::CorruptDataFile, object).at_line(line).at_byte(byte)
}

impl FileEnd {
    fn take_feed(&mut self, feed: FeedEnd, object: &str) {
        match feed {
            FeedEnd::Complete { md5, bytes } => {
                self.md5 = md5;
                self.compressed_bytes = bytes;
            }
            // What the decoder saw is only a consequence of this.
            FeedEnd::Failed(error) => self.failure = Some(ExportError::store(object, error)),
            FeedEnd::Stopped => {
                self.failure = Some(ExportError::new(ExportErrorKind::Interrupted, object));
            }
        }
    }

    /// Everything in which the file is not what the manifest says, what stopped it first.
    pub(crate) fn faults(self, file: &DataFile, object: &str) -> Vec<ExportError> {
        let fault = |kind, expected: &str, found: &str| {
            ExportError::new(kind, object).detail(format!("expected {expected}, found {found}"))
        };
        let mut faults = Vec::from_iter(self.failure);
        if let Some(md5) = self.md5 {
            let found = md5.to_base64();
            if let Some(expected) = file.md5_checksum.as_ref().filter(|sum| **sum != found) {
                faults.push(fault(ExportErrorKind::ChecksumMismatch, expected, &found));
            }
            let found = md5.one_part_etag();
            let provable = file.etag.as_deref().filter(|etag| is_provable(etag));
            if let Some(expected) = provable.filter(|etag| **etag != found) {
                faults.push(fault(ExportErrorKind::EtagMismatch, expected, &found));
            }
        }
        if let Some(items) = self.items.filter(|&items| items != file.item_count) {
            let (expected, found) = (file.item_count.to_string(), items.to_string());
            faults.push(fault(ExportErrorKind::ItemCountMismatch, &expected, &found));
        }
        faults
    }
}

/// Whether an entity tag can be computed from the bytes alone.
pub(crate) fn is_provable(etag: &str) -> bool {
    parts_of_etag(etag) == Some(1)
}

//! One object, read to its end.

use super::faults::{Fate, fate};
use super::listing::is_document;
use super::report::{Finding, FindingKind, LintReport};
use super::seen::{Seen, SeenKeys};
use super::{InputFormat, LintKeys, LintOptions, csv, ion};
use crate::reader::feed::{self, FeedEnd, FeedReader};
use crate::{Compression, ExportError, ExportErrorKind};
use ddbkit_codec::lines::{Line, LineBatch, LineErrorKind, LineReader};
use ddbkit_codec::{DecodeError, Item, RawItem};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::{ObjectReader, Store};
use futures::TryStreamExt;
use std::io::{Cursor, Read};
use std::sync::Arc;

/// So much of an object is looked at to tell what it is.
const HEAD: u64 = 256 * 1024;
/// So many keys are gathered before they are written.
const KEYS: usize = 4096;

/// What all objects are held to.
pub(super) struct Job {
    pub(super) keys: Option<LintKeys>,
    pub(super) seen: Option<Arc<SeenKeys>>,
    pub(super) format: InputFormat,
    pub(super) compression: Compression,
    pub(super) options: LintOptions,
    pub(super) control: Control,
}

/// The format and compression of the import: as asked for, or those of the first object with data.
pub(super) async fn expected(
    store: &Store,
    prefix: &str,
    options: &LintOptions,
) -> Result<(InputFormat, Compression), ExportError> {
    if let (Some(format), Some(compression)) = (options.format, options.compression) {
        return Ok((format, compression));
    }
    let failed = |error| ExportError::store(store.describe(prefix), error);
    let objects = store.list_stream(prefix);
    let mut data =
        std::pin::pin!(objects.try_filter(|object| {
            std::future::ready(object.size > 0 && !is_document(&object.key))
        }));
    let Some(first) = data.try_next().await.map_err(failed)? else {
        let format = options.format.unwrap_or(InputFormat::DynamodbJson);
        return Ok((format, options.compression.unwrap_or(Compression::None)));
    };
    let head = store.read_range(&first.key, 0..HEAD).await;
    let head = head.map_err(|error| ExportError::store(store.describe(&first.key), error))?;
    let format = options.format.or_else(|| {
        let mut batch = LineBatch::default();
        // Cut off where it is long; the whole lines come first, and the cut does not matter.
        let _ = LineReader::new(&*head).next_batch(&mut batch);
        format_of(&batch.bytes)
    });
    let is_csv = first.key.rsplit('/').next().is_some_and(|name| name.contains(".csv"));
    let other = if is_csv { InputFormat::Csv } else { InputFormat::DynamodbJson };
    let compression = options.compression.unwrap_or_else(|| compression_of(&head));
    Ok((format.unwrap_or(other), compression))
}

fn compression_of(bytes: &[u8]) -> Compression {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        Compression::Gzip
    } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Compression::Zstd
    } else {
        Compression::None
    }
}

/// The format that the first bytes have a mark of; CSV has none.
fn format_of(bytes: &[u8]) -> Option<InputFormat> {
    let text = bytes.trim_ascii_start();
    if text.starts_with(b"$ion_1_0") || text.starts_with(&[0xe0, 0x01, 0x00, 0xea]) {
        return Some(InputFormat::Ion);
    }
    match text.strip_prefix(b"{")?.trim_ascii_start().first() {
        Some(b'"' | b'}') => Some(InputFormat::DynamodbJson),
        _ => Some(InputFormat::Ion),
    }
}

/// Reads one object and tells what the import would do with it.
pub(super) async fn lint_object(
    store: &Store,
    key: String,
    job: Arc<Job>,
) -> Result<LintReport, ExportError> {
    let object = store.describe(&key);
    let opened = store.read(&key).await;
    let opened = opened.map_err(|error| ExportError::store(&object, error))?;
    let name = object.clone();
    let reading = start(opened, object, job);
    reading.await.map_err(|stopped| {
        ExportError::new(ExportErrorKind::Interrupted, name).caused_by(stopped)
    })?
}

fn start(
    opened: ObjectReader,
    object: String,
    job: Arc<Job>,
) -> tokio::task::JoinHandle<Result<LintReport, ExportError>> {
    // Nobody says what its checksum should be.
    let (feed, _) = feed::start(opened, false);
    tokio::task::spawn_blocking(move || read(feed, &object, &job))
}

fn read(mut feed: FeedReader, object: &str, job: &Job) -> Result<LintReport, ExportError> {
    let mut head = vec![0; 4];
    // An error is told again by the end of the feed.
    let length = feed.read(&mut head).unwrap_or_default();
    head.truncate(length);
    let compression = compression_of(&head);
    let mut tally = Tally::new(object, job)?;
    if compression != job.compression {
        let why = format!(
            "the object is compressed with {compression:?}, but the import reads {:?}",
            job.compression
        );
        tally.abandon(Finding::new(FindingKind::MixedCompression, object.to_owned(), why), 0);
    }
    let lines = LineReader::new(Cursor::new(head).chain(&mut feed));
    match job.format {
        InputFormat::Csv => csv::read(lines, &mut tally)?,
        InputFormat::DynamodbJson | InputFormat::Ion => tally.read_lines(lines)?,
    }
    match feed.finish(|| true) {
        FeedEnd::Complete { .. } => tally.done(),
        FeedEnd::Failed(error) => Err(ExportError::store(object, error)),
        FeedEnd::Stopped => Err(ExportError::new(ExportErrorKind::Interrupted, object)),
    }
}

/// What comes of the lines of one object.
pub(super) struct Tally<'a> {
    pub(super) object: &'a str,
    pub(super) job: &'a Job,
    pub(super) report: LintReport,
    /// Where the name of the object stands among the names.
    name: u64,
    keys: Vec<Seen>,
    is_abandoned: bool,
}

impl<'a> Tally<'a> {
    fn new(object: &'a str, job: &'a Job) -> Result<Self, ExportError> {
        let name = job.seen.as_ref().map_or(Ok(0), |seen| seen.name(object))?;
        let report = LintReport::new(job.format, job.compression, job.options.max_findings);
        Ok(Self { object, job, report, name, keys: Vec::new(), is_abandoned: false })
    }

    fn read_lines<R: Read>(&mut self, mut lines: LineReader<R>) -> Result<(), ExportError> {
        let mut batch = LineBatch::default();
        while self.next_batch(&mut lines, &mut batch)? {
            if batch.first_line == 1 {
                self.check_format(&batch.bytes);
            }
            let mut items = 0;
            for line in batch.iter() {
                items += 1;
                self.line(line)?;
            }
            self.job
                .control
                .emit(&ProgressEvent::Advanced { items, bytes: batch.bytes.len() as u64 });
        }
        Ok(())
    }

    /// The next lines. A line that is too long is a refused item and stepped over; a damaged stream
    /// ends here.
    pub(super) fn next_batch<R: Read>(
        &mut self,
        lines: &mut LineReader<R>,
        batch: &mut LineBatch,
    ) -> Result<bool, ExportError> {
        loop {
            let cancelled = |_| ExportError::new(ExportErrorKind::Cancelled, self.object);
            self.job.control.check().map_err(cancelled)?;
            let error = match lines.next_batch(batch) {
                Ok(more) => {
                    let end = batch.first_offset + batch.bytes.len() as u64;
                    self.report.uncompressed_bytes = self.report.uncompressed_bytes.max(end);
                    return Ok(more);
                }
                Err(error) => error,
            };
            match error.kind() {
                LineErrorKind::LineTooLong => {
                    let line = error.line();
                    self.refuse(FindingKind::ItemRefused, line, "a line of more than 16 MiB");
                    // When it cannot be stepped over the next call fails for that reason.
                    let _ = lines.skip_line();
                }
                // The feed tells why.
                LineErrorKind::Io => return Ok(false),
                _ => {
                    let found =
                        self.finding(FindingKind::DamagedObject, error.line(), error.to_string());
                    self.abandon(found, 0);
                    return Ok(false);
                }
            }
        }
    }

    /// Gives the object up when its first bytes are those of another format.
    pub(super) fn check_format(&mut self, bytes: &[u8]) {
        let expected = self.job.format;
        let Some(found) = format_of(bytes).filter(|found| *found != expected) else { return };
        let (found, expected) = (found.as_str(), expected.as_str());
        let why = format!("the object is in {found}, but the import reads {expected}");
        let finding = self.finding(FindingKind::MixedFormat, 1, why);
        self.abandon(finding, 0);
    }

    fn line(&mut self, line: Line<'_>) -> Result<(), ExportError> {
        if self.is_abandoned {
            self.report.lost += 1;
            return Ok(());
        }
        let (number, bytes) = (line.number, line.bytes);
        let decoded = match self.job.format {
            InputFormat::Ion => ion::item(bytes),
            _ => RawItem::from_export_line(bytes).and_then(|raw| raw.decode()).map(Some),
        };
        match decoded {
            Ok(Some(_)) if self.job.format == InputFormat::Ion && ion::has_integer(bytes) => {
                let why = "a number is written as an integer, which imports do not take: it needs \
                           a point, as in 1.";
                self.refuse(FindingKind::IonInteger, number, why);
            }
            Ok(Some(item)) => return self.item(&item, number),
            Ok(None) => {
                let why = "no line of the form $ion_1_0 {Item:{...}}: the rest of the object is not \
                           imported";
                let finding = self.finding(FindingKind::ObjectAbandoned, number, why);
                self.abandon(finding, 1);
            }
            Err(error) => self.undecodable(&error, number),
        }
        Ok(())
    }

    fn undecodable(&mut self, error: &DecodeError, line: u64) {
        match fate(error.kind()) {
            Fate::Refused => self.refuse(FindingKind::ItemRefused, line, error.to_string()),
            Fate::Abandoned(kind) => {
                let why = format!("{error}: the rest of the object is not imported");
                let finding = self.finding(kind, line, why);
                self.abandon(finding, 1);
            }
        }
    }

    /// An item that can be read: the rules of the table decide.
    pub(super) fn item(&mut self, item: &Item, line: u64) -> Result<(), ExportError> {
        if self.is_abandoned {
            self.report.lost += 1;
            return Ok(());
        }
        let keys = self.job.keys.as_ref();
        if let Err(violations) = item.validate(keys.map(LintKeys::rules)) {
            let all: Vec<String> = violations.iter().take(5).map(ToString::to_string).collect();
            self.refuse(FindingKind::ItemRefused, line, all.join("; "));
            return Ok(());
        }
        self.report.imported += 1;
        let key = keys.and_then(|keys| keys.project(item));
        if let Some(key) = key {
            self.keys.push(Seen::new(&key, item, self.name, line));
        }
        if self.keys.len() < KEYS { Ok(()) } else { self.write_keys() }
    }

    pub(super) fn refuse(&mut self, kind: FindingKind, line: u64, why: impl Into<String>) {
        if self.is_abandoned {
            self.report.lost += 1;
            return;
        }
        self.report.refused += 1;
        let finding = self.finding(kind, line, why);
        self.report.find(finding);
    }

    /// Gives the object up; `lost` lines with it, and all that follow.
    pub(super) fn abandon(&mut self, finding: Finding, lost: u64) {
        self.report.lost += lost;
        if !self.is_abandoned {
            self.is_abandoned = true;
            self.report.abandoned_objects += 1;
            self.report.find(finding);
        }
    }

    pub(super) fn finding(&self, kind: FindingKind, line: u64, why: impl Into<String>) -> Finding {
        Finding::new(kind, self.object.to_owned(), why).at_line(line)
    }

    fn write_keys(&mut self) -> Result<(), ExportError> {
        if let Some(seen) = &self.job.seen {
            seen.add(&self.keys)?;
        }
        self.keys.clear();
        Ok(())
    }

    fn done(mut self) -> Result<LintReport, ExportError> {
        self.write_keys()?;
        Ok(self.report)
    }
}

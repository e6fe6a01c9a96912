//! A full export and the incremental exports after it, merged into a new full export.

mod base;
mod entry;
mod input;
mod key;
mod output;
mod report;
mod resolve;
mod sidecar;
mod windows;

pub use report::{MergeCounts, MergeReport, MergedWindow};
pub use windows::MergeRefusal;

use crate::{ExportError, ExportErrorKind, ExportId, ExportReader, ExportWriter, WriterOptions};
use base::Base;
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::Store;
use input::Input;
use key::KeyNames;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

/// JSON that goes into a data file before the next is begun: 128 MiB.
const FILE_BYTES: NonZeroU64 = NonZeroU64::new(128 * 1024 * 1024).unwrap();

/// The merge of a full export and the incremental exports after it into a new full export, which
/// shows the table at the end of the last window.
///
/// # What is merged
/// The windows `[exportFromTime, exportToTime)` have to follow each other without gap or overlap;
/// the order in which they are given does not matter. All exports have to be of one table, by
/// `tableId` (which changes when a table is created again under its name), or by ARN where one of
/// them has no identifier. The base is
///
/// * a native full export, which is a point in time. The first window begins at or before its
///   `exportTime`, and the last ends at or after it.
/// * a dump made by a scan (`_ddbkit/plan.json` says so). Each of its items was read at some moment
///   between its start and its end, so the first window begins at or before the start and the last
///   ends at or after the end. A dump of a part of a table is refused.
/// * an export that a merge made.
///
/// # Why the result is the table
/// An incremental export has at most one record for a key. If it has one, its `NewImage` is the item
/// at the end of the window (none: there is no item then). If it has none, the item was not written
/// in the window, *or* it was made and deleted again within it; either way it is at the end of the
/// window what it was at the start. (AWS docs, "`DynamoDB` table export output format".)
///
/// Take a key and the last window that has a record for it. The record is what was there at the end
/// of that window; the windows after it have no record, so what was there stayed. So the newest
/// record wins, and it wins over the base whenever its window ends at or after the base. Where all
/// its windows end before the base, base and record are the same, because nothing changed between.
/// Where no window has a record, what was there at the start of the first window is there at the end
/// of the last, and at each boundary between two windows. **If the base was taken on a boundary**, it
/// is what the base has. So the result is exact when the `exportTime` of the base is the
/// `exportFromTime` of one of the windows (or the `exportToTime` of the last); windows that end
/// before it are harmless and not needed.
///
/// A base that was taken *within* a window may hold an item that was made in that window before the
/// base and deleted in it after the base. No record tells of it, and the base does not tell when
/// its items were written, so the merge keeps the item. The same holds for a dump by scan, always.
/// Such merges are done, but [`MergeReport::is_exact`] is false, a warning event says why, and so does
/// `_ddbkit/merge.json` of the result, by which later merges on top of it know. To be exact, request
/// the first incremental export from the very `exportTime` of the base.
///
/// AWS says that the boundaries of windows follow its internal clock, which may differ by up to a
/// minute from that of the caller.
///
/// # Memory and scratch space
/// Whatever the size of the exports, a merge holds at most 32 MiB of items while it sorts, and after
/// that at most 64 readers of sorted runs with about half a MiB and one item each, beside a few MiB
/// for the data files that are read and written: well below 150 MB. The runs are in unnamed files in
/// the scratch folder, compressed with zstd; they take about as much as the exports do, twice that
/// while runs are joined. They vanish with the process, whatever ends it. Items are moved as the
/// bytes that they came as; only keys are decoded.
///
/// ```no_run
/// use ddbkit_export::{ExportReader, Merge};
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
///
/// # async fn example() -> Result<(), ddbkit_export::ExportError> {
/// let base = ExportReader::open(Store::directory("backups/full")).await?;
/// let monday = ExportReader::open(Store::directory("backups/monday")).await?;
/// let tuesday = ExportReader::open(Store::directory("backups/tuesday")).await?;
/// let merge = Merge::new(base, [monday, tuesday], "/var/tmp");
/// let report = merge.run(Store::directory("backups/merged"), &Control::new()).await?;
/// println!("{} items, {} deleted", report.items, report.counts.deleted);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Merge {
    base: ExportReader,
    incrementals: Vec<ExportReader>,
    scratch: PathBuf,
    key: Option<KeyNames>,
    digest: bool,
    file_bytes: NonZeroU64,
    writer: WriterOptions,
}

impl Merge {
    /// A merge that sorts in unnamed files in the folder `scratch`, which has to exist.
    #[must_use]
    pub fn new(
        base: ExportReader,
        incrementals: impl IntoIterator<Item = ExportReader>,
        scratch: impl Into<PathBuf>,
    ) -> Self {
        Self {
            base,
            incrementals: incrementals.into_iter().collect(),
            scratch: scratch.into(),
            key: None,
            digest: false,
            file_bytes: FILE_BYTES,
            writer: WriterOptions::default(),
        }
    }

    /// The names of the key attributes: the partition key and, where there is one, the sort key.
    /// Otherwise they are taken from the base's table descriptor, or else from the `Keys` of the
    /// first change record.
    #[must_use]
    pub fn key(mut self, hash: impl Into<String>, range: Option<String>) -> Self {
        self.key = Some(KeyNames::new(hash.into(), range));
        self
    }

    /// Whether the content digest of all items is recorded beside the data. It decodes them.
    #[must_use]
    pub fn digest(mut self, digest: bool) -> Self {
        self.digest = digest;
        self
    }

    /// JSON that goes into a data file before the next is begun, 128 MiB by default.
    #[must_use]
    pub fn file_size(mut self, bytes: NonZeroU64) -> Self {
        self.file_bytes = bytes;
        self
    }

    /// How the result is written. It is a full export, so a window says nothing.
    #[must_use]
    pub fn writer(mut self, options: WriterOptions) -> Self {
        self.writer = WriterOptions { window: None, ..options };
        self
    }

    /// Checks, merges, and writes the result as one more export below `dest`. Exports that are
    /// there already stay.
    ///
    /// Everything is read and proven before the first byte is written. The summary is written last,
    /// and what was written before an error or a cancel is removed, so nothing can be taken for a
    /// result. A merge that did not end is started again from the beginning.
    ///
    /// Progress counts each item and record twice: when it is read and when it is merged.
    ///
    /// # Errors
    /// [`ExportErrorKind::NotMergeable`] when the exports do not belong together, before anything is
    /// read; [`ExportErrorKind::InvalidManifest`] for a manifest that was changed; the errors of
    /// [`LineStream::next`](crate::LineStream::next) for damaged data files;
    /// [`ExportErrorKind::InvalidLine`] and [`ExportErrorKind::DuplicateKey`] with the place;
    /// [`ExportErrorKind::Scratch`], [`ExportErrorKind::Cancelled`], and failures of the stores.
    pub async fn run(self, dest: Store, control: &Control) -> Result<MergeReport, ExportError> {
        let (begun, start_time) = (Instant::now(), SystemTime::now());
        let base = Base::read(self.base).await?;
        let windows = windows::sorted(self.incrementals)?;
        let fit = windows::check(&base, &windows)?;
        let key = key::find(self.key, &base.reader, &windows).await?;
        for warning in [fit.warning(&base), base.values_left_behind()].into_iter().flatten() {
            control.emit(&ProgressEvent::Warning(warning));
        }
        let input = Input::of(&base.reader, &windows);
        control.emit(&ProgressEvent::Started { items: Some(input.entries() * 2), bytes: None });
        let sorted = input.sort(&key, &self.scratch, control).await?;

        let id = ExportId::generate(start_time, fastrand::u32(..));
        let writer = ExportWriter::create(dest, id, self.writer).await?;
        let job = output::Output {
            writer: &writer,
            file_bytes: self.file_bytes,
            digest: self.digest,
            control,
            start_time,
            base: &base,
            windows: &windows,
            input: &input,
            is_exact: fit.is_exact(),
        };
        let report = match job.write(sorted).await {
            Ok(report) => report,
            Err(error) => {
                output::remove(&writer).await;
                return Err(error);
            }
        };
        control.emit(&ProgressEvent::Finished);
        Ok(MergeReport { key: key.into_names(), elapsed: begun.elapsed(), ..report })
    }
}

fn cancelled(object: impl Into<String>) -> ExportError {
    ExportError::new(ExportErrorKind::Cancelled, object)
}

/// A thread that was to do a part of the work is gone.
fn stopped(object: &str, error: tokio::task::JoinError) -> ExportError {
    ExportError::new(ExportErrorKind::Interrupted, object).caused_by(error)
}

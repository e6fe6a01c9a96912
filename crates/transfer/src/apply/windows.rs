//! The windows of incremental exports, in their order and without holes.

use crate::keys::KeySchema;
use crate::load::given::unreadable;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use ddbkit_codec::RawRecord;
use ddbkit_export::{ExportKind, ExportReader, ManifestCheck, ReadOptions};
use ddbkit_flow::ProgressEvent;
use std::collections::BTreeSet;
use std::time::SystemTime;

/// An incremental export: what changed from `from` on and before `to`.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub(super) export: ExportReader,
    pub(super) from: SystemTime,
    pub(super) to: SystemTime,
}

/// The exports in the order of their windows.
///
/// AWS writes a window with its start and without its end, by one clock, so that of two windows that
/// follow each other one begins in the very millisecond in which the other ends.
pub(super) fn in_order(exports: Vec<ExportReader>) -> Result<Vec<Window>, TransferError> {
    let mut windows = exports.into_iter().map(Window::of).collect::<Result<Vec<_>, _>>()?;
    if windows.is_empty() {
        return Err(TransferError::new(TransferErrorKind::Options, "there is no export to apply"));
    }
    windows.sort_by_key(|window| (window.from, window.to));
    for pair in windows.windows(2) {
        if let [earlier, later] = pair {
            check_pair(earlier, later)?;
        }
    }
    Ok(windows)
}

/// What is said at the beginning.
pub(super) fn started(windows: &[Window]) -> ProgressEvent {
    let items = windows.iter().map(|window| window.export.summary().item_count).sum();
    ProgressEvent::Started { items: Some(items), bytes: None }
}

impl Window {
    fn of(export: ExportReader) -> Result<Self, TransferError> {
        let place = export.describe();
        if export.kind() != ExportKind::Incremental {
            let message =
                format!("{place} is a full export: it holds items, which are loaded, not applied");
            return Err(TransferError::new(TransferErrorKind::FullExport, message));
        }
        let damaged = [
            (export.summary_check(), "manifest-summary.json"),
            (export.files_check(), "manifest-files.json"),
        ];
        if let Some((_, name)) = damaged.iter().find(|(of, _)| *of == ManifestCheck::Mismatch) {
            let manifest = export.root_store().describe(name);
            let message = format!("{manifest} does not have its checksum: it is damaged");
            return Err(TransferError::new(TransferErrorKind::Source, message));
        }
        let summary = export.summary();
        match (summary.export_from_time, summary.export_to_time) {
            (Some(from), Some(to)) if from < to => Ok(Self { export, from, to }),
            _ => {
                let message = format!(
                    "{place} does not tell its window: manifest-summary.json needs an \
                     exportFromTime and a later exportToTime"
                );
                Err(TransferError::new(TransferErrorKind::Source, message))
            }
        }
    }

    /// The window for people.
    fn describe(&self) -> String {
        format!("{} ({} to {})", self.export.describe(), time(self.from), time(self.to))
    }

    /// Refuses a table with another key, by the first record: none of the others would do better.
    pub(super) async fn check_keys(&self, keys: &KeySchema) -> Result<(), TransferError> {
        let Some(file) = self.export.files().iter().find(|file| file.item_count > 0) else {
            return Ok(());
        };
        let lines = self.export.read_file(file, ReadOptions::default()).await;
        let batch = lines.map_err(unreadable)?.next().await.map_err(unreadable)?;
        let Some(batch) = batch else { return Ok(()) };
        let line = batch.bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // What is no record is rejected with its place when its turn comes.
        let record = RawRecord::from_line(line).and_then(|record| record.keys.decode());
        let Ok(item) = record else { return Ok(()) };
        let has: BTreeSet<&str> = item.iter().map(|(name, _)| name).collect();
        if has == keys.names().collect() {
            return Ok(());
        }
        let list = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(" + ");
        let (records, table) = (list(&mut has.into_iter()), list(&mut keys.names()));
        let message = format!(
            "the records of {} have the key {records}, but the table has the key {table}",
            self.export.describe()
        );
        Err(TransferError::new(TransferErrorKind::KeySchemaMismatch, message))
    }
}

fn check_pair(earlier: &Window, later: &Window) -> Result<(), TransferError> {
    let ids = [earlier, later].map(|window| window.export.summary().table_id.as_deref());
    let (one, other) = (earlier.describe(), later.describe());
    let (kind, message) = match ids {
        [Some(id), Some(next)] if id != next => (
            TransferErrorKind::OtherTable,
            format!("{one} and {other} are exports of different tables, {id} and {next}"),
        ),
        _ if earlier.to < later.from => (
            TransferErrorKind::WindowGap,
            format!("what changed between {one} and {other} is missing: give the exports between"),
        ),
        _ if earlier.to > later.from => (
            TransferErrorKind::WindowOverlap,
            format!("{one} and {other} have time in common: give exports that follow each other"),
        ),
        _ => return Ok(()),
    };
    Err(TransferError::new(kind, message))
}

/// A time as manifests have it.
fn time(time: SystemTime) -> String {
    DateTime::from(time).fmt(DateTimeFormat::DateTime).unwrap_or_default()
}

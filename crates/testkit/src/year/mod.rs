//! A table that changes at random for a year, and the native exports of it.
//!
//! What stands in the exports comes from the stream of the table, by the rules that AWS documents
//! for incremental exports, and the files are written here byte by byte: neither is made by the code
//! that tests read them with.

mod changes;
mod compaction;
mod files;
mod stream;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::types::{StreamSpecification, StreamViewType};
use ddbkit_codec::{IncrementalRecord, Item};
use ddbkit_store::Store;

use crate::{Backend, KeySchema, put_all, scan_all};

pub use files::View;

/// Seconds since 1970 of 2025-01-01T00:00:00Z.
const START: u64 = 1_735_689_600;
/// The days of the months of 2025.
const DAYS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// Items in the table when the year begins.
const BASE_ITEMS: u64 = 120;

/// A table that changed through the twelve windows of a year.
///
/// The table is as it was left at the end of the year. A copy of it that begins with the base and
/// takes the windows in order must end equal to it.
#[derive(Debug)]
pub struct Year {
    /// The table, with the content of the end of the year.
    pub table: String,
    /// Its `TableId`, or what stands for it where the server gives none.
    pub table_id: String,
    /// The items when the year began, in the order of their keys.
    pub base: Vec<Item>,
    /// Twelve windows, each beginning where the one before it ends.
    pub windows: Vec<Window>,
}

/// What changed from the first moment of a month to the first of the next.
#[derive(Debug)]
pub struct Window {
    /// The first moment, in the window.
    pub from: SystemTime,
    /// The last moment, not in the window.
    pub to: SystemTime,
    /// At most one for a key, with both images.
    pub records: Vec<IncrementalRecord>,
    /// What became of keys within the window, before that was made one record a key.
    pub happened: Happened,
}

/// How often the cases happened in a window that are easily got wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    /// Keys that came and went: no record tells of them.
    pub came_and_went: usize,
    /// Keys whose item was deleted and that had another at the end.
    pub made_anew: usize,
    /// Keys that had no item at the beginning but had had one in a window before.
    pub came_back: usize,
    /// Keys that were written more than once.
    pub written_again: usize,
}

impl Year {
    /// Makes a table and lets it live for a year. One seed gives the same changes on every machine.
    ///
    /// # Panics
    /// When the server refuses something, or its stream does not tell of every change.
    pub async fn generate(backend: &Backend, seed: u64) -> Self {
        let table = streamed_table(backend).await;
        let base = (0..BASE_ITEMS).map(|n| changes::item(seed, n, 0));
        put_all(&backend.dynamodb, &table, base).await;
        let base = scan_all(&backend.dynamodb, &table).await;
        let mut stream = stream::Stream::open(backend, &table).await;
        stream.skip().await;
        let mut changes = changes::Changes::new(seed);
        let mut history = compaction::History::default();
        let mut windows = Vec::new();
        for month in 0..12 {
            changes.make(&backend.dynamodb, &table).await;
            let (from, to) = (start_of(month), start_of(month + 1));
            windows.push(history.window(from, to, stream.read().await));
        }
        let described = backend.dynamodb.describe_table().table_name(&table).send().await;
        let table_id =
            described.expect("describe the table").table.and_then(|table| table.table_id);
        let table_id =
            table_id.unwrap_or_else(|| "659732b0-5ce6-4e60-a804-f224014bdef3".to_owned());
        Self { table, table_id, base, windows }
    }

    /// Writes the full export of the beginning of the year below `store`, and gives its `ExportId`.
    ///
    /// # Panics
    /// When the store cannot be written to.
    pub async fn write_base(&self, store: &Store) -> String {
        files::write_full(store, self, &self.base).await
    }

    /// Writes the incremental export of one window, from 0, below `store`, and gives its `ExportId`.
    /// Exports may share one store: as in a bucket of AWS, their data files then share one folder.
    ///
    /// # Panics
    /// When there is no such window, or the store cannot be written to.
    pub async fn write_window(&self, window: usize, view: View, store: &Store) -> String {
        files::write_incremental(store, self, &self.windows[window], view).await
    }
}

/// The first moment of a month of 2025, from 0; 12 is the first of the next year.
fn start_of(month: usize) -> SystemTime {
    let days: u64 = DAYS.iter().take(month).sum();
    UNIX_EPOCH + Duration::from_secs(START + days * 86_400)
}

async fn streamed_table(backend: &Backend) -> String {
    let name = format!("year-{:016x}", fastrand::u64(..));
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages);
    let create = backend.dynamodb.create_table().table_name(&name);
    let create = create.stream_specification(stream.build().expect("a stream has a view"));
    KeySchema::default().apply(create).send().await.expect("create the table");
    backend.wait_until_active(&name).await;
    name
}

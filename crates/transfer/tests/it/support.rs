//! What the tests share.

use aws_sdk_dynamodb::Client;
use ddbkit_codec::Item;
use ddbkit_export::{
    ExportId, ExportReader, ExportWriter, OutputFormat, SummaryFields, WriterOptions,
};
use ddbkit_flow::{Control, Progress, ProgressEvent};
use ddbkit_store::{PutOptions, Store};
use ddbkit_testkit::{Backend, KeySchema, items, put_all, scan_all};
use ddbkit_transfer::{
    CompareOptions, Comparison, Dump, DumpReport, Load, LoadReport, compare_with_table,
};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// Cancels after so many items.
struct StopAfter {
    left: AtomicU64,
    control: Control,
}

impl Progress for StopAfter {
    fn on_event(&self, event: &ProgressEvent) {
        if let ProgressEvent::Advanced { items, .. } = event {
            let left = self.left.load(Ordering::Relaxed).saturating_sub(*items);
            self.left.store(left, Ordering::Relaxed);
            if left == 0 {
                self.control.cancel();
            }
        }
    }
}

/// A control that cancels the work after so many items.
pub(crate) fn stop_after(items: u64) -> Control {
    let control = Control::new();
    let stop = StopAfter { left: AtomicU64::new(items), control: control.clone() };
    control.with_progress(Arc::new(stop))
}

/// A table with this many generated items, and the items in the order of their keys.
pub(crate) async fn filled(backend: &Backend, prefix: &str, count: u64) -> (String, Vec<Item>) {
    let table = backend.table(prefix, KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..count).map(|n| items::item(7, n))).await;
    let items = scan_all(&backend.dynamodb, &table).await;
    assert_eq!(items.len() as u64, count);
    (table, items)
}

/// Dumps with few segments and workers, as small tables want it.
pub(crate) async fn dump(client: &Client, table: &str, store: &Store) -> DumpReport {
    let dump = Dump::builder(client.clone(), table)
        .total_segments(NonZeroU32::new(4).unwrap())
        .workers(NonZeroUsize::new(2).unwrap());
    dump.build().to_store(store.clone(), &Control::new()).await.unwrap()
}

pub(crate) async fn open(store: &Store) -> ExportReader {
    ExportReader::open(store.clone()).await.unwrap()
}

/// Loads with the given options changed.
pub(crate) async fn load(
    client: &Client,
    table: &str,
    store: &Store,
    options: impl FnOnce(ddbkit_transfer::LoadBuilder) -> ddbkit_transfer::LoadBuilder,
) -> LoadReport {
    let load = options(Load::builder(client.clone(), table)).build();
    load.from_export(open(store).await, &Control::new()).await.unwrap()
}

/// An export of one plain file with this text.
pub(crate) async fn write_export(store: &Store, format: OutputFormat, text: &str, items: u64) {
    let id = ExportId::generate(SystemTime::now(), 8);
    let options = WriterOptions { format, ..WriterOptions::default() };
    let writer = ExportWriter::create(store.clone(), id, options).await.unwrap();
    let mut file = writer.data_file().await.unwrap().finish().await.unwrap().file;
    let bytes = text.to_owned().into();
    store.put(&file.data_file_s3_key, bytes, PutOptions::default()).await.unwrap();
    (file.item_count, file.md5_checksum, file.etag) = (items, None, None);
    let now = SystemTime::now();
    let fields = SummaryFields {
        table_arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/T".to_owned(),
        table_id: None,
        start_time: now,
        end_time: now,
        export_time: now,
        s3_sse_algorithm: None,
        s3_sse_kms_key_id: None,
        billed_size_bytes: 0,
    };
    writer.finish(fields, vec![file]).await.unwrap();
}

/// Compares a dump with a table; with `contains` the table may hold more.
pub(crate) async fn compare(
    client: &Client,
    table: &str,
    store: &Store,
    contains: bool,
) -> Comparison {
    let options = CompareOptions { contains, ..CompareOptions::default() };
    compare_with_table(client, table, open(store).await, options, &Control::new()).await.unwrap()
}

//! Reads the items of an export, file by file.

use crate::workers::join_all;
use crate::{TransferError, TransferErrorKind};
use ddbkit_codec::{Item, RawItem};
use ddbkit_export::{ExportReader, LineBatch, ReadOptions};
use ddbkit_flow::{Control, ProgressEvent};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::task::JoinSet;

/// Takes the items that one reader reads.
pub(crate) trait ItemSink: Send + 'static {
    /// What one reader found.
    type Done: Send + 'static;

    /// Takes some items of one file, in order.
    fn take(&mut self, items: Vec<Item>) -> impl Future<Output = Result<(), TransferError>> + Send;

    /// Ends after the last item.
    fn finish(self) -> impl Future<Output = Result<Self::Done, TransferError>> + Send;
}

/// Reads all items with a reader for each sink, and adds up what they found.
pub(crate) async fn read_source<S: ItemSink, A>(
    reader: &Arc<ExportReader>,
    sinks: impl IntoIterator<Item = S>,
    control: &Control,
    sum: A,
    add: impl FnMut(&mut A, S::Done),
) -> Result<A, TransferError> {
    let control = control.child();
    let next = Arc::new(AtomicUsize::new(0));
    let mut readers = JoinSet::new();
    for sink in sinks {
        readers.spawn(read_files(reader.clone(), next.clone(), sink, control.clone()));
    }
    join_all(readers, &control, sum, add).await
}

async fn read_files<S: ItemSink>(
    reader: Arc<ExportReader>,
    next: Arc<AtomicUsize>,
    mut sink: S,
    control: Control,
) -> Result<S::Done, TransferError> {
    while let Some(file) = reader.files().get(next.fetch_add(1, Ordering::Relaxed)) {
        let lines = reader.read_file(file, ReadOptions::default()).await;
        let mut lines = lines.map_err(damaged)?;
        while let Some(batch) = control.run(lines.next()).await?.map_err(damaged)? {
            let items = decode(&batch, &file.data_file_s3_key)?;
            let (count, bytes) = (items.len() as u64, batch.bytes.len() as u64);
            sink.take(items).await?;
            control.emit(&ProgressEvent::Advanced { items: count, bytes });
        }
    }
    sink.finish().await
}

fn decode(batch: &LineBatch, file: &str) -> Result<Vec<Item>, TransferError> {
    let lines = batch.iter().filter(|(_, line)| !line.trim_ascii().is_empty());
    let decode = |(number, line)| {
        if let Some(why) = batch.refusal(number) {
            let message = format!("{file}:{number} is no item: {why}");
            return Err(TransferError::new(TransferErrorKind::Source, message));
        }
        RawItem::from_line(line).and_then(|raw| raw.decode()).map_err(|error| {
            let message = format!("{file}:{number} is no item");
            TransferError::caused(TransferErrorKind::Source, message, error)
        })
    };
    lines.map(decode).collect()
}

fn damaged(error: ddbkit_export::ExportError) -> TransferError {
    TransferError::caused(TransferErrorKind::Source, "the source cannot be read", error)
}

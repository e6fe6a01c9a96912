//! Dump to a stream of lines.

use crate::dump::builder::Dump;
use crate::dump::report::DumpReport;
use crate::dump::sink::Sink;
use crate::dump::worker::{Done, DumpWorker};
use crate::raw::Session;
use crate::table::describe;
use crate::workers::died;
use crate::{TransferError, TransferErrorKind};
use bytes::Bytes;
use ddbkit_export::OutputFormat;
use ddbkit_flow::{Control, ProgressEvent};
use std::io::Write;
use tokio::sync::mpsc;
use tokio::time::Instant;

impl Dump {
    /// Writes every item as a line `{"Item":{...}}`, in no order.
    ///
    /// A stream cannot be resumed and does not show whether it is whole: trust it only when this
    /// returns without an error.
    ///
    /// # Errors
    /// When the table cannot be read, the writer fails, the work is cancelled, or the dump is to be
    /// in Ion: the lines of streams are `DynamoDB` JSON.
    ///
    /// A part of a table, into a pipe:
    ///
    /// ```
    /// use ddbkit_codec::Item;
    /// use ddbkit_flow::Control;
    /// use ddbkit_transfer::{Dump, Load, Selection, TransferError};
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # let servers = ddbkit_testkit::backend().await;
    /// # let key = || ddbkit_testkit::KeySchema::hash("pk", aws_sdk_dynamodb::types::ScalarAttributeType::S);
    /// # let (client, control) = (servers.dynamodb.clone(), Control::new());
    /// # let orders = servers.table("orders", key()).await;
    /// let lines = "{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}\n{\"pk\":{\"S\":\"b\"},\"n\":{\"N\":\"2\"}}\n";
    /// Load::builder(client.clone(), &orders).build().from_reader(lines.as_bytes(), "lines", &control).await?;
    ///
    /// let large = Selection {
    ///     filter_expression: Some("n > :n".to_owned()),
    ///     values: Item::from_dynamodb_json(br#"{":n":{"N":"1"}}"#)?,
    ///     ..Selection::default()
    /// };
    /// let dump = || Dump::builder(client.clone(), &orders).selection(large.clone()).build();
    /// // What it would read: the filter saves no capacity.
    /// assert_eq!(dump().estimate(&control).await?.items, 2);
    ///
    /// let (reader, writer) = std::io::pipe()?;
    /// let report = dump().to_writer(writer, &control).await?;
    /// assert_eq!(report.items, 1);
    /// // The attributes come in the order that the server sends them in.
    /// let line = std::io::read_to_string(reader)?;
    /// let expected = Item::from_dynamodb_json(br#"{"pk":{"S":"b"},"n":{"N":"2"}}"#)?;
    /// assert_eq!(Item::from_line(line.trim_end().as_bytes())?, expected);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub async fn to_writer(
        self,
        writer: impl Write + Send + 'static,
        control: &Control,
    ) -> Result<DumpReport, TransferError> {
        let started = Instant::now();
        let options = &self.options;
        if options.format != OutputFormat::DynamodbJson {
            let message = "the lines of a stream are DynamoDB JSON; Ion is for data files";
            return Err(TransferError::new(TransferErrorKind::Options, message));
        }
        options.check_pointers(false)?;
        let control = control.child();
        let session =
            Session::new(options.client.clone(), &options.table, options.pacing(), &control);
        let table = describe(&session).await?;
        options.selection.check(&table, options.consistent_read)?;
        let total_segments = options.segments_for(table.bytes());
        control.emit(&table.started());
        let workers = options.workers.get().min(total_segments as usize);
        let (sender, receiver) = mpsc::channel(workers);
        let writing = tokio::task::spawn_blocking({
            let control = control.clone();
            move || {
                let result = write_all(writer, receiver);
                if result.is_err() {
                    control.cancel();
                }
                result
            }
        });
        #[cfg(feature = "offload")]
        let pointers = options.stream_pointers();
        let worker = || {
            let worker = DumpWorker::new(Sink::Stream(sender.clone()), options, &control);
            #[cfg(feature = "offload")]
            let worker = worker.with_pointers(pointers.clone());
            worker
        };
        let sinks: Vec<_> = (0..workers).map(|_| worker()).collect();
        drop(sender);
        let read = options
            .scan(&session, total_segments)
            .run(sinks, Done::default(), |sum, done| sum.add(&done))
            .await;
        // The error of the writer comes first: it is what made the readers stop.
        writing.await.map_err(|error| died(&error))?.map_err(|error| {
            let message = "the stream cannot be written";
            TransferError::caused(TransferErrorKind::Destination, message, error)
        })?;
        let done = read?;
        control.emit(&ProgressEvent::Finished);
        Ok(DumpReport {
            export_id: None,
            table: options.table.clone(),
            items: done.items,
            json_bytes: done.json_bytes,
            stored_bytes: done.json_bytes,
            items_before: 0,
            resumed: false,
            finished: true,
            files: 0,
            consumed: session.consumed(),
            consumed_by_index: session.consumed_by_index(),
            pace: session.pace_taken(),
            longest_segments: session.segments().longest(),
            throttles: session.throttles(),
            total_segments,
            elapsed: started.elapsed(),
            digest: options.digest.then_some(done.digest),
            values: None,
            limited: options.limit == Some(done.items),
            not_read: Vec::new(),
            not_covered: Vec::new(),
        })
    }
}

fn write_all(mut writer: impl Write, mut pages: mpsc::Receiver<Bytes>) -> std::io::Result<()> {
    while let Some(lines) = pages.blocking_recv() {
        writer.write_all(&lines)?;
    }
    writer.flush()
}

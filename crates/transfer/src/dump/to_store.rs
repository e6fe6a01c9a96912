//! Dump to the layout of a native export.

use crate::dump::builder::Dump;
use crate::dump::plan::Plan;
use crate::dump::report::DumpReport;
use crate::dump::sink::{RotatingFile, Sink, not_written};
use crate::dump::worker::{Done, DumpWorker};
use crate::raw::Session;
use crate::table::{TableInfo, describe};
use crate::{TransferError, TransferErrorKind};
use ddbkit_export::{DigestFile, ExportId, ExportWriter, RunState, SummaryFields, WriterOptions};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::{Condition, PutOptions, Store};
use std::time::SystemTime;
use tokio::time::Instant;

impl Dump {
    /// Writes the table below `AWSDynamoDB/<ExportId>/` in the store, as a native export.
    ///
    /// The manifest is written last: until then the tree shows itself as unfinished, to
    /// [`ExportReader`](ddbkit_export::ExportReader) and to every other reader of exports. A dump
    /// that fails or is cancelled leaves a note that says so.
    ///
    /// Each worker holds one page (1 MB) and one data file's buffers; memory does not grow with
    /// the table.
    ///
    /// # Errors
    /// When the table cannot be read, the store cannot be written, or the work is cancelled.
    pub async fn to_store(
        self,
        store: Store,
        control: &Control,
    ) -> Result<DumpReport, TransferError> {
        let (started, start_time) = (Instant::now(), SystemTime::now());
        let options = &self.options;
        let session =
            Session::new(options.client.clone(), &options.table, options.pacing(), control);
        let table = describe(&session).await?;
        let total_segments = options.segments_for(table.bytes());
        let export = self.begin(store, &table, total_segments, start_time).await?;
        control.emit(&table.started());
        let run = self.scan_and_finish(&session, total_segments, &export, &table, start_time);
        let done = match run.await {
            Ok(done) => done,
            Err(error) => {
                mark_failed(&export, &error).await;
                return Err(error);
            }
        };
        control.emit(&ProgressEvent::Finished);
        Ok(DumpReport {
            export_id: Some(export.id()),
            table: options.table.clone(),
            items: done.items,
            json_bytes: done.json_bytes,
            stored_bytes: done.files.iter().map(|file| file.compressed_bytes).sum(),
            files: done.files.len() as u64,
            consumed: session.consumed(),
            consumed_by_index: session.consumed_by_index(),
            pace: session.pace_taken(),
            longest_segments: session.segments().longest(),
            throttles: session.throttles(),
            total_segments,
            elapsed: started.elapsed(),
            digest: options.digest.then_some(done.digest),
            limited: options.limit == Some(done.items),
        })
    }

    /// Writes what must be there before the first page: the mark of a started export, the
    /// description of the table, the plan.
    async fn begin(
        &self,
        store: Store,
        table: &TableInfo,
        total_segments: u32,
        start_time: SystemTime,
    ) -> Result<ExportWriter, TransferError> {
        let options = &self.options;
        let writer_options = WriterOptions {
            compression: options.compression,
            s3_location: options.s3_location.clone(),
            strict_aws: options.strict_aws,
        };
        let id = ExportId::generate(start_time, fastrand::u32(..));
        let export = ExportWriter::create(store, id, writer_options).await.map_err(not_written)?;
        put_sidecar(&export, "table.json", table.descriptor.to_json()).await?;
        put_sidecar(&export, "plan.json", Plan::new(options, total_segments).to_json()).await?;
        Ok(export)
    }

    async fn scan_and_finish(
        &self,
        session: &Session,
        total_segments: u32,
        export: &ExportWriter,
        table: &TableInfo,
        start_time: SystemTime,
    ) -> Result<Done, TransferError> {
        let options = &self.options;
        let control = session.control();
        let worker = || {
            let file = RotatingFile::new(export.clone(), options.file_size, control.clone());
            DumpWorker::new(Sink::Export(Box::new(file)), options.digest, control)
        };
        let workers = options.workers.get().min(total_segments as usize);
        let scan = options.scan(session, total_segments);
        let sinks = (0..workers).map(|_| worker());
        let done = scan.run(sinks, Done::default(), Done::add).await?;
        control.check()?;
        if options.digest {
            put_sidecar(export, "digest.json", DigestFile::new(&done.digest).to_json()).await?;
        }
        let fields = SummaryFields {
            table_arn: table.arn(),
            table_id: table.id(),
            start_time,
            end_time: SystemTime::now(),
            export_time: start_time,
            s3_sse_algorithm: None,
            s3_sse_kms_key_id: None,
            billed_size_bytes: 0,
        };
        let files = done.files.iter().map(|closed| closed.file.clone()).collect();
        export.finish(fields, files).await.map_err(not_written)?;
        Ok(done)
    }
}

/// Writes a JSON file of our own beside the data. It must not be there: the id is new.
async fn put_sidecar(export: &ExportWriter, name: &str, json: String) -> Result<(), TransferError> {
    let put = PutOptions { condition: Condition::IfAbsent, ..PutOptions::default() };
    let key = export.sidecar_key(name);
    export.store().put(&key, json.into(), put).await.map(drop).map_err(|error| {
        let message = format!("{} cannot be written", export.store().describe(&key));
        TransferError::caused(TransferErrorKind::Destination, message, error)
    })
}

/// Says in the tree that the dump failed. Where even that cannot be written, the missing manifest
/// still says that it is unfinished; that alone is what an interrupted dump leaves.
async fn mark_failed(export: &ExportWriter, error: &TransferError) {
    if error.kind() == TransferErrorKind::Interrupted {
        return;
    }
    let state = RunState::failed(error.to_string(), SystemTime::now());
    let key = export.sidecar_key("state.json");
    export.store().put(&key, state.to_json().into(), PutOptions::default()).await.ok();
}

//! Writes the result of a merge.

use super::base::Base;
use super::input::{Entries, Input};
use super::report::{MergeCounts, MergeReport, MergedWindow};
use super::resolve::{Chunk, Resolver};
use super::sidecar::MergeSidecar;
use super::windows::Window;
use super::{cancelled, stopped};
use crate::layout::{DIGEST_SIDECAR, MERGE_SIDECAR, TABLE_SIDECAR};
use crate::writer::DataFileWriter;
use crate::{ClosedFile, DigestFile, ExportError, ExportErrorKind, ExportWriter, SummaryFields};
use ddbkit_codec::{ContentDigest, Tape};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::PutOptions;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;

/// Chunks of lines that wait for the writer.
const CHUNKS_AHEAD: usize = 2;

/// A merge whose input is sorted.
pub(super) struct Output<'a> {
    pub(super) writer: &'a ExportWriter,
    pub(super) file_bytes: NonZeroU64,
    pub(super) digest: bool,
    pub(super) control: &'a Control,
    pub(super) start_time: SystemTime,
    pub(super) base: &'a Base,
    pub(super) windows: &'a [Window],
    pub(super) input: &'a Input<'a>,
    pub(super) is_exact: bool,
}

/// What the thread that resolves found out.
struct Resolved {
    counts: MergeCounts,
    digest: ContentDigest,
}

impl Output<'_> {
    pub(super) async fn write(&self, entries: Entries) -> Result<MergeReport, ExportError> {
        let (read, scratch_bytes) = (entries.counts.clone(), entries.sorted.written());
        let object = entries.scratch.clone();
        let resolver = Resolver::new(entries, Arc::clone(&self.input.places));
        let (sender, chunks) = mpsc::channel(CHUNKS_AHEAD);
        let with_digest = self.digest;
        let thread = tokio::task::spawn_blocking(move || resolve(resolver, with_digest, &sender));
        let written = self.write_files(chunks).await;
        let done = thread.await.map_err(|error| stopped(&object, error))?;
        // What the thread met is the cause of what the writer did not get.
        let Resolved { counts, digest } = done?;
        let files = written?;
        let (base_items, records) = (read.first().copied().unwrap_or(0), read.iter().skip(1).sum());
        if (counts.base_items(), counts.records()) != (base_items, records) {
            let why = "other entries came back than were written there";
            return Err(ExportError::new(ExportErrorKind::Scratch, object).detail(why));
        }
        self.write_sidecars(counts, &digest).await?;
        self.finish(&files).await?;
        let windows = self.windows.iter().zip(read.iter().skip(1).chain(std::iter::repeat(&0)));
        Ok(MergeReport {
            export_id: self.writer.id(),
            base_items,
            records,
            items: counts.items(),
            counts,
            windows: windows
                .map(|(window, &records)| MergedWindow {
                    export: window.reader.describe(),
                    from: window.from,
                    to: window.to,
                    records,
                })
                .collect(),
            export_time: self.export_time(),
            is_exact: self.is_exact,
            key: Vec::new(),
            files: files.len() as u64,
            json_bytes: files.iter().map(|file| file.uncompressed_bytes).sum(),
            stored_bytes: files.iter().map(|file| file.compressed_bytes).sum(),
            scratch_bytes,
            digest: self.digest.then_some(digest),
            elapsed: Duration::ZERO,
        })
    }

    async fn write_files(
        &self,
        mut chunks: mpsc::Receiver<Chunk>,
    ) -> Result<Vec<ClosedFile>, ExportError> {
        let mut closed = Vec::new();
        let mut open = self.writer.data_file().await?;
        while let Some(chunk) = chunks.recv().await {
            self.control.check().map_err(|_| cancelled(open.key()))?;
            let bytes = chunk.lines.len() as u64;
            open.write_lines(chunk.lines.into(), chunk.items).await?;
            let advanced = ProgressEvent::Advanced { items: chunk.entries, bytes };
            self.control.emit(&advanced);
            if !chunk.is_last && open.uncompressed_bytes() >= self.file_bytes.get() {
                closed.push(self.close(open).await?);
                open = self.writer.data_file().await?;
            }
        }
        closed.push(self.close(open).await?);
        Ok(closed)
    }

    async fn close(&self, file: DataFileWriter) -> Result<ClosedFile, ExportError> {
        let closed = file.finish().await?;
        self.control.emit(&ProgressEvent::FileClosed {
            key: closed.key.clone(),
            items: closed.file.item_count,
            bytes: closed.compressed_bytes,
        });
        Ok(closed)
    }

    async fn write_sidecars(
        &self,
        counts: MergeCounts,
        digest: &ContentDigest,
    ) -> Result<(), ExportError> {
        if let Some(descriptor) = self.base.reader.descriptor().await? {
            self.put(TABLE_SIDECAR, descriptor.to_json()).await?;
        }
        if self.digest {
            self.put(DIGEST_SIDECAR, DigestFile::new(digest).to_json()).await?;
        }
        let note = MergeSidecar::new(self.base, self.windows, counts, self.is_exact);
        self.put(MERGE_SIDECAR, note.to_json()).await
    }

    async fn put(&self, name: &str, json: String) -> Result<(), ExportError> {
        let (store, key) = (self.writer.store(), format!("{}/{name}", self.writer.root_key()));
        let put = store.put(&key, json.into(), PutOptions::default()).await;
        put.map(drop).map_err(|error| ExportError::store(store.describe(&key), error))
    }

    async fn finish(&self, files: &[ClosedFile]) -> Result<(), ExportError> {
        self.control.check().map_err(|_| cancelled(self.writer.root_key()))?;
        let summary = self.base.reader.summary();
        let last = self.windows.last().map(|window| window.reader.summary());
        let known = |of_base: &Option<String>, of_last: Option<&Option<String>>| {
            of_base.clone().or_else(|| of_last.cloned().flatten())
        };
        let fields = SummaryFields {
            table_arn: known(&summary.table_arn, last.map(|last| &last.table_arn))
                .unwrap_or_default(),
            table_id: known(&summary.table_id, last.map(|last| &last.table_id)),
            start_time: self.start_time,
            end_time: SystemTime::now(),
            export_time: self.export_time(),
            s3_sse_algorithm: None,
            s3_sse_kms_key_id: None,
            billed_size_bytes: 0,
        };
        let files = files.iter().map(|closed| closed.file.clone()).collect();
        self.writer.finish(fields, files).await.map(drop)
    }

    fn export_time(&self) -> SystemTime {
        self.windows.last().map_or(self.start_time, |window| window.to)
    }
}

/// Runs on a blocking thread until all is resolved or nobody takes any more.
fn resolve(
    mut resolver: Resolver,
    with_digest: bool,
    chunks: &mpsc::Sender<Chunk>,
) -> Result<Resolved, ExportError> {
    let (mut digest, mut tape) = (ContentDigest::default(), Tape::new());
    loop {
        let chunk = resolver.next_chunk()?;
        let is_last = chunk.is_last;
        if with_digest {
            let lines = chunk.lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
            for line in lines {
                let item = tape.read_export_line(line).map_err(|error| {
                    let error = error.to_string();
                    ExportError::new(ExportErrorKind::InvalidLine, "an item of the result")
                        .detail(error)
                })?;
                digest.add_ref(item);
            }
        }
        if chunks.blocking_send(chunk).is_err() || is_last {
            return Ok(Resolved { counts: resolver.counts, digest });
        }
    }
}

/// Removes what was written of a result that is not to be. The error that led here is what is told;
/// what cannot be removed has no summary, so it is no result either.
pub(super) async fn remove(writer: &ExportWriter) {
    let store = writer.store();
    let Ok(objects) = store.list(&format!("{}/", writer.root_key())).await else { return };
    for object in objects {
        let _ = store.delete(&object.key).await;
    }
}

//! One data file while it is written.

use super::encoder::Encoder;
use crate::checksum::{Md5Sum, parts_of_etag};
use crate::{Compression, DataFile, ExportError, ExportErrorKind, OutputFormat};
use bytes::Bytes;
use ddbkit_store::{ObjectWriter, PutOptions, Store};
use std::mem;

/// How many bytes of lines are gathered before they go to a thread that compresses them: enough
/// that the hand-over costs nothing beside the compression.
const GATHERED_BYTES: usize = 256 * 1024;

/// Writes one data file: compresses lines off the async threads and streams them into the store.
///
/// Memory is bounded: about 256 KiB of lines, the buffer given to the last call, what both compress
/// to, the state of the compressor (under 1 MiB) and the part that the store's writer holds. A
/// file that is dropped without [`DataFileWriter::finish`] leaves no visible object.
#[derive(Debug)]
pub struct DataFileWriter {
    sink: ObjectWriter,
    /// Gone while a thread has it, so it is missing after a call that was dropped half way.
    encoder: Option<Encoder>,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
    object: String,
    key: String,
    s3_key: String,
    items: u64,
    uncompressed_bytes: u64,
    compressed_bytes: u64,
}

/// A data file that is complete and visible.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClosedFile {
    /// Its line of the manifest.
    pub file: DataFile,
    /// Its key in the destination.
    pub key: String,
    /// Bytes of lines as they were given: of `DynamoDB` JSON, also where the file is in Ion.
    pub uncompressed_bytes: u64,
    /// Bytes as stored.
    pub compressed_bytes: u64,
}

impl DataFileWriter {
    pub(super) async fn create(
        store: &Store,
        key: String,
        s3_key: String,
        format: OutputFormat,
        compression: Compression,
    ) -> Result<Self, ExportError> {
        let object = store.describe(&key);
        let opened = store.writer(&key, PutOptions::default()).await;
        let sink = opened.map_err(|error| ExportError::store(&object, error))?;
        let encoder = Encoder::new(format, compression, &object)?;
        Ok(Self {
            sink,
            encoder: Some(encoder),
            gathered: Vec::new(),
            gathered_bytes: 0,
            object,
            key,
            s3_key,
            items: 0,
            uncompressed_bytes: 0,
            compressed_bytes: 0,
        })
    }

    /// Appends whole lines of `DynamoDB` JSON, each ended by a newline, that hold `items` items, or
    /// records in an incremental export. Where the export is in Ion they are decoded and become
    /// Ion; else they are stored as they are.
    ///
    /// A call that is dropped before it returns makes the file unusable; the next call fails.
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidLines`] when the last line is not ended, or is no item that could
    /// become Ion (perhaps told by a later call), [`ExportErrorKind::Interrupted`] after a dropped call, and failures of the store.
    pub async fn write_lines(&mut self, lines: Bytes, items: u64) -> Result<(), ExportError> {
        if lines.last().is_some_and(|&last| last != b'\n') {
            return Err(ExportError::new(ExportErrorKind::InvalidLines, &self.object));
        }
        self.items += items;
        self.uncompressed_bytes += lines.len() as u64;
        self.gathered_bytes += lines.len();
        self.gathered.push(lines);
        if self.gathered_bytes < GATHERED_BYTES {
            return Ok(());
        }
        let mut encoder = self.take_encoder()?;
        let input = self.take_gathered();
        let compress = move || encoder.compress(input).map(|ready| (encoder, ready));
        let (encoder, ready) = on_a_thread(&self.object, compress).await?;
        self.send(ready).await?;
        self.encoder = Some(encoder);
        Ok(())
    }

    /// Bytes of lines so far.
    #[must_use]
    pub fn uncompressed_bytes(&self) -> u64 {
        self.uncompressed_bytes
    }

    /// Items so far.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.items
    }

    /// The key of the file in the destination.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Completes the file and makes it visible.
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidLines`] for lines that cannot become Ion,
    /// [`ExportErrorKind::Interrupted`] after a dropped call, and failures of the store.
    pub async fn finish(mut self) -> Result<ClosedFile, ExportError> {
        let mut encoder = self.take_encoder()?;
        let input = self.take_gathered();
        let compress = move || {
            let ready = encoder.compress(input)?;
            encoder.finish().map(|(rest, sum)| (ready, rest, sum))
        };
        let (ready, rest, sum) = on_a_thread(&self.object, compress).await?;
        self.send(ready).await?;
        self.send(rest).await?;
        let answered = self.sink.finish().await;
        let answered = answered.map_err(|error| ExportError::store(&self.object, error))?;
        Ok(ClosedFile {
            file: DataFile {
                item_count: self.items,
                md5_checksum: Some(sum.to_base64()),
                etag: Some(manifest_etag(answered.as_str(), sum)),
                data_file_s3_key: self.s3_key,
            },
            key: self.key,
            uncompressed_bytes: self.uncompressed_bytes,
            compressed_bytes: self.compressed_bytes,
        })
    }

    /// Gives the file up; nothing of it stays.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn abort(self) -> Result<(), ExportError> {
        self.sink.abort().await.map_err(|error| ExportError::store(&self.object, error))
    }

    fn take_encoder(&mut self) -> Result<Encoder, ExportError> {
        let encoder = self.encoder.take();
        encoder.ok_or_else(|| ExportError::new(ExportErrorKind::Interrupted, &self.object))
    }

    fn take_gathered(&mut self) -> Vec<Bytes> {
        self.gathered_bytes = 0;
        mem::take(&mut self.gathered)
    }

    async fn send(&mut self, bytes: Bytes) -> Result<(), ExportError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.compressed_bytes += bytes.len() as u64;
        let sent = self.sink.write(bytes).await;
        sent.map_err(|error| ExportError::store(&self.object, error))
    }
}

async fn on_a_thread<T: Send + 'static>(
    object: &str,
    work: impl FnOnce() -> Result<T, ExportError> + Send + 'static,
) -> Result<T, ExportError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(stopped) => {
            Err(ExportError::new(ExportErrorKind::Interrupted, object).caused_by(stopped))
        }
    }
}

/// What S3 answered for an upload of several parts, which cannot be recomputed without their size;
/// the tag of a one-part upload otherwise, as the files of AWS have it.
fn manifest_etag(answered: &str, sum: Md5Sum) -> String {
    let answered = answered.trim_matches('"');
    match parts_of_etag(answered) {
        Some(parts) if parts > 1 => answered.to_owned(),
        _ => sum.one_part_etag(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_of_several_parts_are_taken_from_the_store() {
        let sum = Md5Sum::of(b"x");
        let parts = "7deb4078f238dd87d6af0538152c04e9-3";
        assert_eq!(manifest_etag(&format!("\"{parts}\""), sum), parts);
        for other in ["7deb4078f238dd87d6af0538152c04e9", "", "opaque-3", "\"x\""] {
            assert_eq!(manifest_etag(other, sum), sum.one_part_etag());
        }
    }
}

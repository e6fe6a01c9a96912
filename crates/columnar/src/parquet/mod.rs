//! Parquet files.

mod arrow;
mod builder;
mod number;

use crate::{ColumnarError, Note, Schema, WriteReport};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use builder::{Counts, Rows};
use ddbkit_codec::ItemRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use std::io::Write;
use std::num::NonZeroUsize;

/// So many rows go to the encoder at once, at most.
const ROWS: usize = 8192;
/// So many cells, because a wide table of many nulls takes memory too.
const CELLS: usize = 1 << 20;
/// So many bytes of values.
const BYTES: usize = 8 << 20;

/// How a Parquet file is written.
#[derive(Clone, Copy, Debug)]
pub struct ParquetOptions {
    /// When a row group ends, in bytes as they are encoded. It is held in memory until it is whole,
    /// and may have twice as many, or 8 MiB more where that is less.
    pub row_group_bytes: NonZeroUsize,
}

impl Default for ParquetOptions {
    /// Row groups of 64 MiB.
    fn default() -> Self {
        let row_group_bytes = NonZeroUsize::new(64 << 20).unwrap_or(NonZeroUsize::MIN);
        Self { row_group_bytes }
    }
}

/// Writes items as rows of a Parquet file, compressed with Zstandard.
///
/// The metadata of the file has the schema with the types of `DynamoDB` under `ddbkit.schema`, which
/// tells sets from lists, and what the columns do not keep under `ddbkit.notes`, both as JSON.
///
/// Holds a row group as it is encoded, 8 MiB of values or one item, and some KiB for each column.
/// A file is whole after [`ParquetWriter::finish`] only; after an error nothing more is written.
pub struct ParquetWriter<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: SchemaRef,
    rows: Rows,
    most_rows: usize,
    most_bytes: usize,
    counts: Counts,
    items: u64,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When the stream cannot be written to.
    pub fn new(
        stream: W,
        schema: &Schema,
        notes: &[Note],
        options: ParquetOptions,
    ) -> Result<Self, ColumnarError> {
        let rows = Rows::new(&schema.columns);
        let arrow = arrow::schema(&schema.columns);
        let pair = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
        let notes = serde_json::to_string(notes).unwrap_or_default();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_bytes(Some(options.row_group_bytes.get()))
            .set_created_by(format!("ddbkit version {}", env!("CARGO_PKG_VERSION")))
            .set_key_value_metadata(Some(vec![
                pair("ddbkit.schema", schema.to_json()),
                pair("ddbkit.notes", notes),
            ]))
            .build();
        let writer = ArrowWriter::try_new(stream, arrow.clone(), Some(properties));
        let most_rows = (CELLS / rows.leaves()).clamp(1, ROWS);
        Ok(Self {
            writer: writer.map_err(ColumnarError::write)?,
            schema: arrow,
            rows,
            most_rows,
            most_bytes: options.row_group_bytes.get().min(BYTES),
            counts: Counts::default(),
            items: 0,
        })
    }

    /// Writes an item.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::OtherType`](crate::ColumnarErrorKind::OtherType) when a value is not of
    /// the type of its column, and when the stream cannot be written to.
    pub fn write(&mut self, item: ItemRef<'_>) -> Result<(), ColumnarError> {
        self.rows.append(item, &mut self.counts)?;
        self.items += 1;
        if self.rows.len() >= self.most_rows || self.counts.bytes >= self.most_bytes {
            self.pass_on()?;
        }
        Ok(())
    }

    /// Writes what is left and the end of the file, and gives the stream back.
    ///
    /// # Errors
    /// When the stream cannot be written to.
    pub fn finish(mut self) -> Result<(W, WriteReport), ColumnarError> {
        if self.rows.len() > 0 {
            self.pass_on()?;
        }
        let report = WriteReport {
            items: self.items,
            left_out: self.counts.left_out,
            nulls: self.counts.nulls,
        };
        let stream = self.writer.into_inner().map_err(ColumnarError::write)?;
        Ok((stream, report))
    }

    fn pass_on(&mut self) -> Result<(), ColumnarError> {
        self.counts.bytes = 0;
        let columns = self.rows.finish().map_err(ColumnarError::write)?;
        let batch = RecordBatch::try_new(self.schema.clone(), columns);
        let batch = batch.map_err(ColumnarError::write)?;
        self.writer.write(&batch).map_err(ColumnarError::write)
    }
}

impl<W: Write + Send> std::fmt::Debug for ParquetWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetWriter").field("items", &self.items).finish_non_exhaustive()
    }
}

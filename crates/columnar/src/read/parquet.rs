//! Rows of Parquet files.

use super::ReadRow;
use super::shape::{self, Named};
use super::value::write_row;
use crate::{ColumnarError, ColumnarErrorKind, Schema};
use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::ParquetMetaData;
use std::fs::File;
use std::sync::Arc;

/// So many rows are decoded at once, at most.
const ROWS: i64 = 256;
/// So many bytes of them, as far as the metadata of the file tells how large rows are.
const BYTES: i64 = 8 << 20;

/// What the metadata of a Parquet file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParquetInfo {
    /// How many rows there are.
    pub rows: u64,
    /// How many row groups they are in.
    pub row_groups: usize,
    /// The names of the columns, those within structs not counted.
    pub columns: Vec<String>,
    /// Which program made the file, as it says itself: `ddbkit version 0.1.0`.
    pub created_by: Option<String>,
    /// The types of `DynamoDB`, where they stand in the file because [`ParquetWriter`] wrote it.
    ///
    /// [`ParquetWriter`]: crate::ParquetWriter
    pub schema: Option<Schema>,
}

/// Reads the rows of a Parquet file as items, one after the other.
///
/// What [`ParquetWriter`](crate::ParquetWriter) wrote comes back with its types, but for NULL
/// attributes, which are null in the columns. Of other files text becomes S (also UUID, dates and
/// times, as ISO 8601), integers, decimals and floats N with their exact decimal text (a float with
/// the shortest that is read as the same float), bytes B, booleans BOOL, structs and maps with text
/// for keys M, lists L. Null is an attribute that is not there, and NULL within lists. A row with
/// anything else in it is given as [refused](ReadRow::refused), and the next follow.
///
/// The 96-bit moments of Spark and Hive are read in microseconds.
///
/// Holds 256 rows, or fewer where 8 MiB of them are less, a page and a dictionary of each column,
/// and the metadata of the file.
///
/// ```
/// use ddbkit_codec::Tape;
/// use ddbkit_columnar::{ParquetOptions, ParquetReader, ParquetWriter, Schema};
///
/// let schema = Schema::from_json(br#"{"version":1,"columns":[
///     {"name":"pk","type":"string"},{"name":"tags","type":"string-set"}]}"#)?;
/// let line = r#"{"pk":{"S":"a"},"tags":{"SS":["x","y"]}}"#;
/// let file = tempfile::tempfile()?;
/// let mut writer = ParquetWriter::new(file, &schema, &[], ParquetOptions::default())?;
/// writer.write(Tape::new().read_line(line.as_bytes())?)?;
/// let (file, _) = writer.finish()?;
///
/// let mut reader = ParquetReader::open(file)?;
/// assert_eq!(reader.info().rows, 1);
/// let row = reader.next_row()?.unwrap();
/// assert_eq!((row.number, row.text.as_slice()), (1, line.as_bytes()));
/// assert_eq!(reader.next_row()?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ParquetReader {
    batches: ParquetRecordBatchReader,
    columns: Vec<Named>,
    info: ParquetInfo,
    batch: Option<RecordBatch>,
    /// The next row of the batch, and how many rows were given.
    next: usize,
    given: u64,
}

impl ParquetReader {
    /// Reads the metadata of a file, which stands at its end.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::Read`] when it is no whole Parquet file, or is encrypted.
    pub fn open(file: File) -> Result<Self, ColumnarError> {
        let damaged = |error| ColumnarError::read("it is no Parquet file that can be read", error);
        // What writers of Arrow say about types would bring many more of them with no more values.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let found = ArrowReaderMetadata::load(&file, options).map_err(damaged)?;
        let read_as = shape::read_as(found.schema().fields(), found.parquet_schema());
        let read_as = Arc::new(arrow_schema::Schema::new(read_as));
        let options = ArrowReaderOptions::new().with_schema(read_as.clone());
        let metadata =
            ArrowReaderMetadata::try_new(found.metadata().clone(), options).map_err(damaged)?;
        let info = info(found.metadata(), &read_as);
        let ours = info.schema.as_ref().map_or(&[][..], |schema| &schema.columns);
        let columns = shape::shapes(read_as.fields(), ours, found.parquet_schema());
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        let batches = builder.with_batch_size(batch_rows(found.metadata())).build();
        let batches = batches.map_err(damaged)?;
        Ok(Self { batches, columns, info, batch: None, next: 0, given: 0 })
    }

    /// What the metadata of the file tells.
    #[must_use]
    pub fn info(&self) -> &ParquetInfo {
        &self.info
    }

    /// The next row; none after the last.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::Read`] when the file is damaged or compressed in a way that is not known:
    /// what follows cannot be read.
    pub fn next_row(&mut self) -> Result<Option<ReadRow>, ColumnarError> {
        while self.batch.as_ref().is_none_or(|batch| self.next >= batch.num_rows()) {
            let Some(batch) = self.batches.next().transpose().map_err(|error| {
                let message = format!("row {} and those behind it cannot be read", self.given + 1);
                ColumnarError::read(message, error)
            })?
            else {
                return self.end().map(|()| None);
            };
            (self.batch, self.next) = (Some(batch), 0);
        }
        let Some(batch) = &self.batch else { return Ok(None) };
        let mut text = Vec::new();
        let refused = write_row(&mut text, &self.columns, batch.columns(), self.next);
        self.next += 1;
        self.given += 1;
        Ok(Some(ReadRow { number: self.given, text, refused }))
    }

    /// Whether as many rows came as the metadata says.
    fn end(&self) -> Result<(), ColumnarError> {
        let (given, rows) = (self.given, self.info.rows);
        if given == rows {
            return Ok(());
        }
        let message = format!("{given} rows were read, but the metadata says {rows}");
        Err(ColumnarError::new(ColumnarErrorKind::Read, message))
    }
}

impl std::fmt::Debug for ParquetReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetReader").field("given", &self.given).finish_non_exhaustive()
    }
}

fn info(metadata: &ParquetMetaData, schema: &arrow_schema::Schema) -> ParquetInfo {
    let file = metadata.file_metadata();
    let pairs = file.key_value_metadata();
    let ours = pairs.into_iter().flatten().find(|pair| pair.key == "ddbkit.schema");
    let ours = ours.and_then(|pair| Schema::from_json(pair.value.as_ref()?.as_bytes()).ok());
    ParquetInfo {
        rows: u64::try_from(file.num_rows()).unwrap_or_default(),
        row_groups: metadata.num_row_groups(),
        columns: schema.fields().iter().map(|field| field.name().clone()).collect(),
        created_by: file.created_by().map(ToOwned::to_owned),
        schema: ours,
    }
}

/// How many rows are decoded at once, by the row group with the largest rows.
fn batch_rows(metadata: &ParquetMetaData) -> usize {
    let groups = metadata.row_groups().iter();
    let largest = groups.map(|group| group.total_byte_size() / group.num_rows().max(1)).max();
    let rows = BYTES / largest.unwrap_or_default().max(1);
    usize::try_from(rows.clamp(1, ROWS)).unwrap_or(1)
}

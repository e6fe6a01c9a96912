//! A file of rows as the source of a load.

use super::{RowFile, RowFormat, Rows};
use crate::error::{self, Failure};
use crate::output::count;
use ddbkit::columnar::{CsvReadOptions, ImportKey, ParquetReader};
use ddbkit::transfer::{ItemSink, ItemSource, SourceItem};
use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use tokio::runtime::Handle;

/// What the load reads.
pub(crate) struct RowSource {
    file: RowFile,
    options: CsvReadOptions,
    parquet: Option<Box<ParquetReader>>,
}

impl RowSource {
    /// Opens what tells at once whether it is whole. The header of CSV is read with its rows.
    pub(crate) async fn open(file: RowFile, delimiter: u8) -> Result<Self, Failure> {
        let options = CsvReadOptions { delimiter, keys: Vec::new() };
        let (file, parquet) = file.open_parquet().await?;
        Ok(Self { file, options, parquet })
    }

    pub(crate) fn format(&self) -> RowFormat {
        self.file.format
    }

    /// The key attributes of the table, which CSV has no types for.
    pub(crate) fn set_keys(&mut self, keys: Vec<ImportKey>) {
        self.options.keys = keys;
    }

    /// What it is, told before anything is written.
    pub(crate) fn announcement(&self) -> String {
        let Some(parquet) = &self.parquet else {
            let what =
                "The source is CSV: every cell is a string, but for key attributes of other types";
            return what.to_owned();
        };
        let info = parquet.info();
        let by = info.created_by.as_deref().unwrap_or("an unknown program");
        let (rows, columns) = (count(info.rows), info.columns.len());
        format!("The source is Parquet: {rows} rows of {columns} columns, made by {by}")
    }
}

impl ItemSource for RowSource {
    fn expected_items(&self) -> Option<u64> {
        self.parquet.as_ref().map(|parquet| parquet.info().rows)
    }

    fn read(self: Box<Self>, sink: ItemSink<'_>) -> Result<(), Box<dyn StdError + Send + Sync>> {
        let name: Arc<str> = self.file.describe().into();
        let mut rows = match self.parquet {
            Some(parquet) => Rows::Parquet(parquet),
            // A failure is for people and no error; this one is told with that of the load.
            None => self
                .file
                .open_csv(&Handle::current(), &self.options)
                .map_err(|failure| io::Error::other(failure.to_string()))?,
        };
        loop {
            let row = rows
                .next_row()
                .map_err(|error| io::Error::other(format!("{name}: {}", error::line(&error))))?;
            let Some(row) = row else { return Ok(()) };
            let (file, line) = (name.clone(), row.number);
            let item = SourceItem { file, line, text: row.text, refused: row.refused };
            if sink(item).is_break() {
                return Ok(());
            }
        }
    }
}

//! What `ddbkit info` tells about files of rows.

use crate::args::Global;
use crate::error::Failure;
use crate::output::{bytes, count};
use crate::rows::{self, RowFile, RowFormat, Rows};
use ddbkit::columnar::{CsvReadOptions, ParquetInfo};
use ddbkit::store::Location;
use serde_json::{Value, json};
use tokio::runtime::Handle;

/// What is known of a file.
pub(super) struct FileInfo {
    name: String,
    format: RowFormat,
    bytes: u64,
    columns: Vec<String>,
    /// What Parquet has in its metadata; the rows of CSV could only be counted.
    parquet: Option<ParquetInfo>,
}

pub(super) async fn parquet_at(
    location: &Location,
    global: &Global,
) -> Result<Option<FileInfo>, Failure> {
    let Some(file) = rows::parquet_at(location, global).await? else { return Ok(None) };
    let (file, reader) = file.open_parquet().await?;
    let info = reader.map(|reader| reader.info().clone());
    let columns = info.as_ref().map(|info| info.columns.clone()).unwrap_or_default();
    Ok(Some(FileInfo::new(&file, columns, info)))
}

pub(super) async fn csv_at(
    location: &Location,
    global: &Global,
) -> Result<Option<FileInfo>, Failure> {
    if !rows::is_csv(&location.to_string()) {
        return Ok(None);
    }
    let Some(file) = rows::csv_at(location, global).await? else { return Ok(None) };
    let runtime = Handle::current();
    let reading = tokio::task::spawn_blocking(move || {
        let columns = match file.open_csv(&runtime, &CsvReadOptions::default())? {
            Rows::Csv(rows) => rows.columns().map(ToOwned::to_owned).collect(),
            Rows::Parquet(_) => Vec::new(),
        };
        Ok(Some(FileInfo::new(&file, columns, None)))
    });
    reading.await.map_err(|error| Failure::other(error.to_string()))?
}

impl FileInfo {
    fn new(file: &RowFile, columns: Vec<String>, parquet: Option<ParquetInfo>) -> Self {
        Self { name: file.describe(), format: file.format, bytes: file.bytes, columns, parquet }
    }

    pub(super) fn to_text(&self) -> String {
        const SHOWN: usize = 20;
        let mut columns = self.columns.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        if self.columns.len() > SHOWN {
            columns += &format!(" and {} others", self.columns.len() - SHOWN);
        }
        let mut rows = vec![("format", self.format.name().to_owned())];
        if let Some(info) = &self.parquet {
            let made = info.created_by.clone().unwrap_or_else(|| "not told".to_owned());
            rows.push(("made by", made));
            let groups = info.row_groups as u64;
            rows.push(("rows", format!("{} in {} row groups", count(info.rows), count(groups))));
            let types = if info.schema.is_some() { "those of DynamoDB" } else { "of the columns" };
            rows.push(("types", types.to_owned()));
        }
        rows.push(("columns", format!("{}: {columns}", count(self.columns.len() as u64))));
        rows.push(("size", bytes(self.bytes)));
        let rows = rows.into_iter().map(|(name, value)| format!("  {name:<11}{value}\n"));
        format!("{}\n{}", self.name, rows.collect::<String>())
    }

    pub(super) fn to_json(&self) -> Value {
        let info = self.parquet.as_ref();
        json!({
            "location": self.name,
            "format": self.format.name(),
            "stored_bytes": self.bytes,
            "columns": self.columns,
            "rows": info.map(|info| info.rows),
            "row_groups": info.map(|info| info.row_groups),
            "created_by": info.and_then(|info| info.created_by.as_deref()),
            "has_dynamodb_types": info.map(|info| info.schema.is_some()),
        })
    }
}

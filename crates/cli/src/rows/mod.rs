//! Files of rows, Parquet and CSV, wherever they lie.

mod source;

pub(crate) use source::RowSource;

use crate::args::Global;
use crate::error::{self, Failure};
use crate::foreign;
use crate::object_stream::ObjectStream;
use ddbkit::columnar::{ColumnarError, CsvReadOptions, CsvReader, ParquetReader, ReadRow};
use ddbkit::store::{Location, Store};
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use tokio::runtime::Handle;

/// With this a Parquet file begins and ends.
pub(crate) const PARQUET: &[u8] = b"PAR1";
/// The names of files of CSV, which nothing in them tells.
const CSV: [&str; 3] = [".csv", ".csv.gz", ".csv.zst"];

/// A file of rows.
pub(crate) struct RowFile {
    place: Place,
    pub(crate) format: RowFormat,
    /// Its size as stored.
    pub(crate) bytes: u64,
}

enum Place {
    /// An object; and its path, where it lies in a file system.
    Object {
        store: Store,
        key: String,
        path: Option<PathBuf>,
    },
    Stdin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowFormat {
    Parquet,
    Csv,
}

impl RowFormat {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }
}

/// The rows of a file.
pub(crate) enum Rows {
    Parquet(Box<ParquetReader>),
    Csv(Box<CsvReader<Box<dyn Read>>>),
}

/// Whether the name says that it is CSV.
pub(crate) fn is_csv(name: &str) -> bool {
    CSV.iter().any(|end| name.ends_with(end))
}

/// The Parquet file at a location, if there is one.
pub(crate) async fn parquet_at(
    location: &Location,
    global: &Global,
) -> Result<Option<RowFile>, Failure> {
    let Some(file) = at(location, global, RowFormat::Parquet).await? else { return Ok(None) };
    let Place::Object { store, key, .. } = &file.place else { return Ok(None) };
    let head = store.read_range(key, 0..PARQUET.len() as u64).await?;
    Ok(head.starts_with(PARQUET).then_some(file))
}

/// The file at a location, to be read as CSV.
pub(crate) async fn csv_at(
    location: &Location,
    global: &Global,
) -> Result<Option<RowFile>, Failure> {
    at(location, global, RowFormat::Csv).await
}

async fn at(
    location: &Location,
    global: &Global,
    format: RowFormat,
) -> Result<Option<RowFile>, Failure> {
    let path = match location {
        Location::Directory(path) if path.is_file() => Some(path.clone()),
        Location::Directory(_) => return Ok(None),
        Location::S3 { .. } => None,
    };
    let (store, key) = foreign::parent(location, global).await?;
    if key.is_empty() || key.ends_with('/') {
        return Ok(None);
    }
    let Some(meta) = store.head(&key).await? else { return Ok(None) };
    let place = Place::Object { store, key, path };
    Ok(Some(RowFile { place, format, bytes: meta.size }))
}

impl RowFile {
    /// What comes in by standard input, as CSV.
    pub(crate) fn csv_of_stdin() -> Self {
        Self { place: Place::Stdin, format: RowFormat::Csv, bytes: 0 }
    }

    /// How messages name it.
    pub(crate) fn describe(&self) -> String {
        match &self.place {
            Place::Object { store, key, .. } => store.describe(key),
            Place::Stdin => "standard input".to_owned(),
        }
    }

    /// Opens it if it is Parquet; that of a bucket is copied to a temporary file first.
    pub(crate) async fn open_parquet(self) -> Result<(Self, Option<Box<ParquetReader>>), Failure> {
        if self.format != RowFormat::Parquet {
            return Ok((self, None));
        }
        let runtime = Handle::current();
        let opening = tokio::task::spawn_blocking(move || {
            let file = match &self.place {
                Place::Object { path: Some(path), .. } => File::open(path)?,
                Place::Object { store, key, .. } => {
                    kept(&mut ObjectStream::open(store, key, &runtime)?)?
                }
                Place::Stdin => kept(&mut io::stdin())?,
            };
            let reader = ParquetReader::open(file).map_err(|error| self.failure(&error))?;
            Ok((self, Some(Box::new(reader))))
        });
        opening.await.map_err(|error| Failure::other(error.to_string()))?
    }

    /// Reads the header of CSV, on a thread that may block.
    pub(crate) fn open_csv(
        &self,
        runtime: &Handle,
        options: &CsvReadOptions,
    ) -> Result<Rows, Failure> {
        let stream: Box<dyn Read> = match &self.place {
            Place::Object { store, key, .. } => Box::new(ObjectStream::open(store, key, runtime)?),
            Place::Stdin => Box::new(io::stdin()),
        };
        Rows::csv(stream, options).map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &ColumnarError) -> Failure {
        Failure::other(format!("{}: {}", self.describe(), error::line(error)))
    }
}

/// The stream in a temporary file, because the end of Parquet is read first.
pub(crate) fn kept(stream: &mut dyn Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(stream, &mut file)?;
    Ok(file)
}

impl Rows {
    pub(crate) fn parquet(file: File) -> Result<Self, ColumnarError> {
        Ok(Self::Parquet(Box::new(ParquetReader::open(file)?)))
    }

    pub(crate) fn csv(
        stream: Box<dyn Read>,
        options: &CsvReadOptions,
    ) -> Result<Self, ColumnarError> {
        Ok(Self::Csv(Box::new(CsvReader::new(stream, options)?)))
    }

    pub(crate) fn next_row(&mut self) -> Result<Option<ReadRow>, ColumnarError> {
        match self {
            Self::Parquet(rows) => rows.next_row(),
            Self::Csv(rows) => rows.next_row(),
        }
    }
}

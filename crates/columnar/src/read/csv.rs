//! Rows of CSV files.

use super::ReadRow;
use super::text::Text;
use super::value::text;
use crate::{ColumnarError, ColumnarErrorKind, ImportKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use csv::{ByteRecord, Reader, ReaderBuilder};
use ddbkit_codec::Number;
use std::collections::HashSet;
use std::io::Read;

/// What may stand between the cells, as `ImportTable` takes it.
const DELIMITERS: &[u8] = b",\t:;| ";

/// How a CSV file is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvReadOptions {
    /// What stands between the cells: comma, tab, colon, semicolon, bar or space.
    pub delimiter: u8,
    /// The key attributes of the table and of its indexes, which are not strings all.
    pub keys: Vec<ImportKey>,
}

impl Default for CsvReadOptions {
    /// Commas, and strings only.
    fn default() -> Self {
        Self { delimiter: b',', keys: Vec::new() }
    }
}

/// Reads the rows of CSV under a header as items, as `ImportTable` does: every cell is S, but the
/// key attributes have the types of their definitions (numbers as they are written, binaries in
/// Base64). An empty cell is an empty string, which is what [`CsvWriter`](crate::CsvWriter) wrote
/// for one: CSV cannot tell it from an attribute that is not there.
///
/// Quotes are those of RFC 4180. The stream is plain, gzip or zstd, by its first bytes; a byte order
/// mark and blank lines are passed over. A row of more or fewer cells than the header, of no UTF-8 or
/// with a key of another type is given as [refused](ReadRow::refused), and the next follow.
///
/// Holds a record, 16 MiB at most, and as much of the stream.
///
/// ```
/// use ddbkit_columnar::{CsvReadOptions, CsvReader, ImportKey};
///
/// let key = ImportKey { name: "n".to_owned(), attribute_type: "N".to_owned() };
/// let options = CsvReadOptions { keys: vec![key], ..CsvReadOptions::default() };
/// let mut reader = CsvReader::new(&b"pk,n,t\n\"a, b\",1.50,7\n"[..], &options)?;
/// assert_eq!(reader.columns().collect::<Vec<_>>(), ["pk", "n", "t"]);
/// let row = reader.next_row()?.unwrap();
/// assert_eq!(row.number, 2);
/// assert_eq!(row.text, br#"{"pk":{"S":"a, b"},"n":{"N":"1.50"},"t":{"S":"7"}}"#);
/// assert_eq!(reader.next_row()?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CsvReader<R: Read> {
    rows: Reader<Text<R>>,
    columns: Vec<Column>,
    row: ByteRecord,
}

struct Column {
    name: String,
    /// `S`, `N` or `B`.
    tag: String,
}

impl<R: Read> CsvReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::InvalidSchema`] when the delimiter is none that there is, there is no
    /// header, or a name in it is empty, there twice or no UTF-8; [`ColumnarErrorKind::Read`] when
    /// the stream cannot be read.
    pub fn new(stream: R, options: &CsvReadOptions) -> Result<Self, ColumnarError> {
        let invalid = |why: &str| Err(ColumnarError::new(ColumnarErrorKind::InvalidSchema, why));
        if !DELIMITERS.contains(&options.delimiter) {
            return invalid("the delimiter is none of comma, tab, colon, semicolon, bar and space");
        }
        let mut builder = ReaderBuilder::new();
        builder.delimiter(options.delimiter).has_headers(false).flexible(true);
        let mut rows = builder.from_reader(Text::new(stream));
        let mut row = ByteRecord::new();
        if !rows.read_byte_record(&mut row).map_err(|error| unreadable(1, error))? {
            return invalid("there is no header: the file is empty");
        }
        let mut columns = Vec::with_capacity(row.len());
        let mut seen = HashSet::new();
        for (n, name) in row.iter().enumerate() {
            let Ok(name) = std::str::from_utf8(name) else {
                return invalid(&format!("column {} of the header is not valid UTF-8", n + 1));
            };
            if name.is_empty() {
                return invalid(&format!("column {} of the header has no name", n + 1));
            }
            if !seen.insert(name) {
                return invalid(&format!("the column {name:?} is there twice"));
            }
            let key = options.keys.iter().find(|key| key.name == name);
            let tag = key.map_or("S", |key| key.attribute_type.as_str());
            columns.push(Column { name: name.to_owned(), tag: tag.to_owned() });
        }
        Ok(Self { rows, columns, row })
    }

    /// The names of the columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The next row; none after the last.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::Read`] when the stream cannot be read, or a record has more than 16 MiB:
    /// what follows cannot be told apart.
    pub fn next_row(&mut self) -> Result<Option<ReadRow>, ColumnarError> {
        self.rows.get_mut().next_record();
        let line = self.rows.position().line();
        let more = self.rows.read_byte_record(&mut self.row);
        if !more.map_err(|error| unreadable(line, error))? {
            return Ok(None);
        }
        let mut text = Vec::new();
        let refused = self.item(&mut text).err();
        if refused.is_some() {
            text = self.cells();
        }
        Ok(Some(ReadRow { number: self.first_line(), text, refused }))
    }

    /// The line on which the record begins that was read. The reader itself tells the line before
    /// after a blank line or `\r\n`.
    fn first_line(&self) -> u64 {
        let end = self.rows.position();
        let inside = memchr::memchr_iter(b'\n', self.row.as_slice()).count() as u64;
        let is_behind_it = self.rows.get_ref().is_newline(end.byte().saturating_sub(1));
        end.line().saturating_sub(inside + u64::from(is_behind_it))
    }

    fn item(&self, out: &mut Vec<u8>) -> Result<(), String> {
        let (cells, columns) = (self.row.len(), self.columns.len());
        if cells != columns {
            return Err(format!("it has {cells} cells, but the header has {columns}"));
        }
        for (n, (column, cell)) in self.columns.iter().zip(&self.row).enumerate() {
            let name = &column.name;
            let cell = std::str::from_utf8(cell)
                .map_err(|_| format!("the column {name:?} is not valid UTF-8"))?;
            let is_wrong = match column.tag.as_str() {
                "N" => cell.parse::<Number>().is_err(),
                "B" => STANDARD.decode(cell).is_err(),
                _ => false,
            };
            if is_wrong {
                let tag = &column.tag;
                return Err(format!("the column {name:?} is not of the type of its key, {tag}"));
            }
            out.push(if n == 0 { b'{' } else { b',' });
            text(out, name);
            out.extend_from_slice(format!(r#":{{"{}":"#, column.tag).as_bytes());
            text(out, cell);
            out.push(b'}');
        }
        out.push(b'}');
        Ok(())
    }

    /// The cells of a row that is no item, for the rejects.
    fn cells(&self) -> Vec<u8> {
        let cells: Vec<_> = self.row.iter().map(String::from_utf8_lossy).collect();
        serde_json::to_vec(&cells).unwrap_or_default()
    }
}

impl<R: Read> std::fmt::Debug for CsvReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvReader").field("columns", &self.columns.len()).finish_non_exhaustive()
    }
}

fn unreadable(line: u64, error: csv::Error) -> ColumnarError {
    ColumnarError::read(format!("line {line} and those behind it cannot be read"), error)
}

//! CSV files.

use crate::{ColumnarError, ColumnarErrorKind, WriteReport};
use csv::{QuoteStyle, Writer, WriterBuilder};
use ddbkit_codec::{ItemRef, PlainOptions, ValueRef};
use std::collections::HashMap;
use std::io::Write;

/// The most columns of CSV that `ImportTable` takes (`HeaderList` of the API has 1 to 255 names).
const MAX_IMPORT_COLUMNS: usize = 255;

/// What the cells are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CsvForm {
    /// For people and spreadsheets: strings and numbers as they are, binaries in Base64, `true`,
    /// `false` and `null`, everything else as plain JSON, nothing where there is no attribute. What
    /// was a string and what was not cannot be told any more.
    Human,
    /// For `ImportTable`, which makes strings of all columns but those of keys. Only items with all
    /// columns, and with strings in all but the keys, can be written, because only they come back
    /// equal.
    Import {
        /// The key attributes of the table and of its indexes.
        keys: Vec<ImportKey>,
    },
}

/// A key attribute of the table to be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportKey {
    /// Its name.
    pub name: String,
    /// `S`, `N` or `B`.
    pub attribute_type: String,
}

/// Writes items as rows of CSV under a header: commas, quotes where they are needed, `\n`.
///
/// Holds one row and 64 KiB. A file is whole after [`CsvWriter::finish`] only.
///
/// ```
/// use ddbkit_codec::Tape;
/// use ddbkit_columnar::{CsvForm, CsvWriter};
///
/// let mut tape = Tape::new();
/// let item = tape.read_line(br#"{"pk":{"S":"a, b"},"n":{"N":"1.50"},"l":{"L":[{"NULL":true}]}}"#)?;
/// let names = ["pk".to_owned(), "n".to_owned(), "l".to_owned(), "x".to_owned()];
/// let mut writer = CsvWriter::new(Vec::new(), &names, CsvForm::Human)?;
/// writer.write(item)?;
/// let (bytes, _) = writer.finish()?;
/// assert_eq!(bytes, b"pk,n,l,x\n\"a, b\",1.50,[null],\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CsvWriter<W: Write> {
    writer: Writer<W>,
    form: CsvForm,
    names: Vec<String>,
    places: HashMap<String, usize>,
    cells: Vec<Option<String>>,
    report: WriteReport,
}

impl<W: Write> CsvWriter<W> {
    /// Begins a file with these columns.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::TooManyColumns`] for an import of more than 255 columns, and when the
    /// stream cannot be written to.
    pub fn new(stream: W, names: &[String], form: CsvForm) -> Result<Self, ColumnarError> {
        if matches!(form, CsvForm::Import { .. }) && names.len() > MAX_IMPORT_COLUMNS {
            let count = names.len();
            let message =
                format!("{count} columns are more than the {MAX_IMPORT_COLUMNS} of an import");
            return Err(ColumnarError::new(ColumnarErrorKind::TooManyColumns, message));
        }
        let style = QuoteStyle::Necessary;
        let mut writer = WriterBuilder::new().quote_style(style).from_writer(stream);
        writer.write_record(names).map_err(ColumnarError::write)?;
        let places = names.iter().enumerate();
        Ok(Self {
            writer,
            form,
            names: names.to_vec(),
            places: places.map(|(n, name)| (name.clone(), n)).collect(),
            cells: vec![None; names.len()],
            report: WriteReport::default(),
        })
    }

    /// Writes an item.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::NotExpressible`] when an import would not bring it back equal, and when
    /// the stream cannot be written to.
    pub fn write(&mut self, item: ItemRef<'_>) -> Result<(), ColumnarError> {
        self.cells.fill(None);
        for (name, value) in item {
            let name = name.get();
            let Some(place) = self.places.get(&*name).and_then(|place| self.cells.get_mut(*place))
            else {
                if let CsvForm::Import { .. } = self.form {
                    return Err(not_expressible(&name, "has no column"));
                }
                self.report.left_out += 1;
                continue;
            };
            *place = Some(match &self.form {
                CsvForm::Human => human(&value),
                CsvForm::Import { keys } => import(&name, &value, keys)?,
            });
        }
        if let CsvForm::Import { .. } = self.form {
            let missing = self.names.iter().zip(&self.cells).find(|(_, cell)| cell.is_none());
            if let Some((name, _)) = missing {
                let why = "is missing, and an empty cell would become an empty string";
                return Err(not_expressible(name, why));
            }
        }
        let cells = self.cells.iter().map(|cell| cell.as_deref().unwrap_or_default());
        self.writer.write_record(cells).map_err(ColumnarError::write)?;
        self.report.items += 1;
        Ok(())
    }

    /// Writes what is left and gives the stream back.
    ///
    /// # Errors
    /// When the stream cannot be written to.
    pub fn finish(mut self) -> Result<(W, WriteReport), ColumnarError> {
        self.writer.flush().map_err(ColumnarError::write)?;
        let stream = self.writer.into_inner().map_err(|error| {
            ColumnarError::write(std::io::Error::other(error.error().to_string()))
        })?;
        Ok((stream, self.report))
    }
}

impl<W: Write> std::fmt::Debug for CsvWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvWriter").field("items", &self.report.items).finish_non_exhaustive()
    }
}

fn human(value: &ValueRef<'_>) -> String {
    if let ValueRef::S(text) = value {
        return text.get().into_owned();
    }
    let mut json = Vec::new();
    value.to_value().write_plain_json(&PlainOptions::default(), &mut json);
    let text = String::from_utf8(json).unwrap_or_default();
    match value {
        // Base64 has nothing that JSON escapes.
        ValueRef::B(_) => text.trim_matches('"').to_owned(),
        _ => text,
    }
}

fn import(name: &str, value: &ValueRef<'_>, keys: &[ImportKey]) -> Result<String, ColumnarError> {
    let key = keys.iter().find(|key| key.name == name);
    match (key.map_or("S", |key| key.attribute_type.as_str()), value) {
        ("S", ValueRef::S(text)) => Ok(text.get().into_owned()),
        ("N", ValueRef::N(number)) => Ok(number.text().into_owned()),
        ("B", ValueRef::B(_)) => Ok(human(value)),
        _ if key.is_some() => Err(not_expressible(name, "is not of the type of the key")),
        _ => Err(not_expressible(name, "is no string, and imports of CSV make strings")),
    }
}

fn not_expressible(name: &str, why: &str) -> ColumnarError {
    let message = format!("the attribute {name:?} {why}");
    ColumnarError::new(ColumnarErrorKind::NotExpressible, message)
}

//! Items out of what other tools wrote.

mod convert;
mod csv;
mod hive;
mod lost;
mod pages;
mod stream;
pub(crate) mod text;
mod values;

pub(crate) use convert::{Casing, Converter};
pub(crate) use csv::names as csv_names;
pub use lost::LostValues;
pub(crate) use pages::{PageEnd, read_page};
pub(crate) use stream::{StoreReader, decompress};

use crate::{Damage, ForeignError};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use text::Point;

/// Where something stands in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file: a path or an `s3://` URL, and in archives the name of the entry behind it.
    pub file: Arc<str>,
    /// The line, from 1, after decompression.
    pub line: u64,
    /// The byte, from 0, after decompression.
    pub byte: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// One thing in a source, in the place where an item belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An item as DynamoDB JSON, `{"pk":{"S":"a"}}`, on one line.
    Item(Vec<u8>),
    /// Something that cannot be read as an item.
    Refused {
        /// What stands there, on one line and cut off at 16 MiB.
        text: Vec<u8>,
        /// Why it is no item; without its contents.
        why: String,
    },
}

/// What takes the entries of a source, one after the other, until it breaks.
pub type Each<'a> = &'a mut dyn FnMut(Place, Entry) -> ControlFlow<()>;

/// How often each damage was met while reading. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Findings(Arc<Mutex<BTreeMap<Damage, u64>>>);

impl Findings {
    pub(crate) fn add(&self, damage: Damage) {
        *self.lock().entry(damage).or_default() += 1;
    }

    /// The damages that were met, and how often.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Damage, u64> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Damage, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the items of a file follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One value after another, whatever whitespace, commas and brackets of arrays are between.
    Values,
    /// An object with the array `Items`.
    Page,
    /// A header and rows.
    Csv,
    /// A line an item, with the bytes 2 and 3.
    Hive,
}

/// What the readers of the framings share: the file that is read, and where its items go.
pub(crate) struct Sink<'a> {
    pub(crate) file: Arc<str>,
    pub(crate) converter: &'a Converter,
    pub(crate) each: Each<'a>,
}

impl Sink<'_> {
    fn place(&self, at: Point) -> Place {
        Place { file: self.file.clone(), line: at.line, byte: at.byte }
    }

    /// Passes on the item of a text.
    fn text(&mut self, at: Point, text: &[u8]) -> ControlFlow<()> {
        match self.converter.line(text) {
            Ok(line) => {
                let place = self.place(at);
                (self.each)(place, Entry::Item(line))
            }
            Err(why) => self.refused(at, text, why),
        }
    }

    fn refused(&mut self, at: Point, text: &[u8], why: String) -> ControlFlow<()> {
        let on_one_line = text.iter().map(|byte| match byte {
            b'\n' | b'\r' => b' ',
            byte => *byte,
        });
        let text = on_one_line.collect::<Vec<u8>>().trim_ascii().to_vec();
        let place = self.place(at);
        (self.each)(place, Entry::Refused { text, why })
    }

    fn unreadable(&self, at: Point, error: io::Error) -> ForeignError {
        let Point { line, .. } = at;
        ForeignError::damaged(format!("{}:{line}: it cannot be read to its end", self.file))
            .caused_by(error)
    }
}

/// Reads one file; whether more is wanted.
pub(crate) fn read_file(
    input: impl BufRead,
    framing: Framing,
    sink: &mut Sink<'_>,
) -> Result<ControlFlow<()>, ForeignError> {
    match framing {
        Framing::Values => values::read(input, sink),
        Framing::Page => {
            let file = sink.file.clone();
            Ok(read_page(input, &file, &mut |at, text| sink.text(at, text))?.flow)
        }
        Framing::Csv => csv::read(input, sink),
        Framing::Hive => hive::read(input, sink),
    }
}

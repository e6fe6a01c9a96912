//! Items from Ion binary.

use super::careful;
use super::fast::{self, Into};
use super::types::{ANNOTATED, Head, NULL, STRUCT, VERSION, var_uint};
use crate::ion::item::item_of;
use crate::ion::symbols::{SYMBOL_TABLE, Symbols, symbols_of};
use crate::tape::{Format, LONGEST, Source};
use crate::{DecodeError, DecodeErrorKind, DecodeOptions, ItemRef, Tape};
use std::ops::Range;

/// Reads items from Ion binary that is in memory, like [`IonTextReader`] from text; it keeps the
/// symbol table from value to value.
///
/// ```
/// use ddbkit_codec::ion::{IonBinaryReader, IonBinaryWriter};
/// use ddbkit_codec::{Item, Tape};
///
/// let item = Item::from_dynamodb_json(br#"{"pk":{"S":"a"},"n":{"N":"600"}}"#)?;
/// let (mut writer, mut bytes) = (IonBinaryWriter::new(), Vec::new());
/// writer.write(&item, &mut bytes);
///
/// let (mut reader, mut tape) = (IonBinaryReader::new(&bytes), Tape::new());
/// while let Some(read) = reader.next_item(&mut tape)? {
///     assert_eq!(read.to_item(), item);
/// }
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
///
/// [`IonTextReader`]: super::super::IonTextReader
#[derive(Clone, Debug)]
pub struct IonBinaryReader<'a> {
    bytes: &'a [u8],
    at: usize,
    options: DecodeOptions,
    symbols: Symbols,
}

/// What came next.
enum Next {
    /// An item on the tape, that points into these bytes.
    OnTape(Range<usize>),
    /// An item that the fast reader does not know, at this place.
    Odd(usize),
    End,
}

impl<'a> IonBinaryReader<'a> {
    /// Reads with the default options.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::with_options(bytes, DecodeOptions::default())
    }

    /// Reads with a choice where readers differ.
    #[must_use]
    pub fn with_options(bytes: &'a [u8], options: DecodeOptions) -> Self {
        Self { bytes, at: 0, options, symbols: Symbols::default() }
    }

    /// The next item, none at the end. Behind an error in an item the next call gives the next item;
    /// where that begins is not known behind [`DecodeErrorKind::UnexpectedEnd`] and
    /// [`DecodeErrorKind::Syntax`], and there is nothing.
    ///
    /// # Errors
    /// [`DecodeError`] with the byte in the stream and the attribute.
    pub fn next_item<'t>(
        &'t mut self,
        tape: &'t mut Tape,
    ) -> Result<Option<ItemRef<'t>>, DecodeError> {
        match self.next(tape) {
            Ok(Next::End) => Ok(None),
            Ok(Next::OnTape(range)) => {
                let bytes = self.bytes.get(range).unwrap_or_default();
                let (text, names) = (tape.text.as_str(), self.symbols.names());
                let source = Source { text, names, bytes, format: Format::IonBinary };
                Ok(Some(Tape::item(&tape.nodes, source)))
            }
            Ok(Next::Odd(at)) => {
                let node = careful::value(self.bytes, at, self.at, &self.symbols, 0)?.0;
                let node = node.ok_or_else(|| DecodeError::new(DecodeErrorKind::NoItem, at))?;
                tape.rewritten(&item_of(node, self.options)?).map(Some)
            }
            Err(error) => {
                self.at = self.bytes.len();
                Err(error)
            }
        }
    }

    fn next(&mut self, tape: &mut Tape) -> Result<Next, DecodeError> {
        loop {
            let (at, end) = (self.at, self.bytes.len());
            let rest = self.bytes.get(at..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(Next::End);
            }
            if rest.starts_with(&VERSION) {
                self.symbols = Symbols::default();
                self.at += VERSION.len();
                continue;
            }
            let Some(head) = Head::read(self.bytes, at, end) else {
                return Err(DecodeError::new(DecodeErrorKind::UnexpectedEnd, at));
            };
            self.at = head.end;
            match head.kind {
                NULL if !head.is_null() => {}
                ANNOTATED if self.is_table(head) => {
                    let table = careful::value(self.bytes, at, end, &self.symbols, 0)?.0;
                    if let Some(table) = table {
                        self.symbols = symbols_of(table, &self.symbols)?;
                    }
                }
                STRUCT if !head.is_null() && self.fast(head, tape) => {
                    return Ok(Next::OnTape(head.start..head.end));
                }
                _ => return Ok(Next::Odd(at)),
            }
        }
    }

    /// Whether an annotated value is a symbol table.
    fn is_table(&self, head: Head) -> bool {
        let mut at = head.start;
        let _len = var_uint(self.bytes, &mut at);
        var_uint(self.bytes, &mut at) == Some(SYMBOL_TABLE)
    }

    /// The fast way: an item in its frame. Places on the tape are counted from the start of the value.
    fn fast(&self, head: Head, tape: &mut Tape) -> bool {
        let bytes = self.bytes.get(head.start..head.end).unwrap_or_default();
        if bytes.len() > LONGEST || !self.symbols.are_different() {
            return false;
        }
        let mut at = 0;
        let Some(id) = var_uint(bytes, &mut at) else { return false };
        if self.symbols.get(id) != Some("Item") {
            return false;
        }
        let Some(item) = Head::read(bytes, at, bytes.len()) else { return false };
        if item.kind != STRUCT || item.is_null() || item.end != bytes.len() {
            return false;
        }
        let mut strings = std::mem::take(&mut tape.text).into_bytes();
        let into = Into { nodes: &mut tape.nodes, strings: &mut strings, seen: &mut tape.seen };
        let is_read = fast::item(bytes, item.start, item.end, &self.symbols, into).is_ok();
        match String::from_utf8(strings) {
            Ok(text) => tape.text = text,
            Err(_) => return false,
        }
        is_read
    }
}

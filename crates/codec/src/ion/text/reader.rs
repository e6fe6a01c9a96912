//! Items from Ion text.

use super::careful::Parser;
use super::fast;
use crate::ion::item::item_of;
use crate::ion::symbols::{SYMBOL_TABLE, Symbols, symbols_of};
use crate::ion::tree::Node;
use crate::json::fast::skip_space;
use crate::tape::{Format, LONGEST, Source};
use crate::{DecodeError, DecodeErrorKind, DecodeOptions, Item, ItemRef, Tape};

/// Reads items from Ion text that is in memory: the values of a file, each `$ion_1_0 {Item:{...}}`
/// as exports have them, on lines of their own or not, or all in one list, `[{Item:{...}},...]`.
/// Values that are no frame are taken for the items themselves.
///
/// The forms that exports have are read the fast way; everything else that Ion text may have is read
/// too, only slower: comments, long strings, symbol tables. What DynamoDB's use of Ion does not know
/// is refused: floats, timestamps, symbols as values, other annotations.
///
/// ```
/// use ddbkit_codec::Tape;
/// use ddbkit_codec::ion::IonTextReader;
///
/// let text = br#"$ion_1_0 {Item:{pk:"a",n:6d2,tags:$dynamodb_SS::["x","y"]}}"#;
/// let mut reader = IonTextReader::new(text);
/// let mut tape = Tape::new();
/// while let Some(item) = reader.next_item(&mut tape)? {
///     assert_eq!(
///         item.to_dynamodb_json(),
///         r#"{"pk":{"S":"a"},"n":{"N":"600"},"tags":{"SS":["x","y"]}}"#
///     );
/// }
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct IonTextReader<'a> {
    bytes: &'a [u8],
    at: usize,
    options: DecodeOptions,
    symbols: Symbols,
    /// Whether the values stand in a list.
    in_list: bool,
    is_over: bool,
}

impl<'a> IonTextReader<'a> {
    /// Reads with the default options.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        Self::with_options(text, DecodeOptions::default())
    }

    /// Reads with a choice where readers differ.
    #[must_use]
    pub fn with_options(text: &'a [u8], options: DecodeOptions) -> Self {
        let symbols = Symbols::default();
        Self { bytes: text, at: 0, options, symbols, in_list: false, is_over: false }
    }

    /// The next item, none at the end. Behind an error there is nothing: where the next value begins
    /// is not known.
    ///
    /// # Errors
    /// [`DecodeError`] with the byte in the text and the attribute.
    pub fn next_item<'t>(&mut self, tape: &'t mut Tape) -> Result<Option<ItemRef<'t>>, DecodeError>
    where
        'a: 't,
    {
        if self.is_over {
            return Ok(None);
        }
        if let Some(text) = self.fast(tape) {
            return Ok(Some(Tape::item(&tape.nodes, Source::of_text(text, Format::IonText))));
        }
        match self.careful() {
            Ok(Some(item)) => tape.rewritten(&item).map(Some),
            Ok(None) => {
                self.is_over = true;
                Ok(None)
            }
            Err(error) => {
                self.is_over = true;
                Err(error.quoting(self.bytes))
            }
        }
    }

    /// The fast way: an item in its frame, without a list around it.
    fn fast(&mut self, tape: &mut Tape) -> Option<&'a str> {
        if self.in_list {
            return None;
        }
        let bytes = self.bytes.get(self.at..)?;
        // The value ends with its line, or the careful reader has it.
        let end = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
        let text = std::str::from_utf8(bytes.get(..end)?).ok()?;
        if text.len() > LONGEST {
            return None;
        }
        let bytes = text.as_bytes();
        let mut at = skip_space(bytes, 0);
        while let Some(behind) = bytes.get(at..)?.strip_prefix(b"$ion_1_0") {
            let space = skip_space(behind, 0);
            at += "$ion_1_0".len() + space;
            if space == 0 && !behind.starts_with(b"{") {
                return None;
            }
        }
        at += bytes.get(at..)?.starts_with(b"{Item:{").then_some("{Item:{".len())?;
        tape.nodes.clear();
        let end = fast::item(bytes, at, &mut tape.seen, &mut tape.nodes).ok()?;
        let end = skip_space(bytes, end);
        if bytes.get(end) != Some(&b'}') || skip_space(bytes, end + 1) != bytes.len() {
            return None;
        }
        self.at += bytes.len();
        Some(text)
    }

    fn careful(&mut self) -> Result<Option<Item>, DecodeError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let text = match std::str::from_utf8(rest) {
            Ok(text) => text,
            // What is before the wrong byte is still good.
            Err(error) => {
                let text = rest.get(..error.valid_up_to()).unwrap_or_default();
                let text = std::str::from_utf8(text).unwrap_or_default();
                let wrong = self.at + text.len();
                return self
                    .value(text)
                    .and_then(|found| match found {
                        Some(item) => Ok(Some(item)),
                        None => Err(DecodeError::new(DecodeErrorKind::Encoding, wrong)),
                    })
                    .map_err(|error| match error.kind() {
                        DecodeErrorKind::UnexpectedEnd => {
                            DecodeError::new(DecodeErrorKind::Encoding, wrong)
                        }
                        _ => error,
                    });
            }
        };
        self.value(text)
    }

    /// The next value of some text that begins where the reader is.
    fn value(&mut self, text: &str) -> Result<Option<Item>, DecodeError> {
        let start = self.at;
        let mut parser = Parser::new(text, 0, self.options);
        let read = Self::next(&mut parser, &mut self.symbols, &mut self.in_list);
        self.at = start + parser.offset();
        let node = match read {
            Ok(Some(node)) => node,
            Ok(None) => return Ok(None),
            Err(error) => return Err(error.shifted(start)),
        };
        item_of(node, self.options).map(Some).map_err(|error| error.shifted(start))
    }

    /// The next value that is no symbol table.
    fn next(
        parser: &mut Parser<'_>,
        symbols: &mut Symbols,
        in_list: &mut bool,
    ) -> Result<Option<Node>, DecodeError> {
        loop {
            if *in_list {
                if parser.take("]")? {
                    *in_list = false;
                    continue;
                }
                let node = parser.value(symbols, 0)?;
                if !parser.take(",")? && !parser.peek("]")? {
                    return Err(parser.unexpected());
                }
                return Ok(Some(node));
            }
            if parser.is_at_end()? {
                return Ok(None);
            }
            if parser.take_version()? {
                *symbols = Symbols::default();
                continue;
            }
            if parser.take("[")? {
                *in_list = true;
                continue;
            }
            let node = parser.value(symbols, 0)?;
            let table = symbols.get(SYMBOL_TABLE).unwrap_or_default();
            if node.annotations.first().is_none_or(|first| first != table) {
                return Ok(Some(node));
            }
            *symbols = symbols_of(node, symbols)?;
        }
    }
}

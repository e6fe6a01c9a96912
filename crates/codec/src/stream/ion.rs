//! The reader of items in Amazon Ion.

use super::ReadError;
use super::source::Counts;
use crate::ion::{BinaryValues, Found, Next, TextValues, VERSION};
use crate::lines::{LineOptions, Window};
use crate::tape::Source;
use crate::{DecodeError, DecodeErrorKind, DecodeOptions, Item, ItemRef, Tape};
use std::fmt;
use std::io::Read;

/// Reads items from a stream of Amazon Ion, text or binary, plain or compressed; the first bytes
/// tell. What is taken for an item is said at [`IonTextReader`](crate::ion::IonTextReader).
///
/// Everything that is said of [`ItemReader`](super::ItemReader) holds here, too; the options of
/// lines hold for values. A value that is refused is an error of its own. Behind text that is no
/// Ion at all it goes on with the next line that begins with a version marker; behind binary that
/// is none there is nothing.
///
/// Holds about 1 MiB, or twice one longer value, one item, and the window of the decompression.
///
/// ```
/// use ddbkit_codec::stream::IonItemReader;
///
/// let text = "$ion_1_0 {Item:{pk:\"a\",n:6d2}}\n$ion_1_0 {Item:{pk:1e0}}\n$ion_1_0 {Item:{pk:\"c\"}}\n";
/// let mut reader = IonItemReader::new(text.as_bytes());
/// let item = reader.next_ref()?.expect("the first");
/// assert_eq!(item.to_dynamodb_json(), r#"{"pk":{"S":"a"},"n":{"N":"600"}}"#);
/// let error = reader.next_ref().expect_err("a float");
/// assert_eq!((error.line(), error.path(), error.is_final()), (2, "$.pk", false));
/// assert_eq!((reader.items(), reader.bad_values()), (1, 1));
/// # Ok::<(), ddbkit_codec::stream::ReadError>(())
/// ```
pub struct IonItemReader<R: Read> {
    window: Window<R>,
    options: DecodeOptions,
    values: Option<Values>,
    tape: Tape,
    counts: Counts,
    /// The last value.
    last: Last,
    /// There is nothing any more.
    is_over: bool,
    /// The stream failed.
    is_failed: bool,
}

/// What the reader knows between two values.
#[derive(Debug)]
enum Values {
    Text(TextValues),
    Binary(BinaryValues),
}

/// Where a value begins, and how long it is with what is in front of it.
#[derive(Clone, Copy, Debug, Default)]
struct Last {
    line: u64,
    offset: u64,
    length: usize,
}

/// What comes next.
enum Value {
    /// An item on the tape.
    OnTape,
    Item(Item),
    Refused {
        error: DecodeError,
        is_final: bool,
    },
    /// Nothing, or nothing yet.
    None,
}

impl<R: Read> IonItemReader<R> {
    /// Reads with the default options.
    pub fn new(stream: R) -> Self {
        Self::with_options(stream, LineOptions::default(), DecodeOptions::default())
    }

    /// Reads with these options.
    pub fn with_options(stream: R, lines: LineOptions, options: DecodeOptions) -> Self {
        Self {
            window: Window::new(stream, lines),
            options,
            values: None,
            tape: Tape::new(),
            counts: Counts::default(),
            last: Last::default(),
            is_over: false,
            is_failed: false,
        }
    }

    /// The next item, borrowed until the next call; none at the end.
    ///
    /// # Errors
    /// When the value is no item, or cannot be read. An error of the stream comes again with each
    /// call.
    pub fn next_ref(&mut self) -> Result<Option<ItemRef<'_>>, ReadError> {
        let item = match self.find()? {
            Value::None => return Ok(None),
            Value::Refused { error, is_final } => {
                self.is_over = is_final;
                self.counts.bad += 1;
                let (error, line_offset) = (error.with_line(self.last.line), self.last.offset);
                return Err(ReadError::Decode { error, line_offset, is_final });
            }
            Value::Item(item) => self.tape.rewritten(&item),
            Value::OnTape => {
                Ok(if let Some(Values::Binary(_)) = &self.values {
                    BinaryValues::shown(&self.tape)
                } else {
                    // Checked by the fast reader.
                    let bytes = self.window.used(self.last.length);
                    let text = std::str::from_utf8(bytes).unwrap_or_default();
                    Tape::item(&self.tape.nodes, Source::IonText(text))
                })
            }
        };
        self.counts.decoded(item, self.last.line, self.last.offset).map(Some)
    }

    /// The next value, which is used up then.
    fn find(&mut self) -> Result<Value, ReadError> {
        while !self.is_over {
            let is_all = self.window.is_all();
            let start = self.window.rest();
            if self.values.is_none() && start.len() < VERSION.len() && !is_all {
                self.more()?;
                continue;
            }
            let (is_binary, options) = (start.starts_with(&VERSION), self.options);
            let values = self.values.get_or_insert_with(|| {
                if is_binary {
                    Values::Binary(BinaryValues::new(options))
                } else {
                    Values::Text(TextValues::new(options))
                }
            });
            if let Values::Text(_) = values {
                let space = start.len() - start.trim_ascii_start().len();
                self.window.use_up(space);
            }
            let (line, offset) = self.window.place();
            let (bytes, mut length) = (self.window.rest(), 0);
            let (value, line) = match values {
                Values::Text(values) => {
                    (text(values, bytes, &mut length, is_all, &mut self.tape), line)
                }
                Values::Binary(values) => {
                    let number = self.counts.good + self.counts.bad + 1;
                    (binary(values, bytes, &mut length, is_all, &mut self.tape), number)
                }
            };
            self.window.use_up(length);
            self.last = Last { line, offset, length };
            match value {
                Value::None if is_all => self.is_over = true,
                Value::None => self.more()?,
                value => return Ok(value),
            }
        }
        Ok(Value::None)
    }

    fn more(&mut self) -> Result<(), ReadError> {
        self.window.more().map_err(|error| {
            self.is_failed = true;
            error.into()
        })
    }

    /// The bytes of the last value, also where it was refused, with what stands between it and the
    /// value before; of text that is no Ion, its line.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        match &self.values {
            Some(Values::Text(values)) if values.is_lost() => {
                self.window.used_line(self.last.length)
            }
            _ => self.window.used(self.last.length),
        }
    }

    /// The error of the last value, which was an item, but not what the caller wanted.
    #[must_use]
    pub fn refused(&self, error: DecodeError) -> ReadError {
        let (error, line_offset) = (error.with_line(self.last.line), self.last.offset);
        ReadError::Decode { error, line_offset, is_final: false }
    }

    /// How many bytes of the decompressed stream were used.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.window.place().1
    }

    /// The line of text on which the last value begins, or its number in binary, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.last.line
    }

    /// How many items were given out.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.counts.good
    }

    /// How many values were refused.
    #[must_use]
    pub fn bad_values(&self) -> u64 {
        self.counts.bad
    }
}

impl<R: Read> Iterator for IonItemReader<R> {
    type Item = Result<Item, ReadError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_failed {
            return None;
        }
        self.next_ref().map(|item| item.map(|item| item.to_item())).transpose()
    }
}

fn text(
    values: &mut TextValues,
    bytes: &[u8],
    at: &mut usize,
    is_all: bool,
    tape: &mut Tape,
) -> Value {
    if values.fast(bytes, at, is_all, tape).is_some() {
        return Value::OnTape;
    }
    match values.careful(bytes, at, is_all) {
        Ok(Found::Item(item)) => Value::Item(item),
        Ok(Found::End | Found::More) => Value::None,
        Err(error) => Value::Refused { error: error.quoting(bytes), is_final: false },
    }
}

fn binary(
    values: &mut BinaryValues,
    bytes: &[u8],
    at: &mut usize,
    is_all: bool,
    tape: &mut Tape,
) -> Value {
    match values.next(bytes, at, tape) {
        Ok(Next::OnTape) => Value::OnTape,
        Ok(Next::Odd(start)) => match values.odd(bytes, start, *at) {
            Ok(item) => Value::Item(item),
            Err(error) => Value::Refused { error, is_final: false },
        },
        Ok(Next::More) if is_all => {
            let error = DecodeError::new(DecodeErrorKind::UnexpectedEnd, *at);
            Value::Refused { error, is_final: true }
        }
        Ok(Next::More | Next::End) => Value::None,
        Err(error) => Value::Refused { error, is_final: true },
    }
}

impl<R: Read> fmt::Debug for IonItemReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IonItemReader")
            .field("values", &self.values)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

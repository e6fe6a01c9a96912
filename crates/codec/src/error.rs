//! What is wrong with an item, and where.

use std::fmt;

/// Why bytes are not an item, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The bytes end within the item.
    UnexpectedEnd,
    /// The bytes are not in the form that was to be read: no JSON, no Ion.
    Syntax,
    /// There is something behind the item.
    TrailingData,
    /// A string is not UTF-8, or holds half of a surrogate pair.
    Encoding,
    /// A value has no type that DynamoDB knows.
    UnknownType,
    /// A value has more than one type, or one of them twice.
    SeveralTypes,
    /// A value is not of the JSON form that its type has.
    WrongForm,
    /// A number is not written as one.
    InvalidNumber,
    /// A number has more than 38 significant digits.
    NumberPrecision,
    /// A number is outside of what DynamoDB can hold.
    NumberRange,
    /// A binary is not in padded standard Base64.
    InvalidBase64,
    /// A set is empty.
    EmptySet,
    /// A set has a member twice; numbers count by value.
    DuplicateInSet,
    /// The name of an attribute is empty.
    EmptyName,
    /// An attribute is there twice in one map, and the options refuse that.
    DuplicateName,
    /// Values are nested deeper than 32 levels.
    TooDeep,
    /// An Ion value has an annotation that DynamoDB's use of Ion does not know.
    UnknownAnnotation,
    /// An Ion symbol has a number that no symbol table has.
    UnknownSymbol,
    /// An Ion null has a type, and the options refuse that.
    TypedNull,
    /// An Ion value is of a type that no item can hold: float, timestamp, symbol, clob,
    /// S-expression.
    ForeignType,
    /// The item is longer than can be read at once.
    TooLong,
    /// The line holds a change of an incremental export, not an item.
    ChangeRecord,
    /// The line is no `{"Item":{...}}`.
    NoItem,
    /// A record of a change has not all the parts that it must have.
    MissingPart,
}

impl DecodeErrorKind {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::UnexpectedEnd => "the item is cut off",
            Self::Syntax => "not valid syntax",
            Self::TrailingData => "there is more behind the item",
            Self::Encoding => "a string is not valid Unicode",
            Self::UnknownType => "a value of no known type",
            Self::SeveralTypes => "a value of more than one type",
            Self::WrongForm => "a value is not of the form that its type has",
            Self::InvalidNumber => "not a number",
            Self::NumberPrecision => "a number of more than 38 significant digits",
            Self::NumberRange => "a number outside of the range of DynamoDB",
            Self::InvalidBase64 => "a binary is not valid Base64",
            Self::EmptySet => "an empty set",
            Self::DuplicateInSet => "a set with a member twice",
            Self::EmptyName => "an attribute with an empty name",
            Self::DuplicateName => "an attribute that is there twice",
            Self::TooLong => "an item of 128 MiB or more",
            Self::UnknownAnnotation => "an annotation that is not known",
            Self::UnknownSymbol => "a symbol that is not known",
            Self::TypedNull => "a null with a type",
            Self::ForeignType => "an Ion type that no item can hold",
            Self::TooDeep => "nested deeper than 32 levels",
            Self::ChangeRecord => "a change of an incremental export, not an item",
            Self::MissingPart => "a record without a part that it must have",
            Self::NoItem => "no line of the form {\"Item\":{...}}",
        }
    }
}

/// How many bytes of the place an error keeps.
const QUOTE: usize = 24;

/// Why bytes are not an item: the kind, the byte, the line where it is known, the path of the
/// attribute, and a short quote of the place.
///
/// `{}` leaves the quote out, so that the contents of items stay out of logs; `{:#}` has it.
///
/// ```
/// use ddbkit_codec::{DecodeErrorKind, Item};
///
/// let error = Item::from_dynamodb_json(br#"{"a":{"L":[{"N":"1"},{"N":"x"}]}}"#).unwrap_err();
/// assert_eq!(error.kind(), DecodeErrorKind::InvalidNumber);
/// assert_eq!(error.path(), "$.a[1]");
/// let error = error.with_line(7);
/// assert_eq!(error.to_string(), "not a number at line 7, byte 26, attribute $.a[1]");
/// assert_eq!(
///     format!("{error:#}"),
///     r#"not a number at line 7, byte 26, attribute $.a[1], near "x"}]}}"#
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    kind: DecodeErrorKind,
    offset: usize,
    line: Option<u64>,
    path: String,
    quote: String,
}

impl DecodeError {
    pub(crate) fn new(kind: DecodeErrorKind, offset: usize) -> Self {
        Self(Box::new(Inner {
            kind,
            offset,
            line: None,
            path: "$".to_owned(),
            quote: String::new(),
        }))
    }

    /// Puts the name of the attribute that holds the rest of the path before it.
    pub(crate) fn under_name(self, name: &str) -> Self {
        self.under(&name_in_path(name))
    }

    /// Puts the place in the list or set that holds the rest of the path before it.
    pub(crate) fn under_index(self, index: usize) -> Self {
        self.under(&format!("[{index}]"))
    }

    /// Puts the type of the set that holds the rest of the path before it.
    pub(crate) fn under_set(self, tag: &str) -> Self {
        self.under(&format!(".{tag}"))
    }

    fn under(mut self, outer: &str) -> Self {
        self.0.path.insert_str("$".len(), outer);
        self
    }

    pub(crate) fn shifted(mut self, by: usize) -> Self {
        self.0.offset += by;
        self
    }

    /// Keeps what stands at the place in the bytes that were decoded.
    pub(crate) fn quoting(mut self, bytes: &[u8]) -> Self {
        let rest = bytes.get(self.0.offset..).unwrap_or_default();
        let near = String::from_utf8_lossy(rest.get(..QUOTE).unwrap_or(rest));
        self.0.quote = near.chars().flat_map(printable).collect();
        self
    }

    /// The same error with the line that the bytes were on.
    #[must_use]
    pub fn with_line(mut self, line: u64) -> Self {
        self.0.line = Some(line);
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        self.0.kind
    }

    /// The byte at which it was found, counted from the start of the decoded bytes.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The line, from 1, where the caller told it.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// The path of the attribute, like `$.Orders[3].Tags.SS[0]`. `$` is the item itself; a name
    /// with other characters than letters, digits, `_` and `-` is written like `['a.b']`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What stands at the place: at most 24 bytes, on one line, with control characters escaped.
    /// Empty at the end of the bytes.
    #[must_use]
    pub fn quote(&self) -> &str {
        &self.0.quote
    }
}

/// A name as the step of a path: `.price`, or `['a.b']` where it has other characters than letters,
/// digits, `_` and `-`.
pub(crate) fn name_in_path(name: &str) -> String {
    let is_plain = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_plain {
        return format!(".{name}");
    }
    let quoted = name.replace('\\', "\\\\").replace('\'', "\\'");
    let printable: String = quoted.chars().flat_map(printable).collect();
    format!("['{printable}']")
}

/// A character as it can be shown on one line.
fn printable(c: char) -> impl Iterator<Item = char> {
    let escaped = if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
        c.escape_default().to_string()
    } else {
        c.to_string()
    };
    escaped.chars().collect::<Vec<_>>().into_iter()
}

// Without the quote: what is printed with `{:?}` ends up in logs.
impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("kind", &self.0.kind)
            .field("offset", &self.0.offset)
            .field("line", &self.0.line)
            .field("path", &self.0.path)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at ", self.0.kind.text())?;
        if let Some(line) = self.0.line {
            write!(f, "line {line}, ")?;
        }
        write!(f, "byte {}", self.0.offset)?;
        if self.0.path != "$" {
            write!(f, ", attribute {}", self.0.path)?;
        }
        if f.alternate() && !self.0.quote.is_empty() {
            write!(f, ", near {}", self.0.quote)?;
        }
        Ok(())
    }
}

impl std::error::Error for DecodeError {}

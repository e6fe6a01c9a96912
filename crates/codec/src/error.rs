//! What is wrong with an item, and where.

use std::fmt;

/// Why bytes are not an item, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The bytes end within the item.
    UnexpectedEnd,
    /// The bytes are no JSON.
    Syntax,
    /// There is something behind the item.
    TrailingData,
    /// A string is not UTF-8, or holds half of a surrogate pair.
    Encoding,
    /// A value has no type that DynamoDB knows.
    UnknownType,
    /// A value has more than one type.
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
    /// Values are nested deeper than 32 levels.
    TooDeep,
    /// The line holds a change of an incremental export, not an item.
    ChangeRecord,
    /// The line is no `{"Item":{...}}`.
    NoItem,
}

impl DecodeErrorKind {
    fn text(self) -> &'static str {
        match self {
            Self::UnexpectedEnd => "the item is cut off",
            Self::Syntax => "not valid JSON",
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
            Self::TooDeep => "nested deeper than 32 levels",
            Self::ChangeRecord => "a change of an incremental export, not an item",
            Self::NoItem => "no line of the form {\"Item\":{...}}",
        }
    }
}

/// Why bytes are not an item: the kind, the byte, the line where it is known, and the path of the
/// attribute. Contents of the item are never part of it.
///
/// ```
/// use ddbkit_codec::{DecodeErrorKind, Item};
///
/// let error = Item::from_dynamodb_json(br#"{"a":{"L":[{"N":"1"},{"N":"x"}]}}"#).unwrap_err();
/// assert_eq!(error.kind(), DecodeErrorKind::InvalidNumber);
/// assert_eq!(error.path(), "a[1]");
/// assert_eq!(error.with_line(7).to_string(), "not a number at line 7, byte 26, attribute a[1]");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: DecodeErrorKind,
    offset: usize,
    line: Option<u64>,
    path: String,
}

impl DecodeError {
    pub(crate) fn new(kind: DecodeErrorKind, offset: usize) -> Self {
        Self(Box::new(Inner { kind, offset, line: None, path: String::new() }))
    }

    /// Puts the name of the attribute that holds the rest of the path before it.
    pub(crate) fn under_name(mut self, name: &str) -> Self {
        let dot = if self.0.path.is_empty() || self.0.path.starts_with('[') { "" } else { "." };
        self.0.path = format!("{name}{dot}{}", self.0.path);
        self
    }

    pub(crate) fn under_index(mut self, index: usize) -> Self {
        let dot = if self.0.path.is_empty() || self.0.path.starts_with('[') { "" } else { "." };
        self.0.path = format!("[{index}]{dot}{}", self.0.path);
        self
    }

    pub(crate) fn shifted(mut self, by: usize) -> Self {
        self.0.offset += by;
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

    /// The path of the attribute, like `orders[3].price`; empty outside of any attribute.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at ", self.0.kind.text())?;
        if let Some(line) = self.0.line {
            write!(f, "line {line}, ")?;
        }
        write!(f, "byte {}", self.0.offset)?;
        if !self.0.path.is_empty() {
            write!(f, ", attribute {}", self.0.path)?;
        }
        Ok(())
    }
}

impl std::error::Error for DecodeError {}

//! Why a Rust type and an item do not go together.

use crate::error::name_in_path;
use crate::{DecodeErrorKind, ParseNumberError};
use serde::de::{Expected, Unexpected};
use std::fmt::{self, Display};

/// Why a Rust type cannot be written as an item or read from one, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value is of another type than the one that was asked for.
    Type,
    /// A value is of the right type, but not one of those that were asked for.
    Value,
    /// A field is missing, unknown or there twice.
    Field,
    /// There is no variant of this name.
    Variant,
    /// A float is not a number, or a text is none.
    InvalidNumber,
    /// A number has more digits than the other side holds: 38 in DynamoDB.
    NumberPrecision,
    /// A number is outside of the range of the other side.
    NumberRange,
    /// A set is empty.
    EmptySet,
    /// A set has a member twice; numbers count by value.
    DuplicateInSet,
    /// The name of an attribute is empty.
    EmptyName,
    /// The key of a map is not one that can be written as the name of an attribute.
    Key,
    /// Values are nested deeper than 32 levels.
    TooDeep,
    /// Something that the type itself says.
    Custom,
}

/// Why a Rust type and an item do not go together: the kind, what was expected, and the path of the
/// attribute.
///
/// The contents of the item are not part of it, except for what a type says with an error of its
/// own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    message: String,
    path: String,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), path: "$".to_owned() }))
    }

    pub(super) fn of_kind(kind: DecodeErrorKind) -> Self {
        let (own, message) = match kind {
            DecodeErrorKind::NumberPrecision => {
                (ErrorKind::NumberPrecision, "a number of more than 38 significant digits")
            }
            DecodeErrorKind::NumberRange => {
                (ErrorKind::NumberRange, "a number outside of the range of DynamoDB")
            }
            DecodeErrorKind::EmptySet => (ErrorKind::EmptySet, "an empty set"),
            DecodeErrorKind::DuplicateInSet => {
                (ErrorKind::DuplicateInSet, "a set with a member twice")
            }
            DecodeErrorKind::EmptyName => (ErrorKind::EmptyName, "an attribute with an empty name"),
            DecodeErrorKind::TooDeep => (ErrorKind::TooDeep, "nested deeper than 32 levels"),
            _ => (ErrorKind::InvalidNumber, "not a number"),
        };
        Self::new(own, message)
    }

    pub(super) fn expected(what: impl Display, found: &str) -> Self {
        Self::new(ErrorKind::Type, format!("expected {what}, found {found}"))
    }

    pub(super) fn under_name(mut self, name: &str) -> Self {
        self.0.path.insert_str("$".len(), &name_in_path(name));
        self
    }

    pub(super) fn under_index(mut self, index: usize) -> Self {
        self.0.path.insert_str("$".len(), &format!("[{index}]"));
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The path of the attribute, like `$.orders[3].price`; `$` is the item, or the value, itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at {}", self.0.message, self.0.path)
    }
}

impl std::error::Error for Error {}

impl From<ParseNumberError> for Error {
    fn from(error: ParseNumberError) -> Self {
        Self::of_kind(error.kind())
    }
}

impl serde::ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(ErrorKind::Custom, message.to_string())
    }
}

// All but `custom` are written anew, because those of serde quote the value.
impl serde::de::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(ErrorKind::Custom, message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(expected, name_of(found))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let message = format!("expected {expected}, found another value: {}", name_of(found));
        Self::new(ErrorKind::Value, message)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new(ErrorKind::Value, format!("expected {expected}, found {length} elements"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        let message = format!("expected one of the variants {}", expected.join(", "));
        Self::new(ErrorKind::Variant, message)
    }

    /// The name is put before it by whoever gave the name to the type.
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::new(ErrorKind::Field, "an attribute that is not expected")
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(ErrorKind::Field, "an attribute is missing").under_name(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(ErrorKind::Field, "an attribute is there twice").under_name(field)
    }
}

fn name_of(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) => "a string",
        Unexpected::Bytes(_) => "a binary",
        Unexpected::Unit | Unexpected::Option => "NULL",
        Unexpected::NewtypeStruct => "a number that no primitive type holds exactly",
        Unexpected::Seq => "a list or set",
        Unexpected::Map => "a map",
        _ => "something else",
    }
}

//! What a deserializer sees of values that hold no others.

use crate::Number;
use crate::serde::{Error, ErrorKind};
use serde::de::Visitor;
use serde::de::value::{BorrowedStrDeserializer, SeqDeserializer, StrDeserializer};
use std::borrow::Cow;

/// A value that holds no others, or a member of a set.
pub(in crate::serde) enum Scalar<'de> {
    S(Cow<'de, str>),
    N(Cow<'de, Number>),
    B(Cow<'de, [u8]>),
    Bool(bool),
    Null,
}

impl Scalar<'_> {
    pub(super) fn tag(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::Bool(_) => "BOOL",
            Self::Null => "NULL",
        }
    }
}

/// Gives the text of a number to a visitor that asked for it.
pub(super) fn exact<'de, W: Visitor<'de>>(
    number: Cow<'de, Number>,
    visitor: W,
) -> Result<W::Value, Error> {
    match number {
        Cow::Borrowed(number) => visitor.visit_borrowed_str(number.as_str()),
        Cow::Owned(number) => visitor.visit_str(number.as_str()),
    }
}

/// Gives a number to a visitor that did not say what it wants: never another number.
fn any<'de, W: Visitor<'de>>(number: Cow<'de, Number>, visitor: W) -> Result<W::Value, Error> {
    if let Some(integer) = number.as_u64() {
        visitor.visit_u64(integer)
    } else if let Some(integer) = number.as_i64() {
        visitor.visit_i64(integer)
    } else if let Some(float) = number.as_f64() {
        visitor.visit_f64(float)
    } else {
        // No primitive type that serde can buffer holds it. As a newtype it passes through the
        // buffer, from where `Number` takes it, and all other types refuse it.
        match number {
            Cow::Borrowed(number) => {
                visitor.visit_newtype_struct(BorrowedStrDeserializer::new(number.as_str()))
            }
            Cow::Owned(number) => {
                visitor.visit_newtype_struct(StrDeserializer::new(number.as_str()))
            }
        }
    }
}

/// An error for a number that is no integer of the type that was asked for.
fn unfit(number: &Number, name: &str) -> Error {
    if number.is_integer() {
        Error::new(ErrorKind::NumberRange, format!("expected {name}, found a number beyond it"))
    } else {
        Error::new(ErrorKind::Value, format!("expected {name}, found a number with a fraction"))
    }
}

impl<'de> Scalar<'de> {
    /// Gives the value as what it is.
    pub(super) fn any<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
        match self {
            Self::S(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Self::S(Cow::Owned(text)) => visitor.visit_string(text),
            Self::N(number) => any(number, visitor),
            Self::B(Cow::Borrowed(bytes)) => visitor.visit_borrowed_bytes(bytes),
            Self::B(Cow::Owned(bytes)) => visitor.visit_byte_buf(bytes),
            Self::Bool(flag) => visitor.visit_bool(flag),
            Self::Null => visitor.visit_unit(),
        }
    }

    /// Gives an integer of up to 64 bits, of whatever spelling; the visitor checks its range.
    pub(super) fn integer<W: Visitor<'de>>(
        self,
        name: &str,
        visitor: W,
    ) -> Result<W::Value, Error> {
        let Self::N(number) = self else { return self.any(visitor) };
        if let Some(integer) = number.as_u64() {
            visitor.visit_u64(integer)
        } else if let Some(integer) = number.as_i64() {
            visitor.visit_i64(integer)
        } else {
            Err(unfit(&number, name))
        }
    }

    pub(super) fn i128<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
        let Self::N(number) = self else { return self.any(visitor) };
        visitor.visit_i128(number.as_i128().ok_or_else(|| unfit(&number, "i128"))?)
    }

    pub(super) fn u128<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
        let Self::N(number) = self else { return self.any(visitor) };
        visitor.visit_u128(number.as_u128().ok_or_else(|| unfit(&number, "u128"))?)
    }

    pub(super) fn f32<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
        let Self::N(number) = self else { return self.any(visitor) };
        // Not by way of `f64`, which would round twice.
        match number.as_str().parse::<f32>() {
            Ok(float) if float.is_finite() => visitor.visit_f32(float),
            _ => {
                let message = "expected f32, found a number beyond it";
                Err(Error::new(ErrorKind::NumberRange, message))
            }
        }
    }

    pub(super) fn f64<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
        let Self::N(number) = self else { return self.any(visitor) };
        visitor.visit_f64(number.to_f64())
    }

    /// Gives a binary as a sequence of its bytes.
    pub(super) fn sequence<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
        let Self::B(bytes) = self else { return self.any(visitor) };
        let mut elements = SeqDeserializer::<_, Error>::new(bytes.iter().copied());
        let value = visitor.visit_seq(&mut elements)?;
        elements.end()?;
        Ok(value)
    }
}

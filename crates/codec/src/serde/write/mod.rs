//! From Rust types to values.

mod compound;
mod key;

use super::{Error, names};
use crate::{AttributeValue, DecodeErrorKind, Item, Number};
use compound::{Fields, Sequence, Variant};
use serde::Serialize;
use serde::ser::Serializer;

/// The deepest level at which DynamoDB takes a value; an attribute of an item is at level 1.
const LEVELS: u8 = 32;

/// What a value is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// Whatever it is.
    Any,
    /// A text that is a number.
    Number,
    /// A sequence that is a set.
    StringSet,
    NumberSet,
    BinarySet,
    /// Bytes, also as a sequence of them.
    Binary,
    /// A map of a type alone, as in DynamoDB JSON.
    Shape,
    /// A struct around the text of a number.
    JsonNumber,
}

/// Makes a value of whatever is serialized into it.
#[derive(Clone, Copy)]
pub(super) struct ValueSerializer {
    level: u8,
    purpose: Purpose,
}

impl ValueSerializer {
    pub(super) fn at_level(level: u8) -> Self {
        Self { level, purpose: Purpose::Any }
    }

    fn of(self, purpose: Purpose) -> Self {
        Self { purpose, ..self }
    }

    /// The serializer for what is inside of this value.
    fn inside(self) -> Result<Self, Error> {
        if self.level >= LEVELS {
            return Err(Error::of_kind(DecodeErrorKind::TooDeep));
        }
        Ok(Self::at_level(self.level + 1))
    }

    /// Writes what has to become one type, or NULL.
    fn only<T: Serialize + ?Sized>(
        self,
        purpose: Purpose,
        value: &T,
        expected: &str,
    ) -> Result<AttributeValue, Error> {
        let value = value.serialize(self.of(purpose))?;
        let fits = matches!(
            (purpose, &value),
            (_, AttributeValue::Null)
                | (Purpose::Number, AttributeValue::N(_))
                | (Purpose::StringSet, AttributeValue::Ss(_))
                | (Purpose::NumberSet, AttributeValue::Ns(_))
                | (Purpose::BinarySet, AttributeValue::Bs(_))
        );
        if fits { Ok(value) } else { Err(super::mismatch(expected, &value)) }
    }

    fn sequence(self, length: usize) -> Sequence {
        Sequence::new(self, length)
    }
}

/// A map of one attribute.
fn alone(name: &str, value: AttributeValue) -> Result<AttributeValue, Error> {
    if name.is_empty() {
        return Err(Error::of_kind(DecodeErrorKind::EmptyName));
    }
    Ok(AttributeValue::M(Item::from_unique(vec![(name.into(), value)])))
}

macro_rules! integers {
    ($($method:ident $integer:ty)*) => {$(
        fn $method(self, value: $integer) -> Result<AttributeValue, Error> {
            Ok(AttributeValue::N(value.into()))
        }
    )*};
}

macro_rules! limited_numbers {
    ($($method:ident $number:ty)*) => {$(
        fn $method(self, value: $number) -> Result<AttributeValue, Error> {
            Ok(AttributeValue::N(Number::try_from(value)?))
        }
    )*};
}

impl Serializer for ValueSerializer {
    type Ok = AttributeValue;
    type Error = Error;
    type SerializeSeq = Sequence;
    type SerializeTuple = Sequence;
    type SerializeTupleStruct = Sequence;
    type SerializeTupleVariant = Variant<Sequence>;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Variant<Fields>;

    /// What is asked for as bytes is given as bytes.
    fn is_human_readable(&self) -> bool {
        !matches!(self.purpose, Purpose::Binary | Purpose::BinarySet)
    }

    fn serialize_bool(self, value: bool) -> Result<AttributeValue, Error> {
        Ok(AttributeValue::Bool(value))
    }

    integers! {
        serialize_i8 i8 serialize_i16 i16 serialize_i32 i32 serialize_i64 i64
        serialize_u8 u8 serialize_u16 u16 serialize_u32 u32 serialize_u64 u64
    }

    limited_numbers! {
        serialize_i128 i128 serialize_u128 u128 serialize_f32 f32 serialize_f64 f64
    }

    fn serialize_char(self, value: char) -> Result<AttributeValue, Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<AttributeValue, Error> {
        Ok(match self.purpose {
            Purpose::Number => AttributeValue::N(value.parse()?),
            _ => AttributeValue::S(value.to_owned()),
        })
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<AttributeValue, Error> {
        Ok(AttributeValue::B(value.to_vec()))
    }

    fn serialize_none(self) -> Result<AttributeValue, Error> {
        Ok(AttributeValue::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<AttributeValue, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<AttributeValue, Error> {
        Ok(AttributeValue::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<AttributeValue, Error> {
        Ok(AttributeValue::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<AttributeValue, Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<AttributeValue, Error> {
        match name {
            names::NUMBER => self.only(Purpose::Number, value, "a number"),
            names::STRING_SET => self.only(Purpose::StringSet, value, "a sequence of strings"),
            names::NUMBER_SET => self.only(Purpose::NumberSet, value, "a sequence of numbers"),
            names::BINARY_SET => self.only(Purpose::BinarySet, value, "a sequence of binaries"),
            names::VALUE => value.serialize(self.of(Purpose::Shape)),
            _ => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<AttributeValue, Error> {
        let value = self.inside().and_then(|inside| value.serialize(inside));
        alone(variant, value.map_err(|error| error.under_name(variant))?)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Sequence, Error> {
        // What a type says of its length is not believed beyond a page of memory.
        Ok(self.sequence(length.unwrap_or(0).min(64)))
    }

    fn serialize_tuple(self, length: usize) -> Result<Sequence, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Sequence, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Variant<Sequence>, Error> {
        let inside = self.inside().map_err(|error| error.under_name(variant))?;
        Ok(Variant { name: variant, content: inside.sequence(length) })
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Fields, Error> {
        Ok(Fields::new(self, length.unwrap_or(0).min(64)))
    }

    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Fields, Error> {
        let purpose = if name == names::JSON_NUMBER { Purpose::JsonNumber } else { self.purpose };
        Ok(Fields::new(self.of(purpose), length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Variant<Fields>, Error> {
        let inside = self.inside().map_err(|error| error.under_name(variant))?;
        Ok(Variant { name: variant, content: Fields::new(inside, length) })
    }
}

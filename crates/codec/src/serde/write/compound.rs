//! Sequences, maps and variants while they are written.

use super::key::KeySerializer;
use super::{Purpose, ValueSerializer, alone};
use crate::serde::{Error, ErrorKind, mismatch};
use crate::value::wrong_with_set;
use crate::{AttributeValue, DecodeErrorKind, Item, Name};
use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

/// A list, a set, or bytes.
pub(in crate::serde) struct Sequence {
    own: ValueSerializer,
    elements: Vec<AttributeValue>,
    bytes: Vec<u8>,
}

impl Sequence {
    pub(super) fn new(own: ValueSerializer, length: usize) -> Self {
        let (elements, bytes) = if own.purpose == Purpose::Binary {
            (Vec::new(), Vec::with_capacity(length))
        } else {
            (Vec::with_capacity(length), Vec::new())
        };
        Self { own, elements, bytes }
    }

    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let element = match self.own.purpose {
            Purpose::BinarySet => value.serialize(self.own.of(Purpose::Binary)),
            Purpose::StringSet | Purpose::NumberSet => value.serialize(self.own.of(Purpose::Any)),
            Purpose::Binary => {
                let index = self.bytes.len();
                let byte = value.serialize(self.own.of(Purpose::Any)).and_then(|own| byte(&own));
                self.bytes.push(byte.map_err(|error| error.under_index(index))?);
                return Ok(());
            }
            _ => self.own.inside().and_then(|inside| value.serialize(inside)),
        };
        let index = self.elements.len();
        self.elements.push(element.map_err(|error| error.under_index(index))?);
        Ok(())
    }

    fn finish(self) -> Result<AttributeValue, Error> {
        Ok(match self.own.purpose {
            Purpose::Binary => AttributeValue::B(self.bytes),
            Purpose::StringSet => AttributeValue::Ss(set(self.elements, |value| match value {
                AttributeValue::S(text) => Ok(text),
                other => Err(mismatch("a string", &other)),
            })?),
            Purpose::NumberSet => AttributeValue::Ns(set(self.elements, |value| match value {
                AttributeValue::N(number) => Ok(number),
                other => Err(mismatch("a number", &other)),
            })?),
            Purpose::BinarySet => AttributeValue::Bs(set(self.elements, |value| match value {
                AttributeValue::B(bytes) => Ok(bytes),
                other => Err(mismatch("a binary", &other)),
            })?),
            _ => AttributeValue::L(self.elements),
        })
    }
}

fn byte(value: &AttributeValue) -> Result<u8, Error> {
    let byte = match value {
        AttributeValue::N(number) => number.as_u64().and_then(|byte| u8::try_from(byte).ok()),
        _ => None,
    };
    byte.ok_or_else(|| mismatch("a byte", value))
}

fn set<T: Ord>(
    elements: Vec<AttributeValue>,
    member: impl Fn(AttributeValue) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let members = elements.into_iter().enumerate();
    let members = members.map(|(n, value)| member(value).map_err(|error| error.under_index(n)));
    let members = members.collect::<Result<Vec<_>, _>>()?;
    match wrong_with_set(&members) {
        None => Ok(members),
        Some(kind) => Err(Error::of_kind(kind)),
    }
}

impl SerializeSeq for Sequence {
    type Ok = AttributeValue;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.push(value)
    }

    fn end(self) -> Result<AttributeValue, Error> {
        self.finish()
    }
}

impl SerializeTuple for Sequence {
    type Ok = AttributeValue;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.push(value)
    }

    fn end(self) -> Result<AttributeValue, Error> {
        self.finish()
    }
}

impl SerializeTupleStruct for Sequence {
    type Ok = AttributeValue;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.push(value)
    }

    fn end(self) -> Result<AttributeValue, Error> {
        self.finish()
    }
}

/// A map, or a value in the shape of one.
pub(in crate::serde) struct Fields {
    own: ValueSerializer,
    name: String,
    attributes: Vec<(Name, AttributeValue)>,
}

impl Fields {
    pub(super) fn new(own: ValueSerializer, length: usize) -> Self {
        Self { own, name: String::new(), attributes: Vec::with_capacity(length) }
    }

    fn push<T: Serialize + ?Sized>(&mut self, name: String, value: &T) -> Result<(), Error> {
        match self.value(&name, value) {
            Ok(value) => self.attributes.push((name.into(), value)),
            Err(error) if self.own.purpose == Purpose::Shape => return Err(error),
            Err(error) => return Err(error.under_name(&name)),
        }
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<AttributeValue, Error> {
        match (self.own.purpose, name) {
            (Purpose::Shape, "B") => value.serialize(self.own.of(Purpose::Binary)),
            (Purpose::Shape, "SS") => {
                self.own.only(Purpose::StringSet, value, "a sequence of strings")
            }
            (Purpose::Shape, "NS") => {
                self.own.only(Purpose::NumberSet, value, "a sequence of numbers")
            }
            (Purpose::Shape, "BS") => {
                self.own.only(Purpose::BinarySet, value, "a sequence of binaries")
            }
            (Purpose::Shape, _) => value.serialize(self.own.of(Purpose::Any)),
            (Purpose::JsonNumber, _) => self.own.only(Purpose::Number, value, "a number"),
            (_, "") => Err(Error::of_kind(DecodeErrorKind::EmptyName)),
            _ => value.serialize(self.own.inside()?),
        }
    }

    fn finish(mut self) -> Result<AttributeValue, Error> {
        if !matches!(self.own.purpose, Purpose::Shape | Purpose::JsonNumber) {
            return Ok(AttributeValue::M(Item::from_pairs(self.attributes)));
        }
        match (self.attributes.pop(), self.attributes.is_empty()) {
            (Some((tag, AttributeValue::Bool(true))), true) if tag == "NULL" => {
                Ok(AttributeValue::Null)
            }
            (Some((_, value)), true) => Ok(value),
            _ => Err(Error::new(ErrorKind::Type, "expected a value of one type")),
        }
    }
}

impl SerializeMap for Fields {
    type Ok = AttributeValue;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.name = key.serialize(KeySerializer)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let name = std::mem::take(&mut self.name);
        self.push(name, value)
    }

    fn end(self) -> Result<AttributeValue, Error> {
        self.finish()
    }
}

impl SerializeStruct for Fields {
    type Ok = AttributeValue;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.push(name.to_owned(), value)
    }

    fn end(self) -> Result<AttributeValue, Error> {
        self.finish()
    }
}

/// A variant with fields.
pub(in crate::serde) struct Variant<T> {
    pub(super) name: &'static str,
    pub(super) content: T,
}

impl SerializeTupleVariant for Variant<Sequence> {
    type Ok = AttributeValue;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.content.push(value).map_err(|error| error.under_name(self.name))
    }

    fn end(self) -> Result<AttributeValue, Error> {
        alone(self.name, self.content.finish()?)
    }
}

impl SerializeStructVariant for Variant<Fields> {
    type Ok = AttributeValue;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.content.push(name.to_owned(), value).map_err(|error| error.under_name(self.name))
    }

    fn end(self) -> Result<AttributeValue, Error> {
        alone(self.name, self.content.finish()?)
    }
}

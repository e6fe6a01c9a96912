//! From values to Rust types: what a deserializer sees of a value.

mod access;
mod key;
mod scalar;
mod source;

use super::{Error, names};
use access::{Elements, Entries, OneTag, Variant};
use scalar::Scalar;
use serde::de::value::CowStrDeserializer;
use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;
pub(super) use source::{Source, of_item};

/// A value taken apart, borrowed or owned.
pub(super) enum Value<'de, V: Source<'de>> {
    Scalar(Scalar<'de>),
    List(V::List),
    Map(V::Map),
    /// The type of the set and its members.
    Set(&'static str, Vec<Scalar<'de>>),
}

impl<'de, V: Source<'de>> Value<'de, V> {
    fn tag(&self) -> &'static str {
        match self {
            Self::Scalar(scalar) => scalar.tag(),
            Self::List(_) => "L",
            Self::Map(_) => "M",
            Self::Set(tag, _) => tag,
        }
    }

    /// What an error calls it.
    pub(super) fn name(&self) -> &'static str {
        match self.tag() {
            "S" => "a string",
            "N" => "a number",
            "B" => "a binary",
            "BOOL" => "a boolean",
            "NULL" => "NULL",
            "L" => "a list",
            "M" => "a map",
            _ => "a set",
        }
    }
}

/// Methods that scalars answer in a way of their own, and all others as what they are.
macro_rules! of_scalars {
    ($($method:ident => $own:ident($($name:literal)?))*) => {$(
        fn $method<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
            match self {
                Self::Scalar(scalar) => scalar.$own($($name,)? visitor),
                other => other.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de, Own: Source<'de>> Deserializer<'de> for Value<'de, Own> {
    type Error = Error;

    fn deserialize_any<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
        match self {
            Self::Scalar(scalar) => scalar.any(visitor),
            Self::List(list) => Elements::visit(list.map(Source::open), visitor),
            Self::Map(map) => visitor.visit_map(Entries::<Own>::new(map)),
            Self::Set(_, members) => {
                Elements::visit(members.into_iter().map(Self::Scalar), visitor)
            }
        }
    }

    of_scalars! {
        deserialize_i8 => integer("i8")
        deserialize_i16 => integer("i16")
        deserialize_i32 => integer("i32")
        deserialize_i64 => integer("i64")
        deserialize_u8 => integer("u8")
        deserialize_u16 => integer("u16")
        deserialize_u32 => integer("u32")
        deserialize_u64 => integer("u64")
        deserialize_i128 => i128()
        deserialize_u128 => u128()
        deserialize_f32 => f32()
        deserialize_f64 => f64()
        deserialize_seq => sequence()
    }

    forward_to_deserialize_any! {
        bool char str string bytes byte_buf unit unit_struct map struct identifier
    }

    fn deserialize_option<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
        match self {
            Self::Scalar(Scalar::Null) => visitor.visit_none(),
            other => visitor.visit_some(other),
        }
    }

    fn deserialize_newtype_struct<W: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: W,
    ) -> Result<W::Value, Error> {
        match self {
            Self::Scalar(Scalar::N(number)) if name == names::NUMBER => {
                scalar::exact(number, visitor)
            }
            other if name == names::NUMBER => Err(Error::expected("a number", other.name())),
            other if name == names::VALUE => visitor.visit_map(OneTag::new(other)),
            other => visitor.visit_newtype_struct(other),
        }
    }

    fn deserialize_tuple<W: Visitor<'de>>(self, _: usize, visitor: W) -> Result<W::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<W: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: W,
    ) -> Result<W::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_enum<W: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: W,
    ) -> Result<W::Value, Error> {
        const EXPECTED: &str = "the name of a variant, or a map with that name alone";
        match self {
            Self::Scalar(Scalar::S(name)) => visitor.visit_enum(CowStrDeserializer::new(name)),
            Self::Map(mut map) => match (map.next(), map.next()) {
                (Some((name, content)), None) => {
                    visitor.visit_enum(Variant { name, content: content.open() })
                }
                _ => Err(Error::expected(EXPECTED, "a map of another size")),
            },
            other => Err(Error::expected(EXPECTED, other.name())),
        }
    }

    fn deserialize_ignored_any<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
        visitor.visit_unit()
    }
}

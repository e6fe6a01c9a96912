//! What a deserializer sees of the name of an attribute.

use crate::serde::{Error, ErrorKind};
use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Visitor};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;
use std::str::FromStr;

/// The name of an attribute: a string, or whatever else its text stands for.
pub(super) struct Key<'de, 'a>(pub(super) &'a Cow<'de, str>);

impl Key<'_, '_> {
    fn parse<T: FromStr>(&self, expected: &str) -> Result<T, Error> {
        let message = || format!("expected the name of an attribute to be {expected}");
        self.0.parse().map_err(|_| Error::new(ErrorKind::Key, message()))
    }
}

/// Methods for what is written as the name of an attribute with the digits or words of Rust.
macro_rules! parsed {
    ($($method:ident $visit:ident $expected:literal)*) => {$(
        fn $method<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
            visitor.$visit(self.parse($expected)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Key<'de, '_> {
    type Error = Error;

    fn deserialize_any<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
        match self.0 {
            Cow::Borrowed(name) => visitor.visit_borrowed_str(name),
            Cow::Owned(name) => visitor.visit_str(name),
        }
    }

    parsed! {
        deserialize_bool visit_bool "true or false"
        deserialize_i8 visit_i8 "i8"
        deserialize_i16 visit_i16 "i16"
        deserialize_i32 visit_i32 "i32"
        deserialize_i64 visit_i64 "i64"
        deserialize_i128 visit_i128 "i128"
        deserialize_u8 visit_u8 "u8"
        deserialize_u16 visit_u16 "u16"
        deserialize_u32 visit_u32 "u32"
        deserialize_u64 visit_u64 "u64"
        deserialize_u128 visit_u128 "u128"
    }

    fn deserialize_option<W: Visitor<'de>>(self, visitor: W) -> Result<W::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<W: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: W,
    ) -> Result<W::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<W: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: W,
    ) -> Result<W::Value, Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

/// A variant without fields.
impl<'de> EnumAccess<'de> for Key<'de, '_> {
    type Error = Error;
    type Variant = <StrDeserializer<'de, Error> as EnumAccess<'de>>::Variant;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Self::Variant), Error> {
        match self.0 {
            Cow::Borrowed(name) => BorrowedStrDeserializer::new(name).variant_seed(seed),
            Cow::Owned(name) => StrDeserializer::new(name).variant_seed(seed),
        }
    }
}

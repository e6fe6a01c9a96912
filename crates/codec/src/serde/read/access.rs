//! Elements, entries and variants, with the path of what goes wrong in them.

use super::scalar::Scalar;
use super::{Source, Value, key::Key};
use crate::serde::{Error, ErrorKind};
use serde::Deserialize;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use std::borrow::Cow;

/// The elements of a list or set.
pub(super) struct Elements<I> {
    rest: I,
    next: usize,
}

impl<'de, I> Elements<I>
where
    I: ExactSizeIterator,
    I::Item: Deserializer<'de, Error = Error>,
{
    /// Gives all of them to a visitor.
    pub(super) fn visit<W: Visitor<'de>>(elements: I, visitor: W) -> Result<W::Value, Error> {
        let mut access = Self { rest: elements, next: 0 };
        let value = visitor.visit_seq(&mut access)?;
        let (taken, left) = (access.next, access.rest.len());
        if left == 0 {
            return Ok(value);
        }
        let message = format!("expected {taken} elements, found {}", taken + left);
        Err(Error::new(ErrorKind::Value, message))
    }
}

impl<'de, I> SeqAccess<'de> for Elements<I>
where
    I: ExactSizeIterator,
    I::Item: Deserializer<'de, Error = Error>,
{
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(element) = self.rest.next() else { return Ok(None) };
        let index = self.next;
        self.next += 1;
        seed.deserialize(element).map(Some).map_err(|error| error.under_index(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// The attributes of a map.
pub(super) struct Entries<'de, V: Source<'de>> {
    rest: V::Map,
    /// The one whose name was given, and whose value was not.
    open: Option<(Cow<'de, str>, V)>,
}

impl<'de, V: Source<'de>> Entries<'de, V> {
    pub(super) fn new(map: V::Map) -> Self {
        Self { rest: map, open: None }
    }
}

impl<'de, V: Source<'de>> MapAccess<'de> for Entries<'de, V> {
    type Error = Error;

    fn next_key_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        let (name, _) = self.open.insert((name, value));
        seed.deserialize(Key(name)).map(Some).map_err(|error| error.under_name(name))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let Some((name, value)) = self.open.take() else {
            return Err(Error::new(ErrorKind::Custom, "a value was asked for before its key"));
        };
        seed.deserialize(value.open()).map_err(|error| error.under_name(&name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A value in the shape of DynamoDB JSON: a map of its type alone.
pub(super) struct OneTag<'de, V: Source<'de>> {
    tag: Option<&'static str>,
    value: Option<Value<'de, V>>,
}

impl<'de, V: Source<'de>> OneTag<'de, V> {
    pub(super) fn new(value: Value<'de, V>) -> Self {
        let tag = Some(value.tag());
        let value = match value {
            Value::Scalar(Scalar::Null) => Value::Scalar(Scalar::Bool(true)),
            other => other,
        };
        Self { tag, value: Some(value) }
    }
}

impl<'de, V: Source<'de>> MapAccess<'de> for OneTag<'de, V> {
    type Error = Error;

    fn next_key_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(tag) = self.tag.take() else { return Ok(None) };
        seed.deserialize(BorrowedStrDeserializer::new(tag)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let Some(value) = self.value.take() else {
            return Err(Error::new(ErrorKind::Custom, "a value was asked for twice"));
        };
        seed.deserialize(value)
    }
}

/// A variant with what it holds.
pub(super) struct Variant<'de, V: Source<'de>> {
    pub(super) name: Cow<'de, str>,
    pub(super) content: Value<'de, V>,
}

impl<'de, V: Source<'de>> EnumAccess<'de> for Variant<'de, V> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Error> {
        let variant = seed.deserialize(Key(&self.name))?;
        Ok((variant, self))
    }
}

impl<'de, V: Source<'de>> VariantAccess<'de> for Variant<'de, V> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        <()>::deserialize(self.content).map_err(|error| error.under_name(&self.name))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.content).map_err(|error| error.under_name(&self.name))
    }

    fn tuple_variant<W: Visitor<'de>>(self, _: usize, visitor: W) -> Result<W::Value, Error> {
        self.content.deserialize_seq(visitor).map_err(|error| error.under_name(&self.name))
    }

    fn struct_variant<W: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: W,
    ) -> Result<W::Value, Error> {
        self.content.deserialize_map(visitor).map_err(|error| error.under_name(&self.name))
    }
}

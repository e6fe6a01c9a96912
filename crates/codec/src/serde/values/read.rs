//! Values and items from DynamoDB JSON.

use crate::serde::names;
use crate::value::wrong_with_set;
use crate::{AttributeValue, DecodeErrorKind, Item, Number, json};
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// The deepest level at which DynamoDB takes a value; an attribute of an item is at level 1.
const LEVELS: u8 = 32;

/// From DynamoDB JSON, `{"S":"a"}`. What DynamoDB would refuse is refused.
impl<'de> Deserialize<'de> for AttributeValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ValueSeed { level: 1 }.deserialize(deserializer)
    }
}

/// From DynamoDB JSON, `{"pk":{"S":"a"}}`. What DynamoDB would refuse is refused; of two attributes
/// with one name the last counts.
impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ItemSeed { level: 1 }.deserialize(deserializer)
    }
}

/// Reads a value at a level.
struct ValueSeed {
    level: u8,
}

impl<'de> DeserializeSeed<'de> for ValueSeed {
    type Value = AttributeValue;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<AttributeValue, D::Error> {
        if self.level > LEVELS {
            return Err(D::Error::custom(DecodeErrorKind::TooDeep.text()));
        }
        deserializer.deserialize_newtype_struct(names::VALUE, self)
    }
}

impl<'de> Visitor<'de> for ValueSeed {
    type Value = AttributeValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value in DynamoDB JSON like {\"S\":\"a\"}")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        inner: D,
    ) -> Result<AttributeValue, D::Error> {
        inner.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AttributeValue, A::Error> {
        let wrong = |kind: DecodeErrorKind| A::Error::custom(kind.text());
        let Some(tag) = map.next_key()? else {
            return Err(wrong(DecodeErrorKind::UnknownType));
        };
        let inside = self.level + 1;
        let value = match tag {
            Tag::S => AttributeValue::S(map.next_value()?),
            Tag::N => AttributeValue::N(map.next_value()?),
            Tag::B => AttributeValue::B(map.next_value::<Binary>()?.0),
            Tag::Bool => AttributeValue::Bool(map.next_value()?),
            Tag::Null if map.next_value()? => AttributeValue::Null,
            Tag::Null => return Err(wrong(DecodeErrorKind::WrongForm)),
            Tag::L => AttributeValue::L(map.next_value_seed(ListSeed { level: inside })?),
            Tag::M => AttributeValue::M(map.next_value_seed(ItemSeed { level: inside })?),
            Tag::Ss => AttributeValue::Ss(set(map.next_value()?)?),
            Tag::Ns => AttributeValue::Ns(set::<Number, _>(map.next_value()?)?),
            Tag::Bs => {
                let members = map.next_value::<Vec<Binary>>()?;
                AttributeValue::Bs(set(members.into_iter().map(|binary| binary.0).collect())?)
            }
        };
        match map.next_key::<Tag>()? {
            None => Ok(value),
            Some(_) => Err(wrong(DecodeErrorKind::SeveralTypes)),
        }
    }
}

fn set<T: Ord, E: Error>(members: Vec<T>) -> Result<Vec<T>, E> {
    match wrong_with_set(&members) {
        None => Ok(members),
        Some(kind) => Err(E::custom(kind.text())),
    }
}

/// The type of a value.
#[derive(Deserialize)]
enum Tag {
    S,
    N,
    B,
    #[serde(rename = "BOOL")]
    Bool,
    #[serde(rename = "NULL")]
    Null,
    L,
    M,
    #[serde(rename = "SS")]
    Ss,
    #[serde(rename = "NS")]
    Ns,
    #[serde(rename = "BS")]
    Bs,
}

/// Reads a list whose elements are at a level.
struct ListSeed {
    level: u8,
}

impl<'de> DeserializeSeed<'de> for ListSeed {
    type Value = Vec<AttributeValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ListSeed {
    type Value = Vec<AttributeValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = elements.next_element_seed(ValueSeed { level: self.level })? {
            list.push(value);
        }
        Ok(list)
    }
}

/// Reads a map whose values are at a level.
struct ItemSeed {
    level: u8,
}

impl<'de> DeserializeSeed<'de> for ItemSeed {
    type Value = Item;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Item, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ItemSeed {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of values in DynamoDB JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
        let mut attributes = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if name.is_empty() {
                return Err(A::Error::custom(DecodeErrorKind::EmptyName.text()));
            }
            attributes.push((name.into(), map.next_value_seed(ValueSeed { level: self.level })?));
        }
        Ok(Item::from_pairs(attributes))
    }
}

/// Base64 from formats for people, bytes from others.
struct Binary(Vec<u8>);

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(BinaryVisitor)
        } else {
            deserializer.deserialize_byte_buf(BinaryVisitor)
        }
    }
}

struct BinaryVisitor;

impl Visitor<'_> for BinaryVisitor {
    type Value = Binary;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes in Base64")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Binary, E> {
        let wrong = || E::custom(DecodeErrorKind::InvalidBase64.text());
        json::decode_base64(text.as_bytes()).map(Binary).ok_or_else(wrong)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Binary, E> {
        Ok(Binary(bytes.to_vec()))
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Binary, E> {
        Ok(Binary(bytes))
    }
}

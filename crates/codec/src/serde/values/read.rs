//! Values and items from DynamoDB JSON.

use crate::serde::names;
use crate::value::wrong_with_set;
use crate::{AttributeValue, DecodeErrorKind, Item, Number, json};
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// The deepest level at which DynamoDB takes a value; an attribute of an item is at level 1.
const LEVELS: u8 = 32;

/// From DynamoDB JSON, `{"S":"a"}`. What DynamoDB would refuse is refused. In formats for people,
/// like JSON, members beside the type that are null count for nothing, `{"S":"a","N":null}`, as in the
/// service.
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

    /// The only member that is not null is the type and its value.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AttributeValue, A::Error> {
        let wrong = |kind: DecodeErrorKind| A::Error::custom(kind.text());
        let mut found: Option<(Tag, AttributeValue)> = None;
        while let Some(tag) = map.next_key()? {
            let value = map.next_value_seed(OrNull(TypedSeed { tag, level: self.level }))?;
            if found.as_ref().is_some_and(|(first, _)| value.is_some() || *first == tag) {
                return Err(wrong(DecodeErrorKind::SeveralTypes));
            }
            found = found.or(value.map(|value| (tag, value)));
        }
        let (_, value) = found.ok_or_else(|| wrong(DecodeErrorKind::UnknownType))?;
        Ok(value)
    }
}

/// Reads what is behind a type, of a value at a level.
struct TypedSeed {
    tag: Tag,
    level: u8,
}

impl<'de> DeserializeSeed<'de> for TypedSeed {
    type Value = AttributeValue;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<AttributeValue, D::Error> {
        let wrong = |kind: DecodeErrorKind| D::Error::custom(kind.text());
        let level = self.level + 1;
        Ok(match self.tag {
            Tag::S => AttributeValue::S(String::deserialize(inner)?),
            Tag::N => AttributeValue::N(Number::deserialize(inner)?),
            Tag::B => AttributeValue::B(Binary::deserialize(inner)?.0),
            Tag::Bool => AttributeValue::Bool(bool::deserialize(inner)?),
            Tag::Null => {
                if !bool::deserialize(inner)? {
                    return Err(wrong(DecodeErrorKind::WrongForm));
                }
                AttributeValue::Null
            }
            Tag::L => AttributeValue::L(ListSeed { level }.deserialize(inner)?),
            Tag::M => AttributeValue::M(ItemSeed { level }.deserialize(inner)?),
            Tag::Ss => AttributeValue::Ss(set(Vec::deserialize(inner)?)?),
            Tag::Ns => AttributeValue::Ns(set(Vec::<Number>::deserialize(inner)?)?),
            Tag::Bs => {
                let members = Vec::<Binary>::deserialize(inner)?;
                AttributeValue::Bs(set(members.into_iter().map(|binary| binary.0).collect())?)
            }
        })
    }
}

/// Nothing where the format is for people and has a null: as in the service, members of a value that
/// are null count for nothing, and writers of JSON that put every type into one class write them.
/// Other formats have none, and not all of them could tell.
struct OrNull<T>(T);

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for OrNull<T> {
    type Value = Option<T::Value>;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        if inner.is_human_readable() {
            inner.deserialize_option(self)
        } else {
            self.0.deserialize(inner).map(Some)
        }
    }
}

impl<'de, T: DeserializeSeed<'de>> Visitor<'de> for OrNull<T> {
    type Value = Option<T::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of the type or null")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        self.0.deserialize(inner).map(Some)
    }
}

fn set<T: Ord, E: Error>(members: Vec<T>) -> Result<Vec<T>, E> {
    match wrong_with_set(&members) {
        None => Ok(members),
        Some(kind) => Err(E::custom(kind.text())),
    }
}

/// The type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
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

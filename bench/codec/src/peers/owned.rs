//! An owned enum with serde: what most programs have.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::HashMap;
use std::fmt;

pub type Map = HashMap<String, Value>;

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    S(String),
    N(String),
    B(Vec<u8>),
    Bool(bool),
    Null(bool),
    M(Map),
    L(Vec<Value>),
    Ss(Vec<String>),
    Ns(Vec<String>),
    Bs(Vec<Vec<u8>>),
}

/// `{"Item":...}`.
#[derive(serde::Deserialize, serde::Serialize)]
pub struct Line<T> {
    #[serde(rename = "Item")]
    pub item: T,
}

/// The name of a type, read without allocating.
#[derive(Clone, Copy, serde::Deserialize)]
#[serde(field_identifier, rename_all = "UPPERCASE")]
pub enum Tag {
    S,
    N,
    B,
    Bool,
    Null,
    M,
    L,
    Ss,
    Ns,
    Bs,
}

/// Reads the only entry of `{"S":...}` with a reader for its type.
pub fn only_entry<'de, A: MapAccess<'de>, T>(
    mut map: A,
    value: impl FnOnce(Tag, &mut A) -> Result<T, A::Error>,
) -> Result<T, A::Error> {
    let tag = map.next_key()?.ok_or_else(|| de::Error::custom("a value without a type"))?;
    let value = value(tag, &mut map)?;
    if map.next_key::<Tag>()?.is_some() {
        return Err(de::Error::custom("a value of two types"));
    }
    Ok(value)
}

/// Binary, as base64 in JSON.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Base64;
        impl Visitor<'_> for Base64 {
            type Value = Bytes;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("base64")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Bytes, E> {
                STANDARD.decode(text).map(Bytes).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Base64)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an attribute value")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
                only_entry(map, |tag, map| {
                    Ok(match tag {
                        Tag::S => Value::S(map.next_value()?),
                        Tag::N => Value::N(map.next_value()?),
                        Tag::B => Value::B(map.next_value::<Bytes>()?.0),
                        Tag::Bool => Value::Bool(map.next_value()?),
                        Tag::Null => Value::Null(map.next_value()?),
                        Tag::M => Value::M(map.next_value()?),
                        Tag::L => Value::L(map.next_value()?),
                        Tag::Ss => Value::Ss(map.next_value()?),
                        Tag::Ns => Value::Ns(map.next_value()?),
                        Tag::Bs => {
                            let members: Vec<Bytes> = map.next_value()?;
                            Value::Bs(members.into_iter().map(|bytes| bytes.0).collect())
                        }
                    })
                })
            }
        }
        deserializer.deserialize_map(Entry)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::S(text) => map.serialize_entry("S", text)?,
            Self::N(text) => map.serialize_entry("N", text)?,
            Self::B(bytes) => map.serialize_entry("B", &STANDARD.encode(bytes))?,
            Self::Bool(flag) => map.serialize_entry("BOOL", flag)?,
            Self::Null(flag) => map.serialize_entry("NULL", flag)?,
            Self::M(values) => map.serialize_entry("M", values)?,
            Self::L(values) => map.serialize_entry("L", values)?,
            Self::Ss(set) => map.serialize_entry("SS", set)?,
            Self::Ns(set) => map.serialize_entry("NS", set)?,
            Self::Bs(set) => {
                let set: Vec<_> = set.iter().map(|bytes| STANDARD.encode(bytes)).collect();
                map.serialize_entry("BS", &set)?;
            }
        }
        map.end()
    }
}

//! Values of the SDK from and to DynamoDB JSON, without a detour through other values.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::de::Error as _;
use serde::ser::{Error as _, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::HashMap;

pub type Item = HashMap<String, AttributeValue>;

/// A line of an export, to be written.
#[derive(Serialize)]
pub struct LineOut<'a> {
    #[serde(rename = "Item")]
    pub item: Map<'a>,
}

/// A line of an export, as it is read.
#[derive(Deserialize)]
pub struct LineIn {
    #[serde(rename = "Item")]
    pub item: HashMap<String, Value>,
}

pub struct Map<'a>(pub &'a Item);

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &Out(value))?;
        }
        map.end()
    }
}

struct Out<'a>(&'a AttributeValue);

impl Serialize for Out<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        let text = |blob: &Blob| BASE64_STANDARD.encode(blob.as_ref());
        match self.0 {
            AttributeValue::S(s) => map.serialize_entry("S", s)?,
            AttributeValue::N(n) => map.serialize_entry("N", n)?,
            AttributeValue::B(b) => map.serialize_entry("B", &text(b))?,
            AttributeValue::Bool(b) => map.serialize_entry("BOOL", b)?,
            AttributeValue::Null(n) => map.serialize_entry("NULL", n)?,
            AttributeValue::Ss(set) => map.serialize_entry("SS", set)?,
            AttributeValue::Ns(set) => map.serialize_entry("NS", set)?,
            AttributeValue::Bs(set) => {
                map.serialize_entry("BS", &set.iter().map(text).collect::<Vec<_>>())?;
            }
            AttributeValue::L(list) => {
                map.serialize_entry("L", &list.iter().map(Out).collect::<Vec<_>>())?;
            }
            AttributeValue::M(inner) => map.serialize_entry("M", &Map(inner))?,
            _ => return Err(S::Error::custom("a type that the SDK does not know")),
        }
        map.end()
    }
}

/// A value as it is read.
#[derive(Deserialize)]
pub enum Value {
    S(String),
    N(String),
    B(Binary),
    #[serde(rename = "BOOL")]
    Bool(bool),
    #[serde(rename = "NULL")]
    Null(bool),
    #[serde(rename = "SS")]
    Ss(Vec<String>),
    #[serde(rename = "NS")]
    Ns(Vec<String>),
    #[serde(rename = "BS")]
    Bs(Vec<Binary>),
    L(Vec<Value>),
    M(HashMap<String, Value>),
}

pub struct Binary(Blob);

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        BASE64_STANDARD.decode(&*text).map(|b| Self(Blob::new(b))).map_err(D::Error::custom)
    }
}

pub fn item(values: HashMap<String, Value>) -> Item {
    values.into_iter().map(|(name, value)| (name, attribute(value))).collect()
}

fn attribute(value: Value) -> AttributeValue {
    match value {
        Value::S(s) => AttributeValue::S(s),
        Value::N(n) => AttributeValue::N(n),
        Value::B(b) => AttributeValue::B(b.0),
        Value::Bool(b) => AttributeValue::Bool(b),
        Value::Null(n) => AttributeValue::Null(n),
        Value::Ss(set) => AttributeValue::Ss(set),
        Value::Ns(set) => AttributeValue::Ns(set),
        Value::Bs(set) => AttributeValue::Bs(set.into_iter().map(|b| b.0).collect()),
        Value::L(list) => AttributeValue::L(list.into_iter().map(attribute).collect()),
        Value::M(map) => AttributeValue::M(item(map)),
    }
}

//! Values and items as DynamoDB JSON.

use crate::serde::names;
use crate::{AttributeValue, Item};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// As DynamoDB JSON: `{"S":"a"}`.
impl Serialize for AttributeValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(names::VALUE, &Shape(self))
    }
}

/// As DynamoDB JSON: `{"pk":{"S":"a"}}`.
impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// A value as a map of its type alone.
struct Shape<'a>(&'a AttributeValue);

impl Serialize for Shape<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self.0 {
            AttributeValue::S(text) => map.serialize_entry("S", text),
            AttributeValue::N(number) => map.serialize_entry("N", number),
            AttributeValue::B(bytes) => map.serialize_entry("B", &Binary(bytes)),
            AttributeValue::Bool(flag) => map.serialize_entry("BOOL", flag),
            AttributeValue::Null => map.serialize_entry("NULL", &true),
            AttributeValue::L(list) => map.serialize_entry("L", list),
            AttributeValue::M(item) => map.serialize_entry("M", item),
            AttributeValue::Ss(set) => map.serialize_entry("SS", &Set(names::STRING_SET, set)),
            AttributeValue::Ns(set) => map.serialize_entry("NS", &Set(names::NUMBER_SET, set)),
            AttributeValue::Bs(set) => {
                let set: Vec<_> = set.iter().map(|bytes| Binary(bytes)).collect();
                map.serialize_entry("BS", &Set(names::BINARY_SET, &set))
            }
        }?;
        map.end()
    }
}

/// A sequence that is known to be a set.
struct Set<'a, T>(&'static str, &'a T);

impl<T: Serialize> Serialize for Set<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(self.0, self.1)
    }
}

/// Base64 for people, bytes for others.
struct Binary<'a>(&'a [u8]);

impl Serialize for Binary<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&STANDARD.encode(self.0))
        } else {
            serializer.serialize_bytes(self.0)
        }
    }
}

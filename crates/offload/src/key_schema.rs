//! The key of a table.

use aws_sdk_dynamodb::types::{KeyType, ScalarAttributeType, TableDescription};
use serde::{Deserialize, Serialize};

/// The type of a key attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyAttributeType {
    /// String.
    S,
    /// Number.
    N,
    /// Binary.
    B,
}

/// One attribute of a table's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAttribute {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub attribute_type: KeyAttributeType,
}

/// The key of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySchema {
    /// The partition key.
    pub hash: KeyAttribute,
    /// The sort key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<KeyAttribute>,
}

impl KeySchema {
    /// The key of a table as `DescribeTable` tells it; `None` when the description is no table's.
    #[must_use]
    pub fn of_table(table: &TableDescription) -> Option<Self> {
        let find = |key_type: KeyType| {
            let element = table.key_schema().iter().find(|key| key.key_type == key_type)?;
            let name = &element.attribute_name;
            let defined =
                table.attribute_definitions().iter().find(|own| &own.attribute_name == name)?;
            let attribute_type = match defined.attribute_type {
                ScalarAttributeType::S => KeyAttributeType::S,
                ScalarAttributeType::N => KeyAttributeType::N,
                ScalarAttributeType::B => KeyAttributeType::B,
                _ => return None,
            };
            Some(KeyAttribute { name: name.clone(), attribute_type })
        };
        Some(Self { hash: find(KeyType::Hash)?, range: find(KeyType::Range) })
    }

    /// Whether an attribute is part of the key.
    #[must_use]
    pub fn contains(&self, attribute: &str) -> bool {
        self.attributes().any(|key| key.name == attribute)
    }

    /// The attributes of the key, the partition key first.
    pub fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once(&self.hash).chain(self.range.as_ref())
    }
}

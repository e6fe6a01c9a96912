//! Keys, as the SDK has them and as we do.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, KeySchemaElement, KeyType as Role, ScalarAttributeType,
};
use ddbkit_codec::rules::{Key, KeyType};

/// The attributes of a key, the partition key first.
pub(super) fn attributes(key: &Key) -> impl Iterator<Item = (&str, KeyType)> {
    std::iter::once(key.partition_key()).chain(key.sort_key())
}

pub(super) fn elements(key: &Key) -> Result<Vec<KeySchemaElement>, BuildError> {
    let roles = [Role::Hash, Role::Range].into_iter().zip(attributes(key));
    let element = |(role, (name, _)): (Role, (&str, KeyType))| {
        KeySchemaElement::builder().attribute_name(name).key_type(role).build()
    };
    roles.map(element).collect()
}

pub(super) fn definition(name: &str, key_type: KeyType) -> Result<AttributeDefinition, BuildError> {
    let scalar = match key_type {
        KeyType::S => ScalarAttributeType::S,
        KeyType::N => ScalarAttributeType::N,
        KeyType::B => ScalarAttributeType::B,
    };
    AttributeDefinition::builder().attribute_name(name).attribute_type(scalar).build()
}

/// The key of a description. None where an attribute has no definition, or a type that is newer than
/// this crate.
pub(super) fn key(elements: &[KeySchemaElement], defined: &[AttributeDefinition]) -> Option<Key> {
    let attribute = |role: &Role| {
        let name = &elements.iter().find(|element| element.key_type == *role)?.attribute_name;
        let definition = defined.iter().find(|definition| definition.attribute_name == *name)?;
        let key_type = match definition.attribute_type {
            ScalarAttributeType::S => KeyType::S,
            ScalarAttributeType::N => KeyType::N,
            ScalarAttributeType::B => KeyType::B,
            _ => return None,
        };
        Some((name, key_type))
    };
    let (name, key_type) = attribute(&Role::Hash)?;
    let partition = Key::partition(name, key_type);
    if elements.iter().all(|element| element.key_type != Role::Range) {
        return Some(partition);
    }
    let (name, key_type) = attribute(&Role::Range)?;
    Some(partition.sort(name, key_type))
}

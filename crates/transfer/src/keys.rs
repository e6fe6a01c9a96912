//! The keys of items, by value.

use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::types::{KeyType, TableDescription};
use ddbkit_codec::rules::{self, TableKeys};
use ddbkit_codec::{AttributeValue, DecodeError, Item, RawItem};
use ddbkit_export::{ExportError, KeySchemaElement, TableDescriptor};
use std::hash::{Hash, Hasher};

/// The names of the key attributes of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeySchema {
    hash: String,
    range: Option<String>,
}

/// The key of an item, equal for keys that DynamoDB holds equal: numbers by value, text unescaped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeyId(Vec<u8>);

impl KeyId {
    /// The same for equal keys, and for no others.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A number that is the same for equal keys, in this process and in every other.
    pub(crate) fn spread(&self) -> u64 {
        // FNV-1a: short keys, stable, and nothing depends on its strength.
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        self.0.hash(&mut hasher);
        hasher.finish()
    }
}

struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        // The low bits of FNV are weak for keys that differ in their last byte only.
        self.0 ^ (self.0 >> 32)
    }
}

impl KeySchema {
    pub(crate) fn of(table: &TableDescription) -> Result<Self, TransferError> {
        let name = |key_type: &KeyType| {
            let mut elements = table.key_schema().iter();
            let element = elements.find(|element| element.key_type() == key_type);
            element.map(|element| element.attribute_name().to_owned())
        };
        let hash = name(&KeyType::Hash).ok_or_else(|| {
            let message = "DynamoDB describes the table without a partition key";
            TransferError::new(TransferErrorKind::Service, message)
        })?;
        Ok(Self { hash, range: name(&KeyType::Range) })
    }

    /// The names in a description.
    pub(crate) fn described(table: &TableDescriptor) -> Result<Self, TransferError> {
        let key = table.key_schema().map_err(not_described)?;
        Ok(Self { hash: key.hash.name, range: key.range.map(|range| range.name) })
    }

    /// The name of the partition key.
    pub(crate) fn hash(&self) -> &str {
        &self.hash
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.hash).chain(self.range.as_deref())
    }

    /// The item of a line and its key, looking at nothing else; what is wrong with it otherwise.
    pub(crate) fn of_line<'a>(&self, line: &'a [u8]) -> Result<(RawItem<'a>, KeyId), String> {
        let text = |error: DecodeError| error.to_string();
        let mut id = Vec::with_capacity(64);
        let item = match &self.range {
            None => {
                let (item, [hash]) = RawItem::from_line_with(line, [&*self.hash]).map_err(text)?;
                push_raw(&mut id, &self.hash, hash)?;
                item
            }
            Some(name) => {
                let names = [&*self.hash, name];
                let (item, [hash, range]) = RawItem::from_line_with(line, names).map_err(text)?;
                push_raw(&mut id, &self.hash, hash)?;
                push_raw(&mut id, name, range)?;
                item
            }
        };
        Ok((item, KeyId(id)))
    }

    /// The key of an item or of key attributes that are not decoded.
    pub(crate) fn of_raw(&self, item: &RawItem<'_>) -> Result<KeyId, String> {
        let mut id = Vec::with_capacity(64);
        for name in self.names() {
            push_raw(&mut id, name, item.attribute(name).map_err(|error| error.to_string())?)?;
        }
        Ok(KeyId(id))
    }

    /// The key of a decoded item.
    pub(crate) fn id_of(&self, item: &Item) -> Result<KeyId, String> {
        let mut id = Vec::with_capacity(64);
        for name in self.names() {
            push(&mut id, name, item.get(name).ok_or_else(|| missing(name))?)?;
        }
        Ok(KeyId(id))
    }

    /// The key attributes of an item, the partition key first.
    pub(crate) fn project(&self, item: &Item) -> Item {
        let pairs =
            self.names().filter_map(|name| Some((name.to_owned(), item.get(name)?.clone())));
        pairs.collect()
    }
}

/// The rules that the items of a table are held to; `None` where a key has no type that is known.
pub(crate) fn table_keys(table: &TableDescriptor) -> Option<TableKeys> {
    let definition = &table.create_table;
    let key = |schema: &[KeySchemaElement]| {
        let part = |wanted: &str| {
            let name = &schema.iter().find(|part| part.key_type == wanted)?.attribute_name;
            let mut types = definition.attribute_definitions.iter();
            let of = types.find(|attribute| attribute.attribute_name == *name)?;
            let key_type = match of.attribute_type.as_str() {
                "S" => rules::KeyType::S,
                "N" => rules::KeyType::N,
                "B" => rules::KeyType::B,
                _ => return None,
            };
            Some((name.clone(), key_type))
        };
        let (name, key_type) = part("HASH")?;
        let key = rules::Key::partition(name, key_type);
        Some(match part("RANGE") {
            Some((name, key_type)) => key.sort(name, key_type),
            None => key,
        })
    };
    let mut keys = TableKeys::new(key(&definition.key_schema)?);
    for index in &definition.global_secondary_indexes {
        keys = keys.index(&index.index_name, key(&index.key_schema)?);
    }
    for index in &definition.local_secondary_indexes {
        keys = keys.index(&index.index_name, key(&index.key_schema)?);
    }
    Some(keys)
}

/// Refuses to bring together a source and a table of different keys.
pub(crate) fn check_same_keys(
    source: &TableDescriptor,
    target: &TableDescriptor,
) -> Result<(), TransferError> {
    let source = source.key_schema().map_err(not_described)?;
    let target = target.key_schema().map_err(not_described)?;
    if source == target {
        return Ok(());
    }
    let show = |key: &ddbkit_export::KeySchema| {
        let parts = std::iter::once(&key.hash).chain(&key.range);
        let parts = parts.map(|part| format!("{} ({})", part.name, part.attribute_type));
        parts.collect::<Vec<_>>().join(" + ")
    };
    let message = format!(
        "the items have the key {}, but the table has the key {}",
        show(&source),
        show(&target)
    );
    Err(TransferError::new(TransferErrorKind::KeySchemaMismatch, message))
}

fn not_described(error: ExportError) -> TransferError {
    let message = "the key of the table cannot be read from its description";
    TransferError::caused(TransferErrorKind::Source, message, error)
}

fn missing(name: &str) -> String {
    format!("the key attribute {name} is missing")
}

fn push_raw(id: &mut Vec<u8>, name: &str, json: Option<&[u8]>) -> Result<(), String> {
    let value = AttributeValue::from_dynamodb_json(json.ok_or_else(|| missing(name))?)
        .map_err(|error| format!("the key attribute {name} cannot be read: {error}"))?;
    push(id, name, &value)
}

fn push(id: &mut Vec<u8>, name: &str, value: &AttributeValue) -> Result<(), String> {
    let normal_form;
    let (tag, bytes): (u8, &[u8]) = match value {
        AttributeValue::S(text) => (b'S', text.as_bytes()),
        AttributeValue::N(number) => {
            normal_form = number.to_normal_form();
            (b'N', normal_form.as_bytes())
        }
        AttributeValue::B(bytes) => (b'B', bytes),
        _ => return Err(format!("the key attribute {name} is no string, number or binary")),
    };
    id.push(tag);
    id.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    id.extend_from_slice(bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> KeySchema {
        KeySchema { hash: "pk".to_owned(), range: Some("sk".to_owned()) }
    }

    fn id(line: &str) -> Result<KeyId, String> {
        let raw = RawItem::from_line(line.as_bytes()).unwrap();
        let from_raw = schema().of_line(line.as_bytes()).map(|(_, key)| key);
        if let Ok(item) = raw.decode() {
            assert_eq!(from_raw, schema().id_of(&item), "{line}");
            assert_eq!(from_raw, schema().of_raw(&raw), "{line}");
        }
        from_raw
    }

    #[test]
    fn keys_are_equal_by_value() {
        let one = id(r#"{"pk":{"S":"a"},"sk":{"N":"1"}}"#).unwrap();
        assert_eq!(id(r#"{"sk":{"N":"1.0"},"x":{"S":"y"},"pk":{"S":"\u0061"}}"#).unwrap(), one);
        assert_ne!(id(r#"{"pk":{"S":"a"},"sk":{"S":"1"}}"#).unwrap(), one);
        assert_ne!(id(r#"{"pk":{"S":"a"},"sk":{"N":"2"}}"#).unwrap(), one);
    }

    #[test]
    fn an_attribute_of_the_key_may_have_the_name_of_the_frame() {
        let schema = KeySchema { hash: "Item".to_owned(), range: None };
        let of = |json: &str| schema.of_raw(&RawItem::from_prefix(json.as_bytes()).unwrap().0);
        let key = of(r#"{"Item":{"S":"a"}}"#).unwrap();
        assert_eq!(of(r#"{"n":{"N":"1"},"Item":{"S":"a"}}"#), Ok(key));
    }

    #[test]
    fn parts_of_a_key_do_not_run_together() {
        let left = id(r#"{"pk":{"S":"ab"},"sk":{"S":"c"}}"#).unwrap();
        assert_ne!(id(r#"{"pk":{"S":"a"},"sk":{"S":"bc"}}"#).unwrap(), left);
    }

    #[test]
    fn what_is_no_key_is_named() {
        assert_eq!(id(r#"{"pk":{"S":"a"}}"#), Err("the key attribute sk is missing".to_owned()));
        let flag = id(r#"{"pk":{"S":"a"},"sk":{"BOOL":true}}"#).unwrap_err();
        assert!(flag.contains("sk") && flag.contains("no string"), "{flag}");
    }
}

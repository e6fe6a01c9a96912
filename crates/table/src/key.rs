//! Keys of tables and of items.

use crate::{Path, TableError};
use aws_sdk_dynamodb::types::{KeySchemaElement, KeyType};
use ddbkit_codec::{AttributeValue, Item, Number};
use std::borrow::Cow;

/// The names of the key attributes of a table or an index.
///
/// ```
/// use ddbkit_table::KeySchema;
///
/// const ORDERS: KeySchema = KeySchema::with_range("customer", "number");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySchema {
    hash: Cow<'static, str>,
    range: Option<Cow<'static, str>>,
}

impl KeySchema {
    /// A partition key alone.
    #[must_use]
    pub const fn new(hash: &'static str) -> Self {
        Self { hash: Cow::Borrowed(hash), range: None }
    }

    /// A partition key and a sort key.
    #[must_use]
    pub const fn with_range(hash: &'static str, range: &'static str) -> Self {
        Self { hash: Cow::Borrowed(hash), range: Some(Cow::Borrowed(range)) }
    }

    /// Names that are known at run time only.
    #[must_use]
    pub fn named(hash: String, range: Option<String>) -> Self {
        Self { hash: Cow::Owned(hash), range: range.map(Cow::Owned) }
    }

    /// The key that a description of a table or an index tells; `None` when it tells none.
    #[must_use]
    pub fn of_description(elements: &[KeySchemaElement]) -> Option<Self> {
        let find = |key_type: &KeyType| {
            let element = elements.iter().find(|element| element.key_type == *key_type);
            element.map(|element| element.attribute_name.clone())
        };
        Some(Self::named(find(&KeyType::Hash)?, find(&KeyType::Range)))
    }

    /// The name of the partition key.
    #[must_use]
    pub fn hash_name(&self) -> &str {
        &self.hash
    }

    /// The name of the sort key.
    #[must_use]
    pub fn range_name(&self) -> Option<&str> {
        self.range.as_deref()
    }

    /// The names, that of the partition key first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.hash_name()).chain(self.range_name())
    }

    /// The key attributes and these, none twice.
    pub(crate) fn with_paths(&self, paths: impl IntoIterator<Item = impl Into<Path>>) -> Vec<Path> {
        let mut all: Vec<Path> = self.names().map(Path::from).collect();
        for path in paths.into_iter().map(Into::into) {
            if !all.contains(&path) {
                all.push(path);
            }
        }
        all
    }

    /// What tells two keys apart: numbers by their value.
    pub(crate) fn identity(&self, item: &Item) -> Result<Identity, TableError> {
        self.check(item)?;
        let values = self.names().filter_map(|name| match item.get(name)? {
            AttributeValue::S(text) => Some(KeyValue::S(text.clone())),
            AttributeValue::N(number) => Some(KeyValue::N(number.clone())),
            AttributeValue::B(bytes) => Some(KeyValue::B(bytes.clone())),
            _ => None,
        });
        Ok(Identity(values.collect()))
    }

    /// The key attributes of an item, those that it has.
    pub(crate) fn in_item(&self, item: &Item) -> Item {
        let found = self.names().filter_map(|name| Some((name, item.get(name)?.clone())));
        found.collect()
    }

    /// The key of an item of the table.
    pub(crate) fn key_of(&self, mut item: Item) -> Result<Key, TableError> {
        self.check(&item)?;
        let missing = || TableError::input("the key is missing");
        let hash = item.remove(self.hash_name()).ok_or_else(missing)?;
        let range = self.range_name().and_then(|name| item.remove(name));
        Ok(Key { hash, range })
    }

    /// A key as `DynamoDB` takes it.
    pub(crate) fn item_of(&self, key: Key) -> Result<Item, TableError> {
        let mut item = Item::with_capacity(2);
        item.insert(self.hash_name(), key.hash);
        match (self.range_name(), key.range) {
            (Some(name), Some(range)) => drop(item.insert(name, range)),
            (None, None) => {}
            (Some(name), None) => {
                return Err(TableError::input(format!("the key lacks its sort key {name:?}")));
            }
            (None, Some(_)) => {
                return Err(TableError::input("the table has no sort key, but the key has one"));
            }
        }
        self.check(&item)?;
        Ok(item)
    }

    /// Refuses an item whose key no table can have: the service would, after a round trip.
    pub(crate) fn check(&self, item: &Item) -> Result<(), TableError> {
        for name in self.names() {
            let wrong = match item.get(name) {
                None => "is missing",
                Some(AttributeValue::S(text)) if text.is_empty() => "is an empty string",
                Some(AttributeValue::B(bytes)) if bytes.is_empty() => "is an empty binary",
                Some(AttributeValue::S(_) | AttributeValue::N(_) | AttributeValue::B(_)) => {
                    continue;
                }
                Some(_) => "is no string, number or binary",
            };
            return Err(TableError::input(format!("the key attribute {name:?} {wrong}")));
        }
        Ok(())
    }
}

/// The values of a key, to be compared and hashed.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity(Vec<KeyValue>);

#[derive(Debug, PartialEq, Eq, Hash)]
enum KeyValue {
    S(String),
    N(Number),
    B(Vec<u8>),
}

/// The key of an item: the value of the partition key, and of the sort key where the table has one.
///
/// Functions take `impl Into<Key>`: a value alone, or two in parentheses.
///
/// ```
/// use ddbkit_table::Key;
///
/// let by_text: Key = "https://example.org".into();
/// let by_both: Key = ("customer#1", 17).into();
/// let by_value = Key::new(ddbkit_codec::AttributeValue::B(vec![1, 2, 3]));
/// # let _ = (by_text, by_both, by_value);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub(crate) hash: AttributeValue,
    pub(crate) range: Option<AttributeValue>,
}

impl Key {
    /// The key of a table without a sort key.
    pub fn new(hash: impl Into<AttributeValue>) -> Self {
        Self { hash: hash.into(), range: None }
    }

    /// The key of a table with both.
    pub fn with_range(hash: impl Into<AttributeValue>, range: impl Into<AttributeValue>) -> Self {
        Self { hash: hash.into(), range: Some(range.into()) }
    }
}

impl<H: Into<AttributeValue>, R: Into<AttributeValue>> From<(H, R)> for Key {
    fn from((hash, range): (H, R)) -> Self {
        Self::with_range(hash, range)
    }
}

/// One value is the partition key.
macro_rules! from_one {
    ($($value:ty),*) => {$(
        impl From<$value> for Key {
            fn from(hash: $value) -> Self {
                Self::new(hash)
            }
        }
    )*};
}

from_one!(&str, String, Number, AttributeValue, i32, i64, u32, u64);

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: KeySchema = KeySchema::with_range("pk", "sk");

    fn refused(schema: &KeySchema, key: impl Into<Key>) -> String {
        schema.item_of(key.into()).unwrap_err().to_string()
    }

    #[test]
    fn keys_that_no_item_has_are_refused() {
        assert_eq!(refused(&BOTH, "a"), "the key lacks its sort key \"sk\"");
        let hash = KeySchema::new("pk");
        assert_eq!(refused(&hash, ("a", 1)), "the table has no sort key, but the key has one");
        assert_eq!(refused(&BOTH, ("a", "")), "the key attribute \"sk\" is an empty string");
        let flag = AttributeValue::Bool(true);
        let wrong = "the key attribute \"pk\" is no string, number or binary";
        assert_eq!(refused(&hash, flag), wrong);
        assert_eq!(
            BOTH.check(&Item::new()).unwrap_err().to_string(),
            "the key attribute \"pk\" is missing"
        );
    }

    #[test]
    fn a_key_is_an_item_of_its_names() {
        let item = BOTH.item_of(("a", 7).into()).unwrap();
        assert_eq!(item.to_dynamodb_json(), r#"{"pk":{"S":"a"},"sk":{"N":"7"}}"#);
    }
}

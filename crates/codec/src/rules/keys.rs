//! Keys of tables and indexes, and their limits.

use super::violation::{Violation, ViolationKind};
use crate::error::name_in_path;
use crate::{AttributeValue, Item};
use std::fmt;

/// The most bytes of a partition key (Developer Guide, "Quotas in Amazon DynamoDB").
pub const MAX_PARTITION_KEY: usize = 2_048;
/// The most bytes of a sort key (Developer Guide, "Quotas in Amazon DynamoDB").
pub const MAX_SORT_KEY: usize = 1_024;
/// The most bytes of the name of a key attribute of a table or index (Developer Guide, "Quotas in
/// Amazon DynamoDB").
pub const MAX_KEY_NAME: usize = 255;

/// The type of a key attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// String.
    S,
    /// Number.
    N,
    /// Binary.
    B,
}

impl fmt::Display for KeyType {
    /// As DynamoDB writes it: `S`, `N`, `B`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
        })
    }
}

/// The key of a table or index: a partition key, and a sort key where it has one.
///
/// ```
/// use ddbkit_codec::rules::{Key, KeyType};
///
/// let key = Key::partition("customer", KeyType::S).sort("at", KeyType::N);
/// assert_eq!(key.to_string(), "customer:S,at:N");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    partition: KeyAttribute,
    sort: Option<KeyAttribute>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct KeyAttribute {
    name: String,
    key_type: KeyType,
}

impl Key {
    /// A key of a partition key alone.
    #[must_use]
    pub fn partition(name: impl Into<String>, key_type: KeyType) -> Self {
        Self { partition: KeyAttribute { name: name.into(), key_type }, sort: None }
    }

    /// Adds a sort key.
    #[must_use]
    pub fn sort(mut self, name: impl Into<String>, key_type: KeyType) -> Self {
        self.sort = Some(KeyAttribute { name: name.into(), key_type });
        self
    }

    /// Name and type of the partition key.
    #[must_use]
    pub fn partition_key(&self) -> (&str, KeyType) {
        (&self.partition.name, self.partition.key_type)
    }

    /// Name and type of the sort key, where there is one.
    #[must_use]
    pub fn sort_key(&self) -> Option<(&str, KeyType)> {
        self.sort.as_ref().map(|sort| (sort.name.as_str(), sort.key_type))
    }

    /// The attributes of the key with the most bytes that each may have.
    fn attributes(&self) -> impl Iterator<Item = (&KeyAttribute, usize)> {
        let sort = self.sort.iter().map(|sort| (sort, MAX_SORT_KEY));
        std::iter::once((&self.partition, MAX_PARTITION_KEY)).chain(sort)
    }
}

impl fmt::Display for Key {
    /// The attributes with their types, as flags of the program take them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, key_type) = self.partition_key();
        write!(f, "{name}:{key_type}")?;
        let Some((name, key_type)) = self.sort_key() else { return Ok(()) };
        write!(f, ",{name}:{key_type}")
    }
}

/// The keys that the items of a table are held to: that of the table, and those of its indexes.
///
/// ```
/// use ddbkit_codec::Item;
/// use ddbkit_codec::rules::{Key, KeyType, TableKeys};
///
/// let keys = TableKeys::new(Key::partition("pk", KeyType::S))
///     .index("by-day", Key::partition("day", KeyType::S).sort("at", KeyType::N));
/// let item = Item::from_dynamodb_json(br#"{"pk":{"S":"a"},"day":{"S":""}}"#)?;
/// let violations = item.validate(Some(&keys)).unwrap_err();
/// assert_eq!(violations[0].to_string(), "an empty key attribute at $.day");
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableKeys {
    table: Key,
    indexes: Vec<(String, Key)>,
}

impl TableKeys {
    /// The key of a table without indexes.
    #[must_use]
    pub fn new(table: Key) -> Self {
        Self { table, indexes: Vec::new() }
    }

    /// Adds the key of a secondary index, global or local. An item may lack its attributes, but where
    /// it has one, that must be fit for the index.
    #[must_use]
    pub fn index(mut self, name: impl Into<String>, key: Key) -> Self {
        self.indexes.push((name.into(), key));
        self
    }

    /// Says which names of key attributes no table can have.
    ///
    /// # Errors
    /// What `CreateTable` would refuse: names that are empty or longer than [`MAX_KEY_NAME`].
    pub fn validate(&self) -> Result<(), Vec<Violation>> {
        let keys = std::iter::once(&self.table).chain(self.indexes.iter().map(|(_, key)| key));
        let violations: Vec<Violation> = keys
            .flat_map(Key::attributes)
            .filter(|(attribute, _)| !(1..=MAX_KEY_NAME).contains(&attribute.name.len()))
            .map(|(attribute, _)| attribute.violation(ViolationKind::KeyName, words::NAME))
            .collect();
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }

    /// What is wrong with the key attributes of an item.
    pub(super) fn violations<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = Violation> + 'a {
        let of_table =
            self.table.attributes().filter_map(|(attribute, most)| attribute.check(item, most));
        let of_indexes = self.indexes.iter().flat_map(move |(index, key)| {
            key.attributes()
                .filter_map(move |(attribute, most)| attribute.check_in_index(item, index, most))
        });
        of_table.chain(of_indexes)
    }
}

/// What is wrong with the value of a key attribute.
enum Wrong {
    NoKeyType,
    OtherType,
    Empty(&'static str),
    TooLong,
}

impl KeyAttribute {
    fn check(&self, item: &Item, most: usize) -> Option<Violation> {
        let Some(value) = item.get(&self.name) else {
            return Some(self.violation(ViolationKind::KeyMissing, words::MISSING));
        };
        Some(match self.wrong(value, most)? {
            Wrong::NoKeyType => self.violation(ViolationKind::KeyOfOtherType, words::NO_KEY_TYPE),
            Wrong::OtherType => self.violation(ViolationKind::KeyOfOtherType, words::OTHER_TYPE),
            Wrong::TooLong => self.violation(ViolationKind::KeyTooLong, words::TOO_LONG),
            Wrong::Empty(what) => {
                let message = format!("{} {what} value. Key: {}", words::EMPTY, self.name);
                Violation::new(ViolationKind::EmptyKey, self.path(), message)
            }
        })
    }

    fn check_in_index(&self, item: &Item, index: &str, most: usize) -> Option<Violation> {
        let wrong = self.wrong(item.get(&self.name)?, most)?;
        Some(match wrong {
            Wrong::NoKeyType => self.violation(ViolationKind::KeyOfOtherType, words::NO_KEY_TYPE),
            Wrong::OtherType => {
                self.violation(ViolationKind::KeyOfOtherType, words::OTHER_TYPE_IN_INDEX)
            }
            Wrong::TooLong => self.violation(ViolationKind::KeyTooLong, words::TOO_LONG_IN_INDEX),
            Wrong::Empty(what) => {
                let (start, name) = (words::EMPTY_IN_INDEX, &self.name);
                let message = format!("{start} {what} value. IndexName: {index}, IndexKey: {name}");
                Violation::new(ViolationKind::EmptyKey, self.path(), message)
            }
        })
    }

    fn wrong(&self, value: &AttributeValue, most: usize) -> Option<Wrong> {
        let (len, empty) = match (value, self.key_type) {
            (AttributeValue::S(text), KeyType::S) => (text.len(), "an empty string"),
            (AttributeValue::B(bytes), KeyType::B) => (bytes.len(), "an empty binary"),
            (AttributeValue::N(_), KeyType::N) => return None,
            (AttributeValue::S(_) | AttributeValue::B(_) | AttributeValue::N(_), _) => {
                return Some(Wrong::OtherType);
            }
            _ => return Some(Wrong::NoKeyType),
        };
        match len {
            0 => Some(Wrong::Empty(empty)),
            len if len > most => Some(Wrong::TooLong),
            _ => None,
        }
    }

    fn path(&self) -> String {
        format!("${}", name_in_path(&self.name))
    }

    fn violation(&self, kind: ViolationKind, message: &'static str) -> Violation {
        Violation::new(kind, self.path(), message)
    }
}

/// What DynamoDB Local 2.6.1 says.
mod words {
    pub(super) const NAME: &str = "Names of key attributes and attributes projected into an index \
        must be between 1 and 255 characters, inclusive";
    pub(super) const MISSING: &str = "One of the required keys was not given a value";
    pub(super) const NO_KEY_TYPE: &str = "Invalid attribute value type";
    pub(super) const OTHER_TYPE: &str =
        "One or more parameter values were invalid: Type mismatch for key";
    pub(super) const OTHER_TYPE_IN_INDEX: &str =
        "One or more parameter values were invalid: Type mismatch for Index Key";
    pub(super) const TOO_LONG: &str = "Hash primary key values must be under 2048 bytes, and range \
        primary key values must be under 1024 bytes";
    pub(super) const TOO_LONG_IN_INDEX: &str =
        "One or more parameter values were invalid: Size limit exceeded";
    pub(super) const EMPTY: &str = "One or more parameter values are not valid. The AttributeValue \
        for a key attribute cannot contain";
    pub(super) const EMPTY_IN_INDEX: &str = "One or more parameter values are not valid. A value \
        specified for a secondary index key is not supported. The AttributeValue for a key \
        attribute cannot contain";
}

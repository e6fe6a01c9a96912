//! The key of an item, and the owner of objects that is made from it.

use crate::{KeyAttribute, KeyAttributeType, KeySchema, OffloadError, OffloadErrorKind};
use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use ddbkit_codec::AttributeValue;
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

/// The key of an item and the name of its table.
///
/// ```
/// use aws_sdk_dynamodb::types::AttributeValue;
/// use ddbkit_offload::{ItemKey, KeyAttribute, KeyAttributeType, KeySchema};
/// use std::collections::HashMap;
///
/// let id = KeyAttribute { name: "id".to_owned(), attribute_type: KeyAttributeType::N };
/// let schema = KeySchema { hash: id, range: None };
/// let item = |n: &str| HashMap::from([("id".to_owned(), AttributeValue::N(n.to_owned()))]);
///
/// let owner = ItemKey::of_item("orders", &schema, &item("100"))?.owner();
/// assert_eq!(owner, ItemKey::of_item("orders", &schema, &item("1.00E+2"))?.owner());
/// assert_ne!(owner, ItemKey::of_item("others", &schema, &item("100"))?.owner());
/// # Ok::<(), ddbkit_offload::OffloadError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ItemKey {
    table: String,
    hash: (String, AttributeValue),
    range: Option<(String, AttributeValue)>,
}

impl ItemKey {
    /// The key of an item of the SDK; its other attributes are ignored.
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when a key attribute is missing, empty or of
    /// another type than the schema says.
    pub fn of_item(
        table: &str,
        schema: &KeySchema,
        item: &HashMap<String, SdkValue>,
    ) -> Result<Self, OffloadError> {
        let find = |key: &KeyAttribute| {
            let value = item.get(&key.name).cloned().map(AttributeValue::try_from);
            Self::checked(table, key, value.transpose().ok().flatten())
        };
        Ok(Self {
            table: table.to_owned(),
            hash: find(&schema.hash)?,
            range: schema.range.as_ref().map(find).transpose()?,
        })
    }

    /// The key of an item of the codec; its other attributes are ignored.
    ///
    /// # Errors
    /// As [`of_item`](Self::of_item).
    ///
    /// ```
    /// use ddbkit_codec::Item;
    /// use ddbkit_offload::{
    ///     DefaultLayout, ItemKey, KeyAttribute, KeyAttributeType, KeyLayout, KeySchema, UniqueId,
    /// };
    ///
    /// let hash = KeyAttribute { name: "url".to_owned(), attribute_type: KeyAttributeType::S };
    /// let schema = KeySchema { hash, range: None };
    /// let key = ItemKey::of_codec_item("Pages", &schema, &Item::from_iter([("url", "/")]))?;
    /// assert!(key.to_sdk()["url"].is_s());
    ///
    /// // Whose an object is stands in its key.
    /// let layout: &dyn KeyLayout = &DefaultLayout::new("pages")?;
    /// let object = layout.object_key(&key.owner(), "html", &UniqueId::generate());
    /// assert!(key.owner().is_in_path(&object));
    /// # Ok::<(), ddbkit_offload::OffloadError>(())
    /// ```
    pub fn of_codec_item(
        table: &str,
        schema: &KeySchema,
        item: &ddbkit_codec::Item,
    ) -> Result<Self, OffloadError> {
        let find = |key: &KeyAttribute| Self::checked(table, key, item.get(&key.name).cloned());
        Ok(Self {
            table: table.to_owned(),
            hash: find(&schema.hash)?,
            range: schema.range.as_ref().map(find).transpose()?,
        })
    }

    fn checked(
        table: &str,
        key: &KeyAttribute,
        value: Option<AttributeValue>,
    ) -> Result<(String, AttributeValue), OffloadError> {
        let name = &key.name;
        let wrong = |what: &str| {
            let message = format!("key attribute {name:?} of table {table:?} {what}");
            OffloadError::new(OffloadErrorKind::InvalidInput, message)
        };
        let value = value.ok_or_else(|| wrong("is missing"))?;
        let (fits, is_empty) = match (&value, key.attribute_type) {
            (AttributeValue::S(text), KeyAttributeType::S) => (true, text.is_empty()),
            (AttributeValue::B(bytes), KeyAttributeType::B) => (true, bytes.is_empty()),
            (AttributeValue::N(_), KeyAttributeType::N) => (true, false),
            _ => (false, false),
        };
        match (fits, is_empty) {
            (false, _) => Err(wrong("has another type than the table says")),
            (true, true) => Err(wrong("is empty")),
            (true, false) => Ok((name.clone(), value)),
        }
    }

    /// The name of the table.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The partition key: name and value.
    #[must_use]
    pub fn hash(&self) -> (&str, &AttributeValue) {
        (&self.hash.0, &self.hash.1)
    }

    /// The sort key, where the table has one: name and value.
    #[must_use]
    pub fn range(&self) -> Option<(&str, &AttributeValue)> {
        self.range.as_ref().map(|(name, value)| (name.as_str(), value))
    }

    /// The key as requests of the SDK take it.
    #[must_use]
    pub fn to_sdk(&self) -> HashMap<String, SdkValue> {
        let both = std::iter::once(&self.hash).chain(&self.range);
        both.map(|(name, value)| (name.clone(), value.clone().into())).collect()
    }

    /// Table, partition key and sort key as bytes, each with its length before it, so that no two
    /// keys have the same bytes. Numbers are in their normal form.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        append(&mut bytes, b'T', self.table.as_bytes());
        for (_, value) in std::iter::once(&self.hash).chain(&self.range) {
            match value {
                AttributeValue::S(text) => append(&mut bytes, b'S', text.as_bytes()),
                AttributeValue::B(binary) => append(&mut bytes, b'B', binary),
                AttributeValue::N(number) => {
                    append(&mut bytes, b'N', number.to_normal_form().as_bytes());
                }
                // No other type is let in.
                _ => {}
            }
        }
        bytes
    }

    /// The owner of the item's objects.
    #[must_use]
    pub fn owner(&self) -> OwnerHash {
        let mut first = [0; 16];
        let hash = blake3::hash(&self.canonical_bytes());
        first.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
        OwnerHash(first)
    }
}

fn append(to: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    to.push(tag);
    to.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    to.extend_from_slice(bytes);
}

/// The table and the owner; values of keys are contents and stay out of messages and logs.
impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {} of table {:?}", self.owner(), self.table)
    }
}

impl fmt::Debug for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemKey")
            .field("table", &self.table)
            .field("owner", &self.owner())
            .finish_non_exhaustive()
    }
}

/// Which item an object belongs to: the first 16 bytes of the BLAKE3 hash of table and key, written
/// as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OwnerHash([u8; 16]);

impl OwnerHash {
    /// The owner with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Whether it is a part of a path, as of every key of the default layout.
    #[must_use]
    pub fn is_in_path(&self, key: &str) -> bool {
        let own = self.to_string();
        key.split('/').any(|part| part == own)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for OwnerHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for OwnerHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnerHash({self})")
    }
}

impl FromStr for OwnerHash {
    type Err = OffloadError;

    fn from_str(text: &str) -> Result<Self, OffloadError> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let parsed = (text.len() == 32 && text.bytes().all(is_hex))
            .then(|| u128::from_str_radix(text, 16).ok())
            .flatten();
        let wrong = || {
            let message = "an owner is not 32 lower-case hexadecimal digits";
            OffloadError::new(OffloadErrorKind::InvalidInput, message)
        };
        parsed.map(|number| Self(number.to_be_bytes())).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit_codec::strategies;
    use proptest::prelude::*;

    fn schema(hash: KeyAttributeType, range: Option<KeyAttributeType>) -> KeySchema {
        let key = |name: &str, attribute_type| KeyAttribute { name: name.into(), attribute_type };
        KeySchema { hash: key("pk", hash), range: range.map(|range| key("sk", range)) }
    }

    fn text(pk: &str, sk: &str) -> ItemKey {
        let item = [("pk", pk), ("sk", sk)];
        let item = item.map(|(name, value)| (name.to_owned(), SdkValue::S(value.to_owned())));
        let schema = schema(KeyAttributeType::S, Some(KeyAttributeType::S));
        ItemKey::of_item("t", &schema, &HashMap::from(item)).unwrap()
    }

    #[test]
    fn where_one_key_ends_and_the_next_begins_matters() {
        assert_ne!(text("a", "bc").owner(), text("ab", "c").owner());
        assert_ne!(text("a/sk=b", "c").owner(), text("a", "b/sk=c").owner());
        assert_eq!(text("a", "bc").owner(), text("a", "bc").owner());
    }

    #[test]
    fn type_is_part_of_the_key() {
        let of = |key_type, value| {
            let item = HashMap::from([("pk".to_owned(), value)]);
            ItemKey::of_item("t", &schema(key_type, None), &item).unwrap().owner()
        };
        let s = of(KeyAttributeType::S, SdkValue::S("1".into()));
        let n = of(KeyAttributeType::N, SdkValue::N("1".into()));
        assert_ne!(s, n);
        assert_eq!(n, of(KeyAttributeType::N, SdkValue::N("1.0".into())));
    }

    #[test]
    fn key_that_is_missing_empty_or_of_another_type_is_refused() {
        let schema = schema(KeyAttributeType::S, None);
        for (item, expected) in [
            (vec![], "is missing"),
            (vec![("pk", SdkValue::S(String::new()))], "is empty"),
            (vec![("pk", SdkValue::N("1".into()))], "has another type"),
        ] {
            let item = item.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let error = ItemKey::of_item("t", &schema, &item).unwrap_err();
            assert_eq!(error.kind(), OffloadErrorKind::InvalidInput);
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn owner_is_stable() {
        // Keys of objects in buckets depend on it: it must never change.
        assert_eq!(text("a", "b").owner().to_string(), "7e85e05f952e4afd03e7682d474ba990");
    }

    #[test]
    fn owner_is_read_back() {
        let owner = text("a", "b").owner();
        assert_eq!(owner.to_string().parse::<OwnerHash>().unwrap(), owner);
        for wrong in
            ["", "00", "0000000000000000000000000000000G", "+0000000000000000000000000000000"]
        {
            assert!(wrong.parse::<OwnerHash>().is_err(), "{wrong}");
        }
        assert!(owner.to_string().to_uppercase().parse::<OwnerHash>().is_err());
    }

    #[test]
    fn messages_hold_no_values_of_keys() {
        let key = text("secret", "b");
        assert!(!format!("{key} {key:?}").contains("secret"));
    }
    proptest! {
        #[test]
        fn keys_are_equal_when_their_bytes_are(
            left in (strategies::key(), strategies::key()),
            right in (strategies::key(), strategies::key()),
        ) {
            let of = |(hash, range): (AttributeValue, AttributeValue)| ItemKey {
                table: "t".to_owned(),
                hash: ("pk".to_owned(), hash),
                range: Some(("sk".to_owned(), range)),
            };
            let (left, right) = (of(left), of(right));
            prop_assert_eq!(left == right, left.canonical_bytes() == right.canonical_bytes());
        }
    }
}

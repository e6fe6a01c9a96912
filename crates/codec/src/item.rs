//! Items, and maps within them.

use crate::AttributeValue;
use std::fmt;

/// The name of an attribute. Names are short and there are more of them than of anything else: up to
/// 23 bytes stand in the item itself, because to allocate each took half of the time of decoding.
pub(crate) type Name = smol_str::SmolStr;

/// Named attributes in the order in which they were read: an item, or a map within one.
///
/// Two items are equal when they have equal attributes, in any order. Looking an attribute up
/// takes a walk over the names, which for the sizes of items beats hashing.
///
/// ```
/// use ddbkit_codec::{AttributeValue, Item};
///
/// let mut item = Item::new();
/// item.insert("pk", "customer#1");
/// item.insert("active", true);
/// assert_eq!(item.get("active"), Some(&AttributeValue::Bool(true)));
/// assert_eq!(item.to_dynamodb_json(), r#"{"pk":{"S":"customer#1"},"active":{"BOOL":true}}"#);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Item(Vec<(Name, AttributeValue)>);

impl Item {
    /// An item without attributes.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// An item with room for so many attributes.
    #[must_use]
    pub fn with_capacity(attributes: usize) -> Self {
        Self(Vec::with_capacity(attributes))
    }

    pub(crate) fn from_unique(attributes: Vec<(Name, AttributeValue)>) -> Self {
        Self(attributes)
    }

    /// An item of attributes that may have names twice: the last one counts.
    pub(crate) fn from_pairs(mut attributes: Vec<(Name, AttributeValue)>) -> Self {
        let repeated = crate::json::repeated(&attributes);
        if !repeated.is_empty() {
            let mut n = 0;
            attributes.retain(|_| {
                n += 1;
                !repeated.contains(&(n - 1))
            });
        }
        Self(attributes)
    }

    /// The attributes in their order.
    #[cfg(feature = "serde")]
    pub(crate) fn as_slice(&self) -> &[(Name, AttributeValue)] {
        &self.0
    }

    /// How many attributes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no attributes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is an attribute of this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&AttributeValue> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The value of an attribute, to be changed.
    ///
    /// ```
    /// use ddbkit_codec::{AttributeValue, Item};
    ///
    /// let mut item = Item::with_capacity(2);
    /// item.insert("pk", "a");
    /// item.insert("count", 1);
    /// if let Some(count) = item.get_mut("count") {
    ///     *count = AttributeValue::from(2);
    /// }
    /// assert_eq!(item.remove("pk"), Some("a".into()));
    ///
    /// let left: Vec<(String, AttributeValue)> = item.into_iter().collect();
    /// assert_eq!(left, [("count".to_owned(), 2.into())]);
    /// ```
    #[must_use]
    pub fn get_mut(&mut self, name: &str) -> Option<&mut AttributeValue> {
        self.0.iter_mut().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Sets an attribute and returns the value that it had.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        value: impl Into<AttributeValue>,
    ) -> Option<AttributeValue> {
        let (name, value): (String, _) = (name.into(), value.into());
        if let Some(own) = self.get_mut(&name) {
            return Some(std::mem::replace(own, value));
        }
        self.0.push((name.into(), value));
        None
    }

    /// Takes an attribute out and returns its value.
    #[allow(clippy::must_use_candidate, reason = "taking it out is the purpose")]
    pub fn remove(&mut self, name: &str) -> Option<AttributeValue> {
        let at = self.0.iter().position(|(own, _)| own == name)?;
        Some(self.0.remove(at).1)
    }

    /// The attributes in their order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &AttributeValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The attributes in the order of the bytes of their names.
    pub(crate) fn in_order(&self) -> Vec<&(Name, AttributeValue)> {
        let mut attributes: Vec<_> = self.0.iter().collect();
        attributes.sort_unstable_by(|(a, _), (b, _)| a.as_bytes().cmp(b.as_bytes()));
        attributes
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && (self.0 == other.0 || self.in_order() == other.in_order())
    }
}

impl Eq for Item {}

impl<N: Into<String>, V: Into<AttributeValue>> Extend<(N, V)> for Item {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, attributes: I) {
        for (name, value) in attributes {
            self.insert(name, value);
        }
    }
}

impl<N: Into<String>, V: Into<AttributeValue>> FromIterator<(N, V)> for Item {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(attributes: I) -> Self {
        let mut item = Self::new();
        item.extend(attributes);
        item
    }
}

impl IntoIterator for Item {
    type Item = (String, AttributeValue);
    type IntoIter = IntoAttributes;
    fn into_iter(self) -> IntoAttributes {
        IntoAttributes(self.0.into_iter())
    }
}

/// The attributes of an [`Item`] that is taken apart, in their order.
#[derive(Clone)]
pub struct IntoAttributes(std::vec::IntoIter<(Name, AttributeValue)>);

impl Iterator for IntoAttributes {
    type Item = (String, AttributeValue);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, value)| (name.into(), value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for IntoAttributes {}

impl DoubleEndedIterator for IntoAttributes {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(name, value)| (name.into(), value))
    }
}

impl fmt::Debug for IntoAttributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes = self.0.as_slice().iter().map(|(name, value)| (name, value));
        f.debug_map().entries(attributes).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_length_are_kept() {
        for length in (1..30).chain([255, 65_535]) {
            let name = "n".repeat(length);
            let json = format!(r#"{{"{name}":{{"S":"a"}}}}"#);
            let item = Item::from_dynamodb_json(json.as_bytes()).unwrap();
            assert_eq!(item.get(&name), Some(&AttributeValue::S("a".to_owned())));
            assert_eq!(item.to_dynamodb_json(), json);
        }
    }
}

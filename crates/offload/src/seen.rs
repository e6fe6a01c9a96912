//! What a writer knows of the item that it changes.

use crate::{BlobPointer, OffloadError};
use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use std::collections::{BTreeMap, HashMap};

/// What a read saw of an item: its `rev` and its pointers.
///
/// A write is carried out only if the item still has them. Every read gives one; keep it while a person
/// edits, and hand it to the write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub(crate) rev: Option<String>,
    pub(crate) pointers: BTreeMap<String, BlobPointer>,
}

impl Seen {
    /// The random text that every write of this library replaces; `None` for an item that it never
    /// wrote.
    #[must_use]
    pub fn rev(&self) -> Option<&str> {
        self.rev.as_deref()
    }

    /// The pointers, by attribute.
    pub fn pointers(&self) -> impl Iterator<Item = (&str, &BlobPointer)> {
        self.pointers.iter().map(|(name, pointer)| (name.as_str(), pointer))
    }

    /// What is to be seen in an item. A map that is no valid pointer is an error: to write over it would
    /// hide the damage.
    pub(crate) fn in_item(
        item: &HashMap<String, SdkValue>,
        rev_attribute: &str,
    ) -> Result<Self, OffloadError> {
        let rev = item.get(rev_attribute).and_then(|rev| rev.as_s().ok()).cloned();
        let mut pointers = BTreeMap::new();
        for (name, value) in item {
            if let Some(pointer) = BlobPointer::from_sdk(value) {
                pointers.insert(name.clone(), pointer.map_err(|error| error.of_attribute(name))?);
            }
        }
        Ok(Self { rev, pointers })
    }
}

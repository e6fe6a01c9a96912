//! Optimistic locking by a number that counts the writes of an item.

use crate::table::Core;
use crate::{Condition, TableError, attr};
use ddbkit_codec::{AttributeValue, Item};

/// The version that a writer saw.
pub(super) struct Version {
    attribute: String,
    /// 0 for an item that was never saved.
    seen: u64,
}

impl Version {
    pub(super) fn seen_in(core: &Core, item: &Item) -> Result<Self, TableError> {
        let Some(attribute) = core.version.clone() else {
            let message = format!("the model of {} has no version attribute", core.table());
            return Err(TableError::input(message));
        };
        let seen = match item.get(&attribute) {
            None | Some(AttributeValue::Null) => Some(0),
            Some(AttributeValue::N(number)) => number.as_u64().filter(|seen| *seen < u64::MAX),
            Some(_) => None,
        };
        let Some(seen) = seen else {
            let item = core.item(item);
            let message = format!("the version {attribute:?} of {item} is no count of writes");
            return Err(TableError::input(message));
        };
        Ok(Self { attribute, seen })
    }

    pub(super) fn attribute(&self) -> &str {
        &self.attribute
    }

    pub(super) fn next(&self) -> u64 {
        self.seen + 1
    }

    /// That nobody wrote since.
    pub(super) fn condition(&self, core: &Core) -> Condition {
        match self.seen {
            0 => core.is_new(),
            seen => attr(&self.attribute).eq(seen),
        }
    }
}

//! What the writes of an item have in common.

use crate::expression::{Placeholders, Rendered};
use crate::{Condition, TableError, Update};
use ddbkit_codec::Item;

/// A write as it is sent: its expressions share the placeholders.
pub(crate) struct Parts {
    /// The item of a put, the key of the others.
    pub(crate) item: Item,
    pub(crate) update: Option<String>,
    pub(crate) condition: Option<String>,
    pub(crate) rendered: Rendered,
}

impl Parts {
    pub(crate) fn of(
        item: Item,
        update: Option<&Update>,
        condition: Option<&Condition>,
    ) -> Result<Self, TableError> {
        let mut placeholders = Placeholders::default();
        let update = update.and_then(|update| update.render(&mut placeholders));
        let condition = condition.map(|condition| condition.render(&mut placeholders));
        Ok(Self { item, update, condition, rendered: placeholders.finish()? })
    }
}

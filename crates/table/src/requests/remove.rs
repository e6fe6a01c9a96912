//! Removing an item.

use super::outcome::write_error;
use super::parts::Parts;
use super::versions::Version;
use super::{LostAnswers, Outcome};
use crate::table::{Core, incomplete};
use crate::{Condition, Key, Table, TableError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::types::{
    Delete, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use ddbkit_codec::Item;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::sync::Arc;

/// A removal of one item; made by [`Table::remove`].
#[must_use = "nothing happens before `send`"]
pub struct RemoveRequest<T> {
    pub(crate) core: Arc<Core>,
    key: Result<Item, TableError>,
    condition: Option<Condition>,
    return_old: bool,
    model: PhantomData<fn() -> T>,
}

impl<T> Table<T> {
    /// Removes the item with this key. One that is not there is as good as removed.
    pub fn remove(&self, key: impl Into<Key>) -> RemoveRequest<T> {
        RemoveRequest {
            core: Arc::clone(&self.core),
            key: self.core.keys.item_of(key.into()),
            condition: None,
            return_old: false,
            model: PhantomData,
        }
    }
}

impl<T> RemoveRequest<T> {
    /// Removes only if this is true of the item; all must be, where several are given.
    pub fn condition(mut self, condition: impl Into<Condition>) -> Self {
        condition.into().and_to(&mut self.condition);
        self
    }

    /// Has the outcome hold the item that was removed.
    pub fn return_old(mut self) -> Self {
        self.return_old = true;
        self
    }

    fn into_parts(self) -> Result<Parts, TableError> {
        Parts::of(self.key?, None, self.condition.as_ref())
    }

    /// The request as a part of a transaction.
    pub(crate) fn into_part(self) -> Result<Delete, TableError> {
        let delete = Delete::builder().table_name(&self.core.name);
        let parts = self.into_parts()?;
        delete
            .set_key(Some(parts.item.into()))
            .set_condition_expression(parts.condition)
            .set_expression_attribute_names(parts.rendered.names)
            .set_expression_attribute_values(parts.rendered.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(incomplete)
    }
}

impl<T: Serialize> RemoveRequest<T> {
    /// Removes only the version that this value has; see [`Table::save`].
    pub fn seen(mut self, value: &T) -> Self {
        let seen = self.core.encode(value).and_then(|item| Version::seen_in(&self.core, &item));
        match seen {
            Ok(version) => version.condition(&self.core).and_to(&mut self.condition),
            Err(error) => self.key = Err(error),
        }
        self
    }
}

impl<T: DeserializeOwned> RemoveRequest<T> {
    /// Sends the request.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::TableErrorKind::InvalidInput) when the key cannot be one of this table,
    /// [`ConditionFailed`](crate::TableErrorKind::ConditionFailed) with the item that is there, or
    /// [`Ambiguous`](crate::TableErrorKind::Ambiguous), when a condition was false, and what calls may
    /// give.
    pub async fn send(self) -> Result<Outcome<T>, TableError> {
        let core = Arc::clone(&self.core);
        let old = if self.return_old { ReturnValue::AllOld } else { ReturnValue::None };
        let parts = self.into_parts()?;
        let lost = LostAnswers::default();
        let call = core.client.delete_item().table_name(&core.name);
        let call = call
            .set_key(Some(parts.item.clone().into()))
            .set_condition_expression(parts.condition)
            .set_expression_attribute_names(parts.rendered.names)
            .set_expression_attribute_values(parts.rendered.values)
            .return_values(old)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = Box::pin(call.customize().interceptor(lost.clone()).send()).await;
        let answer = answer.map_err(|error| {
            let what = format!("removing {}", core.item(&parts.item));
            write_error(&core, what, error, &lost, |error| match error {
                DeleteItemError::ConditionalCheckFailedException(failed) => failed.item,
                _ => None,
            })
        })?;
        Outcome::of(&core, answer.attributes, true, answer.consumed_capacity.as_ref()).await
    }
}

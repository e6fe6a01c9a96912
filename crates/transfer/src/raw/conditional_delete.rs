//! A `DeleteItem` with a condition on the item of its key.

use crate::TransferError;
use crate::raw::answered::answered;
use crate::raw::session::Session;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
};
use ddbkit_codec::Item;

/// What became of a delete with a condition.
pub(crate) enum DeleteOutcome {
    /// There is no item of this key any more.
    Deleted,
    /// The condition was false for this item.
    Kept(Item),
}

impl Session {
    /// Deletes the item of a key, unless it has the number attribute with a value that is not less,
    /// or with one that is no number.
    pub(crate) async fn delete_unless_stamped(
        &self,
        key: Item,
        attribute: &str,
        number: u64,
    ) -> Result<DeleteOutcome, TransferError> {
        self.limiter.ready().await;
        let answer = self
            .client
            .delete_item()
            .table_name(&*self.table)
            .set_key(Some(key.into()))
            .condition_expression("attribute_not_exists(#a) OR #a < :new")
            .expression_attribute_names("#a", attribute)
            .expression_attribute_values(":new", AttributeValue::N(number.to_string()))
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .customize()
            .config_override(self.overrides())
            .send()
            .await;
        let error = match answer {
            Ok(answer) => {
                self.charge(answer.consumed_capacity());
                return Ok(DeleteOutcome::Deleted);
            }
            Err(error) => error,
        };
        if let Some(DeleteItemError::ConditionalCheckFailedException(refused)) =
            error.as_service_error()
            && let Some(item) = refused.item()
        {
            return Ok(DeleteOutcome::Kept(answered(item.clone())?));
        }
        Err(TransferError::call(format_args!("delete from {}", self.table), &error))
    }
}

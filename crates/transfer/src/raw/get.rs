//! `GetItem`, of one attribute or of all.

use crate::TransferError;
use crate::raw::answered::answered;
use crate::raw::session::Session;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use ddbkit_codec::Item;

impl Session {
    /// The item of a key with this attribute alone; `None` where there is no such item.
    pub(crate) async fn get_attribute(
        &self,
        key: Item,
        attribute: &str,
    ) -> Result<Option<Item>, TransferError> {
        self.limiter.ready().await;
        let call = self.get_call(key);
        let call = call.projection_expression("#a").expression_attribute_names("#a", attribute);
        let answer = self.get_answer(call).await?;
        self.charge(answer.consumed_capacity());
        answer.item.map(answered).transpose()
    }

    /// The item of a key as it is now; `None` where there is no such item. What it consumes is counted
    /// apart: it is not of the capacity that the session paces.
    #[cfg(feature = "offload")]
    pub(crate) async fn get_item(&self, key: Item) -> Result<Option<Item>, TransferError> {
        let answer = self.get_answer(self.get_call(key).consistent_read(true)).await?;
        self.count_read(answer.consumed_capacity());
        answer.item.map(answered).transpose()
    }

    fn get_call(&self, key: Item) -> GetItemFluentBuilder {
        let call = self.client.get_item().table_name(&*self.table).set_key(Some(key.into()));
        call.return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    async fn get_answer(&self, call: GetItemFluentBuilder) -> Result<GetItemOutput, TransferError> {
        let answer = call.customize().config_override(self.overrides()).send().await;
        answer.map_err(|error| TransferError::call(format_args!("get from {}", self.table), &error))
    }
}

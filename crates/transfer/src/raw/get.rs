//! `GetItem`, of one attribute or of all.

use crate::raw::session::Session;
use crate::{TransferError, TransferErrorKind};
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
        let call = self.client.get_item().table_name(&*self.table).set_key(Some(key.into()));
        let answer = call
            .projection_expression("#a")
            .expression_attribute_names("#a", attribute)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .customize()
            .config_override(self.overrides())
            .send()
            .await;
        let answer = answer.map_err(|error| {
            TransferError::call(format_args!("get from {}", self.table), &error)
        })?;
        self.charge(answer.consumed_capacity());
        answer.item.map(Item::try_from).transpose().map_err(unknown_type)
    }

    /// The item of a key as it is now; `None` where there is no such item. What it consumes is counted
    /// apart: it is not of the capacity that the session paces.
    #[cfg(feature = "offload")]
    pub(crate) async fn get_item(&self, key: Item) -> Result<Option<Item>, TransferError> {
        let call = self.client.get_item().table_name(&*self.table).set_key(Some(key.into()));
        let answer = call
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .customize()
            .config_override(self.overrides())
            .send()
            .await;
        let answer = answer.map_err(|error| {
            TransferError::call(format_args!("get from {}", self.table), &error)
        })?;
        self.count_read(answer.consumed_capacity());
        answer.item.map(Item::try_from).transpose().map_err(unknown_type)
    }
}

fn unknown_type(error: impl std::error::Error + Send + Sync + 'static) -> TransferError {
    let message = "DynamoDB answered with an item of an unknown type";
    TransferError::caused(TransferErrorKind::Service, message, error)
}

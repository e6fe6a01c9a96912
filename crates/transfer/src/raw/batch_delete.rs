//! A BatchWriteItem that deletes.

use crate::raw::session::{Session, WRITE_ATTEMPTS};
use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::types::{
    AttributeValue, DeleteRequest, ReturnConsumedCapacity, WriteRequest,
};
use std::collections::HashMap;

impl Session {
    /// Deletes the items of these keys, at most 25 and no two equal. Goes on until all are deleted.
    pub(crate) async fn delete_all(
        &self,
        keys: Vec<HashMap<String, AttributeValue>>,
    ) -> Result<(), TransferError> {
        let mut left = keys.into_iter().map(request).collect::<Result<Vec<_>, _>>()?;
        let mut attempt = 0;
        while !left.is_empty() {
            self.control().check()?;
            self.limiter.ready().await;
            let before = left.len();
            match self.delete_once(left.clone()).await {
                Ok(unprocessed) if unprocessed.len() < before => {
                    (left, attempt) = (unprocessed, 0);
                    continue;
                }
                Ok(unprocessed) => left = unprocessed,
                Err(error) => {
                    if !error.kind().may_pass() || attempt == WRITE_ATTEMPTS {
                        return Err(error);
                    }
                }
            }
            if attempt == WRITE_ATTEMPTS {
                let (count, table) = (left.len(), &self.table);
                let message = format!("DynamoDB deletes none of {count} items of {table}");
                return Err(TransferError::new(TransferErrorKind::Throttled, message));
            }
            self.limiter.throttled();
            let wait = tokio::time::sleep(self.retry.delay(attempt));
            self.control().run(wait).await?;
            attempt += 1;
        }
        Ok(())
    }

    /// Sends a batch once; what DynamoDB did not get to.
    async fn delete_once(
        &self,
        requests: Vec<WriteRequest>,
    ) -> Result<Vec<WriteRequest>, TransferError> {
        let (items, table) = (requests.len(), &*self.table);
        let call = self.client.batch_write_item().request_items(table, requests);
        let call = call.return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = call.customize().config_override(self.overrides()).send().await;
        let answer = answer.map_err(|error| {
            TransferError::call(format_args!("batch of {items} deletes from {table}"), &error)
        })?;
        for consumed in answer.consumed_capacity() {
            self.charge(Some(consumed));
        }
        Ok(answer.unprocessed_items.unwrap_or_default().into_values().flatten().collect())
    }
}

fn request(key: HashMap<String, AttributeValue>) -> Result<WriteRequest, TransferError> {
    let delete = DeleteRequest::builder().set_key(Some(key)).build().map_err(|error| {
        let message = "the request for a delete cannot be built";
        TransferError::caused(TransferErrorKind::Internal, message, error)
    })?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

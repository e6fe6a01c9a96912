//! A PutItem that never replaces an item.

use crate::TransferError;
use crate::raw::batch_write::set_body;
use crate::raw::session::Session;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use bytes::Bytes;
use ddbkit_codec::Item;
use ddbkit_codec::rules::write_units;
use ddbkit_flow::CapacityUnits;

/// What became of a put that must not replace anything.
pub(crate) enum PutOutcome {
    /// The item was written.
    Written,
    /// The key was taken, by this item.
    Taken(Item),
}

impl Session {
    /// Writes the item unless its key is taken. `hash` is the name of the partition key.
    pub(crate) async fn put_if_absent(
        &self,
        hash: &str,
        item: &[u8],
    ) -> Result<PutOutcome, TransferError> {
        self.limiter.ready().await;
        let body = Bytes::from(body(&self.table, hash, item));
        let answer = self
            .client
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(std::collections::HashMap::new()))
            .customize()
            .config_override(self.overrides())
            .mutate_request(move |http| set_body(http, &body))
            .send()
            .await;
        let error = match answer {
            Ok(answer) => {
                self.charge(answer.consumed_capacity());
                return Ok(PutOutcome::Written);
            }
            Err(error) => error,
        };
        if let Some(PutItemError::ConditionalCheckFailedException(refused)) =
            error.as_service_error()
            && let Some(item) = refused.item()
        {
            let item = Item::try_from(item.clone()).map_err(|error| {
                let message = "DynamoDB answered with an item of an unknown type";
                TransferError::caused(crate::TransferErrorKind::Service, message, error)
            })?;
            // A write whose condition fails consumes what the item there would, and says nothing.
            // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
            self.charge_untold(CapacityUnits::new(write_units(item.size())).unwrap_or_default());
            return Ok(PutOutcome::Taken(item));
        }
        Err(TransferError::call(format_args!("put to {}", self.table), &error))
    }
}

fn body(table: &str, hash: &str, item: &[u8]) -> Vec<u8> {
    let hash = serde_json::Value::from(hash);
    let head = format!("{{\"TableName\":\"{table}\",\"Item\":");
    let rest = format!(
        concat!(
            ",\"ConditionExpression\":\"attribute_not_exists(#hash)\",",
            "\"ExpressionAttributeNames\":{{\"#hash\":{}}},",
            "\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\",",
            "\"ReturnConsumedCapacity\":\"INDEXES\"}}"
        ),
        hash
    );
    [head.as_bytes(), item, rest.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_valid_json_for_any_key_name() {
        let body = body("T", "k\"\\ \u{2028}", br#"{"a":{"S":"b"}}"#);
        let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(value["ExpressionAttributeNames"]["#hash"], "k\"\\ \u{2028}");
        assert_eq!(value["Item"]["a"]["S"], "b");
    }
}

//! A PutItem with a condition on the item of its key.

use crate::TransferError;
use crate::raw::answered::answered;
use crate::raw::batch_write::set_body;
use crate::raw::session::Session;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use bytes::Bytes;
use ddbkit_codec::Item;

/// When an item may be written.
pub(crate) enum PutCondition<'a> {
    /// No item has its key.
    IfAbsent {
        /// The name of the partition key.
        key: &'a str,
    },
    /// No item has its key, or that item has a lesser value of the attribute, of the same type.
    IfLess {
        /// The name of the partition key.
        key: &'a str,
        /// Not of the key: it is the same in both items.
        attribute: &'a str,
        /// DynamoDB JSON.
        value: &'a [u8],
    },
    /// No item has its key, or that item lacks the attribute or has a lesser value of it, of the same
    /// type.
    UnlessStamped {
        /// Not of the key.
        attribute: &'a str,
        /// DynamoDB JSON.
        value: &'a [u8],
    },
}

/// What became of a put with a condition.
pub(crate) enum PutOutcome {
    /// The item was written.
    Written,
    /// The condition was false for this item, which has the key.
    Taken(Item),
}

impl Session {
    /// Writes the item if the condition holds.
    pub(crate) async fn put_if(
        &self,
        condition: &PutCondition<'_>,
        item: &[u8],
    ) -> Result<PutOutcome, TransferError> {
        self.limiter.ready().await;
        let body = Bytes::from(body(&self.table, condition, item));
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
            return Ok(PutOutcome::Taken(answered(item.clone())?));
        }
        Err(TransferError::call(format_args!("put to {}", self.table), &error))
    }
}

fn body(table: &str, condition: &PutCondition<'_>, item: &[u8]) -> Vec<u8> {
    let text = |name: &str| serde_json::Value::from(name);
    let mut body = format!("{{\"TableName\":\"{table}\",\"Item\":").into_bytes();
    body.extend_from_slice(item);
    let (expression, names) = match condition {
        PutCondition::IfAbsent { key } => {
            ("attribute_not_exists(#k)", format!("\"#k\":{}", text(key)))
        }
        PutCondition::IfLess { key, attribute, value } => {
            body.extend_from_slice(b",\"ExpressionAttributeValues\":{\":new\":");
            body.extend_from_slice(value);
            body.push(b'}');
            let names = format!("\"#k\":{},\"#a\":{}", text(key), text(attribute));
            ("attribute_not_exists(#k) OR #a < :new", names)
        }
        PutCondition::UnlessStamped { attribute, value } => {
            body.extend_from_slice(b",\"ExpressionAttributeValues\":{\":new\":");
            body.extend_from_slice(value);
            body.push(b'}');
            ("attribute_not_exists(#a) OR #a < :new", format!("\"#a\":{}", text(attribute)))
        }
    };
    let rest = format!(
        concat!(
            ",\"ConditionExpression\":\"{}\",\"ExpressionAttributeNames\":{{{}}},",
            "\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\",",
            "\"ReturnConsumedCapacity\":\"INDEXES\"}}"
        ),
        expression, names
    );
    body.extend_from_slice(rest.as_bytes());
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_valid_json_for_any_name() {
        let name = "k\"\\ \u{2028}";
        let absent = PutCondition::IfAbsent { key: name };
        let value = br#"{"N":"5"}"#;
        let less = PutCondition::IfLess { key: name, attribute: name, value };
        let stamped = PutCondition::UnlessStamped { attribute: name, value };
        for condition in [absent, less, stamped] {
            let body = body("T", &condition, br#"{"a":{"S":"b"}}"#);
            let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(value["Item"]["a"]["S"], "b");
            if !matches!(condition, PutCondition::UnlessStamped { .. }) {
                assert_eq!(value["ExpressionAttributeNames"]["#k"], name);
            }
            if !matches!(condition, PutCondition::IfAbsent { .. }) {
                assert_eq!(value["ExpressionAttributeNames"]["#a"], name);
                assert_eq!(value["ExpressionAttributeValues"][":new"]["N"], "5");
            }
        }
    }
}

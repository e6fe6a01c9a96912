//! A `TransactWriteItems` of two: a note with a condition, and the write that it notes.

use crate::TransferError;
use crate::raw::answered::answered;
use crate::raw::batch_write::{BatchWrite, set_body};
use crate::raw::session::Session;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;
use bytes::Bytes;
use ddbkit_codec::Item;
use ddbkit_flow::CallFailure;

/// The code in the place of a write that was not the reason of a cancellation.
const NO_REASON: &str = "None";

/// A write to one table, done only together with a note in another.
pub(crate) struct Transaction<'a> {
    /// DynamoDB JSON of the note.
    pub(crate) note: &'a [u8],
    /// The number attribute of a note that must be less in the one that is there, or missing.
    pub(crate) attribute: &'a str,
    /// The number that it must be less than.
    pub(crate) number: u64,
    pub(crate) write: BatchWrite<'a>,
}

/// What became of a transaction.
pub(crate) enum TransactionOutcome {
    /// Both were written.
    Written,
    /// Neither was: there is this note, and its number is not less.
    Noted(Item),
}

impl Session {
    /// Does both or neither. `notes` is the session of the table of the notes; each of the two is
    /// waited for and charged on its own.
    ///
    /// There is no token: the condition makes a transaction that is sent twice one that is done once.
    pub(crate) async fn write_with_note(
        &self,
        notes: &Session,
        transaction: &Transaction<'_>,
    ) -> Result<TransactionOutcome, TransferError> {
        self.limiter.ready().await;
        notes.limiter.ready().await;
        let body = Bytes::from(body(&self.table, &notes.table, transaction));
        let answer = self
            .client
            .transact_write_items()
            .set_transact_items(Some(Vec::new()))
            .customize()
            .config_override(self.overrides())
            .mutate_request(move |http| set_body(http, &body))
            .send()
            .await;
        let error = match answer {
            Ok(answer) => {
                for consumed in answer.consumed_capacity() {
                    let is_note = consumed.table_name() == Some(&*notes.table);
                    if is_note { notes } else { self }.charge(Some(consumed));
                }
                return Ok(TransactionOutcome::Written);
            }
            Err(error) => error,
        };
        let what = format_args!("transaction on {} and {}", self.table, notes.table);
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                outcome(what, cancelled.cancellation_reasons())
            }
            _ => Err(TransferError::call(what, &error)),
        }
    }
}

/// The condition that was false, or else the error that the reasons come to.
fn outcome(
    what: impl std::fmt::Display,
    reasons: &[CancellationReason],
) -> Result<TransactionOutcome, TransferError> {
    if let Some(note) = reasons.iter().find_map(CancellationReason::item) {
        return Ok(TransactionOutcome::Noted(answered(note.clone())?));
    }
    let mut codes = reasons.iter().map(|reason| (reason.code(), reason.message()));
    let (code, text) = codes.find(|(code, _)| *code != Some(NO_REASON)).unwrap_or_default();
    Err(TransferError::failed(what, CallFailure::refused(code, text)))
}

fn body(table: &str, notes: &str, transaction: &Transaction<'_>) -> Vec<u8> {
    let Transaction { note, attribute, number, write } = transaction;
    let attribute = serde_json::Value::from(*attribute);
    // A table name has only letters, digits and `-_.:/`, so it needs no escapes.
    let head = format!("{{\"TransactItems\":[{{\"Put\":{{\"TableName\":\"{notes}\",\"Item\":");
    let condition = format!(
        concat!(
            ",\"ConditionExpression\":\"attribute_not_exists(#n) OR #n < :new\",",
            "\"ExpressionAttributeNames\":{{\"#n\":{}}},",
            "\"ExpressionAttributeValues\":{{\":new\":{{\"N\":\"{}\"}}}},",
            "\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\"}}}},"
        ),
        attribute, number
    );
    let (write, part, json) = match write {
        BatchWrite::Put(item) => ("Put", "Item", item),
        BatchWrite::Delete(key) => ("Delete", "Key", key),
    };
    let write = format!("{{\"{write}\":{{\"TableName\":\"{table}\",\"{part}\":");
    let tail = b"}}],\"ReturnConsumedCapacity\":\"INDEXES\"}";
    [head.as_bytes(), note, condition.as_bytes(), write.as_bytes(), json, tail].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_the_json_of_the_api() {
        let item = br#"{"pk":{"S":"a"}}"#;
        for (write, name, part) in
            [(BatchWrite::Put(item), "Put", "Item"), (BatchWrite::Delete(item), "Delete", "Key")]
        {
            let note = br#"{"item":{"S":"x"}}"#;
            let transaction = Transaction { note, attribute: "at", number: 7, write };
            let json: serde_json::Value =
                serde_json::from_slice(&body("T", "N", &transaction)).unwrap();
            let [of_note, of_item] = [0, 1].map(|n| &json["TransactItems"][n]);
            assert_eq!(of_note["Put"]["TableName"], "N");
            assert_eq!(of_note["Put"]["Item"]["item"]["S"], "x");
            assert_eq!(of_note["Put"]["ExpressionAttributeNames"]["#n"], "at");
            assert_eq!(of_note["Put"]["ExpressionAttributeValues"][":new"]["N"], "7");
            assert_eq!(of_item[name]["TableName"], "T");
            assert_eq!(of_item[name][part]["pk"]["S"], "a");
        }
    }
}

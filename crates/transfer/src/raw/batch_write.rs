//! A BatchWriteItem whose body is spliced from raw items.

use crate::TransferError;
use crate::raw::session::Session;
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemOutput;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use ddbkit_codec::Item;

/// The puts of one BatchWriteItem, as the JSON text of its items.
///
/// DynamoDB takes at most 25 puts and 16 MB, and no two of one key.
#[derive(Default)]
pub(crate) struct BatchRequest {
    body: Vec<u8>,
    items: usize,
}

/// What DynamoDB made of a batch.
pub(crate) struct BatchOutcome {
    /// Items that it did not get to, to be sent again.
    pub(crate) unprocessed: Vec<Item>,
}

impl BatchRequest {
    pub(crate) const MAX_ITEMS: usize = 25;
    /// The 16 MB of the API, less room for what stands around the items.
    pub(crate) const MAX_BYTES: usize = 16 * 1024 * 1024 - 16 * 1024;

    /// The length of what stands around each item in the request.
    pub(crate) const FRAME: usize = r#"{"PutRequest":{"Item":}},"#.len();

    /// A batch of puts into one table.
    pub(crate) fn new<'a>(
        table: &str,
        items: impl IntoIterator<Item = &'a [u8], IntoIter: Clone>,
    ) -> Self {
        let items = items.into_iter();
        let frames = items.clone().map(|item| item.len() + Self::FRAME);
        // A table name has only letters, digits and `-_.:/`, so it needs no escapes.
        let head = format!("{{\"RequestItems\":{{\"{table}\":[");
        let tail = "]},\"ReturnConsumedCapacity\":\"INDEXES\"}";
        let mut body = Vec::with_capacity(head.len() + frames.sum::<usize>() + tail.len());
        body.extend_from_slice(head.as_bytes());
        let mut count = 0;
        for item in items {
            if count > 0 {
                body.push(b',');
            }
            body.extend_from_slice(b"{\"PutRequest\":{\"Item\":");
            body.extend_from_slice(item);
            body.extend_from_slice(b"}}");
            count += 1;
        }
        body.extend_from_slice(tail.as_bytes());
        Self { body, items: count }
    }
}

impl Session {
    /// Sends a batch once, after waiting for capacity. The SDK's own retries apply.
    pub(crate) async fn batch_write(
        &self,
        request: BatchRequest,
    ) -> Result<BatchOutcome, TransferError> {
        self.limiter.ready().await;
        let (body, items) = (Bytes::from(request.body), request.items);
        let answer = self
            .client
            .batch_write_item()
            .request_items(&*self.table, Vec::new())
            .customize()
            .config_override(self.overrides())
            .mutate_request(move |http| set_body(http, &body))
            .send()
            .await
            .map_err(|error| {
                let table = &self.table;
                TransferError::call(format_args!("batch of {items} puts to {table}"), &error)
            })?;
        for consumed in answer.consumed_capacity() {
            self.charge(Some(consumed));
        }
        Ok(BatchOutcome { unprocessed: unprocessed(answer)? })
    }
}

/// Puts a body in place of the one that the SDK serialised. Must run before the request is signed.
pub(crate) fn set_body(
    http: &mut aws_smithy_runtime_api::client::orchestrator::HttpRequest,
    body: &Bytes,
) {
    http.headers_mut().insert("content-length", body.len().to_string());
    *http.body_mut() = SdkBody::from(body.clone());
}

fn unprocessed(answer: BatchWriteItemOutput) -> Result<Vec<Item>, TransferError> {
    let requests = answer.unprocessed_items.unwrap_or_default().into_values().flatten();
    let puts = requests.filter_map(|request| request.put_request).map(|put| put.item);
    puts.map(|item| {
        Item::try_from(item).map_err(|error| {
            let message = "DynamoDB gave back an item of an unknown type";
            TransferError::caused(crate::TransferErrorKind::Service, message, error)
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_the_json_of_the_api() {
        let items: [&[u8]; 2] = [br#"{"pk":{"S":"a"}}"#, br#"{"pk":{"S":"b"}}"#];
        let batch = BatchRequest::new("T", items);
        assert_eq!(batch.items, 2);
        assert_eq!(
            String::from_utf8(batch.body).unwrap(),
            concat!(
                r#"{"RequestItems":{"T":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},"#,
                r#"{"PutRequest":{"Item":{"pk":{"S":"b"}}}}]},"ReturnConsumedCapacity":"INDEXES"}"#
            )
        );
    }
}

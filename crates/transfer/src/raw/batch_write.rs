//! A BatchWriteItem whose body is spliced from raw items and keys.

use crate::TransferError;
use crate::raw::answered::answered;
use crate::raw::session::Session;
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemOutput;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use ddbkit_codec::Item;

/// One write of a batch, with its JSON text.
#[derive(Clone, Copy)]
pub(crate) enum BatchWrite<'a> {
    /// This item is put.
    Put(&'a [u8]),
    /// The item of this key is deleted.
    Delete(&'a [u8]),
}

impl<'a> BatchWrite<'a> {
    /// What stands before and behind the text, and the text.
    fn parts(self) -> [&'a [u8]; 3] {
        match self {
            Self::Put(item) => [b"{\"PutRequest\":{\"Item\":", item, b"}}"],
            Self::Delete(key) => [b"{\"DeleteRequest\":{\"Key\":", key, b"}}"],
        }
    }
}

/// The writes of one BatchWriteItem, as the JSON text of their items and keys.
///
/// DynamoDB takes at most 25 writes and 16 MB, and no two of one key.
#[derive(Default)]
pub(crate) struct BatchRequest {
    body: Vec<u8>,
    items: usize,
}

/// What DynamoDB made of a batch.
pub(crate) struct BatchOutcome {
    /// Items and keys that it did not get to, to be sent again.
    pub(crate) unprocessed: Vec<Item>,
}

impl BatchRequest {
    pub(crate) const MAX_ITEMS: usize = 25;
    /// The 16 MB of the API, less room for what stands around the items.
    pub(crate) const MAX_BYTES: usize = 16 * 1024 * 1024 - 16 * 1024;

    /// The most that stands around each item or key in the request.
    pub(crate) const FRAME: usize = r#"{"DeleteRequest":{"Key":}},"#.len();

    /// A batch of writes to one table.
    pub(crate) fn new<'a>(
        table: &str,
        writes: impl IntoIterator<Item = BatchWrite<'a>, IntoIter: Clone>,
    ) -> Self {
        let writes = writes.into_iter();
        let sizes = writes
            .clone()
            .map(|write| write.parts().iter().map(|part| part.len()).sum::<usize>() + 1);
        // A table name has only letters, digits and `-_.:/`, so it needs no escapes.
        let head = format!("{{\"RequestItems\":{{\"{table}\":[");
        let tail = "]},\"ReturnConsumedCapacity\":\"INDEXES\"}";
        let mut body = Vec::with_capacity(head.len() + sizes.sum::<usize>() + tail.len());
        body.extend_from_slice(head.as_bytes());
        let mut count = 0;
        for write in writes {
            if count > 0 {
                body.push(b',');
            }
            for part in write.parts() {
                body.extend_from_slice(part);
            }
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
                TransferError::call(format_args!("batch of {items} writes to {table}"), &error)
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
    let puts_and_deletes = requests.filter_map(|request| match request.put_request {
        Some(put) => Some(put.item),
        None => request.delete_request.map(|delete| delete.key),
    });
    puts_and_deletes.map(answered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_the_json_of_the_api() {
        let (put, key) = (br#"{"pk":{"S":"a"},"n":{"N":"1"}}"#, br#"{"pk":{"S":"b"}}"#);
        let writes = [BatchWrite::Put(put), BatchWrite::Delete(key)];
        let batch = BatchRequest::new("T", writes);
        assert_eq!(batch.items, 2);
        assert_eq!(
            String::from_utf8(batch.body).unwrap(),
            concat!(
                r#"{"RequestItems":{"T":[{"PutRequest":{"Item":{"pk":{"S":"a"},"n":{"N":"1"}}}},"#,
                r#"{"DeleteRequest":{"Key":{"pk":{"S":"b"}}}}]},"ReturnConsumedCapacity":"INDEXES"}"#
            )
        );
    }
}

//! Splitting a `BatchWriteItem` request into what is applied and what comes back unprocessed.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::proxy::BatchPart;

/// Requests by table, in the text in which they came.
type RequestItems = BTreeMap<String, Vec<Box<RawValue>>>;
/// The members of a request or an answer, in the text in which they came.
type Members = BTreeMap<String, Box<RawValue>>;

/// A batch, split.
pub(super) struct SplitBatch {
    /// The request with what is to be applied; `None` when that is nothing.
    pub(super) applied: Option<Vec<u8>>,
    /// The `UnprocessedItems` member of the answer.
    pub(super) unprocessed: Box<RawValue>,
}

/// Splits a request; an error when it is no batch, and the service shall say so.
pub(super) fn split(body: &[u8], part: BatchPart) -> serde_json::Result<SplitBatch> {
    let mut request: Members = serde_json::from_slice(body)?;
    let tables = request.get("RequestItems").map_or("{}", |items| items.get());
    let mut applied: RequestItems = serde_json::from_str(tables)?;
    let mut unprocessed = RequestItems::new();
    for (table, requests) in &mut applied {
        let keep = match part {
            BatchPart::FirstHalf => requests.len() / 2,
            BatchPart::Nothing => 0,
        };
        unprocessed.insert(table.clone(), requests.split_off(keep));
    }
    applied.retain(|_, requests| !requests.is_empty());
    let applied = if applied.is_empty() {
        None
    } else {
        request.insert("RequestItems".to_owned(), serde_json::value::to_raw_value(&applied)?);
        Some(serde_json::to_vec(&request)?)
    };
    Ok(SplitBatch { applied, unprocessed: serde_json::value::to_raw_value(&unprocessed)? })
}

/// The service's answer to the applied part, with the unprocessed rest put in.
pub(super) fn answer(
    applied: Option<&[u8]>,
    unprocessed: Box<RawValue>,
) -> serde_json::Result<Vec<u8>> {
    let mut answer: Members = match applied {
        Some(body) => serde_json::from_slice(body)?,
        None => Members::new(),
    };
    answer.insert("UnprocessedItems".to_owned(), unprocessed);
    serde_json::to_vec(&answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &[u8] = br#"{"RequestItems":{"a":[{"n":1},{"n":2},{"n":3}],"b":[{"n":4}]},"ReturnConsumedCapacity":"TOTAL"}"#;

    #[test]
    fn half_of_each_table_is_applied_and_the_rest_returned() {
        let split = split(REQUEST, BatchPart::FirstHalf).unwrap();
        assert_eq!(
            String::from_utf8(split.applied.unwrap()).unwrap(),
            r#"{"RequestItems":{"a":[{"n":1}]},"ReturnConsumedCapacity":"TOTAL"}"#
        );
        assert_eq!(split.unprocessed.get(), r#"{"a":[{"n":2},{"n":3}],"b":[{"n":4}]}"#);
        let answer =
            answer(Some(br#"{"UnprocessedItems":{},"ConsumedCapacity":[1.0]}"#), split.unprocessed);
        assert_eq!(
            String::from_utf8(answer.unwrap()).unwrap(),
            r#"{"ConsumedCapacity":[1.0],"UnprocessedItems":{"a":[{"n":2},{"n":3}],"b":[{"n":4}]}}"#
        );
    }

    #[test]
    fn nothing_is_applied_when_asked_for() {
        let split = split(REQUEST, BatchPart::Nothing).unwrap();
        assert!(split.applied.is_none());
        assert!(split.unprocessed.get().contains(r#"{"n":1}"#));
    }

    #[test]
    fn what_is_no_batch_is_an_error() {
        assert!(split(b"[1]", BatchPart::Nothing).is_err());
        assert!(split(br#"{"RequestItems":{"a":1}}"#, BatchPart::Nothing).is_err());
    }
}

//! What Lambda's event source mapping hands to a function.

use crate::{ArchiveError, ArchiveRecord};
use ddbkit_codec::StreamRecord;
use serde::Deserialize;

/// A batch of records of one shard.
#[derive(Debug)]
pub(super) struct Batch {
    /// The ARN of the stream.
    pub(super) stream: String,
    /// The id of the shard.
    pub(super) shard: String,
    /// In the order of the shard.
    pub(super) records: Vec<ArchiveRecord>,
}

/// What an event says beside its records. (AWS docs, "Implementing stateful DynamoDB stream
/// processing in Lambda".)
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "shardId")]
    shard: Option<String>,
    #[serde(rename = "eventSourceARN")]
    stream: Option<String>,
}

impl Batch {
    /// Reads an event; `None` for one without records, as Lambda sends at the end of each window.
    pub(super) fn from_json(event: &[u8]) -> Result<Option<Self>, ArchiveError> {
        let unreadable = "the event is none of a DynamoDB stream";
        let head: Head = serde_json::from_slice(event)
            .map_err(|error| ArchiveError::invalid(unreadable).caused_by(error))?;
        let records = StreamRecord::all_from_json(event)
            .map_err(|error| ArchiveError::invalid(unreadable).caused_by(error))?;
        let Some(first) = records.first() else { return Ok(None) };
        let Some(shard) = head.shard else {
            return Err(ArchiveError::invalid(
                "the event does not tell its shard; set TumblingWindowInSeconds of the event source \
                 mapping to 900, which also keeps ParallelizationFactor at 1",
            ));
        };
        let Some(stream) = head.stream.or_else(|| first.event_source_arn.clone()) else {
            return Err(ArchiveError::invalid(format!("{unreadable}: it has no eventSourceARN")));
        };
        let other = |record: &StreamRecord| {
            record.event_source_arn.as_ref().is_some_and(|arn| *arn != stream)
        };
        if records.iter().any(other) {
            return Err(ArchiveError::invalid("the event has records of several streams"));
        }
        let records: Result<Vec<ArchiveRecord>, _> =
            records.into_iter().map(TryInto::try_into).collect();
        let records = records?;
        for pair in records.windows(2) {
            if let [earlier, later] = pair
                && earlier.place()? >= later.place()?
            {
                return Err(ArchiveError::invalid(format!(
                    "the records of the event are not in the order of shard {shard}",
                )));
            }
        }
        Ok(Some(Self { stream, shard, records }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"eventID":"1","eventName":"REMOVE","eventVersion":"1.1",
        "eventSource":"aws:dynamodb","awsRegion":"eu-west-1","eventSourceARN":"arn:s",
        "userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},
        "dynamodb":{"ApproximateCreationDateTime":1684374845,"Keys":{"pk":{"S":"a"}},
        "OldImage":{"pk":{"S":"a"}},"SequenceNumber":"900","SizeBytes":6,
        "StreamViewType":"OLD_IMAGE"}}"#;

    fn event(records: &[&str]) -> String {
        let records = records.join(",");
        format!(
            r#"{{"Records":[{records}],"window":{{"start":"2026-01-01T00:00:00Z"}},"state":{{}},
            "shardId":"shardId-1","eventSourceARN":"arn:s","isFinalInvokeForWindow":false,
            "isWindowTerminatedEarly":false}}"#
        )
    }

    fn refused(event: &str) -> String {
        Batch::from_json(event.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn an_event_tells_stream_shard_and_records() {
        let later = RECORD.replace("\"900\"", "\"1000\"");
        let batch = Batch::from_json(event(&[RECORD, &later]).as_bytes()).unwrap().unwrap();
        assert_eq!((batch.stream.as_str(), batch.shard.as_str()), ("arn:s", "shardId-1"));
        let places: Vec<_> = batch.records.iter().map(|r| r.place().unwrap().as_str()).collect();
        assert_eq!(places, ["900", "1000"]);
    }

    #[test]
    fn the_end_of_a_window_has_no_records() {
        assert!(Batch::from_json(event(&[]).as_bytes()).unwrap().is_none());
    }

    #[test]
    fn an_event_without_a_shard_says_what_to_set() {
        let error = refused(&format!("{{\"Records\":[{RECORD}]}}"));
        assert!(error.contains("TumblingWindowInSeconds"), "{error}");
        assert!(error.contains("ParallelizationFactor"), "{error}");
    }

    #[test]
    fn what_is_no_batch_of_a_shard_is_refused() {
        let other = RECORD.replace("arn:s", "arn:t").replace("\"900\"", "\"901\"");
        assert!(refused(&event(&[RECORD, &other])).contains("several streams"));
        // As text it would be in order.
        let shorter = RECORD.replace("\"900\"", "\"1000\"");
        assert!(refused(&event(&[&shorter, RECORD])).contains("not in the order"));
        assert!(refused(&event(&[RECORD, RECORD])).contains("not in the order"));
        assert!(refused("[]").contains("none of a DynamoDB stream"));
    }
}

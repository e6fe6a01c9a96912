//! Records of a stream, as the archive needs them.

mod class;
mod from_sdk;
mod line;

pub use class::{RecordClass, Replicated};
pub use line::LineFormat;

use crate::{ArchiveError, ArchiveErrorKind};
use ddbkit_codec::{EventName, Item, SequenceNumber, StreamRecord, StreamViewType, UserIdentity};

/// One change of an item, from whichever channel: `GetRecords` of `DynamoDB` Streams, an event of
/// Lambda, or a record in Kinesis Data Streams.
///
/// Only deletes are archived, so the images of inserts and changes are not kept.
///
/// ```
/// use ddbkit_archive::{ArchiveRecord, RecordClass, Replicated};
///
/// let event = br#"{"eventID":"1","eventName":"REMOVE",
///     "userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},
///     "dynamodb":{"ApproximateCreationDateTime":1479499740,"Keys":{"pk":{"S":"a"}},
///         "OldImage":{"pk":{"S":"a"},"ttl":{"N":"1479499000"}},
///         "SequenceNumber":"4421584500000000017450439092","StreamViewType":"OLD_IMAGE"}}"#;
/// let record = ArchiveRecord::from_json(event)?;
/// assert_eq!(record.class(&Replicated::Left), RecordClass::TtlDelete);
/// assert_eq!(record.created, 1_479_499_740);
/// # Ok::<(), ddbkit_archive::ArchiveError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveRecord {
    /// The id of the event, once in the stream.
    pub event_id: String,
    /// What happened to the item.
    pub event_name: EventName,
    /// The version of the form of the record, like `1.1`.
    pub event_version: Option<String>,
    /// The region that the record comes from.
    pub aws_region: Option<String>,
    /// Who made the change, where it was not a user.
    pub user_identity: Option<UserIdentity>,
    /// The place of the record in its shard. Records in Kinesis have none.
    pub sequence: Option<SequenceNumber>,
    /// The approximate time of the change, in seconds since 1970, rounded down.
    pub created: u64,
    /// The attributes of the key; empty for inserts and changes read through the SDK.
    pub keys: Item,
    /// The item before it was deleted.
    pub old_image: Option<Item>,
    /// The size of the record in bytes, as `DynamoDB` counts.
    pub size_bytes: Option<u64>,
    /// Which images the stream has.
    pub view_type: Option<StreamViewType>,
}

impl ArchiveRecord {
    /// A record with what every record has.
    ///
    /// ```
    /// use ddbkit_archive::{ArchiveRecord, EventName, LineFormat};
    /// use ddbkit_codec::Item;
    ///
    /// let mut record = ArchiveRecord::new("e1", EventName::Remove, "111".parse()?, 1_780_000_000);
    /// record.old_image = Some(Item::from_iter([("pk", "a")]));
    /// let mut line = Vec::new();
    /// record.write_line(LineFormat::Item, &mut line)?;
    /// assert_eq!(line, b"{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n");
    /// assert_eq!(record.place()?.as_str(), "111");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(
        event_id: impl Into<String>,
        event_name: EventName,
        sequence: SequenceNumber,
        created: u64,
    ) -> Self {
        Self {
            event_id: event_id.into(),
            event_name,
            event_version: None,
            aws_region: None,
            user_identity: None,
            sequence: Some(sequence),
            created,
            keys: Item::new(),
            old_image: None,
            size_bytes: None,
            view_type: None,
        }
    }

    /// Reads one record, in the shape of the streams API, of Lambda or of Kinesis.
    ///
    /// # Errors
    /// [`InvalidInput`](ArchiveErrorKind::InvalidInput) for all bytes that are no such record, or
    /// one without an id or a time.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ArchiveError> {
        StreamRecord::from_json(bytes).map_err(unreadable)?.try_into()
    }

    /// Reads a whole event of Lambda or an answer of `GetRecords`, `{"Records":[..]}`, or an array.
    ///
    /// # Errors
    /// As [`ArchiveRecord::from_json`], with the place of the record.
    pub fn all_from_json(bytes: &[u8]) -> Result<Vec<Self>, ArchiveError> {
        let records = StreamRecord::all_from_json(bytes).map_err(unreadable)?;
        records.into_iter().map(TryInto::try_into).collect()
    }

    /// The place of the record in its shard.
    ///
    /// # Errors
    /// [`InvalidInput`](ArchiveErrorKind::InvalidInput) for a record that has none.
    pub fn place(&self) -> Result<&SequenceNumber, ArchiveError> {
        let missing =
            || ArchiveError::invalid(format!("record {} has no sequence number", self.event_id));
        self.sequence.as_ref().ok_or_else(missing)
    }
}

fn unreadable(error: ddbkit_codec::DecodeError) -> ArchiveError {
    ArchiveError::invalid("what was given is no record of a stream").caused_by(error)
}

impl TryFrom<StreamRecord> for ArchiveRecord {
    type Error = ArchiveError;

    fn try_from(record: StreamRecord) -> Result<Self, ArchiveError> {
        let missing = |what: &str| {
            let place = record.sequence_number.as_ref().map_or("?", SequenceNumber::as_str);
            ArchiveError::new(
                ArchiveErrorKind::InvalidInput,
                format!("the record with sequence number {place} has no {what}"),
            )
        };
        let event_id = record.event_id.clone().ok_or_else(|| missing("eventID"))?;
        let micros =
            record.creation_micros.ok_or_else(|| missing("ApproximateCreationDateTime"))?;
        let is_delete = record.event_name == EventName::Remove;
        Ok(Self {
            event_id,
            event_name: record.event_name,
            event_version: record.event_version,
            aws_region: record.aws_region,
            user_identity: record.user_identity,
            sequence: record.sequence_number,
            created: micros / 1_000_000,
            keys: record.keys,
            old_image: record.old_image.filter(|_| is_delete),
            size_bytes: record.size_bytes,
            view_type: record.stream_view_type,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TTL: &str = r#"{"eventID":"7","eventName":"REMOVE","eventVersion":"1.1","awsRegion":"r",
        "userIdentity":{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"},
        "dynamodb":{"ApproximateCreationDateTime":1479499740,"Keys":{"pk":{"S":"a"}},
        "OldImage":{"pk":{"S":"a"},"ttl":{"N":"1479499000"}},"SequenceNumber":"000000000000000000042",
        "SizeBytes":26,"StreamViewType":"OLD_IMAGE"}}"#;

    #[test]
    fn both_spellings_of_the_identity_are_ttl_deletes() {
        let api = ArchiveRecord::from_json(TTL.as_bytes()).unwrap();
        let lambda = TTL.replace("\"Type\"", "\"type\"").replace("PrincipalId", "principalId");
        let lambda = ArchiveRecord::from_json(lambda.as_bytes()).unwrap();
        assert_eq!(api, lambda);
        assert_eq!(api.class(&Replicated::Left), RecordClass::TtlDelete);
        // DynamoDB Local counts from 1 in 21 digits and wants to be asked in the same form.
        assert_eq!(api.place().unwrap().as_str(), "000000000000000000042");
    }

    #[test]
    fn kinesis_gives_finer_times_and_no_sequence() {
        let text = r#"{"eventID":"7","eventName":"REMOVE","tableName":"t","userIdentity":null,
            "recordFormat":"application/json","dynamodb":{"ApproximateCreationDateTime":1479499740123456,
            "ApproximateCreationDateTimePrecision":"MICROSECOND","Keys":{"pk":{"S":"a"}},"SizeBytes":9}}"#;
        let record = ArchiveRecord::from_json(text.as_bytes()).unwrap();
        assert_eq!(record.created, 1_479_499_740);
        assert_eq!(record.class(&Replicated::Left), RecordClass::UserDelete);
        let error = record.place().unwrap_err();
        assert_eq!(error.kind(), ArchiveErrorKind::InvalidInput);
        assert_eq!(error.to_string(), "record 7 has no sequence number");
    }

    #[test]
    fn an_error_names_the_record_and_not_its_content() {
        let text = TTL.replace("\"eventID\":\"7\",", "");
        let error = ArchiveRecord::from_json(text.as_bytes()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the record with sequence number 000000000000000000042 has no eventID"
        );
        assert_eq!(error.kind(), ArchiveErrorKind::InvalidInput);
        assert!(ArchiveRecord::all_from_json(b"{\"Records\":[{}]}").is_err());
    }
}

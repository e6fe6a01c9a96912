//! Records of DynamoDB Streams.

use super::object::{Part, needed, put};
use super::{SequenceNumber, moment};
use crate::{DecodeError, Item};

/// What happened to the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventName {
    /// It is new.
    Insert,
    /// Attributes of it were changed.
    Modify,
    /// It was deleted.
    Remove,
}

/// Which images a stream has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamViewType {
    /// None.
    KeysOnly,
    /// The item after the change.
    NewImage,
    /// The item before the change.
    OldImage,
    /// Both.
    NewAndOldImages,
}

/// Who made the change, where it was not a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserIdentity {
    /// `Service` for deletes by time to live.
    pub kind: String,
    /// `dynamodb.amazonaws.com` for deletes by time to live.
    pub principal_id: String,
}

/// A record of a change, in each of the shapes in which AWS gives it:
///
/// * what `GetRecords` of the streams API answers, with `"userIdentity":{"Type":..,"PrincipalId":..}`,
///   also as boto3 and the command line tool print it;
/// * events of Lambda and `EventBridge` Pipes, with `"userIdentity":{"type":..,"principalId":..}`;
/// * records in Kinesis Data Streams, which have no sequence number and finer times.
///
/// ```
/// use ddbkit_codec::{EventName, StreamRecord};
///
/// let event = br#"{"Records":[{"eventID":"1","eventName":"REMOVE","awsRegion":"us-east-1",
///     "userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},
///     "dynamodb":{"ApproximateCreationDateTime":1479499740,"Keys":{"pk":{"S":"a"}},
///         "OldImage":{"pk":{"S":"a"},"ttl":{"N":"1479499000"}},
///         "SequenceNumber":"4421584500000000017450439092","SizeBytes":26,
///         "StreamViewType":"OLD_IMAGE"}}]}"#;
/// let records = StreamRecord::all_from_json(event)?;
/// assert_eq!(records[0].event_name, EventName::Remove);
/// assert!(records[0].is_ttl_delete());
/// assert_eq!(records[0].creation_micros, Some(1_479_499_740_000_000));
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamRecord {
    /// What happened to the item.
    pub event_name: EventName,
    /// The id of the record, once in the stream: where records may come twice, as in Kinesis,
    /// this tells.
    pub event_id: Option<String>,
    /// The version of the form of the record, like `1.1`.
    pub event_version: Option<String>,
    /// The stream, in events of Lambda.
    pub event_source_arn: Option<String>,
    /// The region that the record comes from.
    pub aws_region: Option<String>,
    /// The table, in records of Kinesis.
    pub table_name: Option<String>,
    /// Who made the change, where it was not a user.
    pub user_identity: Option<UserIdentity>,
    /// The approximate time of the change in microseconds since 1970. The streams API gives it in
    /// seconds, rounded down.
    pub creation_micros: Option<u64>,
    /// The attributes of the key.
    pub keys: Item,
    /// The item before the change.
    pub old_image: Option<Item>,
    /// The item after the change.
    pub new_image: Option<Item>,
    /// The place of the record in its shard; none in Kinesis.
    pub sequence_number: Option<SequenceNumber>,
    /// The size of the record in bytes, as DynamoDB counts.
    pub size_bytes: Option<u64>,
    /// Which images the stream has.
    pub stream_view_type: Option<StreamViewType>,
}

impl StreamRecord {
    /// Reads one record.
    ///
    /// Members that are null count as absent, those of unknown names are ignored. A member twice
    /// is refused, also `Type` beside `type`.
    ///
    /// The time may be a number of seconds, with or without a fraction, or text in ISO 8601. In
    /// Kinesis it is milliseconds or microseconds, and `ApproximateCreationDateTimePrecision`
    /// says which. Where that is missing, the size tells: below 10^11 it is seconds, below 10^14
    /// milliseconds, below 10^17 microseconds, which holds for times between March 1973 and the
    /// year 5138.
    ///
    /// # Errors
    /// For all bytes that are no such record. `$` in the path is the record:
    /// `$.dynamodb.NewImage.price`.
    ///
    /// ```
    /// use ddbkit_codec::{EventName, StreamRecord};
    ///
    /// let record = StreamRecord::from_json(
    ///     br#"{"eventName":"REMOVE","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},
    ///         "dynamodb":{"Keys":{"pk":{"S":"a"}},"SequenceNumber":"111","SizeBytes":3}}"#,
    /// )?;
    /// assert_eq!(record.event_name, EventName::Remove);
    /// assert_eq!(record.user_identity.as_ref().unwrap().principal_id, "dynamodb.amazonaws.com");
    /// assert!(record.is_ttl_delete());
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        record(Part::whole(bytes)).map_err(|error| error.quoting(bytes))
    }

    /// Reads a whole event of Lambda or an answer of `GetRecords`, `{"Records":[..]}`, or an array
    /// of records as Pipes gives it.
    ///
    /// # Errors
    /// As [`StreamRecord::from_json`], with the place of the record in the path: `$.Records[3]`.
    pub fn all_from_json(bytes: &[u8]) -> Result<Vec<Self>, DecodeError> {
        let event = Part::whole(bytes);
        let read = if event.is_array() { records(event) } else { records_of(event) };
        read.map_err(|error| error.quoting(bytes))
    }

    /// Whether the item was deleted by time to live.
    ///
    /// In a global table that is so in the region where the item expired. In the other regions
    /// the delete is replicated and looks like that of a user. (AWS docs, "DynamoDB Streams and
    /// Time to Live".)
    #[must_use]
    pub fn is_ttl_delete(&self) -> bool {
        let is_service = |user: &UserIdentity| {
            user.kind == "Service" && user.principal_id == "dynamodb.amazonaws.com"
        };
        self.event_name == EventName::Remove && self.user_identity.as_ref().is_some_and(is_service)
    }
}

fn records_of(event: Part<'_>) -> Result<Vec<StreamRecord>, DecodeError> {
    let mut found = None;
    event.members(|name, part| match name {
        "Records" => put(&mut found, records(part)?, part),
        _ => Ok(()),
    })?;
    needed(found, "Records", event)
}

fn records(array: Part<'_>) -> Result<Vec<StreamRecord>, DecodeError> {
    let mut records = Vec::new();
    array.elements(|part| {
        records.push(record(part)?);
        Ok(())
    })?;
    Ok(records)
}

fn record(whole: Part<'_>) -> Result<StreamRecord, DecodeError> {
    let (mut event, mut id, mut version, mut arn) = (None, None, None, None);
    let (mut region, mut table, mut user, mut change) = (None, None, None, None);
    whole.members(|name, part| match name {
        _ if part.is_null() => Ok(()),
        "eventName" => put(&mut event, event_name(part)?, part),
        "eventID" => put(&mut id, part.string()?, part),
        "eventVersion" => put(&mut version, part.string()?, part),
        "eventSourceARN" => put(&mut arn, part.string()?, part),
        "awsRegion" => put(&mut region, part.string()?, part),
        "tableName" => put(&mut table, part.string()?, part),
        "userIdentity" => put(&mut user, user_identity(part)?, part),
        "dynamodb" => put(&mut change, self::change(part)?, part),
        _ => Ok(()),
    })?;
    let change = needed(change, "dynamodb", whole)?;
    Ok(StreamRecord {
        event_name: needed(event, "eventName", whole)?,
        event_id: id,
        event_version: version,
        event_source_arn: arn,
        aws_region: region,
        table_name: table,
        user_identity: user,
        creation_micros: change.creation_micros,
        keys: change.keys,
        old_image: change.old_image,
        new_image: change.new_image,
        sequence_number: change.sequence_number,
        size_bytes: change.size_bytes,
        stream_view_type: change.stream_view_type,
    })
}

/// What is in the member `dynamodb`.
struct Change {
    creation_micros: Option<u64>,
    keys: Item,
    old_image: Option<Item>,
    new_image: Option<Item>,
    sequence_number: Option<SequenceNumber>,
    size_bytes: Option<u64>,
    stream_view_type: Option<StreamViewType>,
}

fn change(whole: Part<'_>) -> Result<Change, DecodeError> {
    const TIME: &str = "ApproximateCreationDateTime";
    let (mut time, mut precision, mut keys, mut old) = (None, None, None, None);
    let (mut new, mut sequence, mut size, mut view) = (None, None, None, None);
    whole.members(|name, part| match name {
        _ if part.is_null() => Ok(()),
        TIME => put(&mut time, part, part),
        "ApproximateCreationDateTimePrecision" => put(&mut precision, part, part),
        "Keys" => put(&mut keys, part.item()?, part),
        "OldImage" => put(&mut old, part.item()?, part),
        "NewImage" => put(&mut new, part.item()?, part),
        "SequenceNumber" => put(&mut sequence, sequence_number(part)?, part),
        "SizeBytes" => put(&mut size, part.count()?, part),
        "StreamViewType" => put(&mut view, view_type(part)?, part),
        _ => Ok(()),
    })?;
    // The precision may stand behind the time.
    let micros = time.map(|time| moment::micros(time, precision)).transpose();
    Ok(Change {
        creation_micros: micros.map_err(|error| error.under_name(TIME))?,
        keys: needed(keys, "Keys", whole)?,
        old_image: old,
        new_image: new,
        sequence_number: sequence,
        size_bytes: size,
        stream_view_type: view,
    })
}

fn user_identity(whole: Part<'_>) -> Result<UserIdentity, DecodeError> {
    let (mut kind, mut principal) = (None, None);
    whole.members(|name, part| match name {
        "Type" | "type" => put(&mut kind, part.string()?, part),
        "PrincipalId" | "principalId" => put(&mut principal, part.string()?, part),
        _ => Ok(()),
    })?;
    Ok(UserIdentity {
        kind: needed(kind, "type", whole)?,
        principal_id: needed(principal, "principalId", whole)?,
    })
}

fn event_name(part: Part<'_>) -> Result<EventName, DecodeError> {
    match part.string()?.as_str() {
        "INSERT" => Ok(EventName::Insert),
        "MODIFY" => Ok(EventName::Modify),
        "REMOVE" => Ok(EventName::Remove),
        _ => Err(part.wrong_form()),
    }
}

fn view_type(part: Part<'_>) -> Result<StreamViewType, DecodeError> {
    match part.string()?.as_str() {
        "KEYS_ONLY" => Ok(StreamViewType::KeysOnly),
        "NEW_IMAGE" => Ok(StreamViewType::NewImage),
        "OLD_IMAGE" => Ok(StreamViewType::OldImage),
        "NEW_AND_OLD_IMAGES" => Ok(StreamViewType::NewAndOldImages),
        _ => Err(part.wrong_form()),
    }
}

fn sequence_number(part: Part<'_>) -> Result<SequenceNumber, DecodeError> {
    part.string()?.parse().map_err(|_| part.wrong_form())
}

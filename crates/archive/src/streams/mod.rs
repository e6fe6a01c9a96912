//! The calls of `DynamoDB` Streams that an archive makes.

mod client;
mod error;

pub use error::{StreamsError, StreamsErrorKind};

use crate::ArchiveRecord;
use async_trait::async_trait;
use ddbkit_codec::{SequenceNumber, StreamViewType};

/// The most records that one call gives. (AWS docs, "`GetRecords`".)
pub const MOST_RECORDS: u32 = 1000;

/// The most shards that one page of `DescribeStream` has. (AWS docs, "`DescribeStream`".)
pub const MOST_SHARDS: u32 = 100;

/// The calls of `DynamoDB` Streams that an archive makes: `aws_sdk_dynamodbstreams::Client` has
/// them, and a fake may.
///
/// A stream of one closed shard, archived without AWS:
///
/// ```
/// use async_trait::async_trait;
/// use ddbkit_archive::{
///     ArchiveCompression, ArchiveDescriptor, ArchiveRecord, ArchiveStatus, ArchiverOptions,
///     LineFormat, MemoryLeases, OnGap, Position, RecordsPage, ShardInfo, StreamPage, StreamStatus,
///     StreamViewType, StreamsApi, StreamsError, StreamsErrorKind, SystemClock, TtlArchiver,
///     archived_streams, list_shards,
/// };
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
/// use std::sync::Arc;
///
/// const STREAM: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/T/stream/2026-11-20T08:12:03.123";
///
/// struct OneShard(Vec<ArchiveRecord>);
///
/// fn shard() -> ShardInfo {
///     let id = "shardId-00000001795203220156-bf0f7ecd".to_owned();
///     ShardInfo { id, parent: None, starting: None, ending: None }
/// }
///
/// #[async_trait]
/// impl StreamsApi for OneShard {
///     async fn describe_stream(
///         &self,
///         stream: &str,
///         _: Option<&str>,
///         _: Option<u32>,
///     ) -> Result<StreamPage, StreamsError> {
///         if stream != STREAM {
///             let message = format!("there is no stream {stream}");
///             return Err(StreamsError::new(StreamsErrorKind::NotFound, message));
///         }
///         Ok(StreamPage {
///             status: StreamStatus::Disabled,
///             view_type: Some(StreamViewType::OldImage),
///             label: "2026-11-20T08:12:03.123".to_owned(),
///             shards: vec![shard()],
///             last_evaluated: None,
///         })
///     }
///     async fn child_shards(&self, _: &str, _: &str) -> Result<Vec<ShardInfo>, StreamsError> {
///         Ok(Vec::new())
///     }
///     async fn shard_iterator(
///         &self,
///         _: &str,
///         _: &str,
///         position: Position,
///     ) -> Result<String, StreamsError> {
///         let is_start = position == Position::TrimHorizon;
///         Ok(if is_start { "start" } else { "end" }.to_owned())
///     }
///     async fn get_records(&self, iterator: &str, _: u32) -> Result<RecordsPage, StreamsError> {
///         let records = if iterator == "start" { self.0.clone() } else { Vec::new() };
///         Ok(RecordsPage { records, next_iterator: None })
///     }
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let deleted = ArchiveRecord::all_from_json(
///     br#"[
///         {"eventID":"e1","eventName":"REMOVE","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},
///          "dynamodb":{"ApproximateCreationDateTime":1780000000,"Keys":{"pk":{"S":"a"}},"SequenceNumber":"111",
///           "OldImage":{"pk":{"S":"a"},"expires":{"N":"1779999000"}}}}
///     ]"#,
/// )?;
/// let (api, leases) = (Arc::new(OneShard(deleted)), Arc::new(MemoryLeases::default()));
/// assert_eq!(list_shards(&*api, STREAM, &mut 0).await?.shards, [shard()]);
///
/// let (store, arn) = (Store::memory(), "arn:aws:dynamodb:eu-west-1:123456789012:table/T");
/// let archive = ArchiveDescriptor::new("T", arn, LineFormat::Item, ArchiveCompression::Gzip);
/// let archiver = TtlArchiver::new(api, leases.clone(), store.clone(), archive.clone(), STREAM);
/// let options = ArchiverOptions { once: true, on_gap: OnGap::Record, ..ArchiverOptions::default() };
/// let retention = options.retention;
/// let report = archiver.options(options).run(&Control::new()).await?;
/// assert_eq!(report.archived, 1);
///
/// // How it stands.
/// assert_eq!(archived_streams(&store).await?, [STREAM]);
/// let status =
///     ArchiveStatus::look(&store, archive, &*leases, STREAM, retention, &SystemClock).await?;
/// assert_eq!((status.shards.len(), status.closed), (0, 1));
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait StreamsApi: Send + Sync {
    /// One page of the shards of a stream, at most [`MOST_SHARDS`].
    ///
    /// # Errors
    /// [`NotFound`](StreamsErrorKind::NotFound) when the stream is not there, or when the call fails.
    async fn describe_stream(
        &self,
        stream_arn: &str,
        after_shard: Option<&str>,
        limit: Option<u32>,
    ) -> Result<StreamPage, StreamsError>;

    /// The children of a shard (`ShardFilter` of type `CHILD_SHARDS`). Soon after the end of a
    /// shard they may be missing.
    ///
    /// # Errors
    /// As [`StreamsApi::describe_stream`].
    async fn child_shards(
        &self,
        stream_arn: &str,
        shard: &str,
    ) -> Result<Vec<ShardInfo>, StreamsError>;

    /// A token from which records of a shard are read; it lives for 15 minutes.
    ///
    /// # Errors
    /// [`TrimmedData`](StreamsErrorKind::TrimmedData) for a place that the stream no longer has,
    /// [`NotFound`](StreamsErrorKind::NotFound) for a shard that it no longer has.
    async fn shard_iterator(
        &self,
        stream_arn: &str,
        shard: &str,
        position: Position,
    ) -> Result<String, StreamsError>;

    /// One page of records, at most `limit` and 1 MB. A page may be empty; only a page without a
    /// next iterator ends the shard.
    ///
    /// # Errors
    /// [`ExpiredIterator`](StreamsErrorKind::ExpiredIterator) besides those of
    /// [`StreamsApi::shard_iterator`].
    async fn get_records(&self, iterator: &str, limit: u32) -> Result<RecordsPage, StreamsError>;
}

/// Where in a shard reading begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// At the oldest record that the stream still has.
    TrimHorizon,
    /// Behind the newest record.
    Latest,
    /// At this record.
    AtSequenceNumber(SequenceNumber),
    /// At the first record behind this one.
    AfterSequenceNumber(SequenceNumber),
}

/// What a stream does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamStatus {
    /// It is being switched on; no shards are listed yet.
    Enabling,
    /// It takes records.
    Enabled,
    /// It is being switched off.
    Disabling,
    /// It takes no more records; those that it has can be read for a day.
    Disabled,
}

/// A stream and one page of its shards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamPage {
    /// What the stream does.
    pub status: StreamStatus,
    /// Which images its records have; `None` for a type that is newer than this program.
    pub view_type: Option<StreamViewType>,
    /// The label of the stream, a time as text, which no other stream of the table has.
    pub label: String,
    /// Shards, in no order that can be relied on.
    pub shards: Vec<ShardInfo>,
    /// From which shard the next page begins; `None` on the last page.
    pub last_evaluated: Option<String>,
}

/// A shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardInfo {
    /// Its id, `shardId-<20 digits: milliseconds since 1970>-<8 hex digits>`.
    pub id: String,
    /// The shard that it goes on from; it may be gone from the stream.
    pub parent: Option<String>,
    /// Its first sequence number.
    pub starting: Option<SequenceNumber>,
    /// Its last sequence number once it is closed. Some servers give one for open shards, so it
    /// decides nothing.
    pub ending: Option<SequenceNumber>,
}

/// One page of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordsPage {
    /// The records in their order.
    pub records: Vec<ArchiveRecord>,
    /// Where the shard goes on; `None` when it is closed and read to its end.
    pub next_iterator: Option<String>,
}

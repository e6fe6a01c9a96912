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

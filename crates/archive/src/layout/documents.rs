//! The documents beside the data.

use ddbkit_codec::SequenceNumber;
use serde::{Deserialize, Serialize};

/// The lines of a data file, one by one, and what its metadata says once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sidecar {
    /// 1.
    pub version: u32,
    /// The key of the data file.
    pub data: String,
    /// The ARN of the stream.
    pub stream: String,
    /// The shard.
    pub shard: String,
    /// The last record of the file before.
    #[serde(with = "crate::sequence::option")]
    pub anchor: Option<SequenceNumber>,
    /// The SHA-256 of the data file as it is stored, in hex.
    pub sha256: String,
    /// Whether the values to which items point in S3 lie in the archive.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_values: bool,
    /// One entry for each line of the data file, in their order.
    pub lines: Vec<SidecarLine>,
}

/// What is known of one line of a data file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SidecarLine {
    /// The id of the event, once in the stream.
    pub event_id: String,
    /// Its place in the shard.
    #[serde(with = "crate::sequence")]
    pub sequence: SequenceNumber,
    /// The time of the delete, in seconds since 1970.
    pub created: u64,
    /// Whether it only looks like a delete by time to live of another region.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub probable: bool,
    /// Attributes whose values were gone from S3, or damaged there, before they were archived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost_values: Vec<String>,
}

/// The shards with which the archive of a stream began. What had been trimmed from them before is
/// no loss of the archive; whatever goes on from them must be in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedRecord {
    /// 1.
    pub version: u32,
    /// The ARN of the stream.
    pub stream: String,
    /// When the archive began, in milliseconds since 1970, by the clock of the worker.
    pub began: u64,
    /// All shards that the stream had then.
    pub shards: Vec<SeedShard>,
}

/// A shard of the beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedShard {
    /// Its id.
    pub id: String,
    /// The shard that it goes on from, in the list or gone before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// A shard that was read to its end, all of it archived. It is written before its lease is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedShard {
    /// 1.
    pub version: u32,
    /// The ARN of the stream.
    pub stream: String,
    /// The shard.
    pub shard: String,
    /// The shard that it goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The shards that go on from it. None for the last shards of a stream that was switched off.
    pub children: Vec<String>,
    /// The last record of its last file; `None` where nothing in it was to be archived.
    #[serde(with = "crate::sequence::option")]
    pub anchor: Option<SequenceNumber>,
    /// The last record that was read.
    #[serde(with = "crate::sequence::option")]
    pub read: Option<SequenceNumber>,
    /// Whether the stream lost it before its end was read, or before its children were seen; there is a
    /// gap then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub vanished: bool,
}

/// Why records are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GapCause {
    /// The stream no longer has the records behind the position.
    Trimmed,
    /// The shard is gone from the stream.
    ShardVanished,
    /// The shard was older than the stream keeps records when it was first read.
    BeganTooLate,
    /// A shard between two known ones was never seen.
    ShardNeverSeen,
    /// The shard was read to its end, and was gone from the stream before the shards that go on from
    /// it were seen.
    ChildrenNeverSeen,
    /// The stream was switched off, or replaced, and its last records are gone.
    StreamGone,
}

/// Records that were lost, or of which nothing proves that they were not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapRecord {
    /// 1.
    pub version: u32,
    /// The ARN of the stream.
    pub stream: String,
    /// The shard.
    pub shard: String,
    /// The records behind this one; `None` for those from the beginning of the shard.
    #[serde(with = "crate::sequence::option")]
    pub after: Option<SequenceNumber>,
    /// Why.
    pub cause: GapCause,
    /// The time of the last record that was archived, in seconds since 1970, where it is known.
    pub last_created: Option<u64>,
    /// When it was found, in milliseconds since 1970, by the clock of the worker.
    pub found: u64,
    /// The worker that found it.
    pub worker: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_40_digits_stay_whole() {
        let number = "9999999999999999999999999999999999999999";
        let closed = ClosedShard {
            version: 1,
            stream: "arn".to_owned(),
            shard: "s".to_owned(),
            parent: None,
            children: vec!["t".to_owned()],
            anchor: None,
            read: Some(number.parse().unwrap()),
            vanished: false,
        };
        let text = serde_json::to_string(&closed).unwrap();
        assert!(text.contains(&format!("\"anchor\":null,\"read\":\"{number}\"")), "{text}");
        assert_eq!(serde_json::from_str::<ClosedShard>(&text).unwrap(), closed);
        assert!(serde_json::from_str::<ClosedShard>(&text.replace("\"9999", "\"x")).is_err());
    }
}

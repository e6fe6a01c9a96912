//! Why a call of `DynamoDB` Streams failed.

use crate::{ArchiveError, ArchiveErrorKind};
use std::error::Error as StdError;
use std::fmt;

/// What went wrong, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamsErrorKind {
    /// The iterator is older than 15 minutes; a new one goes on behind the last record.
    ExpiredIterator,
    /// The records that were asked for are older than what the stream keeps (24 hours).
    TrimmedData,
    /// There is no such stream, or no such shard any more.
    NotFound,
    /// Too many calls; later it works.
    Throttled,
    /// Too many readers of one shard, or too many calls to `DescribeStream`; later it works.
    LimitExceeded,
    /// The service has a fault or cannot be reached; later it may work.
    Unavailable,
    /// The service refused in another way, or answered with what cannot be read.
    Service,
}

impl StreamsErrorKind {
    /// Whether the same call may work later.
    #[must_use]
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Throttled | Self::LimitExceeded | Self::Unavailable)
    }
}

/// Why a call of `DynamoDB` Streams failed: the call, the shard, and the service's words.
#[derive(Debug)]
pub struct StreamsError {
    kind: StreamsErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl StreamsError {
    /// An error; the message is one line in lower case that says which call failed, where, and why.
    #[must_use]
    pub fn new(kind: StreamsErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// The same error with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> StreamsErrorKind {
        self.kind
    }
}

impl fmt::Display for StreamsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for StreamsError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<StreamsError> for ArchiveError {
    fn from(error: StreamsError) -> Self {
        let outer = Self::new(ArchiveErrorKind::Streams, error.message);
        match error.source {
            Some(source) => outer.caused_by(source),
            None => outer,
        }
    }
}

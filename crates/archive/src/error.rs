//! The error of archives.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use ddbkit_flow::CallFailure;
use ddbkit_store::StoreError;
use std::error::Error as StdError;
use std::fmt;

/// What went wrong, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArchiveErrorKind {
    /// The stream no longer has records that were not archived, or may not have had them.
    Gap,
    /// A value to which an item points in S3 is gone, so that it cannot be archived with the item.
    LostValue,
    /// The table, its stream or its TTL are not set so that an archive can be made.
    Preflight,
    /// The lease table is that of another archive, or no lease table.
    ForeignLeaseTable,
    /// The destination holds another archive.
    ForeignArchive,
    /// Another worker has the lease since.
    LeaseLost,
    /// `DynamoDB` Streams refused, or cannot be reached.
    Streams,
    /// `DynamoDB` refused, or cannot be reached.
    DynamoDb,
    /// The destination cannot be read or written.
    Store,
    /// What was read is not what was written there.
    Corrupt,
    /// The options, or a record that was given, are wrong.
    InvalidInput,
    /// The work was cancelled through its `Control`.
    Canceled,
}

/// Why an archive could not go on.
///
/// `Display` is one line that says what failed and where; causes are in
/// [`source`](StdError::source). It never shows what is in an item.
#[derive(Debug)]
pub struct ArchiveError {
    kind: ArchiveErrorKind,
    /// The service's own code, where it answered with one.
    code: Option<String>,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ArchiveError {
    /// An error of a lease store or of another part of your own; the message is one line in lower
    /// case that says what failed and where.
    #[must_use]
    pub fn new(kind: ArchiveErrorKind, message: impl Into<String>) -> Self {
        Self { kind, code: None, message: message.into(), source: None }
    }

    /// The same error with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub(crate) fn corrupt(message: impl Into<String>) -> Self {
        Self::new(ArchiveErrorKind::Corrupt, message)
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ArchiveErrorKind::InvalidInput, message)
    }

    /// The error of the destination: `what` says what could not be done; the store's own error
    /// names the object.
    pub(crate) fn store(what: impl Into<String>, error: StoreError) -> Self {
        Self::new(ArchiveErrorKind::Store, what).caused_by(error)
    }

    /// The error of a call to `DynamoDB`: `what` says which, in words that go before "failed".
    pub(crate) fn call<E, R>(what: impl fmt::Display, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
        R: fmt::Debug + 'static,
    {
        let failure = CallFailure::of(error);
        let message = format!("{what} failed: {failure}");
        let code = failure.into_code();
        Self { kind: ArchiveErrorKind::DynamoDb, code, message, source: None }
    }

    /// What went wrong, for code that decides by it.
    #[must_use]
    pub fn kind(&self) -> ArchiveErrorKind {
        self.kind
    }

    /// The error code of the service, where it answered with one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for ArchiveError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<ddbkit_flow::Cancelled> for ArchiveError {
    fn from(_: ddbkit_flow::Cancelled) -> Self {
        Self::new(ArchiveErrorKind::Canceled, "interrupted")
    }
}

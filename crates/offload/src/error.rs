//! The error of the crate.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use ddbkit_flow::CallFailure;
use std::error::Error as StdError;
use std::fmt;

/// What went wrong, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OffloadErrorKind {
    /// The item to change is not there.
    NotFound,
    /// Someone else changed the item since it was seen: read it again and decide again.
    ConditionFailed,
    /// Whether the write was applied is not known, because the read that should tell failed too.
    Ambiguous,
    /// More time than the write deadline has passed since the upload began; nothing was written.
    DeadlineExceeded,
    /// The pointer of an item leads to an object that is gone.
    Dangling,
    /// The object has another length or other bytes than its pointer says.
    Corrupt,
    /// The pointer is of another table, item, bucket or prefix.
    ForeignPointer,
    /// The attribute looks like a pointer and cannot be read as one.
    InvalidPointer,
    /// What the caller asks for contradicts itself or the rules of the services.
    InvalidInput,
    /// The prefix belongs to another table, or was never claimed.
    ForeignPrefix,
    /// The pointer or the manifest was written by a newer version.
    UnsupportedVersion,
    /// The grace is shorter than is safe, or than the one that the prefix has.
    GraceTooShort,
    /// The share of garbage is so high that something else must be wrong.
    ImplausibleGarbage,
    /// The work was cancelled through its `Control`.
    Canceled,
    /// `DynamoDB` refused or cannot be reached.
    DynamoDb,
    /// S3 refused or cannot be reached.
    S3,
    /// A plan or state file cannot be read or written.
    Store,
    /// The file system failed.
    Io,
}

impl OffloadErrorKind {
    /// Whether something is wrong with one item or its values, so that others may fare better.
    #[must_use]
    pub fn is_of_item(self) -> bool {
        matches!(
            self,
            Self::Dangling
                | Self::Corrupt
                | Self::ForeignPointer
                | Self::InvalidPointer
                | Self::UnsupportedVersion
                | Self::InvalidInput
        )
    }
}

/// Why an operation on offloaded attributes failed.
///
/// `Display` is one line that says what failed and where; causes are in
/// [`source`](StdError::source).
#[derive(Debug)]
pub struct OffloadError {
    kind: OffloadErrorKind,
    /// The service's own code, where it answered with one.
    code: Option<String>,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl OffloadError {
    pub(crate) fn new(kind: OffloadErrorKind, message: impl Into<String>) -> Self {
        Self { kind, code: None, message: message.into(), source: None }
    }

    pub(crate) fn caused(
        kind: OffloadErrorKind,
        message: impl Into<String>,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self { kind, code: None, message: message.into(), source: Some(Box::new(source)) }
    }

    /// The error of a call to `DynamoDB`; `what` goes before "failed".
    pub(crate) fn dynamodb<E, R>(what: impl fmt::Display, error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
        R: fmt::Debug + Send + Sync + 'static,
    {
        Self::call(OffloadErrorKind::DynamoDb, what, error)
    }

    /// The error of a call to S3; `what` goes before "failed".
    pub(crate) fn s3<E, R>(what: impl fmt::Display, error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
        R: fmt::Debug + Send + Sync + 'static,
    {
        Self::call(OffloadErrorKind::S3, what, error)
    }

    /// What the service answered is told in the message. Where it did not answer, the source tells why.
    fn call<E, R>(kind: OffloadErrorKind, what: impl fmt::Display, error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
        R: fmt::Debug + Send + Sync + 'static,
    {
        if error.as_service_error().is_none() {
            return Self::caused(kind, format!("{what} failed"), error);
        }
        let failure = CallFailure::of(&error);
        let message = format!("{what} failed: {failure}");
        Self { code: failure.into_code(), ..Self::new(kind, message) }
    }

    /// The same error, with the attribute that it is about.
    #[must_use]
    pub fn of_attribute(mut self, name: &str) -> Self {
        self.message = format!("attribute {name:?}: {}", self.message);
        self
    }

    /// What went wrong, for code that decides by it.
    #[must_use]
    pub fn kind(&self) -> OffloadErrorKind {
        self.kind
    }

    /// The error code of `DynamoDB` or S3, where one answered with an error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl fmt::Display for OffloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for OffloadError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<ddbkit_flow::Cancelled> for OffloadError {
    fn from(_: ddbkit_flow::Cancelled) -> Self {
        Self::new(OffloadErrorKind::Canceled, "canceled")
    }
}

impl From<ddbkit_store::StoreError> for OffloadError {
    fn from(error: ddbkit_store::StoreError) -> Self {
        Self::caused(OffloadErrorKind::Store, "a plan or state file failed", error)
    }
}

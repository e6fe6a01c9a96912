//! Why a store could not do what it was asked.

use std::error::Error as StdError;
use std::fmt;

/// What went wrong, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// There is no such object.
    NotFound,
    /// There is no such bucket.
    NoSuchBucket,
    /// The condition of a write does not hold: the object is there, is another, or is gone.
    PreconditionFailed,
    /// Another write of the object was under way and the server would not decide between the two,
    /// several times. The write may be begun again, with all of its content.
    Conflict,
    /// The caller may not do this.
    AccessDenied,
    /// Credentials are missing, wrong or expired.
    Credentials,
    /// The server is busy or cannot be reached; later it may work.
    Unavailable,
    /// What was read or written does not have its checksum.
    Damaged,
    /// The disk is full.
    NoSpace,
    /// The key cannot be that of an object.
    InvalidKey,
    /// The metadata cannot be that of an object.
    InvalidMetadata,
    /// The location cannot be understood.
    InvalidLocation,
    /// The server takes conditions and does not keep to them.
    ConditionsIgnored,
    /// The place cannot do this: a file system without locks, a server without conditions.
    Unsupported,
    /// Reading or writing failed in another way.
    Io,
    /// The server refused in another way.
    Refused,
}

/// Why a store could not do what it was asked: the object, and what happened to it.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl StoreError {
    /// An error of a store of your own; the message is one line that names the object.
    #[must_use]
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// The same error with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// An I/O error at an object that the message names.
    pub(crate) fn io(message: impl Into<String>, error: std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => StoreErrorKind::NotFound,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                StoreErrorKind::AccessDenied
            }
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                StoreErrorKind::NoSpace
            }
            // A name that is too long, or a key below one that is an object, or the other way round.
            std::io::ErrorKind::InvalidFilename
            | std::io::ErrorKind::NotADirectory
            | std::io::ErrorKind::IsADirectory => StoreErrorKind::InvalidKey,
            _ => StoreErrorKind::Io,
        };
        Self::new(kind, message).caused_by(error)
    }

    /// The same error, seen as another kind.
    #[cfg(feature = "s3")]
    pub(crate) fn with_kind(mut self, kind: StoreErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// There is no such object.
    pub(crate) fn not_found(object: &str) -> Self {
        Self::new(StoreErrorKind::NotFound, format!("{object} is not there"))
    }

    /// The kind, for code that decides by it.
    #[must_use]
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn what_the_system_says_is_told_apart_and_kept_as_the_cause() {
        for (error, kind) in [
            (io::ErrorKind::StorageFull, StoreErrorKind::NoSpace),
            (io::ErrorKind::QuotaExceeded, StoreErrorKind::NoSpace),
            (io::ErrorKind::PermissionDenied, StoreErrorKind::AccessDenied),
            (io::ErrorKind::InvalidFilename, StoreErrorKind::InvalidKey),
            (io::ErrorKind::Other, StoreErrorKind::Io),
        ] {
            let error = StoreError::io("cannot write /backups/a", error.into());
            assert_eq!(error.kind(), kind);
            assert_eq!(error.to_string(), "cannot write /backups/a");
            assert!(error.source().is_some());
        }
    }
}

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
    /// The condition of a write does not hold: the object is there, or is another.
    PreconditionFailed,
    /// The caller may not do this.
    AccessDenied,
    /// Credentials are missing, wrong or expired.
    Credentials,
    /// The server is busy or cannot be reached; later it may work.
    Unavailable,
    /// What was read or written is not what was sent.
    Damaged,
    /// The disk is full.
    NoSpace,
    /// The key cannot be that of an object.
    InvalidKey,
    /// The location cannot be understood.
    InvalidLocation,
    /// The server takes conditions and does not keep to them.
    ConditionsIgnored,
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

    /// An I/O error at an object; `what` goes before "failed" or the like.
    pub(crate) fn io(message: impl Into<String>, error: std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => StoreErrorKind::NotFound,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                StoreErrorKind::AccessDenied
            }
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                StoreErrorKind::NoSpace
            }
            _ => StoreErrorKind::Io,
        };
        Self::new(kind, message).caused_by(error)
    }

    /// What went wrong, for code that decides by it.
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
    fn what_the_system_says_is_told_apart() {
        let kind = |kind: io::ErrorKind| StoreError::io("cannot write x", kind.into()).kind();
        assert_eq!(kind(io::ErrorKind::StorageFull), StoreErrorKind::NoSpace);
        assert_eq!(kind(io::ErrorKind::PermissionDenied), StoreErrorKind::AccessDenied);
        assert_eq!(kind(io::ErrorKind::Other), StoreErrorKind::Io);
    }
}

//! The error of this crate.

use ddbkit_flow::Cancelled;
use ddbkit_store::{StoreError, StoreErrorKind};
use std::error::Error as StdError;
use std::fmt;

/// What went wrong, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForeignErrorKind {
    /// What lies there holds several tables, and one has to be named.
    SeveralTables,
    /// It does not hold the table that was named.
    NoSuchTable,
    /// It is damaged where the rest cannot be read without.
    Damaged,
    /// It is of a kind that is told apart and not read.
    Unsupported,
    /// It is not proven to be a backup, so nothing is deleted.
    NotProven,
    /// The store failed.
    Store(StoreErrorKind),
    /// The operation was cancelled through its control.
    Cancelled,
}

/// Why something that another tool wrote could not be read or deleted. One line that names the
/// object; what caused it is in [`source`](StdError::source).
#[derive(Debug)]
pub struct ForeignError {
    kind: ForeignErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ForeignError {
    pub(crate) fn new(kind: ForeignErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    pub(crate) fn damaged(message: impl Into<String>) -> Self {
        Self::new(ForeignErrorKind::Damaged, message)
    }

    pub(crate) fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// The kind, for code that decides by it.
    #[must_use]
    pub fn kind(&self) -> ForeignErrorKind {
        self.kind
    }
}

impl fmt::Display for ForeignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for ForeignError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<StoreError> for ForeignError {
    fn from(error: StoreError) -> Self {
        // The store names the object, so its error is told as it is.
        let kind = ForeignErrorKind::Store(error.kind());
        Self { kind, message: error.to_string(), source: Some(Box::new(error)) }
    }
}

impl From<Cancelled> for ForeignError {
    fn from(cancelled: Cancelled) -> Self {
        Self::new(ForeignErrorKind::Cancelled, cancelled.to_string())
    }
}

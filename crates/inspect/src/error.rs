//! What can go wrong on the way to a profile.

use ddbkit_codec::DecodeError;
use ddbkit_export::ExportError;
use ddbkit_flow::Cancelled;
use std::error::Error as StdError;
use std::fmt;

/// A profile could not be made.
///
/// Its text is one line without contents of items; what caused it is in
/// [`source`](std::error::Error::source). The text is for people and may change: programs look at
/// [`InspectError::kind`].
#[derive(Debug)]
pub struct InspectError {
    kind: InspectErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Why a profile could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InspectErrorKind {
    /// What should be an item is none, or lacks its key.
    InvalidItem,
    /// The export holds changes, not items.
    IncrementalExport,
    /// The export cannot be read or is damaged.
    Source,
    /// The work was cancelled through its `Control`.
    Interrupted,
    /// A price that is not known, or is no price.
    InvalidPrice,
    /// A defect of this program.
    Internal,
}

impl InspectError {
    pub(crate) fn new(kind: InspectErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    pub(crate) fn caused(
        kind: InspectErrorKind,
        message: impl Into<String>,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self { kind, message: message.into(), source: Some(Box::new(source)) }
    }

    pub(crate) fn no_item(source: DecodeError) -> Self {
        Self::caused(InspectErrorKind::InvalidItem, "this is no item", source)
    }

    /// The same error, with the place of the item in front.
    #[must_use]
    pub fn at(mut self, place: &str) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }

    /// What failed, for programs.
    #[must_use]
    pub fn kind(&self) -> InspectErrorKind {
        self.kind
    }
}

impl fmt::Display for InspectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for InspectError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<ExportError> for InspectError {
    fn from(error: ExportError) -> Self {
        Self::caused(InspectErrorKind::Source, "the export cannot be read", error)
    }
}

impl From<Cancelled> for InspectError {
    fn from(cancelled: Cancelled) -> Self {
        Self::new(InspectErrorKind::Interrupted, cancelled.to_string())
    }
}

//! What can go wrong between items and columns.

use std::error::Error as StdError;
use std::fmt;

/// Items could not become columns, or columns items.
///
/// Its text is one line without contents of items; what caused it is in
/// [`source`](std::error::Error::source). The text is for people and may change: programs look at
/// [`ColumnarError::kind`].
#[derive(Debug)]
pub struct ColumnarError {
    kind: ColumnarErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Why items could not become columns, or columns items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnarErrorKind {
    /// The document is no schema.
    InvalidSchema,
    /// The items have more attributes than there may be columns.
    TooManyColumns,
    /// A value is not of the type of its column.
    OtherType,
    /// An item cannot be written for an import: CSV has strings and keys only.
    NotExpressible,
    /// The output could not be written.
    Write,
    /// The input cannot be read, or not to its end.
    Read,
}

impl ColumnarError {
    pub(crate) fn new(kind: ColumnarErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    pub(crate) fn write(source: impl StdError + Send + Sync + 'static) -> Self {
        let message = "the output could not be written".to_owned();
        Self { kind: ColumnarErrorKind::Write, message, source: Some(Box::new(source)) }
    }

    pub(crate) fn read(
        message: impl Into<String>,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        let message = message.into();
        Self { kind: ColumnarErrorKind::Read, message, source: Some(Box::new(source)) }
    }

    /// What failed, for programs.
    #[must_use]
    pub fn kind(&self) -> ColumnarErrorKind {
        self.kind
    }
}

impl fmt::Display for ColumnarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for ColumnarError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

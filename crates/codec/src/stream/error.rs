//! Why something cannot be read from a stream.

use crate::DecodeError;
use crate::lines::{LineError, LineErrorKind};
use std::fmt;

/// Why something cannot be read from a stream, and where in the stream.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no whole line.
    Line(LineError),
    /// The line is not what is read.
    Decode {
        /// Why, with the line and the path of the attribute. Its byte is counted from the start of
        /// the line.
        error: DecodeError,
        /// The byte of the decompressed stream at which the line begins.
        line_offset: u64,
        /// Whether it is not known where what is behind it begins: never with lines.
        is_final: bool,
    },
}

impl ReadError {
    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        match self {
            Self::Line(error) => error.line(),
            Self::Decode { error, .. } => error.line().unwrap_or_default(),
        }
    }

    /// The byte of the decompressed stream at which the fault was found, or, where there is no
    /// whole line, at which the line begins.
    #[must_use]
    pub fn offset(&self) -> u64 {
        match self {
            Self::Line(error) => error.offset(),
            Self::Decode { error, line_offset, .. } => line_offset + error.offset() as u64,
        }
    }

    /// The path of the attribute; `$` for all of the line.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Line(_) => "$",
            Self::Decode { error, .. } => error.path(),
        }
    }

    /// Whether there is nothing to read behind it: the stream failed, is damaged, or is too large.
    /// Otherwise only one line is lost, and the next call gives the next one.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Line(error) => error.kind() != LineErrorKind::LineTooLong,
            Self::Decode { is_final, .. } => *is_final,
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(error) => error.fmt(f),
            Self::Decode { error, .. } => error.fmt(f),
        }
    }
}

// The text is that of the error within, so that its source is the source of this one.
impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Line(error) => error.source(),
            Self::Decode { error, .. } => error.source(),
        }
    }
}

impl From<LineError> for ReadError {
    fn from(error: LineError) -> Self {
        Self::Line(error)
    }
}

//! Why lines cannot be read.

use std::fmt;
use std::io;

/// Why lines cannot be read, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineErrorKind {
    /// The compressed stream ends before its end.
    Truncated,
    /// The compressed stream is damaged.
    Corrupt,
    /// A line is longer than allowed.
    LineTooLong,
    /// A value of Ion is longer than allowed.
    ValueTooLong,
    /// More comes out of the stream than allowed.
    TooLarge,
    /// A compressed stream expands more than allowed.
    ExpandsTooMuch,
    /// The stream is compressed in a way that this build of the crate cannot read.
    UnsupportedCompression {
        /// The feature of the crate that can.
        feature: &'static str,
    },
    /// The stream below cannot be read; the source says why.
    Io,
}

/// Why lines cannot be read, and where.
#[derive(Debug)]
pub struct LineError {
    kind: LineErrorKind,
    line: u64,
    offset: u64,
    source: Option<io::Error>,
}

impl LineError {
    pub(super) fn new(
        kind: LineErrorKind,
        line: u64,
        offset: u64,
        source: Option<io::Error>,
    ) -> Self {
        Self { kind, line, offset, source }
    }

    /// This error, with its source when it is told for the first time.
    pub(super) fn tell(&mut self) -> Self {
        Self { source: self.source.take(), ..*self }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> LineErrorKind {
        self.kind
    }

    /// The line that could not be read, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The byte of the decompressed stream at which that line begins.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            LineErrorKind::Truncated => "the compressed stream is cut off",
            LineErrorKind::Corrupt => "the compressed stream is damaged",
            LineErrorKind::LineTooLong => "a line is too long",
            LineErrorKind::ValueTooLong => "a value is too long",
            LineErrorKind::TooLarge => "more comes out of the stream than is allowed",
            LineErrorKind::ExpandsTooMuch => "the compressed stream expands more than is allowed",
            LineErrorKind::UnsupportedCompression { feature } => {
                return write!(
                    f,
                    "the stream is compressed with {feature}, which ddbkit-codec reads with its \
                     feature `{feature}` only"
                );
            }
            LineErrorKind::Io => "the stream cannot be read",
        })?;
        write!(f, " at line {}, which begins at byte {}", self.line, self.offset)
    }
}

impl std::error::Error for LineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

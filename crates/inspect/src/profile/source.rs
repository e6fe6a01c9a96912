//! What was looked at.

use serde::Serialize;

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Source {
    /// A table, a path, an `s3://` URL, or `-`.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// When its contents were so, in RFC 3339; none where nothing tells.
    pub taken_at: Option<String>,
    /// The region of the table; none where nothing tells.
    pub region: Option<String>,
    /// Whether this is a part only, so that counts are those of the part.
    pub sampled: bool,
}

impl Source {
    /// A source of which no more is known; the rest can be set.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: SourceKind) -> Self {
        Self { name: name.into(), kind, taken_at: None, region: None, sampled: false }
    }
}

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SourceKind {
    /// A table, or an index of one.
    Table,
    /// A dump or a native export.
    Export,
    /// A stream of lines.
    Lines,
}

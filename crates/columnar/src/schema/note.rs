//! What a column does not keep, or keeps in another form.

use serde::Serialize;
use std::fmt;

/// A thing to know about a column. Notes stand in the metadata of the file and in the report.
///
/// ```
/// use ddbkit_codec::Tape;
/// use ddbkit_columnar::{NoteKind, SchemaInference};
///
/// let mut tape = Tape::new();
/// let mut inference = SchemaInference::default();
/// for line in [r#"{"pk":{"S":"a"},"n":{"N":"1"}}"#, r#"{"pk":{"S":"b"},"n":{"S":"one"}}"#] {
///     inference.add(tape.read_line(line.as_bytes())?)?;
/// }
/// let inferred = inference.finish(&["pk"])?;
/// let note = &inferred.notes[0];
/// assert_eq!((note.kind, &*note.path), (NoteKind::SeveralTypes, "$.n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// What it is, for programs.
    pub kind: NoteKind,
    /// The path of the attribute: `$.Orders[].price`.
    pub path: String,
    /// What it is, for people.
    pub detail: String,
}

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoteKind {
    /// Values of several types: they are text of `DynamoDB` JSON.
    SeveralTypes,
    /// Numbers that no decimal of 38 digits holds: they are text.
    WideNumbers,
    /// A map of more names than columns make sense for: it is text of `DynamoDB` JSON.
    ManyNames,
    /// Maps without attributes only: they are text of `DynamoDB` JSON.
    EmptyMaps,
    /// Lists without elements only: their elements have no known type.
    EmptyLists,
    /// NULL only: there is no known type.
    NullOnly,
    /// NULL, which is null in the column like an attribute that is not there.
    Nulls,
    /// Names that differ in case only: engines that do not tell them apart may rename one.
    SameButCase,
}

impl NoteKind {
    /// The name in documents: `several-types` and so on.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SeveralTypes => "several-types",
            Self::WideNumbers => "wide-numbers",
            Self::ManyNames => "many-names",
            Self::EmptyMaps => "empty-maps",
            Self::EmptyLists => "empty-lists",
            Self::NullOnly => "null-only",
            Self::Nulls => "nulls",
            Self::SameButCase => "same-but-case",
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.detail)
    }
}

/// The path of a member of the map at a path.
pub(crate) fn below(path: &str, name: &str) -> String {
    let is_plain = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_plain { format!("{path}.{name}") } else { format!("{path}[{name:?}]") }
}

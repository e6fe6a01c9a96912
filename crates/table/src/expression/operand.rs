//! What can stand on a side of a comparison.

use super::{Path, Placeholders};
use ddbkit_codec::AttributeValue;

/// A value, or what a path leads to, or its size.
///
/// Made of any of them by `into`: functions take `impl Into<Operand>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Value(AttributeValue),
    Path(Path),
    Size(Path),
}

/// The size of what a path leads to: characters of a string, bytes of a binary, members of a set,
/// elements of a list or map (Developer Guide, "Comparison operator and function reference").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size(Path);

impl Path {
    /// The size of what is there.
    #[must_use]
    pub fn size(self) -> Size {
        Size(self)
    }
}

impl Operand {
    pub(crate) fn render(&self, placeholders: &mut Placeholders) -> String {
        match &self.0 {
            Kind::Value(value) => placeholders.value(value.clone()),
            Kind::Path(path) => path.render(placeholders),
            Kind::Size(path) => format!("size({})", path.render(placeholders)),
        }
    }

    /// The value, if it is one.
    #[cfg(feature = "offload")]
    pub(crate) fn as_value(&self) -> Option<&AttributeValue> {
        match &self.0 {
            Kind::Value(value) => Some(value),
            Kind::Path(_) | Kind::Size(_) => None,
        }
    }
}

impl<V: Into<AttributeValue>> From<V> for Operand {
    fn from(value: V) -> Self {
        Self(Kind::Value(value.into()))
    }
}

impl From<Path> for Operand {
    fn from(path: Path) -> Self {
        Self(Kind::Path(path))
    }
}

impl From<Size> for Operand {
    fn from(size: Size) -> Self {
        Self(Kind::Size(size.0))
    }
}

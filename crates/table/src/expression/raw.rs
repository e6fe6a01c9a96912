//! Expressions as text.

use ddbkit_codec::AttributeValue;

/// An expression as `DynamoDB` writes it, with the names and values that its placeholders stand for.
///
/// For what the typed forms lack, and for those who come with such texts. Placeholders that start with
/// `#_` or `:_` are taken.
///
/// ```
/// use ddbkit_table::{Condition, raw};
///
/// let due: Condition = raw("#status = :open AND due_at < :now")
///     .name("#status", "status")
///     .value(":open", "open")
///     .value(":now", 1_795_000_000)
///     .into();
/// # let _ = due;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Raw {
    pub(crate) text: String,
    pub(crate) names: Vec<(String, String)>,
    pub(crate) values: Vec<(String, AttributeValue)>,
}

/// An expression as `DynamoDB` writes it.
pub fn raw(text: impl Into<String>) -> Raw {
    Raw { text: text.into(), names: Vec::new(), values: Vec::new() }
}

impl Raw {
    /// Says which attribute a placeholder like `#n` stands for.
    #[must_use]
    pub fn name(mut self, placeholder: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.names.push((placeholder.into(), attribute.into()));
        self
    }

    /// Says which value a placeholder like `:v` stands for.
    #[must_use]
    pub fn value(
        mut self,
        placeholder: impl Into<String>,
        value: impl Into<AttributeValue>,
    ) -> Self {
        self.values.push((placeholder.into(), value.into()));
        self
    }
}

//! What DynamoDB would refuse, and where it stands.

use std::borrow::Cow;
use std::fmt;

/// What rule an item breaks, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ViolationKind {
    /// The name of an attribute is empty.
    EmptyName,
    /// The name of an attribute has more than 65,535 bytes.
    NameTooLong,
    /// A set has no members.
    EmptySet,
    /// A set has a member twice; numbers count by value.
    DuplicateInSet,
    /// A list or map stands in 31 others.
    TooDeep,
    /// The item has more than 409,600 bytes.
    ItemTooLarge,
    /// The item lacks a key attribute of its table.
    KeyMissing,
    /// A key attribute is of another type than the key.
    KeyOfOtherType,
    /// A key attribute is an empty string or binary.
    EmptyKey,
    /// A partition key has more than 2,048 bytes, or a sort key more than 1,024.
    KeyTooLong,
    /// The name of a key attribute is empty or longer than 255 bytes, so no table can have it.
    KeyName,
}

impl ViolationKind {
    fn text(self) -> &'static str {
        match self {
            Self::EmptyName => "an attribute with an empty name",
            Self::NameTooLong => "an attribute with a name of more than 65535 bytes",
            Self::EmptySet => "an empty set",
            Self::DuplicateInSet => "a set with a member twice",
            Self::TooDeep => "a list or map nested deeper than 31 levels",
            Self::ItemTooLarge => "an item of more than 409600 bytes",
            Self::KeyMissing => "a key attribute that is missing",
            Self::KeyOfOtherType => "a key attribute of another type than the key",
            Self::EmptyKey => "an empty key attribute",
            Self::KeyTooLong => "a key attribute that is too long",
            Self::KeyName => "a key attribute whose name is empty or longer than 255 bytes",
        }
    }
}

/// One thing that DynamoDB would refuse: the rule, the path of the attribute, and what the service
/// says.
///
/// ```
/// use ddbkit_codec::{AttributeValue, Item};
///
/// let item: Item = [("tags", AttributeValue::Ss(Vec::new()))].into_iter().collect();
/// let violation = &item.validate(None).unwrap_err()[0];
/// assert_eq!(violation.to_string(), "an empty set at $.tags");
/// assert_eq!(
///     violation.service_message(),
///     "One or more parameter values were invalid: An string set  may not be empty"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    kind: ViolationKind,
    path: String,
    message: Cow<'static, str>,
}

impl Violation {
    pub(super) fn new(
        kind: ViolationKind,
        path: String,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, path, message: message.into() }
    }

    /// What rule is broken.
    #[must_use]
    pub fn kind(&self) -> ViolationKind {
        self.kind
    }

    /// The path of the attribute, like `$.Orders[3].Tags`; `$` is the item itself. For a name that
    /// is refused it is the path of the map that has it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The words of the service, as DynamoDB Local 2.6.1 has them. Where it repeats the members of a
    /// set, `[...]` stands for them, so that contents of items stay out of logs.
    #[must_use]
    pub fn service_message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.kind.text(), self.path)
    }
}

impl std::error::Error for Violation {}

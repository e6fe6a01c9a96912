//! Attribute values.

use crate::{Item, Number};

/// The value of an attribute: one of the ten types of DynamoDB.
///
/// Sets are kept in the order in which they were read, and are equal in any order.
#[derive(Clone, Debug)]
// A tag of a word: values are moved in words as soon as they are made, and the processor waits for a
// word of which one byte was written.
#[repr(usize)]
pub enum AttributeValue {
    /// String.
    S(String),
    /// Number.
    N(Number),
    /// Binary.
    B(Vec<u8>),
    /// Boolean.
    Bool(bool),
    /// Null.
    Null,
    /// List.
    L(Vec<AttributeValue>),
    /// Map.
    M(Item),
    /// String set.
    Ss(Vec<String>),
    /// Number set.
    Ns(Vec<Number>),
    /// Binary set.
    Bs(Vec<Vec<u8>>),
}

impl PartialEq for AttributeValue {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::S(a), Self::S(b)) => a == b,
            (Self::N(a), Self::N(b)) => a == b,
            (Self::B(a), Self::B(b)) => a == b,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Null, Self::Null) => true,
            (Self::L(a), Self::L(b)) => a == b,
            (Self::M(a), Self::M(b)) => a == b,
            (Self::Ss(a), Self::Ss(b)) => same_members(a, b),
            (Self::Ns(a), Self::Ns(b)) => same_members(a, b),
            (Self::Bs(a), Self::Bs(b)) => same_members(a, b),
            _ => false,
        }
    }
}

impl Eq for AttributeValue {}

fn same_members<T: Ord>(left: &[T], right: &[T]) -> bool {
    left == right || (left.len() == right.len() && in_order(left) == in_order(right))
}

/// The members of a set in their order.
pub(crate) fn in_order<T: Ord>(set: &[T]) -> Vec<&T> {
    let mut members: Vec<&T> = set.iter().collect();
    members.sort_unstable();
    members
}

/// What is wrong with the members of a set, if anything is.
pub(crate) fn wrong_with_set<T: Ord>(members: &[T]) -> Option<crate::DecodeErrorKind> {
    if members.is_empty() {
        return Some(crate::DecodeErrorKind::EmptySet);
    }
    let is_twice = in_order(members).windows(2).any(|pair| pair.first() == pair.get(1));
    is_twice.then_some(crate::DecodeErrorKind::DuplicateInSet)
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::S(text.to_owned())
    }
}

impl From<String> for AttributeValue {
    fn from(text: String) -> Self {
        Self::S(text)
    }
}

impl From<Number> for AttributeValue {
    fn from(number: Number) -> Self {
        Self::N(number)
    }
}

impl From<bool> for AttributeValue {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<Item> for AttributeValue {
    fn from(map: Item) -> Self {
        Self::M(map)
    }
}

/// Integers are numbers; fractions come as [`Number`], because a float is rarely what was meant.
macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for AttributeValue {
            fn from(value: $integer) -> Self {
                Self::N(value.into())
            }
        }
    )*};
}

from_integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

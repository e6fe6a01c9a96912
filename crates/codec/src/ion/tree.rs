//! Ion as it is, before it is known to be an item: what the careful readers make.

/// A value with its annotations.
#[derive(Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) annotations: Vec<String>,
    pub(crate) value: Ion,
    /// Where it begins.
    pub(crate) at: usize,
}

/// A value of Ion. What no item can hold keeps nothing but its type.
#[derive(Debug, PartialEq)]
pub(crate) enum Ion {
    /// A null, and whether it has a type, like `null.string`.
    Null {
        typed: bool,
    },
    Bool(bool),
    /// An integer or decimal as decimal text with `E` for the exponent.
    Number(String),
    String(String),
    Blob(Vec<u8>),
    List(Vec<Node>),
    /// Fields with the places of their values, in their order.
    Struct(Vec<(String, Node)>),
    Symbol(String),
    /// Floats, timestamps, clobs and S-expressions.
    Foreign,
}

//! From the borrowed form to the owned one. The tape knows every count, so that each vector is
//! allocated once.
#![allow(clippy::inline_always, reason = "building values is a hot loop")]

use super::node::Kind;
use super::scalar::{BinaryRef, NumberRef, TextRef};
use super::view::{ItemRef, ListRef, Nodes, SetRef, ValueRef};
use crate::{AttributeValue, Item};

impl ItemRef<'_> {
    /// The item as a value of its own.
    #[must_use]
    pub fn to_item(&self) -> Item {
        item(self.0)
    }
}

impl ListRef<'_> {
    /// The list as a value of its own.
    #[must_use]
    pub fn to_vec(&self) -> Vec<AttributeValue> {
        list(self.0)
    }
}

impl ValueRef<'_> {
    /// The value as one of its own.
    #[must_use]
    pub fn to_value(&self) -> AttributeValue {
        match self {
            Self::S(text) => AttributeValue::S(text.into_string()),
            Self::N(number) => AttributeValue::N(number.to_number()),
            Self::B(binary) => AttributeValue::B(binary.to_vec()),
            Self::Bool(flag) => AttributeValue::Bool(*flag),
            Self::Null => AttributeValue::Null,
            Self::L(list) => AttributeValue::L(list.to_vec()),
            Self::M(map) => AttributeValue::M(map.to_item()),
            Self::Ss(set) => AttributeValue::Ss(texts(*set)),
            Self::Ns(set) => AttributeValue::Ns(numbers(*set)),
            Self::Bs(set) => AttributeValue::Bs(binaries(*set)),
        }
    }
}

fn texts<'a>(set: SetRef<'a, TextRef<'a>>) -> Vec<String> {
    set.iter().map(TextRef::into_string).collect()
}

fn numbers<'a>(set: SetRef<'a, NumberRef<'a>>) -> Vec<crate::Number> {
    set.iter().map(|number| number.to_number()).collect()
}

fn binaries<'a>(set: SetRef<'a, BinaryRef<'a>>) -> Vec<Vec<u8>> {
    set.iter().map(|binary| binary.to_vec()).collect()
}

fn item(mut nodes: Nodes<'_>) -> Item {
    let mut attributes = Vec::with_capacity(nodes.count);
    while let Some(name) = nodes.take() {
        let name = nodes.source.name(name);
        value(&mut nodes, |value| attributes.push((name, value)));
    }
    Item::from_unique(attributes)
}

fn list(mut nodes: Nodes<'_>) -> Vec<AttributeValue> {
    let mut elements = Vec::with_capacity(nodes.count);
    while !nodes.list.is_empty() {
        value(&mut nodes, |value| elements.push(value));
    }
    elements
}

/// Builds the next value and pushes it. Pushing within each arm spares moving the value over the
/// stack, which took half of the time of this function.
#[inline(always)]
fn value(nodes: &mut Nodes<'_>, push: impl FnOnce(AttributeValue)) {
    let Some(node) = nodes.take() else { return };
    let source = nodes.source;
    match node.kind() {
        Kind::S | Kind::Name => push(AttributeValue::S(source.text(node).into_string())),
        Kind::N => push(AttributeValue::N(source.number(node).to_number())),
        Kind::B => push(AttributeValue::B(source.binary(node).to_vec())),
        Kind::True => push(AttributeValue::Bool(true)),
        Kind::False => push(AttributeValue::Bool(false)),
        Kind::Null => push(AttributeValue::Null),
        Kind::M => push(AttributeValue::M(item(nodes.inside(node)))),
        Kind::L => push(AttributeValue::L(list(nodes.inside(node)))),
        Kind::Ss => push(AttributeValue::Ss(texts(SetRef::new(nodes.inside(node))))),
        Kind::Ns => push(AttributeValue::Ns(numbers(SetRef::new(nodes.inside(node))))),
        Kind::Bs => push(AttributeValue::Bs(binaries(SetRef::new(nodes.inside(node))))),
    }
}

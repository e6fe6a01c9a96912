//! From the borrowed form to the owned one. The tape knows every count, so that each vector is
//! allocated once.
#![allow(clippy::inline_always, reason = "building values is a hot loop")]

use super::node::Kind;
use super::scalar::{BinaryRef, NumberRef, TextRef};
use super::view::{ItemRef, ListRef, Nodes, SetRef, ValueRef};
use crate::{AttributeValue, Item, Name};

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
    let mut attributes = Vec::new();
    attributes.resize_with(nodes.count, || (Name::default(), AttributeValue::Null));
    for (name, place) in &mut attributes {
        let Some(node) = nodes.take() else { break };
        put(name, nodes.source.name(node));
        value(&mut nodes, place);
    }
    Item::from_unique(attributes)
}

fn list(mut nodes: Nodes<'_>) -> Vec<AttributeValue> {
    let mut elements = Vec::new();
    elements.resize_with(nodes.count, || AttributeValue::Null);
    for place in &mut elements {
        value(&mut nodes, place);
    }
    elements
}

/// Puts something where there is something that owns nothing, so that nothing need be dropped.
#[inline(always)]
fn put<T>(place: &mut T, own: T) {
    std::mem::forget(std::mem::replace(place, own));
}

/// Builds the next value and puts it into its place. To do that within each arm, and not to push it,
/// spares moving the value over the stack, where the processor waits for what was just written.
#[inline(always)]
fn value(nodes: &mut Nodes<'_>, place: &mut AttributeValue) {
    let Some(node) = nodes.take() else { return };
    let source = nodes.source;
    match node.kind() {
        Kind::S | Kind::Name => put(place, AttributeValue::S(source.text(node).into_string())),
        Kind::N => put(place, AttributeValue::N(source.number(node).to_number())),
        Kind::B => put(place, AttributeValue::B(source.binary(node).to_vec())),
        Kind::True => put(place, AttributeValue::Bool(true)),
        Kind::False => put(place, AttributeValue::Bool(false)),
        Kind::Null => put(place, AttributeValue::Null),
        Kind::M => put(place, AttributeValue::M(item(nodes.inside(node)))),
        Kind::L => put(place, AttributeValue::L(list(nodes.inside(node)))),
        Kind::Ss => put(place, AttributeValue::Ss(texts(SetRef::new(nodes.inside(node))))),
        Kind::Ns => put(place, AttributeValue::Ns(numbers(SetRef::new(nodes.inside(node))))),
        Kind::Bs => put(place, AttributeValue::Bs(binaries(SetRef::new(nodes.inside(node))))),
    }
}

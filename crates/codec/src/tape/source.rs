//! The text that the nodes of a tape point into, and how to read it.
#![allow(clippy::inline_always, reason = "walking a tape is a hot loop")]

use super::node::Node;
use super::scalar::{BinaryRef, NumberRef, TextRef};

/// What an item was read from; strings, numbers and binaries are written differently in each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// DynamoDB JSON: escapes of JSON, numbers as decimal text, binaries as Base64.
    Json,
}

/// What nodes point into.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    pub(crate) format: Format,
}

impl<'a> Source<'a> {
    /// The piece of text that a node points to, escapes and all.
    #[inline(always)]
    pub(crate) fn piece(&self, node: Node) -> &'a str {
        self.text.get(node.at()..node.at() + node.len()).unwrap_or_default()
    }

    #[inline(always)]
    pub(crate) fn text(&self, node: Node) -> TextRef<'a> {
        TextRef::new(self.piece(node), node.flag(), self.format)
    }

    #[inline(always)]
    pub(crate) fn number(&self, node: Node) -> NumberRef<'a> {
        NumberRef::new(self.piece(node), self.format)
    }

    #[inline(always)]
    pub(crate) fn binary(&self, node: Node) -> BinaryRef<'a> {
        BinaryRef::new(self.piece(node), self.format)
    }
}

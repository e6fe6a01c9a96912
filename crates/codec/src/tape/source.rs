//! The text that the nodes of a tape point into, and how to read it.
#![allow(clippy::inline_always, reason = "walking a tape is a hot loop")]

use super::node::Node;
use super::scalar::{BinaryRef, NumberRef, TextRef};
use crate::Name;

/// What an item was read from; strings, numbers and binaries are written differently in each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub(crate) enum Format {
    /// DynamoDB JSON: escapes of JSON, numbers as decimal text, binaries as Base64.
    Json,
    /// Ion text: escapes of Ion, numbers as decimal text or marked to be unusual, binaries as Base64.
    #[cfg(feature = "ion")]
    IonText,
    /// Ion binary: strings and binaries as they are, numbers as exponent and coefficient. Strings
    /// stand in a text of their own, names in that of the symbol table.
    #[cfg(feature = "ion")]
    IonBinary,
}

/// What nodes point into.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    /// The text of the item; its strings for Ion binary.
    pub(crate) text: &'a str,
    /// The symbol table, which the names of Ion binary point into.
    #[cfg(feature = "ion")]
    pub(crate) names: &'a [Name],
    /// The bytes of the item, where it is not text.
    #[cfg(feature = "ion")]
    pub(crate) bytes: &'a [u8],
    pub(crate) format: Format,
}

impl<'a> Source<'a> {
    #[inline(always)]
    pub(crate) fn of_text(text: &'a str, format: Format) -> Self {
        Self {
            text,
            #[cfg(feature = "ion")]
            names: &[],
            #[cfg(feature = "ion")]
            bytes: &[],
            format,
        }
    }

    /// The bytes that a node of Ion binary points to.
    #[cfg(feature = "ion")]
    #[inline(always)]
    fn raw(&self, node: Node) -> &'a [u8] {
        self.bytes.get(node.at()..node.at() + node.len()).unwrap_or_default()
    }

    /// The piece of text that a node points to, escapes and all.
    #[inline(always)]
    pub(crate) fn piece(&self, node: Node) -> &'a str {
        self.text.get(node.at()..node.at() + node.len()).unwrap_or_default()
    }

    #[inline(always)]
    pub(crate) fn text(&self, node: Node) -> TextRef<'a> {
        #[cfg(feature = "ion")]
        if self.format == Format::IonBinary {
            let piece = if node.flag() {
                self.names.get(node.at()).map(Name::as_str).unwrap_or_default()
            } else {
                self.piece(node)
            };
            return TextRef::new(piece, false, self.format);
        }
        TextRef::new(self.piece(node), node.flag(), self.format)
    }

    /// The name of an attribute as one of its own.
    #[inline(always)]
    pub(crate) fn name(&self, node: Node) -> Name {
        #[cfg(feature = "ion")]
        if self.format == Format::IonBinary {
            return self.names.get(node.at()).cloned().unwrap_or_default();
        }
        self.text(node).into_name()
    }

    #[inline(always)]
    pub(crate) fn number(&self, node: Node) -> NumberRef<'a> {
        #[cfg(feature = "ion")]
        if self.format == Format::IonBinary {
            return NumberRef::of_bytes(self.raw(node));
        }
        #[cfg(feature = "ion")]
        if node.flag() {
            return NumberRef::unusual(self.piece(node));
        }
        NumberRef::new(self.piece(node))
    }

    #[inline(always)]
    pub(crate) fn binary(&self, node: Node) -> BinaryRef<'a> {
        #[cfg(feature = "ion")]
        if self.format == Format::IonBinary {
            return BinaryRef::of_bytes(self.raw(node));
        }
        BinaryRef::new(self.piece(node))
    }
}

//! What the nodes of a tape point into, and how to read it.
#![allow(clippy::inline_always, reason = "walking a tape is a hot loop")]

#[cfg(feature = "ion")]
use super::binary::Binary;
use super::node::Node;
use super::scalar::{BinaryRef, NumberRef, TextRef};
use crate::Name;

/// What an item was read from, which nodes point into; strings, numbers and binaries are written
/// differently in each.
///
/// Kept small: it stands in every list and map that is shown.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(crate) enum Source<'a> {
    /// DynamoDB JSON: escapes of JSON, numbers as decimal text, binaries as Base64.
    Json(&'a str),
    /// Ion text: escapes of Ion, numbers as decimal text or marked to be unusual, binaries as Base64.
    #[cfg(feature = "ion")]
    IonText(&'a str),
    /// Ion binary: strings and binaries as they are, numbers as exponent and coefficient.
    #[cfg(feature = "ion")]
    IonBinary(&'a Binary),
}

impl<'a> Source<'a> {
    /// The text of DynamoDB JSON, if that is what it is.
    #[cfg_attr(
        not(feature = "ion"),
        allow(clippy::unnecessary_wraps, reason = "there is only one without Ion")
    )]
    pub(crate) fn json(self) -> Option<&'a str> {
        match self {
            Self::Json(text) => Some(text),
            #[cfg(feature = "ion")]
            Self::IonText(_) | Self::IonBinary(_) => None,
        }
    }

    /// The piece of text that a node points to, escapes and all.
    #[inline(always)]
    fn piece(self, node: Node) -> &'a str {
        let text = match self {
            Self::Json(text) => text,
            #[cfg(feature = "ion")]
            Self::IonText(text) => text,
            #[cfg(feature = "ion")]
            Self::IonBinary(item) => item.text.as_str(),
        };
        text.get(node.at()..node.at() + node.len()).unwrap_or_default()
    }

    #[inline(always)]
    pub(crate) fn text(self, node: Node) -> TextRef<'a> {
        match self {
            Self::Json(_) => TextRef::of_json(self.piece(node), node.flag()),
            #[cfg(feature = "ion")]
            Self::IonText(_) => TextRef::of_ion(self.piece(node), node.flag()),
            #[cfg(feature = "ion")]
            Self::IonBinary(item) if node.flag() => TextRef::of_ion(item.name_text(node), false),
            #[cfg(feature = "ion")]
            Self::IonBinary(_) => TextRef::of_ion(self.piece(node), false),
        }
    }

    /// The name of an attribute as one of its own.
    #[inline(always)]
    pub(crate) fn name(self, node: Node) -> Name {
        #[cfg(feature = "ion")]
        if let Self::IonBinary(item) = self {
            return item.name(node).clone();
        }
        self.text(node).into_name()
    }

    #[inline(always)]
    pub(crate) fn number(self, node: Node) -> NumberRef<'a> {
        match self {
            Self::Json(_) => NumberRef::new(self.piece(node)),
            #[cfg(feature = "ion")]
            Self::IonText(_) if node.flag() => NumberRef::unusual(self.piece(node)),
            #[cfg(feature = "ion")]
            Self::IonText(_) => NumberRef::new(self.piece(node)),
            #[cfg(feature = "ion")]
            Self::IonBinary(item) => NumberRef::of_decimal(item.decimal(node)),
        }
    }

    #[inline(always)]
    pub(crate) fn binary(self, node: Node) -> BinaryRef<'a> {
        #[cfg(feature = "ion")]
        if let Self::IonBinary(item) = self {
            return BinaryRef::of_bytes(item.raw(node));
        }
        BinaryRef::new(self.piece(node))
    }
}

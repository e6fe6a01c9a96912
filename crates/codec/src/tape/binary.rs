//! What the nodes of an item of Ion binary point into.
#![allow(clippy::inline_always, reason = "walking a tape is a hot loop")]

use super::node::Node;
use crate::Name;
use crate::ion::{Decimal, Symbol};
use std::sync::Arc;

/// The item as it came, and what it does not have itself. All of it stands together, so that one
/// reference leads to it.
#[derive(Default)]
pub(crate) struct Binary {
    /// The bytes of the item, which numbers and binaries point into, and zeros behind them.
    pub(crate) bytes: Vec<u8>,
    /// Its strings, one behind the other.
    pub(crate) text: String,
    /// The symbol table, which its names are in.
    pub(crate) symbols: Option<Arc<Vec<Symbol>>>,
}

impl Binary {
    /// The bytes that a node points to.
    #[inline(always)]
    pub(super) fn raw(&self, node: Node) -> &[u8] {
        self.bytes.get(node.at()..node.at() + node.len()).unwrap_or_default()
    }

    /// The number that a node points to.
    #[inline(always)]
    pub(super) fn decimal(&self, node: Node) -> Decimal<'_> {
        Decimal::new(&self.bytes, node.at(), node.len())
    }

    /// The name that a node is.
    #[inline(always)]
    pub(super) fn name_text(&self, node: Node) -> &str {
        self.symbol(node).map_or("", |symbol| &symbol.text)
    }

    /// The name that a node is, to be kept.
    #[inline(always)]
    pub(super) fn name(&self, node: Node) -> &Name {
        static NOTHING: Name = Name::new_static("");
        self.symbol(node).map_or(&NOTHING, |symbol| &symbol.name)
    }

    #[inline(always)]
    fn symbol(&self, node: Node) -> Option<&Symbol> {
        self.symbols.as_ref()?.get(node.at())
    }
}

//! The borrowed form of items: a tape of small nodes that point into the text.
//!
//! Reading an item to a tape allocates nothing once the tape has grown to the size of the items;
//! values are built when they are asked for.

#[cfg(feature = "ion")]
mod binary;
mod node;
mod owned;
mod scalar;
mod source;
mod view;

#[cfg(feature = "ion")]
pub(crate) use binary::Binary;
pub(crate) use node::{Kind, LONGEST, Node};
pub(crate) use source::Source;
pub(crate) use view::Nodes;

pub use scalar::{BinaryRef, NumberRef, TextRef};
pub use view::{Attributes, Elements, ItemRef, ListRef, SetRef, ValueRef};

/// Room to read items into, one after the other, without building values.
///
/// Everything about the item is checked when it is read, as by [`Item::from_dynamodb_json`];
/// what is read is then shown as an [`ItemRef`] that borrows from the tape and from the text. One
/// tape is made for many items: it keeps its memory, 8 bytes for each name and value of the largest
/// item so far, and of Ion binary a copy of its bytes and of its strings.
///
/// ```
/// use ddbkit_codec::Tape;
///
/// let lines = [&br#"{"Item":{"pk":{"S":"a"}}}"#[..], br#"{"Item":{"pk":{"S":"b"}}}"#];
/// let mut tape = Tape::new();
/// for line in lines {
///     let item = tape.read_line(line)?;
///     assert!(item.get("pk").is_some());
/// }
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
///
/// [`Item::from_dynamodb_json`]: crate::Item::from_dynamodb_json
#[derive(Default)]
pub struct Tape {
    pub(crate) nodes: Vec<Node>,
    /// What to check names and members of sets for duplicates with.
    pub(crate) seen: Vec<u32>,
    /// The text of an item that could not be pointed into as it was written.
    pub(crate) rewritten: String,
    /// An item that is not text.
    #[cfg(feature = "ion")]
    pub(crate) binary: Binary,
}

impl Tape {
    /// A tape without memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A tape for one item of so many bytes of JSON, which should not have to grow.
    pub(crate) fn for_one(len: usize) -> Self {
        // Items have a node for about every twelve bytes, and names in few levels.
        let (nodes, seen) = (Vec::with_capacity(len / 12 + 8), Vec::with_capacity(64));
        Self { nodes, seen, ..Self::default() }
    }

    /// The item whose node is the first.
    pub(crate) fn item<'a>(nodes: &'a [Node], source: Source<'a>) -> ItemRef<'a> {
        let (count, inside) = match nodes.split_first() {
            Some((first, inside)) => (first.count(), inside),
            None => (0, nodes),
        };
        ItemRef(Nodes { source, list: inside, count })
    }
}

impl std::fmt::Debug for Tape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tape").field("room", &self.nodes.capacity()).finish_non_exhaustive()
    }
}

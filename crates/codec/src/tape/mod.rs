//! The borrowed form of items: a tape of small nodes that point into the text.
//!
//! Reading an item to a tape allocates nothing once the tape has grown to the size of the items;
//! values are built when they are asked for.

mod node;
mod owned;
mod scalar;
mod source;
mod view;

pub(crate) use node::{Kind, LONGEST, Node};
pub(crate) use source::{Format, Source};
pub(crate) use view::Nodes;

pub use scalar::{BinaryRef, NumberRef, TextRef};
pub use view::{Attributes, Elements, ItemRef, ListRef, SetRef, ValueRef};

/// Room to read items into, one after the other, without building values.
///
/// Everything about the item is checked when it is read, as by [`Item::from_dynamodb_json`];
/// what is read is then shown as an [`ItemRef`] that borrows from the tape and from the text. One
/// tape is made for many items: it keeps its memory, 8 bytes for each name and value of the largest
/// item so far.
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
    /// The strings of an item that is not text itself.
    #[cfg(feature = "ion")]
    pub(crate) text: String,
}

impl Tape {
    /// A tape without memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
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

//! What can be told of an item from its text.

use super::json_skip::{SKIPPING, Skipped};
use crate::Result;
use crate::case::{Case, Group, at_least, each_line, ours, peer, take};
use crate::corpus::{Corpus, Want};
use crate::same::{Same, size};
use ddbkit_codec::{Item, RawItem, Tape, item_digest};

pub const GROUP: Group = Group { name: "Facts of an item from its line", cases };

fn cases(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let (json, bytes) = (corpus.json.as_slice(), corpus.json.len());
    let mut tape = Tape::new();
    Ok(vec![
        // Meant to be 1 GB/s, where the peer reads 1.03 GB/s.
        ours(
            "RawItem::size_of_line",
            at_least(0.97, SKIPPING),
            bytes,
            each_line(json, |line, want| take(Size(RawItem::size_of_line(line)?), want)),
        ),
        peer(
            SKIPPING,
            bytes,
            each_line(json, |line, want| take(Skipped(serde_json::from_slice(line)?), want)),
        ),
        ours(
            "Tape::read_line, digest",
            None,
            bytes,
            each_line(json, move |line, want| take(Digest(tape.read_line(line)?.digest()), want)),
        ),
        ours(
            "RawItem::from_line, decode, item_digest",
            None,
            bytes,
            each_line(json, |line, want| {
                take(Digest(item_digest(&RawItem::from_line(line)?.decode()?)), want)
            }),
        ),
    ])
}

struct Size(usize);

impl Same for Size {
    fn same(&self, want: &Want) -> bool {
        self.0 == size::of_item(&want.item)
    }
}

struct Digest([u8; 32]);

impl Same for Digest {
    /// The digest of the item with its attributes in another order.
    fn same(&self, want: &Want) -> bool {
        let reread = RawItem::from_line(want.json).and_then(|item| item.decode());
        reread.is_ok_and(|item| {
            let mut attributes: Vec<_> = item.into_iter().collect();
            attributes.reverse();
            item_digest(&attributes.into_iter().collect::<Item>()) == self.0
        })
    }
}

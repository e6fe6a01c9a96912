//! What can be told of an item from its text.

use crate::Result;
use crate::case::{Case, Group, each_line, ours, take};
use crate::corpus::{Corpus, Want};
use crate::same::Same;
use ddbkit_codec::{Item, RawItem, Tape, item_digest};

pub const GROUP: Group = Group { name: "Facts of an item from its line", cases };

fn cases(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let (json, bytes) = (corpus.json.as_slice(), corpus.json.len());
    let mut tape = Tape::new();
    Ok(vec![
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

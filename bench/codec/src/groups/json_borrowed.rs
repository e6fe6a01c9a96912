//! Lines of DynamoDB JSON to values that borrow from the line.

use crate::Result;
use crate::case::{Case, Group, at_least, each_line, ours, peer, take};
use crate::corpus::Corpus;
use crate::peers::borrowed::Map;
use crate::peers::owned::Line;
use crate::visit::visit;
use ddbkit_codec::Tape;

pub const GROUP: Group = Group { name: "JSON lines to borrowed values", cases };

/// What gives typed values.
const BEST: &str = "to a borrowed enum";

fn cases(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let (json, bytes) = (corpus.json.as_slice(), corpus.json.len());
    let (mut copy, mut buffers) = (Vec::new(), simd_json::Buffers::default());
    let (mut bare, mut visited) = (Tape::new(), Tape::new());
    Ok(vec![
        ours(
            "Tape::read_line",
            None,
            bytes,
            each_line(json, move |line, want| take(bare.read_line(line)?, want)),
        ),
        ours(
            "Tape::read_line, every value visited",
            at_least(1.9, BEST),
            bytes,
            each_line(json, move |line, want| {
                let item = visited.read_line(line)?;
                visit(item);
                take(item, want)
            }),
        ),
        peer(
            "sonic-rs to a borrowed enum",
            bytes,
            each_line(json, |line, want| take(sonic_rs::from_slice::<Line<Map>>(line)?, want)),
        ),
        peer(
            "serde_json to a borrowed enum",
            bytes,
            each_line(json, |line, want| take(serde_json::from_slice::<Line<Map>>(line)?, want)),
        ),
        peer(
            "sonic-rs to its Value",
            bytes,
            each_line(json, |line, want| {
                take(sonic_rs::from_slice::<sonic_rs::Value>(line)?, want)
            }),
        ),
        // It writes into its input, so that a caller must copy.
        peer(
            "simd-json to its borrowed Value",
            bytes,
            each_line(json, move |line, want| {
                copy.clear();
                copy.extend_from_slice(line);
                take(simd_json::to_borrowed_value_with_buffers(&mut copy, &mut buffers)?, want)
            }),
        ),
    ])
}

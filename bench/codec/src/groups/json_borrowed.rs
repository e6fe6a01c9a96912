//! Lines of DynamoDB JSON to values that borrow from the line.

use crate::Result;
use crate::case::{Case, Group, each_line, peer, take};
use crate::corpus::Corpus;
use crate::peers::borrowed::Map;
use crate::peers::owned::Line;

pub const GROUP: Group = Group { name: "JSON lines to borrowed values", cases };

fn cases(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let (json, bytes) = (corpus.json.as_slice(), corpus.json.len());
    let (mut copy, mut buffers) = (Vec::new(), simd_json::Buffers::default());
    Ok(vec![
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

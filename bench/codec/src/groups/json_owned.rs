//! Lines of DynamoDB JSON to owned values.

use crate::Result;
use crate::case::{Case, Group, at_least, each_line, ours, peer, take};
use crate::corpus::Corpus;
use crate::peers::owned::{Line, Map};
use ddbkit_codec::{Item, RawItem, Tape};

pub const GROUP: Group = Group { name: "JSON lines to owned values", cases };

/// What gives typed values; sonic-rs or simd-json is the faster, by the machine.
const BEST: &str = "to an enum";

fn cases(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let (json, bytes) = (corpus.json.as_slice(), corpus.json.len());
    let (mut copy, mut buffers) = (Vec::new(), simd_json::Buffers::default());
    let mut tape = Tape::new();
    Ok(vec![
        ours(
            "Tape::read_line, to_item",
            at_least(2.0, BEST),
            bytes,
            each_line(json, move |line, want| take(tape.read_line(line)?.to_item(), want)),
        ),
        ours(
            "Item::from_line",
            at_least(2.0, BEST),
            bytes,
            each_line(json, |line, want| take(Item::from_line(line)?, want)),
        ),
        ours(
            "RawItem::from_line, decode: two walks",
            None,
            bytes,
            each_line(json, |line, want| take(RawItem::from_line(line)?.decode()?, want)),
        ),
        peer(
            "sonic-rs to an enum",
            bytes,
            each_line(json, |line, want| take(sonic_rs::from_slice::<Line<Map>>(line)?, want)),
        ),
        peer(
            "simd-json to an enum",
            bytes,
            each_line(json, move |line, want| {
                copy.clear();
                copy.extend_from_slice(line);
                take(
                    simd_json::serde::from_slice_with_buffers::<Line<Map>>(
                        &mut copy,
                        &mut buffers,
                    )?,
                    want,
                )
            }),
        ),
        peer(
            "serde_json to an enum",
            bytes,
            each_line(json, |line, want| take(serde_json::from_slice::<Line<Map>>(line)?, want)),
        ),
        peer(
            "serde_json to its Value",
            bytes,
            each_line(json, |line, want| {
                take(serde_json::from_slice::<serde_json::Value>(line)?, want)
            }),
        ),
        peer(
            "serde_json to serde_dynamo's Item",
            bytes,
            each_line(json, |line, want| {
                take(serde_json::from_slice::<Line<serde_dynamo::Item>>(line)?, want)
            }),
        ),
    ])
}

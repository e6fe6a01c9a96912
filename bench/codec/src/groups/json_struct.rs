//! Lines of DynamoDB JSON to a Rust struct.

use crate::Result;
use crate::case::{Case, Group, each_line, ours, peer, take};
use crate::corpus::Corpus;
use crate::peers::order::Order;
use crate::peers::owned::Line;
use ddbkit_codec::{RawItem, Tape, serde};

pub const GROUP: Group = Group { name: "JSON lines to a Rust struct", cases };

fn cases(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let (json, bytes) = (corpus.json.as_slice(), corpus.json.len());
    let mut tape = Tape::new();
    Ok(vec![
        ours(
            "Tape::read_line, serde::from_item_ref",
            None,
            bytes,
            each_line(json, move |line, want| {
                take(serde::from_item_ref::<Order>(tape.read_line(line)?)?, want)
            }),
        ),
        ours(
            "RawItem::from_line, decode, serde::from_owned_item",
            None,
            bytes,
            each_line(json, |line, want| {
                take(serde::from_owned_item::<Order>(RawItem::from_line(line)?.decode()?)?, want)
            }),
        ),
        peer(
            "serde_json, serde_dynamo::from_item",
            bytes,
            each_line(json, |line, want| {
                let Line { item } = serde_json::from_slice::<Line<serde_dynamo::Item>>(line)?;
                take(serde_dynamo::from_item::<_, Order>(item)?, want)
            }),
        ),
    ])
}

//! Values to lines of DynamoDB JSON.

use crate::Result;
use crate::case::{Case, Group, at_least, each_written, ours, peer};
use crate::corpus::{Corpus, Want, lines};
use crate::peers::owned::{Line, Map};
use crate::same::is_line;
use ddbkit_codec::{RawItem, Tape};
use std::rc::Rc;

pub const GROUP: Group = Group { name: "Values to JSON lines", cases };

/// What writes typed values.
const BEST: &str = "from an enum";

fn cases(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let (json, bytes) = (corpus.json.as_slice(), corpus.json.len());
    // A tape for each item; they are needed to the end of the program.
    let borrowed = all(json, |line| Ok(Box::leak(Box::new(Tape::new())).read_line(line)?))?;
    let items = all(json, |line| Ok(RawItem::from_line(line)?.decode()?))?;
    let maps = all(json, |line| Ok(serde_json::from_slice::<Line<Map>>(line)?))?;
    let values = all(json, |line| Ok(sonic_rs::from_slice::<sonic_rs::Value>(line)?))?;
    Ok(vec![
        ours(
            "ItemRef::write_dynamodb_json",
            at_least(6.0, BEST),
            bytes,
            each_written(&borrowed, exactly, |item, out| {
                out.extend_from_slice(b"{\"Item\":");
                item.write_dynamodb_json(out);
                out.push(b'}');
                Ok(())
            }),
        ),
        ours(
            "Item::write_dynamodb_json",
            at_least(2.5, BEST),
            bytes,
            each_written(&items, exactly, |item, out| {
                out.extend_from_slice(b"{\"Item\":");
                item.write_dynamodb_json(out);
                out.push(b'}');
                Ok(())
            }),
        ),
        peer(
            "sonic-rs from an enum",
            bytes,
            each_written(&maps, is_line, |map, out| Ok(sonic_rs::to_writer(out, map)?)),
        ),
        peer(
            "serde_json from an enum",
            bytes,
            each_written(&maps, is_line, |map, out| Ok(serde_json::to_writer(out, map)?)),
        ),
        peer(
            "simd-json from an enum",
            bytes,
            each_written(&maps, is_line, |map, out| Ok(simd_json::serde::to_writer(out, map)?)),
        ),
        peer(
            "sonic-rs from its Value",
            bytes,
            each_written(&values, is_line, |value, out| Ok(sonic_rs::to_writer(out, value)?)),
        ),
    ])
}

/// Every line as a value, made before anything is measured.
pub fn all<'c, T>(json: &'c [u8], value: impl FnMut(&'c [u8]) -> Result<T>) -> Result<Rc<Vec<T>>> {
    lines(json).map(value).collect::<Result<_>>().map(Rc::new)
}

/// Attributes in their order, not a byte different.
fn exactly(text: &[u8], want: &Want) -> bool {
    text == want.json
}

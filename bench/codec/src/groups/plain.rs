//! Plain JSON. The peers keep numbers in an `f64`.

use super::json_write::all;
use crate::Result;
use crate::case::{Case, Group, each_line, each_written, ours, peer, take};
use crate::corpus::{Corpus, Want};
use crate::peers::owned::Value;
use crate::same::Same;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ddbkit_codec::{Item, PlainOptions, Tape};

pub const READ: Group = Group { name: "Plain JSON lines to owned values", cases: read };
pub const WRITE: Group = Group { name: "Values to plain JSON lines", cases: write };

fn read(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let (plain, bytes) = (corpus.plain.as_slice(), corpus.plain.len());
    let options = PlainOptions::default();
    Ok(vec![
        ours(
            "Item::from_plain_json",
            None,
            bytes,
            each_line(plain, move |line, want| {
                take(Plain(Item::from_plain_json(line, &options)?), want)
            }),
        ),
        peer(
            "serde_json to its Value, numbers lossy",
            bytes,
            each_line(plain, |line, want| {
                take(Lossy(serde_json::from_slice::<serde_json::Value>(line)?), want)
            }),
        ),
        peer(
            "sonic-rs to its Value, numbers lossy",
            bytes,
            each_line(plain, |line, want| {
                take(Lossy(sonic_rs::from_slice::<sonic_rs::Value>(line)?), want)
            }),
        ),
    ])
}

fn write(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let bytes = corpus.plain.len();
    let mut tape = Tape::new();
    let items = all(&corpus.json, |line| Ok(tape.read_line(line)?.to_item()))?;
    let values = all(&corpus.plain, |line| Ok(serde_json::from_slice::<serde_json::Value>(line)?))?;
    let options = PlainOptions::default();
    Ok(vec![
        ours(
            "Item::write_plain_json",
            None,
            bytes,
            each_written(&items, exactly, move |item, out| {
                item.write_plain_json(&options, out);
                Ok(())
            }),
        ),
        peer(
            "serde_json from its Value, numbers lossy",
            bytes,
            each_written(&values, has_key, |value, out| Ok(serde_json::to_writer(out, value)?)),
        ),
    ])
}

fn exactly(text: &[u8], want: &Want) -> bool {
    text == want.plain
}

fn has_key(text: &[u8], want: &Want) -> bool {
    serde_json::from_slice(text).is_ok_and(|value: serde_json::Value| Lossy(value).same(want))
}

/// What remains of an item in plain JSON: sets are lists, binaries are text.
struct Plain(Item);

impl Same for Plain {
    fn same(&self, want: &Want) -> bool {
        let map = want.item.iter().map(|(name, value)| (name.clone(), plain(value))).collect();
        self.0.same(&Want { item: map, ..*want })
    }
}

fn plain(value: &Value) -> Value {
    let binary = |bytes: &Vec<u8>| Value::S(STANDARD.encode(bytes));
    match value {
        Value::B(bytes) => binary(bytes),
        Value::Ss(set) => Value::L(set.iter().cloned().map(Value::S).collect()),
        Value::Ns(set) => Value::L(set.iter().cloned().map(Value::N).collect()),
        Value::Bs(set) => Value::L(set.iter().map(binary).collect()),
        Value::L(list) => Value::L(list.iter().map(plain).collect()),
        Value::M(map) => {
            Value::M(map.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        other => other.clone(),
    }
}

/// Numbers of 38 digits do not survive, so only the key is compared.
struct Lossy<T>(T);

impl Same for Lossy<serde_json::Value> {
    fn same(&self, want: &Want) -> bool {
        self.0["pk"].as_str().map(|key| Value::S(key.to_owned())).as_ref() == want.item.get("pk")
    }
}

impl Same for Lossy<sonic_rs::Value> {
    fn same(&self, want: &Want) -> bool {
        sonic_rs::to_vec(&self.0).is_ok_and(|text| has_key(&text, want))
    }
}

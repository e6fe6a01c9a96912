//! Lines of DynamoDB JSON of which little is wanted: where items begin and end, a few attributes.

use crate::Result;
use crate::case::{Case, Group, at_least, each_line, ours, peer, take};
use crate::corpus::{Corpus, Want};
use crate::peers::owned::Value;
use crate::same::Same;
use ddbkit_codec::{RawItem, Tape, ValueRef};
use serde::de::IgnoredAny;

pub const GROUP: Group = Group { name: "JSON lines, boundaries and projection", cases };

/// Projections are meant to be 1.5 GB/s, where this reads 1.03 GB/s.
pub const SKIPPING: &str = "serde_json, IgnoredAny";

fn cases(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let (json, bytes) = (corpus.json.as_slice(), corpus.json.len());
    let tags = sonic_rs::pointer!["Item", "tags"];
    let mut tape = Tape::new();
    Ok(vec![
        ours(
            "Tape::read_line, get",
            None,
            bytes,
            each_line(json, move |line, want| take(tape.read_line(line)?.get("tags"), want)),
        ),
        ours(
            "RawItem::from_line",
            at_least(1.46, SKIPPING),
            bytes,
            each_line(json, |line, want| take(RawItem::from_line(line)?, want)),
        ),
        ours(
            "RawItem::from_line_with, one attribute",
            at_least(1.46, SKIPPING),
            bytes,
            each_line(json, |line, want| {
                let (_, [tags]) = RawItem::from_line_with(line, ["tags"])?;
                take(At(["tags"], tags), want)
            }),
        ),
        ours(
            "RawItem::from_line_with, three attributes",
            at_least(1.46, SKIPPING),
            bytes,
            each_line(json, |line, want| {
                let (_, [pk, total, tags]) =
                    RawItem::from_line_with(line, ["pk", "total", "tags"])?;
                take(At(["pk"], pk), want)?;
                take(At(["total"], total), want)?;
                take(At(["tags"], tags), want)
            }),
        ),
        ours(
            "RawItem::from_line_at, a path",
            at_least(1.46, SKIPPING),
            bytes,
            each_line(json, |line, want| {
                let (_, [latitude]) = RawItem::from_line_at(line, ["address.geo.lat"])?;
                take(At(["address", "geo", "lat"], latitude), want)
            }),
        ),
        ours(
            "RawItem::from_line, at a path: two walks",
            None,
            bytes,
            each_line(json, |line, want| {
                let latitude = RawItem::from_line(line)?.at("address.geo.lat")?;
                take(At(["address", "geo", "lat"], latitude), want)
            }),
        ),
        peer(
            "sonic-rs, lazy get of one attribute",
            bytes,
            each_line(json, move |line, want| {
                take(At(["tags"], Some(sonic_rs::get(line, &tags)?.as_raw_str().as_bytes())), want)
            }),
        ),
        peer(
            SKIPPING,
            bytes,
            each_line(json, |line, want| take(Skipped(serde_json::from_slice(line)?), want)),
        ),
        peer("memchr, ends of lines", bytes, each_line(json, |line, want| take(Line(line), want))),
        peer(
            "std, from_utf8",
            bytes,
            each_line(json, |line, want| take(Line(std::str::from_utf8(line)?.as_bytes()), want)),
        ),
    ])
}

/// The text of the value that these names lead to.
struct At<'a, const N: usize>([&'a str; N], Option<&'a [u8]>);

impl<const N: usize> Same for At<'_, N> {
    fn same(&self, want: &Want) -> bool {
        let mut map = Some(&want.item);
        let mut value = None;
        for name in self.0 {
            value = map.and_then(|map| map.get(name));
            map = match value {
                Some(Value::M(map)) => Some(map),
                _ => None,
            };
        }
        let found = self.1.and_then(|text| serde_json::from_slice(text).ok());
        value.is_some() && found.as_ref() == value
    }
}

impl Same for Option<ValueRef<'_>> {
    fn same(&self, want: &Want) -> bool {
        match (self, want.item.get("tags")) {
            (Some(ValueRef::Ss(tags)), Some(Value::Ss(want))) => {
                tags.iter().map(|tag| tag.get()).eq(want.iter().map(String::as_str))
            }
            _ => false,
        }
    }
}

pub struct Skipped(pub IgnoredAny);

impl Same for Skipped {
    fn same(&self, _: &Want) -> bool {
        true
    }
}

struct Line<'a>(&'a [u8]);

impl Same for Line<'_> {
    fn same(&self, want: &Want) -> bool {
        self.0 == want.json
    }
}

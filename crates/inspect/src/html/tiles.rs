//! The few numbers that are asked for first.

use super::keys;
use super::limits::is_near;
use super::number::{bytes, count, dollars, percent, short};
use crate::{Profile, SourceKind, ratio};
use maud::{Markup, html};

/// A number with its name above and what it means below.
struct Tile {
    name: &'static str,
    value: String,
    note: String,
    warn: bool,
}

pub(super) fn tiles(profile: &Profile) -> Markup {
    let tiles = [Some(items(profile)), Some(size(profile)), Some(median(profile))];
    let tiles = tiles.into_iter().chain([Some(largest(profile)), hottest(profile)]);
    html! {
        dl.tiles {
            @for tile in tiles.flatten().chain([storage(profile)]) {
                div.warn[tile.warn] {
                    dt { (tile.name) }
                    dd.value { (tile.value) }
                    dd.note { (tile.note) }
                }
            }
        }
    }
}

fn items(profile: &Profile) -> Tile {
    let value = short(profile.items);
    let whole = count(profile.items);
    let from = match profile.source.kind {
        SourceKind::Table => "of the table",
        SourceKind::Export => "of the export",
        SourceKind::Lines => "of the stream",
    };
    let note = match profile.source.sampled {
        true => format!("a sample {from}"),
        false if value == whole => "all that there are".to_owned(),
        false => whole,
    };
    Tile { name: "Items", value, note, warn: false }
}

fn size(profile: &Profile) -> Tile {
    let note = format!("{} as lines of JSON", bytes(profile.json_bytes));
    Tile { name: "Size", value: bytes(profile.bytes), note, warn: false }
}

fn median(profile: &Profile) -> Tile {
    let note = format!("99\u{a0}% are at most {}", bytes(profile.size.p99));
    Tile { name: "Median item", value: bytes(profile.size.p50), note, warn: false }
}

fn largest(profile: &Profile) -> Tile {
    let limit = profile.limits.iter().find(|limit| limit.name == "item_size");
    let note = limit.map_or_else(String::new, |limit| {
        format!("{} of the limit", percent(ratio(limit.max, limit.limit)))
    });
    let warn = limit.is_some_and(is_near);
    Tile { name: "Largest item", value: bytes(profile.size.max), note, warn }
}

fn hottest(profile: &Profile) -> Option<Tile> {
    let keys = profile.keys.as_ref()?;
    let first = keys::hottest_share(keys)?;
    let note = format!("of the items, of ≈\u{a0}{} keys", short(keys.partitions));
    let warn = keys::is_hot(keys);
    Some(Tile { name: "Hottest partition key", value: percent(first), note, warn })
}

fn storage(profile: &Profile) -> Tile {
    let costs = &profile.costs;
    let note = format!("a month, {}", costs.prices.region);
    Tile { name: "Storage", value: dollars(costs.storage_month), note, warn: false }
}

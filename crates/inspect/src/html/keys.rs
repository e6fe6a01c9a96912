//! How items spread over partition keys: whether one of them is hot.

use super::bar::bar;
use super::largest::key;
use super::number::{bytes, count, percent, short};
use super::plot::{Across, LogAxis, height};
use super::section::{numbers, section};
use super::table::Column::{Name, Number, Share};
use super::table::{cell, left_out, table};
use super::text::raw;
use crate::{KeyDistribution, Partition, Profile, RankShare, as_f64, ratio};
use maud::{Markup, html};

const ROWS: usize = 10;
/// Pixels of a picture: above it for labels, itself, and below.
const TOP: f64 = 24.0;
const PLOT: f64 = 140.0;
const FLOOR: f64 = TOP + PLOT;
const BOTTOM: f64 = FLOOR + 22.0;

pub(super) fn keys(profile: &Profile) -> Markup {
    let Some(keys) = &profile.keys else {
        let lead =
            html! { "The key of these items is not known, so nothing is told of partitions." };
        return section("keys", "Partition keys", &lead, &html! {});
    };
    let lead = html! {
        "Partition key " (raw(&keys.hash_key))
        @if let Some(range_key) = &keys.range_key { ", sort key " (raw(range_key)) }
        "; about " (short(keys.partitions)) " different partition keys. Requests to one of them share at \
        most 1,000 write and 3,000 read units a second."
    };
    let body = html! {
        div.pair {
            figure { figcaption { "Items of the hottest keys, together" } (curve(keys)) }
            figure { figcaption { "Items by hash of their partition key" } (spread(keys, profile.items)) }
        }
        (numbers(&ranks(keys)))
        (hottest(profile, keys))
    };
    section("keys", "Partition keys", &lead, &body)
}

/// What part of all items the hottest partition key has.
pub(super) fn hottest_share(keys: &KeyDistribution) -> Option<f64> {
    keys.share_by_rank.iter().find(|rank| rank.partitions == 1).map(|rank| rank.items)
}

/// Whether one key has a tenth of all items, and ten times what would be even: of three keys each has
/// a third, and none is hot.
pub(super) fn is_hot(keys: &KeyDistribution) -> bool {
    hottest_share(keys).is_some_and(|share| share >= 0.1 && share * as_f64(keys.partitions) >= 10.0)
}

/// The share of the hottest 1, 2, 5, ... keys, and what it would be if all were alike.
fn curve(keys: &KeyDistribution) -> Markup {
    let ranks = &keys.share_by_rank;
    let last = ranks.iter().map(|rank| rank.partitions).max().unwrap_or(1);
    let axis = LogAxis { from: 1, to: last };
    let highest = ranks.iter().map(|rank| rank.items).fold(0.0, f64::max);
    let y = |share: f64| FLOOR - height(share, highest, PLOT);
    let even = |partitions: u64| ratio(partitions, keys.partitions.max(1)).min(1.0);
    let steps = || ranks.iter().zip(ranks.iter().skip(1));
    html! {
        svg.chart role="img" width="100%" height=(BOTTOM)
            aria-label="The share of all items that the hottest partition keys have together, by their \
                        number; a dashed line shows what it would be if all keys had as many." {
            line.axis x1="0" x2="100%" y1=(FLOOR) y2=(FLOOR) {}
            @for (a, b) in steps() {
                line.even x1=(axis.at(a.partitions)) x2=(axis.at(b.partitions))
                    y1=(y(even(a.partitions))) y2=(y(even(b.partitions))) {}
                line.curve.warn[is_hot(keys)] x1=(axis.at(a.partitions)) x2=(axis.at(b.partitions))
                    y1=(y(a.items)) y2=(y(b.items)) {}
            }
            @for rank in ranks {
                @let x = axis.at(rank.partitions);
                @let anchor = anchor(x);
                circle.dot.warn[is_hot(keys)] cx=(x) cy=(y(rank.items)) r="3.5" {}
                text.label x=(x) y=(y(rank.items) - 9.0) text-anchor=(anchor) { (percent(rank.items)) }
                text.label x=(x) y=(FLOOR + 17.0) text-anchor=(anchor) { (count(rank.partitions)) }
            }
        }
    }
}

/// Labels at the ends of a picture stay in it.
fn anchor(x: Across) -> &'static str {
    if x.0 <= 0.0 {
        "start"
    } else if x.0 >= 100.0 {
        "end"
    } else {
        "middle"
    }
}

/// Items in each bucket of hashes, with the line that all would reach if they were alike.
fn spread(keys: &KeyDistribution, items: u64) -> Markup {
    let buckets = keys.spread.len().max(1);
    let width = 100.0 / as_f64(u64::try_from(buckets).unwrap_or(u64::MAX));
    let fullest = keys.spread.iter().copied().max().unwrap_or(0);
    let highest = ratio(fullest, items);
    let even = width / 100.0;
    let even_y = FLOOR - height(even, highest.max(even), PLOT);
    html! {
        svg.chart role="img" width="100%" height=(BOTTOM)
            aria-label={ "Items in each of " (buckets) " buckets of hashes of their partition key. The \
                          fullest has " (percent(highest)) " of the items, and " (percent(even))
                         " would be even." } {
            @for (number, bucket) in (0_u32..).zip(&keys.spread) {
                @let tall = height(ratio(*bucket, items), highest.max(even), PLOT);
                @let x = f64::from(number) * width;
                @if tall > 0.0 {
                    rect.column.warn[ratio(*bucket, items) > 3.0 * even] x=(Across(x))
                        width=(Across(width)) y=(FLOOR - tall) height=(tall) {}
                }
            }
            line.axis x1="0" x2="100%" y1=(FLOOR) y2=(FLOOR) {}
            line.even x1="0" x2="100%" y1=(even_y) y2=(even_y) {}
            text.label x="0" y=(FLOOR + 17.0) { (buckets) " buckets; dashed: " (percent(even)) " each, if even" }
        }
    }
}

fn hottest(profile: &Profile, keys: &KeyDistribution) -> Markup {
    let columns =
        [Name("Partition key"), Share("Share of items"), Number("Items"), Number("Bytes")];
    let row = |partition: &Partition| {
        let of_items = ratio(partition.items, profile.items);
        [
            key(partition.key.as_deref()),
            bar(of_items, &percent(of_items), false),
            cell(count(partition.items)),
            cell(bytes(partition.bytes)),
        ]
    };
    html! {
        h3 { "Partition keys with the most bytes" }
        (table(columns, keys.hottest.iter().take(ROWS).map(row)))
        (left_out(keys.hottest.len(), ROWS))
        @if keys.hottest.iter().any(|partition| partition.missed > 0) {
            p.note { "There are too many partition keys to count each: items and bytes may be a little more \
                      than told here." }
        }
    }
}

fn ranks(keys: &KeyDistribution) -> Markup {
    let columns = [Name("Hottest keys"), Share("Share of items"), Share("Share of bytes")];
    let row = |rank: &RankShare| {
        [
            cell(count(rank.partitions)),
            bar(rank.items, &percent(rank.items), false),
            bar(rank.bytes, &percent(rank.bytes), false),
        ]
    };
    table(columns, keys.share_by_rank.iter().map(row))
}

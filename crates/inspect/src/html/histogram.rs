//! How large items are: two histograms over one axis, of items and of their bytes.
//!
//! A few large items can be most of the bytes; one histogram alone would hide either.

use super::bar::bar;
use super::number::{bytes, count, mean_bytes, percent};
use super::plot::{Across, LogAxis, height};
use super::section::{numbers, section};
use super::table::Column::{Name, Number, Share};
use super::table::{cell, table};
use crate::{Bucket, Profile, ratio};
use maud::{Markup, html};

/// The axis begins here: the first range, 0 to 64 bytes, is as wide as the others.
const SMALLEST: u64 = 32;
/// The limit of an item, where the axis ends unless items are larger.
const LIMIT: u64 = 409_600;
/// Sizes written under the axis.
const TICKS: [u64; 7] = [64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10];
/// Sizes at which something changes. Their labels stand in two rows, so that none lies on another.
const STEPS: [(u64, f64, &str); 2] =
    [(1 << 10, 12.0, "1 KB: a write unit"), (4 << 10, 26.0, "4 KB: a read unit")];
/// Pixels above the bars, for the names of the steps; of each histogram; and between them.
const TOP: f64 = 64.0;
const PANEL: f64 = 120.0;
const GAP: f64 = 56.0;
/// Where the axis is, and the whole picture ends.
const AXIS: f64 = TOP + PANEL + GAP + PANEL;
const BOTTOM: f64 = AXIS + 22.0;

pub(super) fn sizes(profile: &Profile) -> Markup {
    let sizes = profile.size;
    let lead = html! {
        "Half of the items have at most " (bytes(sizes.p50)) ", and 99\u{a0}% at most "
        (bytes(sizes.p99)) ". A write takes a unit for each started KB, a read half a unit or one for \
        each started 4\u{a0}KB; more than 400\u{a0}KB are not allowed."
    };
    let body = html! {
        (picture(profile))
        (percentiles(profile))
        p.note { "Percentiles are up to 1.6\u{a0}% too large, never too small." }
        (numbers(&rows(profile)))
    };
    section("sizes", "Item sizes", &lead, &body)
}

fn picture(profile: &Profile) -> Markup {
    let largest = profile.histogram.iter().filter(|bucket| bucket.items > 0).map(end).max();
    let axis = LogAxis { from: SMALLEST, to: largest.unwrap_or(0).max(LIMIT) };
    let limit = axis.at(LIMIT);
    let of_items = |bucket: &Bucket| ratio(bucket.items, profile.items);
    let of_bytes = |bucket: &Bucket| ratio(bucket.bytes, profile.bytes);
    html! {
        svg.chart role="img" width="100%" height=(BOTTOM)
            aria-label="Two histograms over the size of items: the share of items, and the share of \
                        bytes. The table below has the numbers." {
            @for (size, y, name) in STEPS {
                line.step x1=(axis.at(size)) x2=(axis.at(size)) y1=(y - 9.0) y2=(AXIS) {}
                text.label x=(axis.at(size)) y=(y) dx="5" { (name) }
            }
            line.limit x1=(limit) x2=(limit) y1="3" y2=(AXIS) {}
            text.label.warn x=(limit) y="12" dx="-5" text-anchor="end" { "400\u{a0}KB: the limit" }
            text.panel x="0" y=(TOP - 20.0) { "Share of items" }
            (panel(profile, axis, TOP + PANEL, &of_items))
            text.panel x="0" y=(TOP + PANEL + GAP - 20.0) { "Share of bytes" }
            (panel(profile, axis, AXIS, &of_bytes))
            @for tick in TICKS {
                line.axis x1=(axis.at(tick)) x2=(axis.at(tick)) y1=(AXIS) y2=(AXIS + 4.0) {}
                text.label x=(axis.at(tick)) y=(AXIS + 17.0) text-anchor="middle" { (bytes(tick)) }
            }
        }
    }
}

/// One histogram, standing on `floor`.
fn panel(
    profile: &Profile,
    axis: LogAxis,
    floor: f64,
    share_of: &dyn Fn(&Bucket) -> f64,
) -> Markup {
    let highest = profile.histogram.iter().map(share_of).fold(0.0, f64::max);
    let bars = profile.histogram.iter().filter(|bucket| share_of(bucket) > 0.0);
    html! {
        @for bucket in bars {
            @let left = axis.at(bucket.above.max(SMALLEST)).0;
            @let right = axis.at(end(bucket)).0;
            @let share = share_of(bucket);
            @let tall = height(share, highest, PANEL);
            rect.column.warn[bucket.above >= LIMIT] x=(Across(left)) width=(Across(right - left))
                y=(floor - tall) height=(tall) {}
            // A bar of a pixel needs no number above it; the table has it.
            @if share >= 0.001 {
                text.label.wide[share < highest] x=(Across(f64::midpoint(left, right)))
                    y=(floor - tall - 5.0) text-anchor="middle" { (percent(share)) }
            }
        }
        line.axis x1="0" x2="100%" y1=(floor) y2=(floor) {}
    }
}

/// The last range may have no end.
fn end(bucket: &Bucket) -> u64 {
    bucket.up_to.min(bucket.above.max(SMALLEST).saturating_mul(2))
}

fn percentiles(profile: &Profile) -> Markup {
    let sizes = profile.size;
    let rows = [
        ("Smallest", bytes(sizes.min)),
        ("Median", bytes(sizes.p50)),
        ("Mean", mean_bytes(sizes.mean)),
        ("90 % are at most", bytes(sizes.p90)),
        ("99 % are at most", bytes(sizes.p99)),
        ("Largest", bytes(sizes.max)),
    ];
    html! {
        dl.row {
            @for (name, size) in rows {
                div { dt { (name) } dd { (size) } }
            }
        }
    }
}

fn rows(profile: &Profile) -> Markup {
    let columns = [
        Name("Larger than"),
        Number("Up to"),
        Number("Items"),
        Share("Share of items"),
        Number("Bytes"),
        Share("Share of bytes"),
    ];
    let row = |bucket: &Bucket| {
        let items = ratio(bucket.items, profile.items);
        let room = ratio(bucket.bytes, profile.bytes);
        let up_to = bucket.up_to;
        [
            cell(bytes(bucket.above)),
            cell(if up_to == u64::MAX { "no end".to_owned() } else { bytes(up_to) }),
            cell(count(bucket.items)),
            bar(items, &percent(items), false),
            cell(bytes(bucket.bytes)),
            bar(room, &percent(room), false),
        ]
    };
    let filled = profile.histogram.iter().filter(|bucket| bucket.items > 0);
    html! {
        (table(columns, filled.map(row)))
        p.note { "The upper border belongs to a range, as DynamoDB rounds up." }
    }
}

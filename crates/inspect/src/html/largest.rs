//! The largest items.

use super::bar::bar;
use super::number::{bytes, percent};
use super::section::section;
use super::table::Column::{Name, Number, Share};
use super::table::{cell, left_out, table};
use super::text::raw;
use crate::{LargeItem, Profile, ratio};
use maud::{Markup, html};

const ROWS: usize = 10;
/// Above this an item is refused; from there on it is near that.
const LIMIT: u64 = 409_600;
const NEAR: u64 = LIMIT / 5 * 4;

pub(super) fn largest(profile: &Profile) -> Markup {
    let lead = html! { "Against the limit of 400\u{a0}KB for an item." };
    let columns = [Name("Key"), Share("Of the limit"), Number("Size")];
    let body = html! {
        (table(columns, profile.largest.iter().take(ROWS).map(row)))
        (left_out(profile.largest.len(), ROWS))
    };
    section("largest", "Largest items", &lead, &body)
}

fn row(item: &LargeItem) -> [Markup; 3] {
    let of_limit = ratio(item.bytes, LIMIT);
    let warn = item.bytes >= NEAR;
    [key(item.key.as_deref()), bar(of_limit, &percent(of_limit), warn), cell(bytes(item.bytes))]
}

/// A key, or that it is not shown.
pub(super) fn key(key: Option<&str>) -> Markup {
    html! {
        @match key {
            Some(key) => (raw(key)),
            None => span.muted { "not shown" },
        }
    }
}

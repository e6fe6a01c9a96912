//! How near items come to what DynamoDB refuses.

use super::bar::bar;
use super::number::{bytes, count, percent};
use super::section::section;
use super::table::Column::{Name, Number, Share};
use super::table::{cell, table, warned};
use crate::{NearLimit, Profile, ratio};
use maud::{Markup, html};

pub(super) fn limits(profile: &Profile) -> Markup {
    let lead =
        html! { "Near is 80\u{a0}% of a limit or more. What is over it, DynamoDB does not take." };
    let columns = [
        Name("What"),
        Share("Most, of the limit"),
        Number("Most"),
        Number("Limit"),
        Number("Near"),
        Number("Over"),
    ];
    section("limits", "Limits", &lead, &table(columns, profile.limits.iter().map(row)))
}

fn row(limit: &NearLimit) -> [Markup; 6] {
    let reached = ratio(limit.max, limit.limit);
    [
        cell(title(limit)),
        bar(reached, &percent(reached), is_near(limit)),
        cell(amount(limit, limit.max)),
        cell(amount(limit, limit.limit)),
        warned(&count(limit.near), is_near(limit)),
        warned(&count(limit.over), limit.over > 0),
    ]
}

/// Whether anything is at 80 % of the limit or more.
pub(super) fn is_near(limit: &NearLimit) -> bool {
    limit.near > 0
}

pub(super) fn title(limit: &NearLimit) -> &str {
    match limit.name.as_str() {
        "item_size" => "Item size",
        "partition_key" => "Partition key",
        "sort_key" => "Sort key",
        "nesting" => "Nesting of maps and lists",
        "item_collection" => "Items of one partition key, with local indexes",
        other => other,
    }
}

fn amount(limit: &NearLimit, number: u64) -> String {
    if limit.unit == "bytes" {
        bytes(number)
    } else {
        format!("{}\u{a0}{}", count(number), limit.unit)
    }
}

//! What moving large values to S3 would change.

use super::bar::bar;
use super::number::{bytes, count, dollars, units};
use super::section::section;
use super::table::Column::{Name, Number, Share};
use super::table::{cell, table, warned};
use crate::{OffloadSaving, Profile, ratio};
use maud::{Markup, html};

pub(super) fn offload(profile: &Profile) -> Markup {
    let lead = html! {
        "If every value above a size went to S3, with a pointer in its place. Savings are of storage, less \
         what S3 takes for the same bytes; requests to S3 are not in them."
    };
    let columns = [
        Name("Values above"),
        Share("Stays in the table"),
        Number("Moves to S3"),
        Number("Values"),
        Number("Items"),
        Number("Write units"),
        Number("Saves a month"),
    ];
    let before = profile.offload.first().map_or(0.0, |saving| saving.write_units_before);
    let body = html! {
        (table(columns, profile.offload.iter().map(|saving| row(profile, saving))))
        p.note {
            "Write units are those of writing every item once; as the items are, it takes " (units(before)) "."
        }
    };
    section("offload", "Moving large values to S3", &lead, &body)
}

fn row(profile: &Profile, saving: &OffloadSaving) -> [Markup; 7] {
    let left = ratio(saving.bytes_left, profile.bytes);
    [
        cell(bytes(saving.above)),
        bar(left, &bytes(saving.bytes_left), false),
        cell(bytes(saving.bytes_moved)),
        cell(count(saving.attributes)),
        cell(count(saving.items)),
        cell(units(saving.write_units_after)),
        warned(&dollars(saving.monthly_saving), saving.monthly_saving < 0.0),
    ]
}

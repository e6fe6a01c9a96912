//! Which attributes there are, of which types, and which take the room.

use super::bar::bar;
use super::number::{bytes, count, percent, short};
use super::section::section;
use super::table::Column::{Name, Number, Share, Text};
use super::table::{cell, left_out, table};
use super::text::raw;
use crate::{Attribute, Profile, ValueType, ratio};
use maud::{Markup, html};

/// Rows at most; those with the most bytes come first.
const ROWS: usize = 50;

pub(super) fn attributes(profile: &Profile) -> Markup {
    let lead = html! {
        "Those with the most bytes first, names counted. What is in a map or list is a part of it, so only \
         attributes that are not set in add up to all bytes."
    };
    let columns = [
        Name("Attribute"),
        Text("Types"),
        Share("Present"),
        Share("Share of bytes"),
        Number("Bytes"),
        Number("Largest"),
        Number("Distinct"),
    ];
    let rows = profile.attributes.iter().take(ROWS).map(|attribute| row(profile, attribute));
    let body = html! {
        (table(columns, rows))
        (left_out(profile.attributes.len(), ROWS))
        @if profile.attributes_left_out > 0 {
            p.note {
                (count(profile.attributes_left_out)) " more values are at paths without a row of their own, as \
                there are too many; " (bytes(profile.attributes_left_out_bytes)) " of them are at the top of \
                items."
            }
        }
        p.note { "Present: of all items; for what is in a map or list, values for each item. Distinct values \
                  are an estimate." }
    };
    section("attributes", "Attributes", &lead, &body)
}

fn row(profile: &Profile, attribute: &Attribute) -> [Markup; 7] {
    let presence = ratio(attribute.presence, profile.items);
    // Elements of lists may be more than the items.
    let present = if presence > 1.0 { format!("{presence:.1} each") } else { percent(presence) };
    let room = ratio(attribute.bytes, profile.bytes);
    // Deeper than this, no more room is given away to the left.
    let depth = attribute.depth.min(4);
    let distinct =
        attribute.distinct.map_or_else(|| "–".to_owned(), |n| format!("≈\u{a0}{}", short(n)));
    [
        html! { span.{ "depth-" (depth) } { (raw(&attribute.path)) } },
        types(attribute),
        bar(presence, &present, false),
        bar(room, &percent(room), false),
        cell(bytes(attribute.bytes)),
        cell(bytes(attribute.max_bytes)),
        cell(distinct),
    ]
}

/// Each type by its name in DynamoDB JSON, with its share where there are several.
fn types(attribute: &Attribute) -> Markup {
    let several = attribute.types.len() > 1;
    let mut types: Vec<_> = attribute.types.iter().collect();
    types.sort_by_key(|(_, values)| std::cmp::Reverse(**values));
    html! {
        @for (value_type, values) in types {
            @let (name, meaning) = name(*value_type);
            span.chip title=(meaning) {
                (name)
                @if several { " " span.muted { (percent(ratio(*values, attribute.presence))) } }
            }
            " "
        }
    }
}

fn name(value_type: ValueType) -> (&'static str, &'static str) {
    match value_type {
        ValueType::S => ("S", "string"),
        ValueType::N => ("N", "number"),
        ValueType::B => ("B", "binary"),
        ValueType::Bool => ("BOOL", "true or false"),
        ValueType::Null => ("NULL", "null"),
        ValueType::M => ("M", "map"),
        ValueType::L => ("L", "list"),
        ValueType::Ss => ("SS", "set of strings"),
        ValueType::Ns => ("NS", "set of numbers"),
        ValueType::Bs => ("BS", "set of binaries"),
    }
}

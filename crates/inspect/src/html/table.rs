//! Tables: one form for all of them.
//!
//! On a phone each row becomes a block, and every cell says the name of its column. A browser takes
//! tables that are drawn in another form for no tables any more, so the roles are written out.

use maud::{Markup, html};

/// What a column holds, which is how it is set.
#[derive(Clone, Copy)]
pub(super) enum Column {
    /// What the row is of.
    Name(&'static str),
    /// Words.
    Text(&'static str),
    /// A number, with its unit.
    Number(&'static str),
    /// A bar with its number.
    Share(&'static str),
}

impl Column {
    fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::Name(title) => (title, "name"),
            Self::Text(title) => (title, "words"),
            Self::Number(title) => (title, "number"),
            Self::Share(title) => (title, "share"),
        }
    }
}

/// Rows have a cell for each column.
pub(super) fn table<const N: usize>(
    columns: [Column; N],
    rows: impl IntoIterator<Item = [Markup; N]>,
) -> Markup {
    let columns = columns.map(Column::parts);
    html! {
        table role="table" {
            thead role="rowgroup" {
                tr role="row" {
                    @for (title, kind) in columns {
                        th.(kind) role="columnheader" scope="col" { (title) }
                    }
                }
            }
            tbody role="rowgroup" {
                @for row in rows {
                    tr role="row" {
                        @for ((title, kind), cell) in columns.iter().zip(row) {
                            td.(kind) role="cell" data-label=(title) { div { (cell) } }
                        }
                    }
                }
            }
        }
    }
}

/// A cell that warns, or does not.
pub(super) fn warned(text: &str, warn: bool) -> Markup {
    html! { @if warn { strong.warn { (text) } } @else { (text) } }
}

/// A cell of text of ours.
pub(super) fn cell(text: impl AsRef<str>) -> Markup {
    html! { (text.as_ref()) }
}

/// Says how many rows a table lacks, when it lacks any.
pub(super) fn left_out(rows: usize, shown: usize) -> Markup {
    let more = rows.saturating_sub(shown);
    html! {
        @if more > 0 {
            p.note { "And " (more) " more, in the JSON of the same numbers." }
        }
    }
}

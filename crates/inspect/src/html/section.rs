//! What all parts of the page have in common.

use maud::{Markup, html};

/// A part with its heading, under an anchor that stays.
pub(super) fn section(id: &str, title: &str, lead: &Markup, body: &Markup) -> Markup {
    let heading = format!("{id}-title");
    html! {
        section id=(id) aria-labelledby=(heading) {
            h2 id=(heading) { (title) }
            p.lead { (lead) }
            (body)
        }
    }
}

/// The numbers behind a picture, for those who cannot see it and those who want them exactly.
pub(super) fn numbers(table: &Markup) -> Markup {
    html! {
        details {
            summary { "The numbers as a table" }
            (table)
        }
    }
}

//! A bar in a cell of a table, with the number that it shows.

use maud::{Markup, html};

/// A share of a whole, and how it is told in text. The bar is drawn by lengths in percent and not by a
/// `style`, which the page's policy would refuse.
pub(super) fn bar(share: f64, text: &str, warn: bool) -> Markup {
    let width = share.clamp(0.0, 1.0) * 100.0;
    html! {
        span.measure {
            svg.bar aria-hidden="true" width="100%" height="8" {
                rect.track width="100%" height="8" rx="1" {}
                @if width > 0.0 {
                    rect.fill.warn[warn] width=(format_args!("{width:.2}%")) height="8" rx="1" {}
                }
            }
            span { (text) }
        }
    }
}

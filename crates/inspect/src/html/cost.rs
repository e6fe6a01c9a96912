//! What it costs to keep the items and to move them.

use super::number::{dollars, price};
use super::section::section;
use super::table::Column::{Name, Number, Text};
use super::table::{cell, table};
use crate::Profile;
use maud::{Markup, html};

pub(super) fn cost(profile: &Profile) -> Markup {
    let costs = &profile.costs;
    let prices = &costs.prices;
    let lead = html! {
        "By list prices of " (prices.region) ", " (prices.as_of) ". Prices change, and yours may \
         be others: take this as an estimate, before taxes, discounts and free tiers."
    };
    let rows = [
        (
            "Storage, a month",
            format!(
                "{} a GB, with the 100\u{a0}B of overhead of each item",
                price(prices.gb_month)
            ),
            costs.storage_month,
        ),
        (
            "Read everything once",
            format!("scan on demand, {} a million read units", price(prices.per_million_rru)),
            costs.read_once,
        ),
        (
            "Write everything once",
            format!(
                "on demand, {} a million write units; no indexes",
                price(prices.per_million_wru)
            ),
            costs.write_once,
        ),
        (
            "Export to S3, by the service",
            format!("{} a GB of table", price(prices.export_gb)),
            costs.export_once,
        ),
        (
            "Import from S3, by the service",
            format!("{} a GB of uncompressed data", price(prices.import_gb)),
            costs.import_once,
        ),
    ];
    let columns = [Name("What"), Text("By which price"), Number("Dollars")];
    let rows = rows.map(|(what, basis, amount)| [cell(what), cell(basis), cell(dollars(amount))]);
    section("cost", "Cost", &lead, &table(columns, rows))
}

//! A report of made-up orders: one customer has far too many of them, and few items hold most bytes.
//!
//! `cargo run -p ddbkit-inspect --example sample_report -- report.html`

use ddbkit_codec::{AttributeValue, Item};
use ddbkit_inspect::{HtmlReport, KeyNames, ProfileOptions, Profiler, Source, SourceKind};
use std::error::Error;
use std::fs::File;

/// Numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn text(&mut self, longest: u64) -> String {
        "x".repeat(usize::try_from(self.below(longest)).unwrap_or(0))
    }
}

fn order(number: u64, random: &mut Random) -> Item {
    let customer = if random.below(5) == 0 { 1 } else { 2 + random.below(900) };
    let status = match number % 4 {
        0 => "OPEN",
        1 => "PAID",
        2 => "SHIPPED",
        _ => "CANCELLED",
    };
    let line = |random: &mut Random| {
        let quantity = AttributeValue::from(1 + random.below(9));
        let sku = AttributeValue::from(format!("sku-{}", random.below(5_000)));
        AttributeValue::M(Item::from_iter([("sku", sku), ("quantity", quantity)]))
    };
    let lines = (0..=random.below(6)).map(|_| line(random)).collect();
    let mut item = Item::from_iter([
        ("customer", AttributeValue::from(format!("customer-{customer}"))),
        ("order", AttributeValue::from(format!("{number:08}"))),
        ("status", AttributeValue::from(status)),
        ("lines", AttributeValue::L(lines)),
    ]);
    if random.below(3) == 0 {
        item.insert("note", AttributeValue::from(random.text(900)));
    }
    if random.below(40) == 0 {
        let room = 1 << (8 + random.below(11));
        item.insert("invoice", AttributeValue::from(random.text(room)));
    }
    item
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name the file to write")?;
    let keys = KeyNames { hash: "customer".to_owned(), range: Some("order".to_owned()) };
    let mut profiler = Profiler::new(&ProfileOptions::default().keys(keys));
    let mut random = Random(20_260_314);
    for number in 0..20_000 {
        profiler.add_item(&order(number, &mut random))?;
    }
    let profile = profiler.finish(Source::new("Orders", SourceKind::Table));
    HtmlReport::new(&profile).write_to(File::create(path)?)?;
    Ok(())
}

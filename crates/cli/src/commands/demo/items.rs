//! The items of the demo: orders with every type of attribute.

use ddbkit::codec::{AttributeValue, Item, Number};

/// How many there are.
pub(super) const COUNT: u64 = 5_000;

/// Order `n`, the same in every run.
pub(super) fn order(n: u64) -> Item {
    let mut item = Item::new();
    item.insert("customer", format!("customer#{:04}", n % 1_250));
    item.insert("order", Number::from(n));
    item.insert("status", ["open", "paid", "shipped", "returned"][(n % 4) as usize]);
    item.insert("note", note(n));
    item.insert("gift", n.is_multiple_of(7));
    item.insert("lines", AttributeValue::L((0..n % 5).map(line).collect()));
    item.insert("tags", AttributeValue::Ss(vec![format!("w{}", n % 52), "demo".to_owned()]));
    item.insert("prices", AttributeValue::Ns(vec![Number::from(n), Number::from(n + 1)]));
    item.insert("seals", AttributeValue::Bs(vec![vec![n.to_le_bytes()[0], 1], vec![2]]));
    item.insert("signature", AttributeValue::B(n.to_be_bytes().repeat(1 + (n % 16) as usize)));
    if n.is_multiple_of(3) {
        item.insert("coupon", AttributeValue::Null);
    }
    // Thirty-eight digits, as long as a number of DynamoDB can be.
    if let Ok(total) = format!("{n}.{n:0>30}1").parse::<Number>() {
        item.insert("total", total);
    }
    item
}

fn line(n: u64) -> AttributeValue {
    let mut line = Item::new();
    line.insert("sku", format!("sku-{n}"));
    line.insert("quantity", Number::from(n + 1));
    line.insert("options", Item::new());
    AttributeValue::M(line)
}

/// Text that careless tools break: separators, quotes, nothing at all.
fn note(n: u64) -> String {
    match n % 6 {
        0 => String::new(),
        1 => "leave at the door, \"thanks\"\n".to_owned(),
        2 => "two\u{2028}lines".to_owned(),
        3 => "\u{1f381} für Jürgen".to_owned(),
        4 => "x".repeat((n % 900) as usize),
        _ => format!("order {n}"),
    }
}

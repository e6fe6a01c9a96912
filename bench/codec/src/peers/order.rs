//! A Rust type of the items, for what reads into types.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "reading the fields is the work")]
pub struct Order {
    pub pk: String,
    sk: String,
    pub created_at: u64,
    ttl: u64,
    status: String,
    total: f64,
    active: bool,
    note: String,
    pub tags: Vec<String>,
    address: Address,
    pub lines: Vec<OrderLine>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading the fields is the work")]
struct Address {
    street: String,
    city: String,
    zip: String,
    verified: bool,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading the fields is the work")]
pub struct OrderLine {
    sku: String,
    qty: u32,
    price: f64,
    gift: bool,
}

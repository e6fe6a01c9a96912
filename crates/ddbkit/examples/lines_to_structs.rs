//! Lines of an export to structs, with the codec alone: no AWS SDK, no async.
//!
//! `cargo run -p ddbkit --features serde --example lines_to_structs`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use ddbkit::codec::Number;
use ddbkit::codec::serde::{bytes, from_item_ref, string_set, to_item};
use ddbkit::codec::stream::ItemReader;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::error::Error;

/// Any `Read` will do: a file, the output of `gzip -d`, a body from S3.
const LINES: &str = r#"{"Item":{"pk":{"S":"order-1"},"price":{"N":"19.90"},"tags":{"SS":["new","red"]},"seal":{"B":"AQID"}}}
{"Item":{"pk":{"S":"order-2"},"price":{"N":"0.10000000000000000000000000000000000001"},"tags":{"SS":["red"]},"seal":{"B":"BAUG"}}}
{"Item":{"pk":{"S":"order-3"},"price":{"N":"cheap"}}}
{"Item":{"pk":{"S":"order-4"},"price":{"N":"5"},"tags":{"SS":["old"]},"seal":{"B":"BwgJ"}}}
"#;

#[derive(Debug, Deserialize, Serialize)]
struct Order {
    pk: String,
    /// All 38 digits of DynamoDB, and their text: a float would lose some.
    price: Number,
    #[serde(with = "string_set")]
    tags: BTreeSet<String>,
    #[serde(with = "bytes")]
    seal: Vec<u8>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut reader = ItemReader::new(LINES.as_bytes());
    let mut orders: Vec<Order> = Vec::new();
    loop {
        // Borrowed from the line: nothing is copied but what the struct keeps.
        match reader.next_ref() {
            Ok(None) => break,
            Ok(Some(item)) => orders.push(from_item_ref(item)?),
            // The error names the line, the byte and the attribute; the lines after it are read.
            Err(error) if !error.is_final() => println!("left out: {error}"),
            Err(error) => return Err(error.into()),
        }
    }
    for Order { pk, price, tags, seal } in &orders {
        println!("{pk} costs {price}, has {} tags and a seal of {} bytes", tags.len(), seal.len());
    }
    let first = orders.first().ok_or("no orders")?;
    let item = to_item(first)?;
    println!("{} bytes as DynamoDB counts them: {}", item.size(), item.to_dynamodb_json());
    Ok(())
}

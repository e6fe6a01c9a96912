//! Dumps a table to S3, restores it under another name, and proves that both hold the same.
//!
//! `cargo run -p ddbkit --features full --example restore_to_another_table`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod support;

use ddbkit::prelude::*;
use ddbkit::transfer::{CompareOptions, compare_with_table};
use ddbkit_local::{LocalDynamoDb, LocalS3, LocalS3Options};
use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let dynamodb = LocalDynamoDb::start().await?;
    let s3 = LocalS3::start(LocalS3Options::default()).await?;
    s3.create_bucket("backups").await?;
    let client = dynamodb.client();
    let orders = (0..300).map(|n| Item::from_iter([("pk", format!("order-{n}"))]));
    support::table_with(&client, "Orders", orders).await?;

    let backups = Store::s3(s3.client(), "backups", "orders");
    let control = Control::new();
    let dump = Dump::builder(client.clone(), "Orders").consistent_read(true).build();
    let dumped = dump.to_store(backups.clone(), &control).await?;
    println!("dumped {} items for {} units", dumped.items, dumped.consumed);

    // The dump has the description of the table, so the copy gets its key, indexes and settings.
    let export = ExportReader::open(backups.clone()).await?;
    let load = Load::builder(client.clone(), "Orders-copy").create_table(true).build();
    let loaded = load.from_export(export, &control).await?;
    println!("wrote {}, rejected {}", loaded.written, loaded.rejected);

    let same = async |control: &Control| -> Result<bool, Box<dyn Error>> {
        let (dump, options) =
            (ExportReader::open(backups.clone()).await?, CompareOptions::default());
        let found = compare_with_table(&client, "Orders-copy", dump, options, control).await?;
        for difference in &found.differences {
            println!("{:?}: {}", difference.kind, difference.key.to_dynamodb_json());
        }
        Ok(found.equal)
    };
    println!("equal: {}", same(&control).await?);

    let key = aws_sdk_dynamodb::types::AttributeValue::S("order-7".to_owned());
    client.delete_item().table_name("Orders-copy").key("pk", key).send().await?;
    println!("equal without order-7: {}", same(&control).await?);
    Ok(())
}

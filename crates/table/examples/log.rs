//! A document model: log entries with a status, found by time, by status, and by both.
//!
//! `cargo run -p ddbkit-table --example log` runs it on a server within the process.
#![allow(clippy::print_stdout, missing_docs)]

use aws_sdk_dynamodb::Client;
use ddbkit_codec::rules::{Key, KeyType};
use ddbkit_flow::Control;
use ddbkit_local::LocalDynamoDb;
use ddbkit_table::admin::{GlobalIndex, NewTable, Projected, TableAdmin};
use ddbkit_table::{Index, KeySchema, Model, Table, Update, Write, attr};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use std::error::Error;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Log {
    updated_at: String,
    status: String,
    #[serde(default)]
    document: Document,
}

/// What an entry tells, in depth.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Document {
    message: String,
    tries: Vec<u32>,
}

impl Model for Log {
    const HASH_KEY: &'static str = "updated_at";
}

/// Has all attributes, so its items are entries as those of the table.
const BY_STATUS: Index<Log> = Index::new("Status", KeySchema::new("status"));

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = LocalDynamoDb::start().await?;
    for line in run(server.client(), "Log").await? {
        println!("{line}");
    }
    Ok(())
}

/// Logs some work, and tells what it found.
pub(crate) async fn run(client: Client, name: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let control = Control::new();
    let admin = TableAdmin::new(client.clone());
    let index = GlobalIndex::new(BY_STATUS.name(), Key::partition("status", KeyType::S));
    let table = NewTable::new(name, Key::partition("updated_at", KeyType::S))
        .global_index(index.projected(Projected::All));
    admin.create_if_absent(&table, &control).await?;
    admin.wait_until_ready(name, &control).await?;
    let logs = Table::<Log>::new(client, name);

    let entries = (0..24).map(|hour| Log {
        updated_at: format!("2026-11-21T{hour:02}:00:00Z"),
        status: if hour % 3 == 0 { "failed" } else { "done" }.to_owned(),
        document: Document { message: format!("run {hour}"), tries: vec![1] },
    });
    logs.batch_write(entries.map(Write::Put)).send(&control).await?;

    // A failed run is done at its second try: two changes of one item, in one write, if it still failed.
    let noon = "2026-11-21T12:00:00Z";
    let again = Update::new().set("status", "done").append(attr("document").key("tries"), [2]);
    let failed = attr("status").eq("failed");
    let now = logs.update(noon, again).condition(failed.clone()).return_new().send().await?.item;
    let tries = now.map(|now| now.document.tries).unwrap_or_default();
    let mut seen = vec![format!("tries at noon: {tries:?}")];

    // By status: the index. By time and status: the key, and a filter on what it finds.
    let by_status = logs.query("failed").index(&BY_STATUS);
    let by_status: Vec<Log> = by_status.items().try_collect().await?;
    seen.push(format!("failed: {}", by_status.len()));
    let at = |time: &str| logs.query(time).filter(failed.clone()).items().try_collect::<Vec<_>>();
    seen.push(format!("failed at noon: {}", at(noon).await?.len()));
    seen.push(format!("failed at midnight: {}", at("2026-11-21T00:00:00Z").await?.len()));
    let all: Vec<Log> = logs.scan().items(&control).try_collect().await?;
    seen.push(format!("all: {}", all.len()));
    admin.delete(name, &control).await?;
    Ok(seen)
}

//! A key-value model: the domain that each URL is of.
//!
//! `cargo run -p ddbkit-table --example domain` runs it on a server within the process.
#![allow(clippy::print_stdout, missing_docs)]

use aws_sdk_dynamodb::Client;
use ddbkit_codec::rules::{Key, KeyType};
use ddbkit_flow::Control;
use ddbkit_local::LocalDynamoDb;
use ddbkit_table::admin::{NewTable, TableAdmin};
use ddbkit_table::{Model, Table, TableErrorKind, Update, Write};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use std::error::Error;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Domain {
    url: String,
    domain: String,
}

impl Model for Domain {
    const HASH_KEY: &'static str = "url";
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = LocalDynamoDb::start().await?;
    for line in run(server.client(), "Domain").await? {
        println!("{line}");
    }
    Ok(())
}

/// Goes through the life of some domains, and tells what it saw.
pub(crate) async fn run(client: Client, name: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let control = Control::new();
    let admin = TableAdmin::new(client.clone());
    let table = NewTable::new(name, Key::partition("url", KeyType::S));
    admin.create_if_absent(&table, &control).await?;
    admin.wait_until_ready(name, &control).await?;
    let domains = Table::<Domain>::new(client, name);
    let mut seen = Vec::new();

    // Put what is new, and see that it is there.
    let docs = Domain { url: "https://docs.rs/serde".into(), domain: "docs.rs".into() };
    domains.put(&docs).if_new().send().await?;
    seen.push(format!("exists: {}", domains.exists(docs.url.as_str()).await?));
    let refused = domains.put(&docs).if_new().send().await.err();
    let is_refused = refused.is_some_and(|error| error.kind() == TableErrorKind::ConditionFailed);
    seen.push(format!("put again: refused {is_refused}"));

    // Change it, and get it.
    let update = Update::new().set("domain", "serde.rs");
    domains.update(docs.url.as_str(), update).if_exists().send().await?;
    let found = domains.get(docs.url.as_str()).consistent().send().await?.item;
    seen.push(format!("domain: {}", found.map(|found| found.domain).unwrap_or_default()));

    // Many at once, and list all: every page of the table.
    let many = (0..250).map(|n| {
        let url = format!("https://example.org/{n}");
        Write::Put(Domain { url, domain: "example.org".into() })
    });
    domains.batch_write(many).send(&control).await?;
    let all: Vec<Domain> = domains.scan().items(&control).try_collect().await?;
    seen.push(format!("all: {}", all.len()));

    domains.remove(docs.url.as_str()).send().await?;
    seen.push(format!("exists: {}", domains.exists(docs.url.as_str()).await?));
    admin.delete(name, &control).await?;
    Ok(seen)
}

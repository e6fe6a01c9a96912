//! Starts a `DynamoDB` on the loopback interface and serves until it is interrupted.
//!
//! `cargo run -p ddbkit-local --example dynamodb_server [FILE]`
#![allow(clippy::print_stdout, reason = "the URL is the output of this program")]

use ddbkit_local::{LocalDynamoDb, LocalDynamoDbOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = match std::env::args_os().nth(1) {
        Some(file) => LocalDynamoDbOptions::file(file),
        None => LocalDynamoDbOptions::default(),
    };
    let dynamodb = LocalDynamoDb::start_with(options).await?;
    println!("{}", dynamodb.endpoint_url());
    tokio::signal::ctrl_c().await?;
    Ok(())
}

//! Starts an S3 on the loopback interface and serves until it is interrupted.
//!
//! `cargo run -p ddbkit-local --example s3_server [DIRECTORY]`
#![allow(clippy::print_stdout, reason = "the URL is the output of this program")]

use ddbkit_local::{ACCESS_KEY_ID, LocalS3, LocalS3Options, SECRET_ACCESS_KEY};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = match std::env::args_os().nth(1) {
        Some(directory) => LocalS3Options::directory(directory),
        None => LocalS3Options::default(),
    };
    let s3 = LocalS3::start(options).await?;
    println!("{} {ACCESS_KEY_ID} {SECRET_ACCESS_KEY}", s3.endpoint_url());
    tokio::signal::ctrl_c().await?;
    Ok(())
}

//! The client that ours and the typed path share.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};

/// How many requests run at the same time, on both paths.
pub const WORKERS: usize = 8;
/// `TotalSegments` of both paths: what ours takes for a table up to 2 GB.
pub const SEGMENTS: u32 = 32;

pub fn client(endpoint: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "bench"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Client::from_conf(config.build())
}

/// The server answers for tables of any size; the name says how many pages of 1 MB.
pub fn table(megabytes: u32) -> String {
    format!("Bench{megabytes}")
}

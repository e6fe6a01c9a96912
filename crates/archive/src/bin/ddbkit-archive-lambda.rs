//! The archive as a function of Lambda, behind the event source mapping of a stream.
//!
//! | variable | is |
//! |---|---|
//! | `DDBKIT_ARCHIVE_STREAM` | the ARN of the stream |
//! | `DDBKIT_ARCHIVE_DEST` | the archive: `s3://bucket/prefix` |
//! | `DDBKIT_ARCHIVE_LEASES` | the name of the lease table |
//!
//! It is built for the runtime `provided.al2023` and put into its zip file as `bootstrap`; the stack in
//! `docs/deploy/archive-lambda.yaml` sets everything.
#![allow(clippy::print_stderr, clippy::print_stdout, reason = "what a function prints is its log")]

use aws_config::BehaviorVersion;
use ddbkit_archive::{DynamoDbLeases, LambdaArchiver};
use ddbkit_store::{Location, Store};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use std::env;
use std::error::Error as StdError;
use std::iter;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long a stream keeps records.
const RETENTION: Duration = Duration::from_hours(24);

type Failed = Box<dyn StdError + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let archiver = archiver().await.map_err(|error| told(&error))?;
    let archiver = &archiver;
    let function = |event: LambdaEvent<Box<RawValue>>| async move {
        let report = archiver.handle(event.payload.get().as_bytes()).await;
        let report = report.map_err(|error| told(&error.into()))?;
        if report.records > 0 {
            println!("{}", report.metrics(archiver.table(), SystemTime::now(), RETENTION));
        }
        Ok::<_, Failed>(RawValue::from_string(report.response().to_owned())?)
    };
    lambda_runtime::run(service_fn(function)).await
}

async fn archiver() -> Result<LambdaArchiver, Failed> {
    let (stream, leases) = (variable("DDBKIT_ARCHIVE_STREAM")?, variable("DDBKIT_ARCHIVE_LEASES")?);
    let Location::S3 { bucket, prefix } = variable("DDBKIT_ARCHIVE_DEST")?.parse()? else {
        return Err("DDBKIT_ARCHIVE_DEST is no s3://bucket/prefix".into());
    };
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    // Servers other than AWS have no name for each bucket.
    let is_other = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].map(env::var_os);
    let s3 = aws_sdk_s3::config::Builder::from(&config)
        .force_path_style(is_other.iter().any(Option::is_some));
    let store = Store::s3(aws_sdk_s3::Client::from_conf(s3.build()), bucket, prefix);
    let sink = LambdaArchiver::sink(&store, &stream).await?;
    let dynamodb = aws_sdk_dynamodb::Client::new(&config);
    let leases = DynamoDbLeases::open(dynamodb, leases, sink.archive()).await?;
    Ok(LambdaArchiver::new(sink, Arc::new(leases)))
}

fn variable(name: &str) -> Result<String, Failed> {
    let value = env::var(name).ok().filter(|value| !value.is_empty());
    value.ok_or_else(|| format!("the variable {name} is not set").into())
}

/// Prints an error with its causes, and gives it as one line.
fn told(error: &Failed) -> Failed {
    let first: &(dyn StdError + 'static) = error.as_ref();
    let causes = iter::successors(Some(first), |error| (*error).source());
    let line = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    eprintln!("error: {line}");
    line.into()
}

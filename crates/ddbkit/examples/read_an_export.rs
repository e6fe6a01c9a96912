//! Has DynamoDB export a table, waits for it, proves the files and reads their items.
//!
//! `cargo run -p ddbkit --features full --example read_an_export`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod support;

use aws_sdk_dynamodb::types::PointInTimeRecoverySpecification;
use ddbkit::codec::{Item, Number, Tape, ValueRef};
use ddbkit::export::jobs::{ExportJob, ExportScope, WaitOptions, table_arn};
use ddbkit::export::{VerifyOptions, verify};
use ddbkit::flow::Control;
use ddbkit::store::Store;
use ddbkit_local::{LocalDynamoDb, LocalDynamoDbOptions, LocalS3, LocalS3Options};
use futures::TryStreamExt as _;
use std::error::Error;
use std::num::NonZeroUsize;
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let s3 = LocalS3::start(LocalS3Options::default()).await?;
    s3.create_bucket("exports").await?;
    let options = LocalDynamoDbOptions::default().with_jobs(&s3);
    let dynamodb = LocalDynamoDb::start_with(options).await?;
    let client = dynamodb.client();
    let orders = (0..500u64).map(|n| {
        let mut item = Item::from_iter([("pk", format!("order-{n}"))]);
        item.insert("total", Number::from(n));
        item
    });
    support::table_with(&client, "Orders", orders).await?;
    // An export is made from the backups of point-in-time recovery.
    let on = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true);
    let update = client.update_continuous_backups().table_name("Orders");
    update.point_in_time_recovery_specification(on.build()?).send().await?;

    let control = Control::new();
    let arn = table_arn(&client, "Orders").await?;
    let started = ExportJob::start(&client, arn, "exports", ExportScope::Now).send().await?;
    // On AWS this takes minutes, and asking every ten seconds is enough.
    let wait = WaitOptions { interval: Duration::from_millis(50), ..WaitOptions::default() };
    let job = ExportJob::wait(&client, &started.arn, wait, &control).await?;

    let export = job.open(Store::s3(s3.client(), "exports", "")).await?;
    let report = verify(&export, &VerifyOptions::default(), &control).await?;
    println!("{} items, {} faults", report.items(), report.faults().len());

    // Lines of several files at a time, in bounded memory. Each is decoded in place.
    let at_once = NonZeroUsize::MIN.saturating_add(3);
    let mut batches = export.batches(at_once)?;
    let (mut tape, mut large) = (Tape::new(), 0);
    while let Some(batch) = batches.try_next().await? {
        for (_, line) in batch.lines.iter() {
            if let Some(ValueRef::N(total)) = tape.read_line(line)?.get("total") {
                large += u32::from(total.to_number() >= Number::from(400u64));
            }
        }
    }
    println!("{large} orders of 400 or more");
    Ok(())
}

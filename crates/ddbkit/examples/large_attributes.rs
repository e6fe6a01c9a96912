//! Keeps an attribute of 2 MB in S3, replaces it, and collects the object that nothing points to.
//!
//! `cargo run -p ddbkit --features full --example large_attributes`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod support;

use aws_sdk_dynamodb::types::AttributeValue::S;
use ddbkit::flow::Control;
use ddbkit::offload::{
    ApplyOptions, AttributeOptions, GarbageCollector, ItemWrite, Offloader, PlanOptions, Timing,
};
use ddbkit::store::Store;
use ddbkit_local::{LocalDynamoDb, LocalS3, LocalS3Options};
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let dynamodb = LocalDynamoDb::start().await?;
    let s3 = LocalS3::start(LocalS3Options::default()).await?;
    s3.create_bucket("attributes").await?;
    support::table_with(&dynamodb.client(), "Pages", []).await?;

    // Real times are an hour and a week (the defaults); an example has seconds.
    let short = Duration::from_secs(2);
    let timing = Timing {
        write_deadline: short,
        grace: short,
        request_lifetime: Duration::ZERO,
        clock_skew: Duration::ZERO,
    };
    let pages = Offloader::builder(dynamodb.client(), s3.client())
        .table("Pages")
        .bucket("attributes")
        .prefix("pages")
        .attribute("html", AttributeOptions::new().content_type("text/html").zstd(3))
        .timing(timing)
        .build()
        .await?;

    // The item has a pointer. Its conditional write is what makes the object in S3 count.
    let key = HashMap::from([("pk".to_owned(), S("example.org".to_owned()))]);
    let mut item = key.clone();
    item.insert("html".to_owned(), S("<p>old</p>".repeat(200_000)));
    pages.create(item).await?;
    let new = S("<p>new</p>".repeat(200_000));
    pages.update(ItemWrite::update(key.clone()).set("html", new)).await?;

    // The object of the old text is garbage now, and goes when it is older than the grace.
    tokio::time::sleep(short + Duration::from_secs(1)).await;
    let (client, s3) = (dynamodb.client(), s3.client());
    let collector = GarbageCollector::builder(client, s3, "Pages", "attributes", "pages")?;
    let collector = collector.build().await?;
    let (plans, control) = (Store::memory(), Control::new());
    let mut options = PlanOptions::default();
    options.max_garbage_share = 1.0; // half of the objects are garbage here, which is suspicious
    collector.plan(&options, &plans, "plan", &control).await?;
    let report = collector.apply(&ApplyOptions::default(), &plans, "plan", &control).await?;
    println!("{} object collected", report.applied.deleted);

    let item = pages.get(key).await?.ok_or("the item is there")?;
    let whole = item.hydrate().await?.ok_or("nobody deleted it meanwhile")?;
    let html = whole.get("html").and_then(|value| value.as_s().ok()).ok_or("a text")?;
    println!("{} bytes that begin with {}", html.len(), html.get(..10).unwrap_or_default());
    Ok(())
}

//! Archives what time to live deletes, proves the archive, and brings the items back.
//!
//! `cargo run -p ddbkit --features full --example archive_expired_items`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod support;

use ddbkit::archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveVerifyOptions, ArchivedItems, ArchiverOptions,
    Clock, LineFormat, MemoryLeases, Preflight, RestoreChoice, RestoredTtl, TtlArchiver,
    verify_archive,
};
use ddbkit::codec::{Item, Number};
use ddbkit::flow::Control;
use ddbkit::store::Store;
use ddbkit::transfer::{Load, WriteMode};
use ddbkit_local::LocalDynamoDb;
use std::error::Error;
use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const LATER: Duration = Duration::from_hours(2);

/// The clock of the embedded DynamoDB, which is moved; on AWS it is left out.
#[derive(Debug)]
struct Moved;

impl Clock for Moved {
    fn now(&self) -> SystemTime {
        SystemTime::now() + LATER
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let dynamodb = LocalDynamoDb::start().await?;
    let (client, control) = (dynamodb.client(), Control::new());
    support::table_with(&client, "Sessions", []).await?;
    // Looks at stream, time to live and rights, and turns on what is missing.
    let table = Preflight::look(&client, "Sessions").await?;
    let table = table.enable(&client, Some("expires")).await?.ready(None)?;

    let due = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() + 3600;
    let mut lines = Vec::new();
    for n in 0..20 {
        let mut item = Item::from_iter([("pk", format!("session-{n}"))]);
        item.insert("expires", Number::from(due));
        item.write_dynamodb_json(&mut lines);
        lines.push(b'\n');
    }
    let load = Load::builder(client.clone(), "Sessions").mode(WriteMode::Overwrite).build();
    load.from_reader(Cursor::new(lines), "sessions", &control).await?;
    dynamodb.advance_clock(LATER)?;
    dynamodb.sweep_ttl()?;

    let archive = Store::memory();
    let (format, compression) = (LineFormat::default(), ArchiveCompression::default());
    let what = ArchiveDescriptor::new(&table.table, &table.table_arn, format, compression);
    let streams = Arc::new(dynamodb.streams_client());
    // Several workers share their leases in a directory, in S3 or in a table.
    let leases = Arc::new(MemoryLeases::default());
    let archiver = TtlArchiver::new(streams, leases, archive.clone(), what, &table.stream_arn);
    let once = ArchiverOptions { once: true, ..ArchiverOptions::default() };
    let kept = archiver.options(once).clock(Arc::new(Moved)).run(&control).await?;
    println!("{} items in {} file", kept.archived, kept.files);

    let options = ArchiveVerifyOptions::at(dynamodb.now());
    let proof = verify_archive(&archive, &options, &control).await?;
    println!("{} faults", proof.faults.len());

    let (all, ttl) = (RestoreChoice::all(), RestoredTtl::dropped("expires"));
    let items = ArchivedItems::open(archive, all, ttl).await?;
    let load = Load::builder(client, "Sessions").build();
    println!("{} items are back", load.from_source(items, &control).await?.written);
    Ok(())
}

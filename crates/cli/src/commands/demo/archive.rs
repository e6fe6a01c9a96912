//! Items expire, are archived, and come back.

use super::stage::{EXPIRING, Stage};
use crate::error::Failure;
use crate::output::count;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use ddbkit::archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveVerifyOptions, ArchivedItems, ArchiverOptions,
    Clock, LineFormat, MemoryLeases, Preflight, RestoreChoice, RestoredTtl, TtlArchiver,
    verify_archive,
};
use ddbkit::codec::{Item, Number};
use ddbkit::transfer::{Load, WriteMode};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The TTL attribute.
const EXPIRES: &str = "expires";
const ITEMS: u64 = 30;
/// So far the clock of the server is moved.
const LATER: Duration = Duration::from_hours(2);
/// What a user deletes before it expires, one in so many.
const LOGGED_OUT: u64 = 3;

/// The clock of the server.
#[derive(Debug)]
struct Later;

impl Clock for Later {
    fn now(&self) -> SystemTime {
        SystemTime::now() + LATER
    }
}

/// Lets two thirds of the items expire and one third be deleted, archives, verifies and restores.
pub(super) async fn expire_and_restore(stage: &Stage) -> Result<String, Failure> {
    let client = stage.dynamodb();
    create(&client).await.map_err(|error| Failure::other(error.to_string()))?;
    let table = Preflight::look(&client, EXPIRING).await?;
    let table = table.enable(&client, Some(EXPIRES)).await?.ready(None)?;
    fill(stage).await?;
    log_out(&client).await.map_err(|error| Failure::other(error.to_string()))?;
    stage.server.advance_clock(LATER)?;
    stage.server.sweep_ttl()?;

    let (format, compression) = (LineFormat::default(), ArchiveCompression::default());
    let archive = ArchiveDescriptor::new(&table.table, &table.table_arn, format, compression);
    let streams = Arc::new(stage.server.streams_client());
    let leases = Arc::new(MemoryLeases::default());
    let archiver = TtlArchiver::new(streams, leases, stage.archive(), archive, &table.stream_arn);
    let options = ArchiverOptions { once: true, ..ArchiverOptions::default() };
    let archiver = archiver.options(options).clock(Arc::new(Later));
    let kept = archiver.run(&stage.control).await?.archived;

    let options = ArchiveVerifyOptions::at(stage.server.now());
    let report = verify_archive(&stage.archive(), &options, &stage.control).await?;
    if let Some(fault) = report.faults.first() {
        return Err(Failure::other(format!("the archive has a fault: {fault}")));
    }

    let (all, ttl) = (RestoreChoice::all(), RestoredTtl::dropped(EXPIRES));
    let items = ArchivedItems::open(stage.archive(), all, ttl).await?;
    let load = Load::builder(client, EXPIRING).build();
    let back = load.from_source(items, &stage.control).await?.written;
    let (kept, back) = (count(kept), count(back));
    Ok(format!("{kept} of {ITEMS} items archived, {back} restored"))
}

async fn create(client: &Client) -> Result<(), aws_sdk_dynamodb::Error> {
    let (name, kind) = ("session", ScalarAttributeType::S);
    let attribute = AttributeDefinition::builder().attribute_name(name).attribute_type(kind);
    let key = KeySchemaElement::builder().attribute_name(name).key_type(KeyType::Hash);
    let create = client.create_table().table_name(EXPIRING);
    let create = create.billing_mode(BillingMode::PayPerRequest);
    create.attribute_definitions(attribute.build()?).key_schema(key.build()?).send().await?;
    Ok(())
}

/// Sessions that expire in an hour.
async fn fill(stage: &Stage) -> Result<(), Failure> {
    let due = stage.server.now() + Duration::from_hours(1);
    let due = due.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut lines = Vec::new();
    for n in 0..ITEMS {
        let mut item = Item::from_iter([("session", format!("session-{n}"))]);
        item.insert(EXPIRES, Number::from(due));
        item.write_dynamodb_json(&mut lines);
        lines.push(b'\n');
    }
    let load = Load::builder(stage.dynamodb(), EXPIRING).mode(WriteMode::Overwrite).build();
    load.from_reader(std::io::Cursor::new(lines), "demo", &stage.control).await?;
    Ok(())
}

async fn log_out(client: &Client) -> Result<(), aws_sdk_dynamodb::Error> {
    for n in (0..ITEMS).filter(|n| n.is_multiple_of(LOGGED_OUT)) {
        let key = aws_sdk_dynamodb::types::AttributeValue::S(format!("session-{n}"));
        client.delete_item().table_name(EXPIRING).key("session", key).send().await?;
    }
    Ok(())
}

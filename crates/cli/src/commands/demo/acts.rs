//! The acts of the demo. A new one is a variant, a title, what it does, and its command.

use super::archive;
use super::items::{COUNT, order};
use super::large;
use super::native;
use super::stage::{
    ARCHIVE, BUCKET, COPY, EXPIRING, EXPORTS, IMPORTED, LARGE, PREFIX, Stage, TABLE,
};
use crate::error::Failure;
use crate::output::{bytes, count};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use ddbkit::export::{ExportReader, VerifyOptions, verify};
use ddbkit::store::Store;
use ddbkit::transfer::{CompareOptions, Dump, DumpReport, Load, compare_with_table};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// One act.
#[derive(Clone, Copy)]
pub(super) enum Act {
    Fill,
    DumpToS3,
    DumpToDirectory,
    Verify,
    Load,
    Prove,
    Native,
    Large,
    Archive,
}

/// All acts in their order.
pub(super) const ALL: [Act; 9] = [
    Act::Fill,
    Act::DumpToS3,
    Act::DumpToDirectory,
    Act::Verify,
    Act::Load,
    Act::Prove,
    Act::Native,
    Act::Large,
    Act::Archive,
];

impl Act {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Fill => "A table with orders of all ten types",
            Self::DumpToS3 => "Dumped to S3",
            Self::DumpToDirectory => "Dumped to a directory, with a digest",
            Self::Verify => "Both dumps verified",
            Self::Load => "Loaded into a table made from the dump",
            Self::Prove => "Both tables proven equal to the dump",
            Self::Native => "A native export, imported as a table",
            Self::Large => "A large attribute, kept in S3",
            Self::Archive => "What time to live deleted, and back",
        }
    }

    /// What one would type.
    pub(super) fn command(self, stage: &Stage) -> Vec<String> {
        let (bucket, folder) = (format!("s3://{BUCKET}/{PREFIX}"), stage.folder().display());
        match self {
            Self::Fill => vec![],
            Self::DumpToS3 => vec![format!("ddbkit dump {TABLE} {bucket} --compression zstd")],
            Self::DumpToDirectory => vec![format!("ddbkit dump {TABLE} {folder} --digest")],
            Self::Verify => {
                vec![format!("ddbkit verify {bucket}"), format!("ddbkit verify {folder}")]
            }
            Self::Load => vec![format!("ddbkit load {folder} {COPY} --create-table")],
            Self::Prove => vec![
                format!("ddbkit verify {folder} {TABLE}"),
                format!("ddbkit verify {folder} {COPY}"),
            ],
            Self::Native => {
                let exports = format!("s3://{BUCKET}/{EXPORTS}");
                vec![
                    format!("ddbkit export start {TABLE} {exports} --wait"),
                    format!("ddbkit verify {exports}"),
                    format!("ddbkit import start {exports} {IMPORTED} --like {TABLE} --wait"),
                ]
            }
            Self::Large => {
                let item = format!("{COPY} --key \"$KEY\" --attribute scan");
                vec![
                    format!("ddbkit offload put {item} scan.pdf --objects s3://{BUCKET}/{LARGE}"),
                    format!("ddbkit offload get {item} scan.pdf"),
                ]
            }
            Self::Archive => {
                let archive = format!("s3://{BUCKET}/{ARCHIVE}");
                vec![
                    format!("ddbkit archive run --table {EXPIRING} --dest {archive} --once"),
                    format!("ddbkit archive verify {archive}"),
                    format!("ddbkit archive restore {archive} {EXPIRING}"),
                ]
            }
        }
    }

    /// Plays the act: what came of it, and how long it took.
    pub(super) async fn play(self, stage: &Stage) -> Result<(String, Duration), Failure> {
        let started = Instant::now();
        let result = match self {
            Self::Fill => fill(stage).await?,
            Self::DumpToS3 => {
                let dump = Dump::builder(stage.dynamodb(), TABLE).s3_location(BUCKET, PREFIX);
                let dump = dump.compression(ddbkit::export::Compression::Zstd).build();
                dumped(&dump.to_store(stage.bucket(), &stage.control).await?)
            }
            Self::DumpToDirectory => {
                let dump = Dump::builder(stage.dynamodb(), TABLE).digest(true).build();
                dumped(&dump.to_store(stage.directory(), &stage.control).await?)
            }
            Self::Verify => verify_both(stage).await?,
            Self::Load => load(stage).await?,
            Self::Prove => prove(stage).await?,
            Self::Native => Box::pin(native::export_and_import(stage)).await?,
            Self::Large => Box::pin(large::store_and_collect(stage)).await?,
            Self::Archive => Box::pin(archive::expire_and_restore(stage)).await?,
        };
        Ok((result, started.elapsed()))
    }
}

async fn fill(stage: &Stage) -> Result<String, Failure> {
    create(stage).await.map_err(|error| Failure::other(error.to_string()))?;
    let mut lines = Vec::new();
    for n in 0..COUNT {
        order(n).write_dynamodb_json(&mut lines);
        lines.push(b'\n');
    }
    let size = bytes(lines.len() as u64);
    let load = Load::builder(stage.dynamodb(), TABLE).mode(ddbkit::transfer::WriteMode::Overwrite);
    let lines = std::io::Cursor::new(lines);
    let report = load.build().from_reader(lines, "demo", &stage.control).await?;
    Ok(format!("{} items, {size}", count(report.written)))
}

/// A table with a partition and a sort key, and an index.
async fn create(stage: &Stage) -> Result<(), aws_sdk_dynamodb::Error> {
    let attribute = |name: &str, kind: ScalarAttributeType| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build()
    };
    let key = |name: &str, kind: KeyType| {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build()
    };
    let index = GlobalSecondaryIndex::builder()
        .index_name("by-status")
        .key_schema(key("status", KeyType::Hash)?)
        .key_schema(key("order", KeyType::Range)?)
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()?;
    let create = stage.dynamodb().create_table();
    create
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("customer", ScalarAttributeType::S)?)
        .attribute_definitions(attribute("order", ScalarAttributeType::N)?)
        .attribute_definitions(attribute("status", ScalarAttributeType::S)?)
        .key_schema(key("customer", KeyType::Hash)?)
        .key_schema(key("order", KeyType::Range)?)
        .global_secondary_indexes(index)
        .send()
        .await?;
    Ok(())
}

fn dumped(report: &DumpReport) -> String {
    let (items, files) = (count(report.items), count(report.files));
    format!("{items} items in {files} files, {}", bytes(report.stored_bytes))
}

async fn open(store: Store) -> Result<ExportReader, Failure> {
    Ok(ExportReader::open(store).await?)
}

async fn verify_both(stage: &Stage) -> Result<String, Failure> {
    let mut text = String::new();
    for (place, store) in [("S3", stage.bucket()), ("directory", stage.directory())] {
        let reader = open(store).await?;
        let report = verify(&reader, &VerifyOptions::default(), &stage.control).await?;
        if let Some(fault) = report.faults().first() {
            return Err(Failure::other(format!("the dump in {place} has a fault: {fault}")));
        }
        let comma = if text.is_empty() { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{place} {} items", count(report.items()));
    }
    Ok(text)
}

async fn load(stage: &Stage) -> Result<String, Failure> {
    let load = Load::builder(stage.dynamodb(), COPY).create_table(true).build();
    let report = load.from_export(open(stage.directory()).await?, &stage.control).await?;
    Ok(format!("{} of {} items written", count(report.written), count(report.read)))
}

async fn prove(stage: &Stage) -> Result<String, Failure> {
    for table in [TABLE, COPY] {
        let reader = open(stage.directory()).await?;
        let (client, options) = (stage.dynamodb(), CompareOptions::default());
        let found = compare_with_table(&client, table, reader, options, &stage.control).await?;
        if !found.equal {
            return Err(Failure::other(format!("table {table} differs from the dump")));
        }
    }
    Ok(format!("{} items, equal digests", count(COUNT)))
}

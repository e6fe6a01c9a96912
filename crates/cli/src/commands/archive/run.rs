//! `ddbkit archive run`.

use super::enable;
use super::report::{self, Place};
use super::watch::watch;
use crate::args::{ArchiveRunArgs, CompressionArg};
use crate::commands::Context;
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use ddbkit::archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiverOptions, DynamoDbLeases, LeaseStore, Replicated,
    StoreLeases, TtlArchiver,
};
use std::sync::Arc;

pub(super) async fn run(context: &Context, args: ArchiveRunArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let aws = Aws::load(&context.global).await?;
    let client = aws.dynamodb();
    let target = enable::ready(&client, &args, output).await?;
    if target.is_global && !args.guess_replicated {
        output.notice(
            "warning: this is a global table; what expires in another region is deleted here as by \
             a user, and is not archived here. Archive each region that items are written in",
        );
    }
    let store = config::store(&args.dest, &context.global).await?;
    let archive = ArchiveDescriptor::new(
        &target.table,
        &target.table_arn,
        args.format.into(),
        compression(args.compression),
    );
    let archive = archive.begin(&store).await?;
    let leases: Arc<dyn LeaseStore> = match &args.lease_table {
        Some(table) => Arc::new(DynamoDbLeases::open(client, table, &archive).await?),
        None => Arc::new(StoreLeases::new(store.clone())),
    };
    let stream = args.stream.clone().unwrap_or_else(|| target.stream_arn.clone());
    let api = Arc::new(aws.streams());
    let mut archiver = TtlArchiver::new(api, leases, store, archive, &stream)
        .options(options(&args, &target.ttl_attribute));
    if let Some(owner) = &args.owner {
        archiver = archiver.owner(owner);
    }
    output.notice(&format!(
        "Archiving what expires in {} ({}, by {}) into {}",
        target.table,
        aws.region(),
        target.ttl_attribute,
        args.dest
    ));
    let line = Arc::new(output.status_line("archive"));
    let control = context.control.clone().with_progress(line.clone());
    let place = Place { table: &target.table, stream: &stream, dest: &args.dest };
    let ended = tokio::select! {
        ended = archiver.run(&control) => ended,
        never = watch(&archiver, &args, &place, &line, output) => match never {},
    };
    drop(line);
    let report = ended.map_err(|error| Failure::from(error).resumable(true))?;
    if output.is_json() {
        output.json(&report::to_json(&place, &report), false)?;
    } else {
        output.summary(&report::text(&report));
    }
    let ended = if report.gaps.is_empty() { DONE } else { PARTLY };
    Ok(context.signals.exit().unwrap_or(ended))
}

fn options(args: &ArchiveRunArgs, ttl_attribute: &str) -> ArchiverOptions {
    let attribute = ttl_attribute.to_owned();
    ArchiverOptions {
        workers: args.workers,
        latency: args.latency,
        file_age: args.file_age,
        file_bytes: args.file_size.get(),
        buffer_bytes: args.buffer_size.get(),
        lease_duration: args.lease_duration,
        on_gap: args.on_gap.into(),
        replicated: if args.guess_replicated {
            Replicated::Guessed { attribute: attribute.clone() }
        } else {
            Replicated::Left
        },
        ttl_attribute: Some(attribute),
        once: args.once,
        ..ArchiverOptions::default()
    }
}

fn compression(arg: CompressionArg) -> ArchiveCompression {
    match arg {
        CompressionArg::Gzip => ArchiveCompression::Gzip,
        CompressionArg::Zstd => ArchiveCompression::Zstd,
        CompressionArg::None => ArchiveCompression::None,
    }
}

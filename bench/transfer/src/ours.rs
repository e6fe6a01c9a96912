//! Dump and load as a program with the library runs them.

use crate::Result;
use crate::client::{SEGMENTS, WORKERS};
use aws_sdk_dynamodb::Client;
use ddbkit_bench_rounds::Moved;
use ddbkit_export::{Compression, ExportReader};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_transfer::{Dump, Load, WriteMode};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;

const CHOSEN_SEGMENTS: NonZeroU32 = NonZeroU32::new(SEGMENTS).expect("not zero");
const CHOSEN_WORKERS: NonZeroUsize = NonZeroUsize::new(WORKERS).expect("not zero");

pub async fn dump(
    client: Client,
    table: &str,
    folder: &Path,
    compression: Compression,
) -> Result<Moved> {
    let dump = Dump::builder(client, table)
        .compression(compression)
        .total_segments(CHOSEN_SEGMENTS)
        .workers(CHOSEN_WORKERS)
        .build();
    let report = dump.to_store(Store::directory(folder), &Control::new()).await?;
    Ok(Moved { items: report.items, bytes: report.json_bytes })
}

pub async fn load(client: Client, table: &str, folder: &Path, mode: WriteMode) -> Result<Moved> {
    let load = Load::builder(client, table).mode(mode).workers(CHOSEN_WORKERS).build();
    let reader = ExportReader::open(Store::directory(folder)).await?;
    let report = load.from_export(reader, &Control::new()).await?;
    Ok(Moved { items: report.written, bytes: report.json_bytes })
}

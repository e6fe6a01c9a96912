//! Dumps a table, is interrupted, and goes on where it was.
//!
//! `cargo run -p ddbkit --features full --example dump_with_progress`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod support;

use aws_sdk_dynamodb::Client;
use ddbkit::codec::Item;
use ddbkit::flow::{Control, Progress, ProgressEvent};
use ddbkit::store::Store;
use ddbkit::transfer::{Dump, TransferErrorKind};
use ddbkit_local::LocalDynamoDb;
use std::error::Error;
use std::num::TryFromIntError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts items, and stops the work at the half of them, as a signal handler would.
struct Watch {
    items: AtomicU64,
    stop: Control,
}

impl Progress for Watch {
    fn on_event(&self, event: &ProgressEvent) {
        match event {
            ProgressEvent::Advanced { items, .. } => {
                let before = self.items.fetch_add(*items, Ordering::Relaxed);
                if before + items >= 1000 {
                    self.stop.cancel();
                }
            }
            ProgressEvent::FileClosed { key, items, .. } => println!("{items} items in {key}"),
            _ => {}
        }
    }
}

/// A small table in many small pieces, to have something to go on with: the defaults are for large ones.
fn dump(client: Client) -> Result<Dump, TryFromIntError> {
    let dump = Dump::builder(client, "Orders").total_segments(40u32.try_into()?);
    Ok(dump.workers(2usize.try_into()?).file_size(100_000u64.try_into()?).build())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let dynamodb = LocalDynamoDb::start().await?;
    let text = "x".repeat(1000);
    let orders =
        (0..2000).map(|n| Item::from_iter([("pk", n.to_string()), ("text", text.clone())]));
    support::table_with(&dynamodb.client(), "Orders", orders).await?;

    let folder = tempfile::tempdir()?;
    let stop = Control::new();
    let watch = Watch { items: AtomicU64::new(0), stop: stop.clone() };
    let watched = stop.child().with_progress(Arc::new(watch));
    match dump(dynamodb.client())?.to_store(Store::directory(folder.path()), &watched).await {
        Err(error) if error.kind() == TransferErrorKind::Interrupted => println!("interrupted"),
        other => return Err(format!("not interrupted: {other:?}").into()),
    }

    // The same call finds the plan and the journal of the first, and reads what is left.
    let report =
        dump(dynamodb.client())?.to_store(Store::directory(folder.path()), &Control::new()).await?;
    println!("{} items, {} of them from before", report.items, report.items_before);
    Ok(())
}

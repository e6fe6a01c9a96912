//! `ddbkit archive status`.

use super::report::gap_json;
use crate::args::ArchiveStatusArgs;
use crate::commands::Context;
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{Output, count, duration};
use ddbkit::archive::{
    ArchiveDescriptor, ArchiveStatus, ArchiverOptions, DynamoDbLeases, LeaseStore, ShardStatus,
    StoreLeases, SystemClock, archived_streams,
};
use serde_json::{Value, json};
use std::time::Duration;

pub(super) async fn run(context: &Context, args: ArchiveStatusArgs) -> Result<Exit, Failure> {
    let store = config::store(&args.archive, &context.global).await?;
    let Some(archive) = ArchiveDescriptor::read(&store).await? else {
        return Err(Failure::other(format!("there is no archive in {}", args.archive)));
    };
    let leases: Box<dyn LeaseStore> = match &args.lease_table {
        Some(table) => {
            let client = Aws::load(&context.global).await?.dynamodb();
            Box::new(DynamoDbLeases::existing(client, table, &archive).await?)
        }
        None => Box::new(StoreLeases::new(store.clone())),
    };
    let retention = ArchiverOptions::default().retention;
    let mut streams = Vec::new();
    for stream in archived_streams(&store).await? {
        let look = ArchiveStatus::look(
            &store,
            archive.clone(),
            leases.as_ref(),
            &stream,
            retention,
            &SystemClock,
        );
        streams.push(look.await?);
    }
    if context.output.is_json() {
        let object = to_json(&args.archive.to_string(), &archive, &streams);
        context.output.json(&object, false)?;
    } else {
        Output::data(&streams.iter().map(text).collect::<String>())?;
    }
    let is_lossless = |status: &ArchiveStatus| {
        status.gaps.is_empty() && status.until_loss() != Some(Duration::ZERO)
    };
    Ok(if streams.iter().all(is_lossless) { DONE } else { PARTLY })
}

fn text(status: &ArchiveStatus) -> String {
    let mut text = format!("{}\n", status.stream);
    for shard in &status.shards {
        let times = match (shard.lag, shard.until_loss) {
            (Some(lag), Some(left)) => {
                format!("{} behind, {} until records are lost", duration(lag), duration(left))
            }
            _ => "archived to its end".to_owned(),
        };
        let owner = shard.owner.as_deref().unwrap_or("nobody");
        text += &format!("  {}  {}  {times}  read by {owner}\n", shard.shard, shard.state.as_str());
    }
    for gap in &status.gaps {
        let after = gap
            .after
            .as_ref()
            .map_or("its beginning on".to_owned(), |after| format!("behind {after}"));
        text += &format!("  LOST or may be: records of {} {after}\n", gap.shard);
    }
    let (open, closed) = (count(status.shards.len() as u64), count(status.closed));
    text + &format!("  {open} shards open, {closed} closed, {} losses\n", status.gaps.len())
}

fn shard_json(shard: &ShardStatus) -> Value {
    let seconds = |time: Option<Duration>| time.map(|time| time.as_secs());
    json!({
        "shard": shard.shard,
        "state": shard.state.as_str(),
        "owner": shard.owner,
        "covered": shard.covered,
        "lag_seconds": seconds(shard.lag),
        "until_loss_seconds": seconds(shard.until_loss),
    })
}

fn to_json(place: &str, archive: &ArchiveDescriptor, streams: &[ArchiveStatus]) -> Value {
    let seconds = |time: Option<Duration>| time.map(|time| time.as_secs());
    let streams = streams.iter().map(|status| {
        json!({
            "stream": status.stream,
            "shards": status.shards.iter().map(shard_json).collect::<Vec<_>>(),
            "closed_shards": status.closed,
            "lag_seconds": seconds(status.lag()),
            "until_loss_seconds": seconds(status.until_loss()),
            "gaps": status.gaps.iter().map(gap_json).collect::<Vec<_>>(),
        })
    });
    json!({
        "version": 1,
        "command": "archive status",
        "archive": place,
        "archive_id": archive.id,
        "table": archive.table,
        "table_arn": archive.table_arn,
        "format": archive.format,
        "compression": archive.compression,
        "streams": streams.collect::<Vec<_>>(),
    })
}

//! Finding the shards of a large stream.

use crate::Result;
use async_trait::async_trait;
use ddbkit_archive::{
    Position, RecordsPage, ShardInfo, ShardLineage, StreamPage, StreamStatus, StreamViewType,
    StreamsApi, StreamsError, StreamsErrorKind, list_shards,
};
use ddbkit_bench_rounds::{Moved, cpu_seconds};
use std::time::Duration;
use tokio::time::Instant;

const SHARDS: usize = 10_000;
/// A page has 100 shards, and there may be ten calls a second.
const CALLS: u64 = 100;
const BUDGET: Duration = Duration::from_secs(10);

/// A stream of which half of the shards go on from the other half.
struct ManyShards(Vec<ShardInfo>);

impl ManyShards {
    fn new() -> Self {
        let id = |n: usize| format!("shardId-{:020}-{n:08x}", 1_772_343_000_000_usize + n);
        let shard = |n: usize| ShardInfo {
            id: id(n),
            parent: n.checked_sub(SHARDS / 2).map(id),
            starting: None,
            ending: None,
        };
        Self((0..SHARDS).map(shard).collect())
    }
}

fn unasked() -> StreamsError {
    StreamsError::new(StreamsErrorKind::Service, "discovery needs no such call")
}

#[async_trait]
impl StreamsApi for ManyShards {
    async fn describe_stream(
        &self,
        _stream_arn: &str,
        after_shard: Option<&str>,
        limit: Option<u32>,
    ) -> std::result::Result<StreamPage, StreamsError> {
        let first = after_shard.map_or(0, |after| self.0.partition_point(|s| *s.id <= *after));
        let end = SHARDS.min(first + limit.unwrap_or(100).min(100) as usize);
        let shards = self.0[first..end].to_vec();
        let last_evaluated = shards.last().filter(|_| end < SHARDS).map(|shard| shard.id.clone());
        Ok(StreamPage {
            status: StreamStatus::Enabled,
            view_type: Some(StreamViewType::OldImage),
            label: "label".to_owned(),
            shards,
            last_evaluated,
        })
    }

    async fn child_shards(
        &self,
        _stream_arn: &str,
        _shard: &str,
    ) -> std::result::Result<Vec<ShardInfo>, StreamsError> {
        Err(unasked())
    }

    async fn shard_iterator(
        &self,
        _stream_arn: &str,
        _shard: &str,
        _position: Position,
    ) -> std::result::Result<String, StreamsError> {
        Err(unasked())
    }

    async fn get_records(
        &self,
        _iterator: &str,
        _limit: u32,
    ) -> std::result::Result<RecordsPage, StreamsError> {
        Err(unasked())
    }
}

/// Lists all shards and plans their leases; fails when that takes more than the calls budget.
pub async fn round() -> Result<(Moved, f64)> {
    let streams = ManyShards::new();
    let (started, before, mut calls) = (Instant::now(), cpu_seconds()?, 0);
    let listing = list_shards(&streams, "arn", &mut calls).await?;
    let plan = ShardLineage::new("arn", []).plan(&listing.shards);
    let ready = ShardLineage::new("arn", plan.create).ready().len();
    let (after, waited) = (cpu_seconds()?, started.elapsed());
    if calls > CALLS || waited > BUDGET || ready != SHARDS / 2 {
        return Err(format!("{calls} calls in {waited:?}, {ready} shards ready").into());
    }
    let bytes = listing.shards.iter().map(|shard| shard.id.len() as u64).sum();
    Ok((Moved { items: SHARDS as u64, bytes }, after - before))
}

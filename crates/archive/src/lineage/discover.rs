//! Finding shards.

use crate::{
    MOST_SHARDS, ShardInfo, StreamPage, StreamStatus, StreamsApi, StreamsError, StreamsErrorKind,
};
use ddbkit_flow::RetryPolicy;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often a call that was refused for being too many is made again before it is given up.
const ATTEMPTS: u32 = 8;

/// `DescribeStream` takes 10 calls a second for an account; a tenth of a second between pages leaves
/// other readers some of that only because discovery is rare.
const BETWEEN_PAGES: Duration = Duration::from_millis(100);

/// All shards of a stream, each once, and what the stream does, by as many pages as it takes: one
/// call for 100 shards, at most 10 in a second. `calls` counts them.
///
/// # Errors
/// As [`StreamsApi::describe_stream`], after several attempts where it may work later.
pub async fn list_shards(
    api: &dyn StreamsApi,
    stream: &str,
    calls: &mut u64,
) -> Result<StreamPage, StreamsError> {
    let mut whole = page(api, stream, None, calls).await?;
    let mut seen: BTreeSet<String> = whole.shards.iter().map(|shard| shard.id.clone()).collect();
    while let Some(after) = whole.last_evaluated.take() {
        tokio::time::sleep(BETWEEN_PAGES).await;
        let next = page(api, stream, Some(&after), calls).await?;
        let before = seen.len();
        // A shard that splits while the pages are read may be on two of them.
        whole.shards.extend(next.shards.into_iter().filter(|shard| seen.insert(shard.id.clone())));
        // A server that does not page gives the first page for ever.
        if seen.len() > before && next.last_evaluated.as_ref() != Some(&after) {
            whole.last_evaluated = next.last_evaluated;
        }
        whole.status = next.status;
    }
    Ok(whole)
}

async fn page(
    api: &dyn StreamsApi,
    stream: &str,
    after: Option<&str>,
    calls: &mut u64,
) -> Result<StreamPage, StreamsError> {
    let retry = RetryPolicy::new(Duration::from_millis(200), Duration::from_secs(10));
    let mut attempt = 0;
    loop {
        *calls += 1;
        match api.describe_stream(stream, after, Some(MOST_SHARDS)).await {
            Err(error) if error.kind().is_transient() && attempt < ATTEMPTS => {
                tokio::time::sleep(retry.delay(attempt)).await;
                attempt += 1;
            }
            other => return other,
        }
    }
}

/// The children of a shard that was read to its end, and whether there can be any more.
#[derive(Debug)]
pub(crate) struct Children {
    pub(crate) shards: Vec<ShardInfo>,
    /// The stream was switched off, so that no shard goes on from its last ones.
    pub(crate) is_last: bool,
    /// The shard itself is gone from the stream, so that children which are not listed never will be:
    /// they are gone as well.
    pub(crate) is_gone: bool,
}

/// Finds the children of a shard that was read to its end: by the filter first, which is one call; a
/// full listing is the audit for when that finds nothing several times. Empty when there are none
/// yet, or none any more.
pub(crate) async fn children_of(
    api: &dyn StreamsApi,
    stream: &str,
    shard: &str,
    calls: &mut u64,
) -> Result<Children, StreamsError> {
    // Right after the end of a shard its children may not be listed yet.
    let retry = RetryPolicy::new(Duration::from_millis(500), Duration::from_secs(4));
    for attempt in 0..3 {
        *calls += 1;
        match api.child_shards(stream, shard).await {
            Ok(shards) if !shards.is_empty() => {
                return Ok(Children { shards, is_last: false, is_gone: false });
            }
            Ok(_) => {}
            Err(error) if error.kind().is_transient() => {}
            // A shard that is gone has no filter; a service that does not know the filter refuses.
            Err(error)
                if matches!(
                    error.kind(),
                    StreamsErrorKind::NotFound | StreamsErrorKind::Service
                ) =>
            {
                break;
            }
            Err(error) => return Err(error),
        }
        tokio::time::sleep(retry.delay(attempt)).await;
    }
    let listing = list_shards(api, stream, calls).await?;
    let is_child = |info: &ShardInfo| info.parent.as_deref() == Some(shard);
    let is_last = listing.status == StreamStatus::Disabled;
    let is_gone = listing.shards.iter().all(|info| info.id != shard);
    let shards = listing.shards.into_iter().filter(is_child).collect();
    Ok(Children { shards, is_last, is_gone })
}

//! What changed in a table within a window, by its stream.

use super::run::Lines;
use crate::jobs::{Jobs, Refused};
use ddbkit_codec::{IncrementalRecord, StreamRecord};
use ddbkit_export::{IncrementalWindow, OutputView};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

/// What is needed of `DescribeStream`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    stream_description: Description,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Description {
    shards: Vec<Shard>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Shard {
    shard_id: String,
}

/// What is needed of `GetShardIterator` and `GetRecords`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Position {
    #[serde(alias = "NextShardIterator")]
    shard_iterator: Option<String>,
}

/// The lines of the changes: one for each item that is another at the end of the window than at its
/// start. The stream gives seconds, so changes of one second keep their order by a count of
/// microseconds.
pub(super) async fn changes(
    jobs: &Jobs,
    stream_arn: &str,
    window: &IncrementalWindow,
) -> Result<Lines, Refused> {
    let micros = |time: SystemTime| {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    };
    let (from, to) = (micros(window.from), micros(window.to));
    let mut merged: BTreeMap<String, IncrementalRecord> = BTreeMap::new();
    for (count, record) in (0..).zip(records(jobs, stream_arn).await?) {
        let at = record.creation_micros.unwrap_or_default();
        if at < from || at >= to {
            continue;
        }
        let written = at + count % 1_000_000;
        let StreamRecord { keys, old_image, new_image, .. } = record;
        merged
            .entry(keys.to_dynamodb_json())
            .and_modify(|first| {
                first.write_timestamp_micros = written;
                first.new_image.clone_from(&new_image);
            })
            .or_insert(IncrementalRecord {
                write_timestamp_micros: written,
                keys,
                old_image,
                new_image,
            });
    }
    let mut lines = Lines::default();
    for mut record in merged.into_values() {
        // What came and went within the window has no line.
        if record.old_image.is_none() && record.new_image.is_none() {
            continue;
        }
        if window.view == OutputView::NewImage {
            record.old_image = None;
        }
        lines.push(&record);
    }
    Ok(lines)
}

/// All records of the stream, in their order.
async fn records(jobs: &Jobs, stream_arn: &str) -> Result<Vec<StreamRecord>, Refused> {
    let described =
        jobs.upstream().call("DescribeStream", &json!({"StreamArn": stream_arn})).await?;
    let described: Described = read(&described)?;
    let mut records = Vec::new();
    for shard in described.stream_description.shards {
        let asked = json!({
            "StreamArn": stream_arn,
            "ShardId": shard.shard_id,
            "ShardIteratorType": "TRIM_HORIZON",
        });
        let answer = jobs.upstream().call("GetShardIterator", &asked).await?;
        let mut next = read::<Position>(&answer)?.shard_iterator;
        while let Some(iterator) = next {
            let asked = json!({"ShardIterator": iterator});
            let answer = jobs.upstream().call("GetRecords", &asked).await?;
            let page = StreamRecord::all_from_json(&answer)
                .map_err(|error| Refused::new("InternalServerError", error.to_string()))?;
            // An open shard has always another iterator.
            next = read::<Position>(&answer)?.shard_iterator.filter(|_| !page.is_empty());
            records.extend(page);
        }
    }
    Ok(records)
}

fn read<'a, T: Deserialize<'a>>(answer: &'a [u8]) -> Result<T, Refused> {
    serde_json::from_slice(answer)
        .map_err(|error| Refused::new("InternalServerError", error.to_string()))
}

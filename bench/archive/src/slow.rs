//! The whole archiver, with a place that takes long to write to.

use crate::Result;
use crate::records::{self, PAGE};
use crate::sink::Nowhere;
use async_trait::async_trait;
use ddbkit_archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveLine, ArchiveRecord, ArchiverOptions, LineFormat,
    MemoryLeases, Position, RecordsPage, ShardInfo, StreamPage, StreamStatus, StreamViewType,
    StreamsApi, StreamsError, StreamsErrorKind, TtlArchiver,
};
use ddbkit_bench_rounds::{Moved, cpu_seconds};
use ddbkit_flow::Control;
use std::sync::Arc;
use std::time::Duration;

/// Each with as many records.
const SHARDS: u64 = 8;

/// A stream that was switched off: all of its records are deletes by TTL.
struct Full {
    pages: u64,
}

impl Full {
    fn id(n: u64) -> String {
        format!("shardId-{:020}-{n:08x}", records::BEGIN * 1000)
    }
}

#[async_trait]
impl StreamsApi for Full {
    async fn describe_stream(
        &self,
        _stream_arn: &str,
        _after_shard: Option<&str>,
        _limit: Option<u32>,
    ) -> std::result::Result<StreamPage, StreamsError> {
        let shard = |n| ShardInfo { id: Self::id(n), parent: None, starting: None, ending: None };
        Ok(StreamPage {
            status: StreamStatus::Disabled,
            view_type: Some(StreamViewType::NewAndOldImages),
            label: "label".to_owned(),
            shards: (0..SHARDS).map(shard).collect(),
            last_evaluated: None,
        })
    }

    async fn child_shards(
        &self,
        _stream_arn: &str,
        _shard: &str,
    ) -> std::result::Result<Vec<ShardInfo>, StreamsError> {
        Ok(Vec::new())
    }

    /// An iterator is the number of a page.
    async fn shard_iterator(
        &self,
        _stream_arn: &str,
        _shard: &str,
        position: Position,
    ) -> std::result::Result<String, StreamsError> {
        match position {
            Position::TrimHorizon => Ok("0".to_owned()),
            other => {
                let message = format!("nothing here reads from {other:?}");
                Err(StreamsError::new(StreamsErrorKind::Service, message))
            }
        }
    }

    async fn get_records(
        &self,
        iterator: &str,
        _limit: u32,
    ) -> std::result::Result<RecordsPage, StreamsError> {
        let wrong = |why: String| StreamsError::new(StreamsErrorKind::Service, why);
        let page: u64 = iterator.parse().map_err(|_| wrong(format!("iterator {iterator}")))?;
        let records = records::page(page, 1).into_iter().map(TryInto::try_into);
        let records: std::result::Result<Vec<_>, ddbkit_archive::ArchiveError> = records.collect();
        let records = records.map_err(|error| wrong(error.to_string()))?;
        let next = page + 1;
        Ok(RecordsPage { records, next_iterator: (next < self.pages).then(|| next.to_string()) })
    }
}

/// Archives so many records with buffers of 32 MiB for all shards.
pub async fn round(records: u64) -> Result<(Moved, f64)> {
    let pages = records / PAGE / SHARDS;
    let options = ArchiverOptions { buffer_bytes: 32 << 20, ..ArchiverOptions::default() };
    let archive = ArchiveDescriptor::new("t", "arn", LineFormat::Item, ArchiveCompression::Zstd);
    let store = Nowhere::store(Duration::from_mins(1));
    let leases = Arc::new(MemoryLeases::default());
    let archiver = TtlArchiver::new(Arc::new(Full { pages }), leases, store, archive, "arn");
    let before = cpu_seconds()?;
    let report = archiver.options(options).run(&Control::new()).await?;
    let cpu = cpu_seconds()? - before;
    if report.archived != pages * PAGE * SHARDS {
        return Err(format!("{} records archived", report.archived).into());
    }
    let one = ArchiveRecord::try_from(records::record(0, true))?;
    let line = ArchiveLine::of(&one, false, LineFormat::Item)?.text.len() as u64;
    Ok((Moved { items: report.archived, bytes: report.archived * line }, cpu))
}

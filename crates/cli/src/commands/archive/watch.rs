//! How a run stands while it goes on: a line for people, and objects for programs.

use super::report::Place;
use crate::args::ArchiveRunArgs;
use crate::output::{Output, StatusLine, count, duration};
use ddbkit::archive::{ArchiveReport, ShardProgress, TtlArchiver};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::{Instant, sleep};

/// How often the line is written anew.
const LINE_EVERY: Duration = Duration::from_millis(500);

/// Tells how a run stands, until it is dropped. That it cannot be told is told once, and is no reason to
/// stop archiving.
pub(super) async fn watch(
    archiver: &TtlArchiver,
    args: &ArchiveRunArgs,
    place: &Place<'_>,
    line: &StatusLine,
    output: &Output,
) -> Infallible {
    let mut is_told = false;
    let mut next = args.status_every.map(|every| Instant::now() + every);
    loop {
        sleep(LINE_EVERY.min(args.status_every.unwrap_or(LINE_EVERY))).await;
        let report = archiver.so_far();
        line.set(&text(&report));
        if let (Some(due), Some(every)) = (next, args.status_every)
            && due <= Instant::now()
        {
            let written = Output::data(&format!("{}\n", object(place, &report)));
            if let Err(error) = written
                && !std::mem::replace(&mut is_told, true)
            {
                output.notice(&format!("warning: the status cannot be written: {error}"));
            }
            next = Some(due.max(Instant::now() - every) + every);
        }
    }
}

/// Shards, how far they are behind, records, files; what is lost, and when more will be.
fn text(report: &ArchiveReport) -> String {
    let shards = &report.shards;
    let waiting: u64 = shards.iter().map(|shard| shard.buffered).sum();
    let mut text = match shards.len() {
        1 => "1 shard".to_owned(),
        n => format!("{} shards", count(n as u64)),
    };
    if let Some(lag) = shards.iter().filter_map(|shard| shard.lag).max() {
        text += &format!(", {} behind", duration(lag));
    }
    text += &format!(
        ", {} items in {} files, {} waiting",
        count(report.archived),
        count(report.files),
        count(waiting)
    );
    if let Some(left) = until_loss(report)
        && left < SOON
    {
        text += &format!(", records are lost in {}", duration(left));
    }
    if !report.gaps.is_empty() {
        text += &format!(", {} LOSSES", report.gaps.len());
    }
    text
}

/// With less time than this until records are lost, the line says so.
const SOON: Duration = Duration::from_hours(12);

fn until_loss(report: &ArchiveReport) -> Option<Duration> {
    report.shards.iter().filter_map(|shard| shard.until_loss).min()
}

fn seconds(time: Option<Duration>) -> Option<u64> {
    time.map(|time| time.as_secs())
}

fn object(place: &Place<'_>, report: &ArchiveReport) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    json!({
        "version": 1,
        "command": "archive run",
        "event": "status",
        "time": now,
        "table": place.table,
        "stream": place.stream,
        "archive": place.dest.to_string(),
        "lag_seconds": seconds(report.shards.iter().filter_map(|shard| shard.lag).max()),
        "until_loss_seconds": seconds(until_loss(report)),
        "archived": report.archived,
        "files": report.files,
        "waiting": report.shards.iter().map(|shard| shard.buffered).sum::<u64>(),
        "gaps": report.gaps.len(),
        "closed_shards": report.closed_shards,
        "lost_leases": report.lost_leases,
        "throttled": report.throttled,
        "stalled": report.stalled,
        "get_records": report.calls.get_records,
        "shards": report.shards.iter().map(shard).collect::<Vec<_>>(),
    })
}

fn shard(shard: &ShardProgress) -> Value {
    json!({
        "shard": shard.shard,
        "state": shard.state.as_str(),
        "covered": shard.covered,
        "waiting": shard.buffered,
        "lag_seconds": seconds(shard.lag),
        "until_loss_seconds": seconds(shard.until_loss),
        "silent_seconds": shard.silent.as_secs(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit::archive::LeaseState;

    fn behind(lag: Duration) -> ArchiveReport {
        let day = Duration::from_hours(24);
        let shard = ShardProgress {
            shard: "shardId-1".to_owned(),
            covered: Some(7),
            state: LeaseState::Open,
            buffered: 3,
            lag: Some(lag),
            until_loss: Some(day.saturating_sub(lag)),
            silent: Duration::ZERO,
        };
        ArchiveReport { archived: 1200, files: 4, shards: vec![shard], ..ArchiveReport::default() }
    }

    #[test]
    fn the_line_says_what_counts() {
        let told = text(&behind(Duration::from_secs(12)));
        assert_eq!(told, "1 shard, 12.0 s behind, 1,200 items in 4 files, 3 waiting");
        let late = text(&behind(Duration::from_hours(23)));
        assert!(late.ends_with(", records are lost in 1 h 0 min"), "{late}");
        assert_eq!(text(&ArchiveReport::default()), "0 shards, 0 items in 0 files, 0 waiting");
    }
}

//! A stream whose shards and records the test writes itself.

use async_trait::async_trait;
use ddbkit_archive::{
    ArchiveRecord, Clock, EventName, Position, RecordsPage, SequenceNumber, ShardInfo, StreamPage,
    StreamStatus, StreamViewType, StreamsApi, StreamsError, StreamsErrorKind, UserIdentity,
};
use ddbkit_codec::{Item, Number};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

pub(crate) const STREAM: &str =
    "arn:aws:dynamodb:us-east-1:1:table/t/stream/2026-11-21T00:00:00.000";
/// 2026-11-21T00:00:00Z in seconds.
pub(crate) const BEGAN: u64 = 1_795_219_200;

#[derive(Default)]
pub(crate) struct Shard {
    pub(crate) parent: Option<String>,
    pub(crate) records: Vec<ArchiveRecord>,
    /// Read to its end it ends.
    pub(crate) is_closed: bool,
    /// Records before this index are gone.
    pub(crate) trimmed: usize,
    /// It is not listed any more, and cannot be read.
    pub(crate) is_gone: bool,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) shards: BTreeMap<String, Shard>,
    pub(crate) view: Option<StreamViewType>,
    pub(crate) status: Option<StreamStatus>,
    /// The next calls of `GetRecords` fail so.
    pub(crate) refusals: VecDeque<StreamsErrorKind>,
    /// The children that the filter tells; without it, it tells nothing.
    pub(crate) filter_works: bool,
    pub(crate) page_of_records: usize,
    pub(crate) calls: Vec<String>,
    /// A call of `GetRecords` for this shard never comes back.
    pub(crate) hangs: Option<String>,
}

pub(crate) struct Scripted(Mutex<State>);

impl Scripted {
    pub(crate) fn new() -> Self {
        let state = State {
            view: Some(StreamViewType::OldImage),
            filter_works: true,
            page_of_records: 1000,
            ..State::default()
        };
        Self(Mutex::new(state))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn shard(&self, n: u64, parent: Option<u64>) -> String {
        let id = id(n);
        let shard = Shard { parent: parent.map(self::id), ..Shard::default() };
        self.state().shards.insert(id.clone(), shard);
        id
    }

    pub(crate) fn add(&self, n: u64, records: impl IntoIterator<Item = ArchiveRecord>) {
        self.state().shards.get_mut(&id(n)).unwrap().records.extend(records);
    }

    pub(crate) fn change(&self, n: u64, change: impl FnOnce(&mut Shard)) {
        change(self.state().shards.get_mut(&id(n)).unwrap());
    }

    pub(crate) fn called(&self, call: &str) -> usize {
        self.state().calls.iter().filter(|made| made.starts_with(call)).count()
    }
}

/// The id of the shard that began so many hours after the stream.
pub(crate) fn id(hours: u64) -> String {
    format!("shardId-{:020}-{hours:08x}", (BEGAN + hours * 3600) * 1000)
}

/// A delete by time to live, a second after the one before.
pub(crate) fn ttl(n: u64) -> ArchiveRecord {
    let mut record = user_delete(n);
    let kind = "Service".to_owned();
    let principal_id = "dynamodb.amazonaws.com".to_owned();
    record.user_identity = Some(UserIdentity { kind, principal_id });
    record
}

pub(crate) fn user_delete(n: u64) -> ArchiveRecord {
    let mut record = insert(n);
    record.event_name = EventName::Remove;
    let number: Number = (BEGAN + n - 60).to_string().parse().unwrap();
    let mut item = Item::from_iter([("pk", format!("k{n}"))]);
    item.insert("ttl", ddbkit_codec::AttributeValue::N(number));
    record.old_image = Some(item);
    record
}

pub(crate) fn insert(n: u64) -> ArchiveRecord {
    let sequence = format!("{}", 10_u128.pow(21) + u128::from(n));
    let mut record = ArchiveRecord::new(
        format!("e{n}"),
        EventName::Insert,
        sequence.parse().unwrap(),
        BEGAN + n,
    );
    record.keys = Item::from_iter([("pk", format!("k{n}"))]);
    record
}

fn error(kind: StreamsErrorKind) -> StreamsError {
    StreamsError::new(kind, format!("scripted: {kind:?}"))
}

fn info(id: &str, shard: &Shard) -> ShardInfo {
    ShardInfo {
        id: id.to_owned(),
        parent: shard.parent.clone(),
        starting: None,
        ending: shard.records.last().and_then(|record| record.sequence.clone()),
    }
}

#[async_trait]
impl StreamsApi for Scripted {
    async fn describe_stream(
        &self,
        stream: &str,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<StreamPage, StreamsError> {
        let mut state = self.state();
        state.calls.push("describe".to_owned());
        let listed = state.shards.iter().filter(|(_, shard)| !shard.is_gone);
        let mut shards: Vec<_> = listed
            .filter(|(id, _)| after.is_none_or(|after| id.as_str() > after))
            .map(|(id, shard)| info(id, shard))
            .collect();
        let limit = limit.map_or(shards.len(), |limit| limit as usize);
        let has_more = shards.len() > limit;
        shards.truncate(limit);
        let last_evaluated = shards.last().filter(|_| has_more).map(|shard| shard.id.clone());
        Ok(StreamPage {
            status: state.status.unwrap_or(StreamStatus::Enabled),
            view_type: state.view,
            label: stream.rsplit('/').next().unwrap().to_owned(),
            shards,
            last_evaluated,
        })
    }

    async fn child_shards(&self, _: &str, shard: &str) -> Result<Vec<ShardInfo>, StreamsError> {
        let mut state = self.state();
        state.calls.push(format!("children {shard}"));
        let is_child = |s: &Shard| s.parent.as_deref() == Some(shard) && !s.is_gone;
        let works = state.filter_works;
        let children = state.shards.iter().filter(|(_, s)| works && is_child(s));
        Ok(children.map(|(id, shard)| info(id, shard)).collect())
    }

    async fn shard_iterator(
        &self,
        _: &str,
        shard: &str,
        position: Position,
    ) -> Result<String, StreamsError> {
        let mut state = self.state();
        state.calls.push(format!("iterator {shard} {position:?}"));
        let found = state.shards.get(shard).filter(|shard| !shard.is_gone);
        let found = found.ok_or_else(|| error(StreamsErrorKind::NotFound))?;
        let from = |number: &SequenceNumber, and: usize| {
            let at =
                found.records.iter().position(|record| record.sequence.as_ref() == Some(number));
            at.map(|at| at + and).filter(|at| *at >= found.trimmed)
        };
        let at = match position {
            Position::TrimHorizon => Some(found.trimmed),
            Position::Latest => Some(found.records.len()),
            Position::AtSequenceNumber(number) => from(&number, 0),
            Position::AfterSequenceNumber(number) => from(&number, 1),
        };
        let at = at.ok_or_else(|| error(StreamsErrorKind::TrimmedData))?;
        Ok(format!("{shard} {at}"))
    }

    async fn get_records(&self, iterator: &str, limit: u32) -> Result<RecordsPage, StreamsError> {
        let (id, at) = iterator.split_once(' ').unwrap();
        let at: usize = at.parse().unwrap();
        let hangs = self.state().hangs.as_deref() == Some(id);
        if hangs {
            std::future::pending::<()>().await;
        }
        let mut state = self.state();
        state.calls.push(format!("records {id}"));
        if let Some(kind) = state.refusals.pop_front() {
            return Err(error(kind));
        }
        let page = state.page_of_records.min(limit as usize);
        let shard = &state.shards[id];
        if shard.is_gone {
            return Err(error(StreamsErrorKind::NotFound));
        }
        if at < shard.trimmed {
            return Err(error(StreamsErrorKind::TrimmedData));
        }
        let records: Vec<_> = shard.records.iter().skip(at).take(page).cloned().collect();
        let next = at + records.len();
        let is_over = shard.is_closed && next == shard.records.len();
        Ok(RecordsPage { records, next_iterator: (!is_over).then(|| format!("{id} {next}")) })
    }
}

/// Goes with the time of tokio, from a little after the stream began.
#[derive(Debug)]
pub(crate) struct TokioClock {
    pub(crate) start: Instant,
    pub(crate) skew: Duration,
}

impl TokioClock {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), skew: Duration::ZERO }
    }
}

impl Clock for TokioClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(BEGAN + 3600) + self.skew + self.start.elapsed()
    }
}

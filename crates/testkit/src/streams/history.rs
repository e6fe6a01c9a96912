//! What happens to the table and its shards, moment by moment. Follows from the seed alone.

use std::ops::Range;

use fastrand::Rng;

use super::sequence::Sequence;
use super::{Change, StreamEvent, StreamsPlan};

pub(super) const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
/// How long a record can be read.
const RETENTION: u64 = 24 * HOUR;
/// The end of the space of key hashes.
const HASHES: u64 = 1 << 32;

/// A shard: a range of key hashes for a time. All moments in milliseconds since 1970.
pub(super) struct Shard {
    pub(super) id: String,
    pub(super) parent: Option<usize>,
    pub(super) children: Vec<usize>,
    pub(super) closed: Option<u64>,
    pub(super) start: Sequence,
    pub(super) end: Option<Sequence>,
    /// Places in [`History::events`].
    pub(super) events: Vec<usize>,
    /// From when on a listing has it.
    pub(super) listed_from: u64,
    /// How long after its end a listing and a reader take it for open.
    pub(super) seems_open: u64,
    /// How long after its end nobody is told of its children.
    pub(super) childless: u64,
    /// By how much its records outlive 24 hours.
    linger: u64,
    hashes: Range<u64>,
    rollover: u64,
}

impl Shard {
    /// How many of its events can no longer be read.
    pub(super) fn trimmed(&self, events: &[StreamEvent], now: u64) -> usize {
        self.events.partition_point(|at| events[*at].created_ms + RETENTION + self.linger <= now)
    }

    pub(super) fn is_gone(&self, now: u64) -> bool {
        self.closed.is_some_and(|closed| closed + RETENTION + self.linger <= now)
    }

    pub(super) fn is_seen_closed(&self, now: u64) -> bool {
        self.closed.is_some_and(|closed| closed + self.seems_open <= now)
    }

    fn is_open(&self) -> bool {
        self.closed.is_none()
    }
}

/// An item of the table.
struct Key {
    name: String,
    hash: u64,
    /// The version of the item, if there is one.
    item: Option<u64>,
}

/// The table, its stream, and the moment to which they have come.
pub(super) struct History {
    pub(super) events: Vec<StreamEvent>,
    pub(super) shards: Vec<Shard>,
    pub(super) now: u64,
    pub(super) disabled: bool,
    plan: StreamsPlan,
    random: Rng,
    keys: Vec<Key>,
    sequence: Sequence,
    versions: u64,
    next_write: Option<u64>,
}

impl History {
    pub(super) fn new(plan: StreamsPlan, now: u64) -> Self {
        let mut random = Rng::with_seed(plan.seed);
        let keys = (0..plan.keys).map(|n| Key {
            name: format!("key-{n}"),
            hash: random.u64(0..HASHES),
            item: None,
        });
        let keys = keys.collect();
        let sequence = Sequence::first(&mut random);
        let mut history = Self {
            events: Vec::new(),
            shards: Vec::new(),
            now,
            disabled: false,
            plan,
            random,
            keys,
            sequence,
            versions: 0,
            next_write: None,
        };
        let shards = u64::from(plan.shards);
        for n in 0..shards {
            let hashes = HASHES * n / shards..HASHES * (n + 1) / shards;
            history.open_shard(now, hashes, None);
            history.shards.last_mut().expect("just opened").listed_from = now;
        }
        history.set_next_write();
        history
    }

    /// Lets everything happen that happens until `now`.
    pub(super) fn advance(&mut self, now: u64) {
        loop {
            let open = self.shards.iter().enumerate().filter(|(_, shard)| shard.is_open());
            let rollover = open.map(|(at, shard)| (shard.rollover, at)).min();
            let next = rollover.map(|(due, _)| due).into_iter().chain(self.next_write).min();
            let Some(next) = next.filter(|next| *next <= now && !self.disabled) else { break };
            self.now = next;
            match rollover {
                Some((due, at)) if due == next => self.roll_over(at),
                _ => self.write(),
            }
        }
        self.now = self.now.max(now);
    }

    /// No more writes; shards go on to roll over.
    pub(super) fn stop_writes(&mut self) {
        self.next_write = None;
        self.plan.writes_per_hour = 0;
    }

    /// Closes all shards for good.
    pub(super) fn disable(&mut self) {
        self.disabled = true;
        for at in 0..self.shards.len() {
            if self.shards[at].is_open() {
                self.close(at);
            }
        }
    }

    fn set_next_write(&mut self) {
        let rate = u64::from(self.plan.writes_per_hour);
        self.next_write =
            (rate > 0).then(|| self.now + 1 + self.random.u64(0..=(2 * HOUR).div_ceil(rate)));
    }

    fn next_sequence(&mut self) -> Sequence {
        self.sequence = self.sequence.next(&mut self.random);
        self.sequence
    }

    fn open_shard(&mut self, now: u64, hashes: Range<u64>, parent: Option<usize>) {
        let start = self.next_sequence();
        let random = &mut self.random;
        let shard = Shard {
            id: format!("shardId-{now:020}-{:08x}", random.u32(..)),
            parent,
            children: Vec::new(),
            closed: None,
            start,
            end: None,
            events: Vec::new(),
            listed_from: now + random.u64(0..10 * SECOND),
            seems_open: random.u64(0..30 * SECOND),
            childless: random.u64(0..MINUTE),
            linger: random.u64(0..20 * MINUTE),
            hashes,
            // Most live four hours, some are split before.
            rollover: now
                + if random.u32(0..5) == 0 {
                    random.u64(HOUR..4 * HOUR)
                } else {
                    4 * HOUR + random.u64(0..10 * MINUTE)
                },
        };
        let at = self.shards.len();
        if let Some(parent) = parent {
            self.shards[parent].children.push(at);
        }
        self.shards.push(shard);
    }

    fn close(&mut self, at: usize) {
        // Either the number of its last record or a later one.
        let last = self.shards[at].events.last().map(|event| self.events[*event].number());
        let end = last.filter(|_| self.random.bool()).unwrap_or_else(|| self.next_sequence());
        let shard = &mut self.shards[at];
        shard.closed = Some(self.now);
        shard.end = Some(end);
    }

    fn roll_over(&mut self, at: usize) {
        self.close(at);
        let Range { start, end } = self.shards[at].hashes;
        let open = self.shards.iter().filter(|shard| shard.is_open()).count();
        let room = open < self.plan.most_shards as usize && end - start > 1;
        if room && self.random.u32(0..100) < self.plan.splits_percent {
            let middle = start + (end - start) / 2;
            self.open_shard(self.now, start..middle, Some(at));
            self.open_shard(self.now, middle..end, Some(at));
        } else {
            self.open_shard(self.now, start..end, Some(at));
        }
    }

    fn write(&mut self) {
        let at = self.random.usize(0..self.keys.len());
        let before = self.keys[at].item;
        let change = match (before, self.random.u32(0..10)) {
            (None, _) => Change::Insert,
            (Some(_), 0..=2) => Change::Modify,
            (Some(_), 3..=4) => Change::UserDelete,
            (Some(_), _) => Change::TtlDelete,
        };
        let after = matches!(change, Change::Insert | Change::Modify).then(|| {
            self.versions += 1;
            self.versions
        });
        self.keys[at].item = after;
        let number = self.next_sequence();
        let hash = self.keys[at].hash;
        let owner =
            self.shards.iter().position(|shard| shard.is_open() && shard.hashes.contains(&hash));
        let owner = owner.expect("the open shards cover all hashes");
        let event = StreamEvent {
            event_id: format!("{:032x}", self.random.u128(..)),
            shard_id: self.shards[owner].id.clone(),
            sequence: number.to_string(),
            created_ms: self.now,
            key: self.keys[at].name.clone(),
            change,
            before,
            after,
        };
        self.shards[owner].events.push(self.events.len());
        self.events.push(event);
        self.set_next_write();
    }
}

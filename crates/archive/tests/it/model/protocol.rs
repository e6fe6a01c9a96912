//! The protocol, one step at a time: workers, lease rows, files, the ledger of gaps.
//!
//! Records of a shard are numbered from 1. Positions lie after a record: 0 is the shard's start.
//! All records are written before the first step, because a reader cannot tell a record that is not
//! there yet from one that it has not read.

use std::collections::BTreeMap;

use stateright::{Model, Property};

/// A way to get the protocol wrong, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// As the crate does it.
    Right,
    /// The key is made of the first and the last sequence number of the file.
    KeyOfFirstAndLast,
    /// One sequence number in the lease: what has nothing to archive moves the anchor too.
    OneSequenceNumber,
    /// "There is one already" is taken for "mine is written".
    NoAdoption,
    /// The hour of the writer's clock is a part of the key.
    WallClockHour,
    /// A child is read while its parent may have more.
    ChildBeforeParentEnds,
    /// A trimmed position is a gap, whatever file stands at the anchor.
    NoLookBeforeGap,
    /// The lease is written without the condition on its counter.
    UnfencedCheckpoint,
}

/// What is checked: how large, and which variant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Protocol {
    pub(crate) variant: Variant,
    /// Records of the first shard.
    pub(crate) records: u8,
    /// Shards that it is split into, each with one record that TTL deleted.
    pub(crate) children: u8,
    /// How often a lease can be taken. Taking one from a worker that lives makes a zombie of it.
    pub(crate) takes: u8,
    /// How many records can be trimmed.
    pub(crate) trims: u8,
}

/// A lease row.
#[derive(Clone, Debug, Default, Hash, PartialEq, Eq)]
pub(crate) struct Lease {
    counter: u8,
    anchor: u8,
    read: u8,
    closed: bool,
}

/// A worker. One that is killed is one that does nothing more.
#[derive(Clone, Debug, Default, Hash, PartialEq, Eq)]
struct Worker {
    on: bool,
    shard: u8,
    counter: u8,
    anchor: u8,
    /// The buffer holds what lies between `start` and `position`.
    start: u8,
    position: u8,
    /// Whether it has looked for a file at its anchor.
    looked: bool,
    /// The end of the file at the anchor, written by itself or adopted.
    file_end: Option<u8>,
    taken_at: u8,
}

/// A file: what lies between two positions, and when it was written, counted in takes.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct File {
    from: u8,
    to: u8,
    written_at: u8,
}

/// Everything that lives longer than a worker, and the workers.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub(crate) struct State {
    /// Per shard and record: whether TTL deleted the item.
    by_ttl: Vec<Vec<bool>>,
    trimmed: Vec<u8>,
    leases: Vec<Lease>,
    /// By shard, and what else the variant makes a key of.
    files: BTreeMap<(u8, u8, u8), File>,
    /// By shard and the position from which on records were lost: up to where.
    gaps: BTreeMap<(u8, u8), u8>,
    workers: Vec<Worker>,
    takes: u8,
    hour: u8,
    /// A gap was recorded for what had been archived before the worker began.
    false_gap: bool,
}

/// A step of a worker, or of the world.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    Take { worker: usize, shard: u8 },
    Look { worker: usize },
    Read { worker: usize },
    NothingToArchive { worker: usize },
    Put { worker: usize },
    Commit { worker: usize },
    Gap { worker: usize },
    Close { worker: usize },
    Trim,
    NextHour,
}

impl State {
    fn length(&self, shard: u8) -> u8 {
        u8::try_from(self.by_ttl[usize::from(shard)].len()).unwrap()
    }

    fn by_ttl(&self, shard: u8, record: u8) -> bool {
        self.by_ttl[usize::from(shard)][usize::from(record - 1)]
    }

    fn any_by_ttl(&self, shard: u8, from: u8, to: u8) -> bool {
        (from + 1..=to).any(|record| self.by_ttl(shard, record))
    }

    fn files_with(&self, shard: u8, record: u8) -> usize {
        let with = |(key, file): &(&(u8, u8, u8), &File)| {
            key.0 == shard && file.from < record && record <= file.to
        };
        self.files.iter().filter(with).count()
    }

    fn told(&self, shard: u8, record: u8) -> bool {
        let in_gap = self
            .gaps
            .iter()
            .any(|((of, from), to)| *of == shard && *from < record && record <= *to);
        in_gap || self.files_with(shard, record) > 0
    }

    /// All records that TTL deleted up to a position are in a file or in the ledger.
    fn told_up_to(&self, shard: u8, position: u8) -> bool {
        (1..=position).all(|record| !self.by_ttl(shard, record) || self.told(shard, record))
    }

    fn shards(&self) -> impl Iterator<Item = u8> + use<> {
        0..u8::try_from(self.by_ttl.len()).unwrap()
    }
}

impl Protocol {
    fn key(self, state: &State, worker: &Worker) -> (u8, u8, u8) {
        match self.variant {
            Variant::KeyOfFirstAndLast => {
                let first = (worker.start + 1..=worker.position)
                    .find(|record| state.by_ttl(worker.shard, *record));
                (worker.shard, first.unwrap_or(0), worker.position)
            }
            Variant::WallClockHour => (worker.shard, worker.anchor, state.hour),
            // The hour of the anchor's record follows from the anchor.
            _ => (worker.shard, worker.anchor, 0),
        }
    }

    fn may_take(self, state: &State, shard: u8) -> bool {
        let parent_done =
            shard == 0 || state.leases[0].closed || self.variant == Variant::ChildBeforeParentEnds;
        state.takes < self.takes && parent_done && !state.leases[usize::from(shard)].closed
    }

    /// Writes the lease, unless it was taken by another.
    fn write_lease(self, state: &mut State, worker: usize, write: impl FnOnce(&mut Lease)) -> bool {
        let Worker { shard, counter, .. } = state.workers[worker];
        let lease = &mut state.leases[usize::from(shard)];
        let mine = lease.counter == counter || self.variant == Variant::UnfencedCheckpoint;
        if mine {
            lease.closed = false;
            write(lease);
        } else {
            state.workers[worker].on = false;
        }
        mine
    }

    fn put(self, state: &mut State, at: usize) {
        let worker = state.workers[at].clone();
        let key = self.key(state, &worker);
        let end = if let Some(there) = state.files.get(&key) {
            if self.variant == Variant::NoAdoption { worker.position } else { there.to }
        } else {
            let file = File { from: worker.start, to: worker.position, written_at: state.takes };
            state.files.insert(key, file);
            worker.position
        };
        state.workers[at].file_end = Some(end);
    }

    fn commit(self, state: &mut State, at: usize) {
        let Some(end) = state.workers[at].file_end.take() else { return };
        let write = |lease: &mut Lease| {
            lease.anchor = end;
            lease.read = lease.read.max(end);
        };
        if self.write_lease(state, at, write) {
            let worker = &mut state.workers[at];
            worker.anchor = end;
            worker.start = worker.start.max(end);
            worker.position = worker.position.max(end);
        }
    }

    fn gap(self, state: &mut State, at: usize) {
        let Worker { shard, position, taken_at, .. } = state.workers[at];
        let horizon = state.trimmed[usize::from(shard)];
        // The ledger is written before the lease, and never twice.
        let to = *state.gaps.entry((shard, position)).or_insert(horizon);
        let old_file_with = |record: u8| {
            state.files.iter().any(|(key, file)| {
                key.0 == shard
                    && file.from < record
                    && record <= file.to
                    && file.written_at < taken_at
            })
        };
        let archived_before =
            (position + 1..=to).any(|record| state.by_ttl(shard, record) && old_file_with(record));
        state.false_gap |= archived_before;
        if self.write_lease(state, at, |lease| lease.read = lease.read.max(to)) {
            let worker = &mut state.workers[at];
            worker.start = to;
            worker.position = to;
        }
    }
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let shards = usize::from(self.children) + 1;
        let patterns = 0..1_u32 << self.records;
        let state = |pattern: u32| {
            let mut by_ttl = vec![vec![true]; shards];
            by_ttl[0] = (0..self.records).map(|record| pattern >> record & 1 == 1).collect();
            State {
                by_ttl,
                trimmed: vec![0; shards],
                leases: vec![Lease::default(); shards],
                files: BTreeMap::new(),
                gaps: BTreeMap::new(),
                workers: vec![Worker::default(); 2],
                takes: 0,
                hour: 0,
                false_gap: false,
            }
        };
        patterns.map(state).collect()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for (at, worker) in state.workers.iter().enumerate() {
            for shard in state.shards() {
                if self.may_take(state, shard) {
                    actions.push(Action::Take { worker: at, shard });
                }
            }
            if !worker.on {
                continue;
            }
            if worker.file_end.is_some() {
                actions.push(Action::Commit { worker: at });
                continue;
            }
            if !worker.looked {
                actions.push(Action::Look { worker: at });
                continue;
            }
            let buffered = worker.start < worker.position;
            let to_archive =
                buffered && state.any_by_ttl(worker.shard, worker.start, worker.position);
            if to_archive {
                actions.push(Action::Put { worker: at });
            } else if buffered {
                actions.push(Action::NothingToArchive { worker: at });
            }
            if worker.position < state.trimmed[usize::from(worker.shard)] {
                if !buffered {
                    actions.push(Action::Gap { worker: at });
                }
            } else if worker.position < state.length(worker.shard) {
                actions.push(Action::Read { worker: at });
            } else if !buffered {
                actions.push(Action::Close { worker: at });
            }
        }
        if state.trimmed.iter().sum::<u8>() < self.trims {
            actions.push(Action::Trim);
        }
        if self.variant == Variant::WallClockHour && state.hour == 0 {
            actions.push(Action::NextHour);
        }
    }

    fn next_state(&self, before: &State, action: Action) -> Option<State> {
        let mut state = before.clone();
        match action {
            Action::Take { worker, shard } => {
                state.takes += 1;
                let lease = &mut state.leases[usize::from(shard)];
                lease.counter += 1;
                let start = lease.anchor.max(lease.read);
                state.workers[worker] = Worker {
                    on: true,
                    shard,
                    counter: lease.counter,
                    anchor: lease.anchor,
                    start,
                    position: start,
                    looked: self.variant == Variant::NoLookBeforeGap,
                    file_end: None,
                    taken_at: state.takes,
                };
            }
            Action::Look { worker: at } => {
                let key = self.key(&state, &state.workers[at]);
                let end = state.files.get(&key).map(|file| file.to);
                let worker = &mut state.workers[at];
                // What was adopted may be followed by another: look until there is none.
                worker.looked = end.is_none();
                worker.file_end = end;
            }
            Action::Read { worker } => state.workers[worker].position += 1,
            Action::NothingToArchive { worker: at } => {
                let position = state.workers[at].position;
                let one = self.variant == Variant::OneSequenceNumber;
                let write = |lease: &mut Lease| {
                    lease.read = lease.read.max(position);
                    if one {
                        lease.anchor = position;
                    }
                };
                if self.write_lease(&mut state, at, write) {
                    let worker = &mut state.workers[at];
                    worker.start = position;
                    if one {
                        worker.anchor = position;
                    }
                }
            }
            Action::Put { worker } => self.put(&mut state, worker),
            Action::Commit { worker } => self.commit(&mut state, worker),
            Action::Gap { worker } => self.gap(&mut state, worker),
            Action::Close { worker } => {
                self.write_lease(&mut state, worker, |lease| lease.closed = true);
                state.workers[worker].on = false;
            }
            Action::Trim => {
                // The oldest record goes first, and the parent's are older.
                let left = |shard: &u8| state.trimmed[usize::from(*shard)] < state.length(*shard);
                let oldest = state.shards().find(left)?;
                state.trimmed[usize::from(oldest)] += 1;
            }
            Action::NextHour => state.hour += 1,
        }
        (state != *before).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no record in two files", |_, state: &State| {
                state.shards().all(|shard| {
                    (1..=state.length(shard)).all(|record| {
                        !state.by_ttl(shard, record) || state.files_with(shard, record) <= 1
                    })
                })
            }),
            Property::always("nothing lost in silence", |_, state: &State| {
                state.shards().all(|shard| {
                    let lease = &state.leases[usize::from(shard)];
                    let whole = if lease.closed { state.length(shard) } else { 0 };
                    state.told_up_to(shard, lease.anchor.max(lease.read).max(whole))
                })
            }),
            Property::always("a child's records after its parent's", |_, state: &State| {
                let child_begun = state.files.keys().any(|(shard, _, _)| *shard > 0);
                !child_begun || state.told_up_to(0, state.length(0))
            }),
            Property::always("no gap where a file is", |_, state: &State| !state.false_gap),
            Property::sometimes("everything archived", |_, state: &State| {
                state.gaps.is_empty()
                    && state.leases.iter().all(|lease| lease.closed)
                    && state.by_ttl[0].iter().all(|by_ttl| *by_ttl)
            }),
        ]
    }
}

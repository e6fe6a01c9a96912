//! A fake of the four calls of DynamoDB Streams, with its own clock.
//!
//! No local server has more than one shard or ever trims. This one has what the service has: shards
//! that split or go on in a single child about every four hours, records that are gone after 24
//! hours and shards that vanish with them, empty pages, listings that show a parent as open beside
//! its child, children that are told of late, iterators that expire, throttles. What happens to the
//! table follows from the seed and the time alone, whoever reads and however often; which calls
//! fail follows from the seed and the order of the calls.

mod calls;
mod history;
mod record;
mod sequence;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodbstreams::types::{Record, Shard, ShardIteratorType, StreamDescription};
use fastrand::Rng;

use history::History;
use sequence::Sequence;

pub use record::TTL_ATTRIBUTE;

/// The name of the fake's table.
pub const TABLE: &str = "fake";
/// Milliseconds since 1970 of 2026-03-01T05:30:00Z, when each history begins.
const START: u64 = 1_772_343_000_000;

/// What a fake stream is like.
#[derive(Clone, Copy, Debug)]
pub struct StreamsPlan {
    /// From which all follows.
    pub seed: u64,
    /// Shards at the beginning.
    pub shards: u32,
    /// Open shards at most.
    pub most_shards: u32,
    /// Of a hundred shards that end, how many are split; the others have a single child.
    pub splits_percent: u32,
    /// Keys of the table. Few, so that each has many events.
    pub keys: u32,
    /// Writes to the table in an hour, about.
    pub writes_per_hour: u32,
    /// Of a thousand calls, how many are throttled or fail.
    pub trouble_permille: u32,
}

impl StreamsPlan {
    /// A small stream: one to three shards, some dozen writes an hour, calls that fail at times.
    #[must_use]
    pub fn small(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed ^ 0x5eed);
        Self {
            seed,
            shards: random.u32(1..=3),
            most_shards: 4,
            splits_percent: random.u32(0..80),
            keys: random.u32(3..20),
            writes_per_hour: random.u32(5..40),
            trouble_permille: [0, 20, 100][random.usize(0..3)],
        }
    }
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// An item came.
    Insert,
    /// An item was changed.
    Modify,
    /// A user deleted an item.
    UserDelete,
    /// The service deleted an expired item.
    TtlDelete,
}

/// A write, as it stands in the stream.
#[derive(Clone, Debug)]
pub struct StreamEvent {
    /// Different for each.
    pub event_id: String,
    /// The shard that has its record.
    pub shard_id: String,
    /// Greater, as a number, than that of each event before it.
    pub sequence: String,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// The value of the attribute `pk`.
    pub key: String,
    /// What happened.
    pub change: Change,
    /// The attribute `version` of the old image.
    pub before: Option<u64>,
    /// The attribute `version` of the new image.
    pub after: Option<u64>,
}

impl StreamEvent {
    fn number(&self) -> Sequence {
        Sequence::parse(&self.sequence).expect("made by the history")
    }
}

/// Why a call was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FakeStreamsError {
    /// `ExpiredIteratorException`
    ExpiredIterator,
    /// `TrimmedDataAccessException`
    TrimmedData,
    /// `ResourceNotFoundException`
    ResourceNotFound,
    /// `ThrottlingException` or `LimitExceededException`
    Throttled,
    /// `InternalServerError`
    Internal,
    /// `ValidationException`: the caller is wrong.
    Invalid(&'static str),
}

impl fmt::Display for FakeStreamsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the fake stream answers {self:?}")
    }
}

impl std::error::Error for FakeStreamsError {}

/// How often each call was made, refused ones too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamsCalls {
    /// `DescribeStream` without a filter.
    pub describe_stream: u64,
    /// `DescribeStream` with the filter `CHILD_SHARDS`.
    pub child_shards: u64,
    /// `GetShardIterator`
    pub shard_iterator: u64,
    /// `GetRecords`
    pub get_records: u64,
    /// Records that were given.
    pub records: u64,
}

struct Inner {
    history: History,
    arn: String,
    label: String,
    faults: Rng,
    trouble: u32,
    /// Whether reading after a trimmed record is refused even where nothing was lost.
    strict: bool,
    calls: StreamsCalls,
}

/// A stream with its table. All calls are answered at once.
pub struct FakeStreams(Mutex<Inner>);

impl fmt::Debug for FakeStreams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeStreams").field("arn", &self.arn()).finish_non_exhaustive()
    }
}

impl FakeStreams {
    /// A stream at its first moment.
    ///
    /// # Panics
    /// When the plan has no shards or no keys.
    #[must_use]
    pub fn new(plan: StreamsPlan) -> Self {
        assert!(plan.shards > 0 && plan.keys > 0, "a stream needs shards and keys");
        let label = "2026-03-01T05:30:00.000".to_owned();
        Self(Mutex::new(Inner {
            history: History::new(plan, START),
            arn: format!("arn:aws:dynamodb:us-east-1:123456789012:table/{TABLE}/stream/{label}"),
            label,
            faults: Rng::with_seed(plan.seed ^ 0xfa17),
            trouble: plan.trouble_permille,
            strict: plan.seed % 2 == 1,
            calls: StreamsCalls::default(),
        }))
    }

    /// The name of the stream.
    #[must_use]
    pub fn arn(&self) -> String {
        self.inner().arn.clone()
    }

    /// The time of its clock.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.inner().history.now)
    }

    /// Moves the clock; what happens until then happens.
    pub fn advance(&self, by: Duration) {
        self.advance_to(self.now() + by);
    }

    /// Moves the clock to a time; it never goes back.
    pub fn advance_to(&self, now: SystemTime) {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        self.inner().history.advance(now.try_into().unwrap_or(u64::MAX));
    }

    /// Nothing is written any more. Shards go on to end and to begin.
    pub fn stop_writes(&self) {
        self.inner().history.stop_writes();
    }

    /// Ends the stream as disabling does: its shards end without children, and stay for 24 hours.
    pub fn disable(&self) {
        self.inner().history.disable();
    }

    /// From now on no call is throttled or fails.
    pub fn end_trouble(&self) {
        self.inner().trouble = 0;
    }

    /// All writes until now in their order, also those whose records are gone.
    #[must_use]
    pub fn events(&self) -> Vec<StreamEvent> {
        self.inner().history.events.clone()
    }

    /// All shards until now, each with its parent, also those that are gone.
    #[must_use]
    pub fn lineage(&self) -> Vec<(String, Option<String>)> {
        let inner = self.inner();
        let shards = &inner.history.shards;
        let parent = |at: usize| shards[at].id.clone();
        shards.iter().map(|shard| (shard.id.clone(), shard.parent.map(parent))).collect()
    }

    /// How often each call was made.
    #[must_use]
    pub fn calls(&self) -> StreamsCalls {
        self.inner().calls
    }

    /// `DescribeStream`
    ///
    /// # Errors
    /// As the service has them.
    pub fn describe_stream(
        &self,
        arn: &str,
        exclusive_start_shard_id: Option<&str>,
        limit: Option<i32>,
    ) -> Result<StreamDescription, FakeStreamsError> {
        self.inner().describe(arn, exclusive_start_shard_id, limit)
    }

    /// `DescribeStream` with the filter `CHILD_SHARDS`. Empty for a while after the shard's end.
    ///
    /// # Errors
    /// As the service has them.
    pub fn child_shards(&self, arn: &str, shard_id: &str) -> Result<Vec<Shard>, FakeStreamsError> {
        self.inner().children(arn, shard_id)
    }

    /// `GetShardIterator`. Takes only sequence numbers that the shard has: those of its records, and
    /// the first and the last of its range.
    ///
    /// # Errors
    /// As the service has them.
    pub fn shard_iterator(
        &self,
        arn: &str,
        shard_id: &str,
        kind: &ShardIteratorType,
        sequence: Option<&str>,
    ) -> Result<String, FakeStreamsError> {
        self.inner().iterator(arn, shard_id, kind, sequence)
    }

    /// `GetRecords`: some records and the next iterator, which is `None` when the shard is drained.
    ///
    /// # Errors
    /// As the service has them.
    pub fn get_records(
        &self,
        iterator: &str,
        limit: Option<i32>,
    ) -> Result<(Vec<Record>, Option<String>), FakeStreamsError> {
        self.inner().records(iterator, limit)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

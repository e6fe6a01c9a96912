//! The four calls.

use aws_sdk_dynamodbstreams::types::{
    Record, SequenceNumberRange, Shard as SdkShard, ShardIteratorType, StreamDescription,
    StreamStatus, StreamViewType,
};

use super::history::{History, SECOND, Shard};
use super::record::record;
use super::sequence::Sequence;
use super::{FakeStreamsError, Inner};

/// How long an iterator may be used.
const ITERATOR_LIFE: u64 = 15 * 60 * SECOND;
/// Most shards on a page, most records on a page.
const SHARDS: usize = 100;
const RECORDS: usize = 1000;

type Result<T> = std::result::Result<T, FakeStreamsError>;

impl Inner {
    pub(super) fn describe(
        &mut self,
        arn: &str,
        start: Option<&str>,
        limit: Option<i32>,
    ) -> Result<StreamDescription> {
        self.calls.describe_stream += 1;
        self.answers(arn)?;
        let history = &self.history;
        let listed =
            |shard: &&Shard| !shard.is_gone(history.now) && shard.listed_from <= history.now;
        let mut shards: Vec<_> = history.shards.iter().filter(listed).collect();
        // A child may come before its parent, and on an earlier page.
        shards.sort_by_key(|shard| order(&shard.id));
        let first = start
            .map_or(0, |start| shards.partition_point(|shard| order(&shard.id) <= order(start)));
        let limit = limit.map_or(SHARDS, |limit| SHARDS.min(limit.try_into().unwrap_or(1)));
        let page = &shards[first..shards.len().min(first + limit)];
        let more = first + limit < shards.len();
        let status = if history.disabled { StreamStatus::Disabled } else { StreamStatus::Enabled };
        Ok(StreamDescription::builder()
            .stream_arn(arn)
            .stream_label(&self.label)
            .stream_status(status)
            .stream_view_type(StreamViewType::NewAndOldImages)
            .table_name(super::TABLE)
            .set_shards(Some(page.iter().map(|shard| sdk_shard(history, shard)).collect()))
            .set_last_evaluated_shard_id(page.last().filter(|_| more).map(|shard| shard.id.clone()))
            .build())
    }

    pub(super) fn children(&mut self, arn: &str, shard_id: &str) -> Result<Vec<SdkShard>> {
        self.calls.child_shards += 1;
        self.answers(arn)?;
        let history = &self.history;
        let shard = &history.shards[self.find(shard_id)?];
        if shard.closed.is_none_or(|closed| history.now < closed + shard.childless) {
            return Ok(Vec::new());
        }
        let children = shard.children.iter().map(|at| &history.shards[*at]);
        let there = children.filter(|child| !child.is_gone(history.now));
        Ok(there.map(|child| sdk_shard(history, child)).collect())
    }

    pub(super) fn iterator(
        &mut self,
        arn: &str,
        shard_id: &str,
        kind: &ShardIteratorType,
        sequence: Option<&str>,
    ) -> Result<String> {
        self.calls.shard_iterator += 1;
        self.answers(arn)?;
        let at = self.find(shard_id)?;
        let history = &self.history;
        let shard = &history.shards[at];
        let trimmed = shard.trimmed(&history.events, history.now);
        let next = match kind {
            ShardIteratorType::TrimHorizon => trimmed,
            ShardIteratorType::Latest => shard.events.len(),
            _ => {
                let number = sequence.and_then(Sequence::parse);
                let number = number.ok_or(FakeStreamsError::Invalid("no sequence number"))?;
                let numbers = shard.events.iter().map(|event| history.events[*event].number());
                let numbers: Vec<_> = numbers.collect();
                let known = number == shard.start
                    || shard.end == Some(number)
                    || numbers.binary_search(&number).is_ok();
                if !known {
                    return Err(FakeStreamsError::Invalid("a sequence number of no record here"));
                }
                let after = *kind == ShardIteratorType::AfterSequenceNumber;
                let next = numbers.partition_point(|n| *n < number || (after && *n == number));
                // Some servers refuse the number of a trimmed record even where nothing was lost.
                let lost = next < trimmed
                    || (self.strict && trimmed > 0 && number <= numbers[trimmed - 1]);
                if lost {
                    return Err(FakeStreamsError::TrimmedData);
                }
                next
            }
        };
        Ok(format!("{at} {next} {} {}", history.now, self.faults.u32(..)))
    }

    pub(super) fn records(
        &mut self,
        iterator: &str,
        limit: Option<i32>,
    ) -> Result<(Vec<Record>, Option<String>)> {
        self.calls.get_records += 1;
        self.answers(&self.arn.clone())?;
        let history = &self.history;
        let mut parts = iterator.split(' ').map(str::parse::<usize>);
        let (Some(Ok(at)), Some(Ok(next)), Some(Ok(issued))) =
            (parts.next(), parts.next(), parts.next())
        else {
            return Err(FakeStreamsError::Invalid("no iterator of this stream"));
        };
        if history.now > issued as u64 + ITERATOR_LIFE {
            return Err(FakeStreamsError::ExpiredIterator);
        }
        let shard = &history.shards[at];
        if shard.is_gone(history.now) {
            return Err(FakeStreamsError::ResourceNotFound);
        }
        if next < shard.trimmed(&history.events, history.now) {
            return Err(FakeStreamsError::TrimmedData);
        }
        let most = limit.map_or(RECORDS, |limit| RECORDS.min(limit.try_into().unwrap_or(1)));
        let most = match self.faults.u32(0..8) {
            0 => 0,
            1 | 2 => self.faults.usize(0..=most),
            _ => most,
        };
        let page = &shard.events[next..shard.events.len().min(next + most)];
        let end = next + page.len();
        // The null iterator comes with the last records or after them.
        let ended = shard.is_seen_closed(history.now)
            && end == shard.events.len()
            && (page.is_empty() || self.faults.bool());
        let records: Vec<_> = page.iter().map(|event| record(&history.events[*event])).collect();
        self.calls.records += records.len() as u64;
        let next = (!ended).then(|| format!("{at} {end} {} {}", history.now, self.faults.u32(..)));
        Ok((records, next))
    }

    /// Whether this call is answered at all.
    fn answers(&mut self, arn: &str) -> Result<()> {
        if self.faults.u32(0..1000) < self.trouble {
            return Err(match self.faults.u32(0..3) {
                0 => FakeStreamsError::Internal,
                _ => FakeStreamsError::Throttled,
            });
        }
        if arn == self.arn { Ok(()) } else { Err(FakeStreamsError::ResourceNotFound) }
    }

    fn find(&self, shard_id: &str) -> Result<usize> {
        let history = &self.history;
        let there = |shard: &Shard| shard.id == shard_id && !shard.is_gone(history.now);
        history.shards.iter().position(there).ok_or(FakeStreamsError::ResourceNotFound)
    }
}

/// Listings are ordered by the random end of the name.
fn order(shard_id: &str) -> (&str, &str) {
    (shard_id.rsplit('-').next().unwrap_or_default(), shard_id)
}

fn sdk_shard(history: &History, shard: &Shard) -> SdkShard {
    let end = shard.end.filter(|_| shard.is_seen_closed(history.now));
    let range = SequenceNumberRange::builder()
        .starting_sequence_number(shard.start.to_string())
        .set_ending_sequence_number(end.map(|end| end.to_string()));
    SdkShard::builder()
        .shard_id(&shard.id)
        .set_parent_shard_id(shard.parent.map(|parent| history.shards[parent].id.clone()))
        .sequence_number_range(range.build())
        .build()
}

//! The fake of DynamoDB Streams has what it says it has.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_dynamodbstreams::types::{Record, Shard, ShardIteratorType};
use ddbkit_testkit::streams::{Change, FakeStreams, FakeStreamsError, StreamsPlan};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

fn calm(seed: u64) -> FakeStreams {
    FakeStreams::new(StreamsPlan {
        trouble_permille: 0,
        splits_percent: 40,
        writes_per_hour: 40,
        ..StreamsPlan::small(seed)
    })
}

fn listing(streams: &FakeStreams) -> Vec<Shard> {
    let mut shards = Vec::new();
    let mut start = None;
    loop {
        let page = streams.describe_stream(&streams.arn(), start.as_deref(), Some(2)).unwrap();
        shards.extend(page.shards.unwrap_or_default());
        start = page.last_evaluated_shard_id;
        if start.is_none() {
            return shards;
        }
    }
}

/// What a shard gives before its end or its first page of nothing at all after many tries.
fn read(streams: &FakeStreams, shard: &str) -> (Vec<Record>, bool) {
    let kind = ShardIteratorType::TrimHorizon;
    let mut iterator = streams.shard_iterator(&streams.arn(), shard, &kind, None).unwrap();
    let (mut all, mut empty) = (Vec::new(), 0);
    while empty < 20 {
        let (records, next) = streams.get_records(&iterator, Some(7)).unwrap();
        empty = if records.is_empty() { empty + 1 } else { 0 };
        all.extend(records);
        let Some(next) = next else { return (all, true) };
        iterator = next;
    }
    (all, false)
}

#[test]
fn history_follows_from_seed_and_time_alone() {
    let (quick, slow) =
        (FakeStreams::new(StreamsPlan::small(5)), FakeStreams::new(StreamsPlan::small(5)));
    quick.advance(40 * HOUR);
    for _ in 0..40 * 60 {
        slow.advance(MINUTE);
        let _ = slow.describe_stream(&slow.arn(), None, None);
    }
    assert_eq!(format!("{:?}", quick.events()), format!("{:?}", slow.events()));
    assert_eq!(quick.lineage(), slow.lineage());
    assert!(quick.events().len() > 100);
}

#[test]
fn every_event_is_in_the_shards_once_and_in_order_of_its_key() {
    for seed in 0..20 {
        let streams = calm(seed);
        streams.advance(20 * HOUR);
        streams.disable();
        streams.advance(MINUTE);
        let mut shards = listing(&streams);
        // Names begin with the time, so parents come first.
        shards.sort_by_key(|shard| shard.shard_id.clone());
        let mut given: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for shard in &shards {
            let (records, ended) = read(&streams, shard.shard_id().unwrap());
            assert!(ended);
            for record in records {
                let stream = record.dynamodb.unwrap();
                let key = stream.keys.unwrap()["pk"].as_s().unwrap().clone();
                let id = record.event_id.unwrap();
                assert!(ids.insert(id.clone()));
                given.entry(key).or_default().push(id);
            }
        }
        let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for event in streams.events() {
            expected.entry(event.key).or_default().push(event.event_id);
        }
        assert_eq!(given, expected, "seed {seed}");
    }
}

#[test]
fn shards_split_and_go_on_in_single_children() {
    let (mut split, mut single, mut short, mut long) = (0, 0, usize::MAX, 0);
    for seed in 0..10 {
        let streams = calm(seed);
        streams.advance(20 * HOUR);
        let mut children: BTreeMap<String, usize> = BTreeMap::new();
        for parent in streams.lineage().into_iter().filter_map(|(_, parent)| parent) {
            *children.entry(parent).or_default() += 1;
        }
        split += children.values().filter(|count| **count == 2).count();
        single += children.values().filter(|count| **count == 1).count();
        for event in streams.events() {
            short = short.min(event.sequence.len());
            long = long.max(event.sequence.len());
        }
        let changes: BTreeSet<_> =
            streams.events().iter().map(|event| format!("{:?}", event.change)).collect();
        assert_eq!(changes.len(), 4, "{changes:?}");
    }
    assert!(split > 10 && single > 10, "{split} splits, {single} single children");
    assert_eq!(short, 21);
    assert!(long > 25, "{long}");
}

#[test]
fn ttl_deletes_name_the_service() {
    let streams = calm(1);
    streams.advance(3 * HOUR);
    let events = streams.events();
    let kind = |id: &str| events.iter().find(|event| event.event_id == id).unwrap().change;
    let mut seen = 0;
    for shard in listing(&streams) {
        for record in read(&streams, shard.shard_id().unwrap()).0 {
            let by_service = record.user_identity.is_some();
            assert_eq!(by_service, kind(record.event_id().unwrap()) == Change::TtlDelete);
            seen += usize::from(by_service);
        }
    }
    assert!(seen > 3);
}

#[test]
fn records_are_trimmed_and_shards_vanish() {
    let streams = calm(3);
    streams.advance(HOUR);
    let events = streams.events();
    let (first, last) = (&events[0], events.last().unwrap());
    let arn = streams.arn();
    let after = ShardIteratorType::AfterSequenceNumber;
    let at = |sequence: &str| streams.shard_iterator(&arn, &first.shard_id, &after, Some(sequence));
    let held = at(&first.sequence).unwrap();
    assert!(streams.get_records(&held, None).is_ok());
    streams.advance(16 * MINUTE);
    assert_eq!(streams.get_records(&held, None), Err(FakeStreamsError::ExpiredIterator));
    streams.advance(24 * HOUR + 10 * MINUTE);
    assert!(streams.events().len() > events.len());
    let start = listing(&streams);
    let start = start.iter().find(|shard| shard.shard_id() == Some(&first.shard_id)).unwrap();
    let start = start.sequence_number_range.as_ref().unwrap().starting_sequence_number().unwrap();
    assert_eq!(at(start), Err(FakeStreamsError::TrimmedData));
    assert!(matches!(at("100"), Err(FakeStreamsError::Invalid(_))));
    let (left, _) = read(&streams, &first.shard_id);
    assert!(left.iter().all(|record| record.event_id() != Some(&first.event_id)));
    streams.advance(5 * HOUR);
    assert_eq!(at(&last.sequence), Err(FakeStreamsError::ResourceNotFound));
    assert!(listing(&streams).iter().all(|shard| shard.shard_id() != Some(&first.shard_id)));
}

#[test]
fn listings_lag_behind_the_shards() {
    let (mut open_parent, mut childless, mut seen) = (0, 0, BTreeSet::new());
    for seed in 0..10 {
        let streams = calm(seed);
        for _ in 0..9 * 60 * 4 {
            streams.advance(Duration::from_secs(15));
            let shards = listing(&streams);
            for child in &shards {
                let Some(parent) = child.parent_shard_id() else { continue };
                if !seen.insert((seed, child.shard_id.clone())) {
                    continue;
                }
                let parent_now = shards.iter().find(|shard| shard.shard_id() == Some(parent));
                let range = parent_now.unwrap().sequence_number_range.as_ref().unwrap();
                open_parent += usize::from(range.ending_sequence_number.is_none());
                let children = streams.child_shards(&streams.arn(), parent).unwrap();
                childless += usize::from(children.is_empty());
            }
        }
    }
    assert!(open_parent > 2 && childless > 5, "{open_parent} {childless}");
}

#[test]
fn calls_fail_as_often_as_planned() {
    let streams = FakeStreams::new(StreamsPlan { trouble_permille: 100, ..StreamsPlan::small(1) });
    let failed = (0..1000).filter(|_| streams.describe_stream(&streams.arn(), None, None).is_err());
    let failed = failed.count();
    assert!((60..140).contains(&failed), "{failed} of 1000");
    assert_eq!(streams.calls().describe_stream, 1000);
    streams.end_trouble();
    assert!((0..1000).all(|_| streams.describe_stream(&streams.arn(), None, None).is_ok()));
}

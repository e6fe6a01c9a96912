//! A lease as an item of a lease table.

use super::{Lease, LeaseState};
use crate::ArchiveError;
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_codec::SequenceNumber;
use std::collections::HashMap;

pub(super) type Row = HashMap<String, AttributeValue>;

pub(super) const STREAM: &str = "stream";
pub(super) const SHARD: &str = "shard";
pub(super) const COUNTER: &str = "lease_counter";
const OWNER: &str = "lease_owner";
const ANCHOR: &str = "anchor";
const ANCHOR_CREATED: &str = "anchor_created";
const READ: &str = "read_through";
const COVERED: &str = "covered";
const STATE: &str = "shard_state";
const PARENT: &str = "parent";
const CHILDREN: &str = "children";

pub(super) fn key(stream: &str, shard: &str) -> Row {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    Row::from([(STREAM.to_owned(), text(stream)), (SHARD.to_owned(), text(shard))])
}

/// What is not there is not written.
pub(super) fn of(lease: &Lease) -> Row {
    let mut row = key(&lease.stream, &lease.shard);
    let mut put = |name: &str, value: Option<AttributeValue>| {
        row.extend(value.map(|value| (name.to_owned(), value)));
    };
    let number = |number: &Option<SequenceNumber>| {
        // As text: DynamoDB's numbers have 38 digits, and these have 40.
        number.as_ref().map(|number| AttributeValue::S(number.to_string()))
    };
    let time = |time: Option<u64>| time.map(|time| AttributeValue::N(time.to_string()));
    let text = |text: &Option<String>| text.clone().map(AttributeValue::S);
    put(COUNTER, time(Some(lease.counter)));
    put(OWNER, text(&lease.owner));
    put(ANCHOR, number(&lease.anchor));
    put(ANCHOR_CREATED, time(lease.anchor_created));
    put(READ, number(&lease.read));
    put(COVERED, time(lease.covered));
    put(STATE, Some(AttributeValue::S(lease.state.as_str().to_owned())));
    put(PARENT, text(&lease.parent));
    let children = lease.children.iter().cloned().map(AttributeValue::S).collect();
    put(CHILDREN, Some(AttributeValue::L(children)));
    row
}

/// `table` is for the error.
pub(super) fn lease(row: &Row, table: &str) -> Result<Lease, ArchiveError> {
    let wrong = |name: &str| {
        ArchiveError::corrupt(format!(
            "a row of the lease table {table} has no {name} that can be read"
        ))
    };
    let text = |name: &str| row.get(name).and_then(|value| value.as_s().ok()).cloned();
    let number = |name: &str| -> Result<Option<u64>, ArchiveError> {
        let value = row.get(name).map(|value| value.as_n().ok().and_then(|text| text.parse().ok()));
        value.map(|value| value.ok_or_else(|| wrong(name))).transpose()
    };
    let sequence = |name: &str| -> Result<Option<SequenceNumber>, ArchiveError> {
        text(name).map(|text| text.parse().map_err(|_| wrong(name))).transpose()
    };
    let children = row.get(CHILDREN).and_then(|value| value.as_l().ok());
    let children = children.into_iter().flatten().filter_map(|value| value.as_s().ok().cloned());
    Ok(Lease {
        stream: text(STREAM).ok_or_else(|| wrong(STREAM))?,
        shard: text(SHARD).ok_or_else(|| wrong(SHARD))?,
        owner: text(OWNER),
        counter: number(COUNTER)?.ok_or_else(|| wrong(COUNTER))?,
        anchor: sequence(ANCHOR)?,
        anchor_created: number(ANCHOR_CREATED)?,
        read: sequence(READ)?,
        covered: number(COVERED)?,
        state: text(STATE).and_then(|name| LeaseState::named(&name)).ok_or_else(|| wrong(STATE))?,
        parent: text(PARENT),
        children: children.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_comes_back_from_its_row() {
        let full = Lease {
            stream: "arn".to_owned(),
            shard: "shardId-1".to_owned(),
            owner: Some("me".to_owned()),
            counter: 7,
            anchor: Some("9".repeat(40).parse().unwrap()),
            anchor_created: Some(1),
            read: Some("000000000000000000001".parse().unwrap()),
            covered: Some(3),
            state: LeaseState::Drained,
            parent: Some("shardId-0".to_owned()),
            children: vec!["shardId-2".to_owned(), "shardId-3".to_owned()],
        };
        for full in [full, Lease::new("arn", "s")] {
            assert_eq!(lease(&of(&full), "t").unwrap(), full);
        }
    }

    #[test]
    fn a_row_that_is_none_is_told() {
        let mut row = of(&Lease::new("arn", "s"));
        row.insert(ANCHOR.to_owned(), AttributeValue::S("x".to_owned()));
        let error = lease(&row, "leases").unwrap_err();
        let text = error.to_string();
        assert_eq!(text, "a row of the lease table leases has no anchor that can be read");
    }
}

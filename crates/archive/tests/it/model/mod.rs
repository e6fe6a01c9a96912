//! The lease and file protocol, checked in every order of its steps.
//!
//! The model is small on purpose: two workers, a shard of three records or a split with a few, and
//! as many takeovers as tell apart what is safe from what is not. Each way to get the protocol wrong
//! must be found wrong, or the model would prove nothing.

mod protocol;

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

use protocol::{Protocol, Variant};

/// One shard with zombies that know old leases, and the trim horizon moving under all of them.
fn one_shard(variant: Variant) -> Protocol {
    Protocol { variant, records: 3, children: 0, takes: 3, trims: 2 }
}

/// A shard that is split in two.
fn a_split(variant: Variant) -> Protocol {
    Protocol { variant, records: 2, children: 2, takes: 4, trims: 1 }
}

/// What the checker found: rules that are broken, and whether all can be archived at all.
fn found(protocol: Protocol, until: HasDiscoveries) -> BTreeSet<&'static str> {
    let checker = protocol.checker().threads(2).finish_when(until).spawn_bfs().join();
    checker.discoveries().into_keys().collect()
}

#[track_caller]
fn must_hold(protocol: Protocol) {
    let found = found(protocol, HasDiscoveries::AnyFailures);
    assert_eq!(found, BTreeSet::from(["everything archived"]));
}

#[track_caller]
fn must_break(protocol: Protocol, rule: &'static str) {
    let found = found(protocol, HasDiscoveries::AllOf(BTreeSet::from([rule])));
    assert!(found.contains(rule), "{:?} breaks nothing but {found:?}", protocol.variant);
}

#[test]
fn the_protocol_holds_for_a_shard() {
    must_hold(one_shard(Variant::Right));
}

#[test]
fn the_protocol_holds_for_a_split() {
    must_hold(a_split(Variant::Right));
}

#[test]
fn an_unfenced_checkpoint_wastes_work_and_nothing_else() {
    must_hold(one_shard(Variant::UnfencedCheckpoint));
}

#[test]
fn a_key_of_first_and_last_writes_twice() {
    must_break(one_shard(Variant::KeyOfFirstAndLast), "no record in two files");
}

#[test]
fn one_sequence_number_writes_twice() {
    must_break(one_shard(Variant::OneSequenceNumber), "no record in two files");
}

#[test]
fn taking_anothers_file_for_ones_own_loses() {
    must_break(one_shard(Variant::NoAdoption), "nothing lost in silence");
}

#[test]
fn the_hour_of_the_clock_in_the_key_writes_twice() {
    must_break(one_shard(Variant::WallClockHour), "no record in two files");
}

#[test]
fn a_child_read_before_its_parents_end_is_out_of_order() {
    must_break(a_split(Variant::ChildBeforeParentEnds), "a child's records after its parent's");
}

#[test]
fn a_gap_without_a_look_at_the_anchor_is_false() {
    must_break(one_shard(Variant::NoLookBeforeGap), "no gap where a file is");
}

//! The shards, one behind the other.

use super::chain::name;
use super::inventory::{Inventory, ShardName};
use super::report::{ArchiveFaultKind as Fault, ArchiveVerifyReport as Report, OpenShard};
use crate::layout::shard_created;
use ddbkit_codec::SequenceNumber;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A stream keeps records for 24 hours, and shards are known to end after a few. What began longer
/// ago has ended, and what was not read of it is gone.
const LONGEST_OPEN: Duration = Duration::from_hours(48);

/// Checks that each shard is read to its end or still may be, and that nothing is between them.
/// `ends` has the last archived record of each shard that has files.
pub(super) fn check(
    inventory: &Inventory,
    ends: &BTreeMap<ShardName, Option<SequenceNumber>>,
    now: SystemTime,
    report: &mut Report,
) {
    let named: BTreeSet<ShardName> = inventory.closed.iter().flat_map(children).collect();
    let seeded: BTreeSet<ShardName> = inventory
        .seeds
        .iter()
        .flat_map(|(label, seed)| {
            seed.shards
                .iter()
                .map(|shard| ShardName { label: label.clone(), shard: shard.id.clone() })
        })
        .collect();
    let mut all: BTreeSet<&ShardName> = ends.keys().chain(inventory.closed.keys()).collect();
    all.extend(named.iter().chain(&seeded));
    for shard in all {
        let end = ends.get(shard).cloned().flatten();
        // Lambda writes no list of the shards that it began with, and is not told when one ends.
        let has_start = inventory.seeds.contains_key(&shard.label);
        if !has_start && !report.not_to_the_end.contains(&shard.label) {
            report.not_to_the_end.push(shard.label.clone());
        }
        match inventory.closed.get(shard) {
            Some(closed) => {
                report.closed_shards += 1;
                if closed.anchor != end {
                    let (said, found) = (name(closed.anchor.as_ref()), name(end.as_ref()));
                    let detail =
                        format!("its files end at {found}, it was read to its end at {said}");
                    let kind =
                        if end < closed.anchor { Fault::MissingFile } else { Fault::ClosedShard };
                    report.fault(kind, &shard.shard, detail);
                }
                let is_told = |gap: &crate::GapRecord| gap.shard == closed.shard;
                if closed.vanished && !report.gaps.iter().any(is_told) {
                    let detail = "it was gone before its end was read or its children were seen, and no gap tells of it";
                    report.fault(Fault::ClosedShard, &shard.shard, detail);
                }
            }
            None => open(shard, end, has_start, now, report),
        }
        if has_start && !seeded.contains(shard) && !named.contains(shard) && is_old(shard, now) {
            let detail = "nothing tells what came before it";
            report.fault(Fault::MissingParent, &shard.shard, detail);
        }
    }
}

fn open(
    shard: &ShardName,
    end: Option<SequenceNumber>,
    has_start: bool,
    now: SystemTime,
    report: &mut Report,
) {
    if has_start && is_old(shard, now) {
        let detail = "it was never read to its end, and the stream no longer has it";
        report.fault(Fault::UnfinishedShard, &shard.shard, detail);
    }
    report.open_shards.push(OpenShard { shard: shard.shard.clone(), last: end });
}

/// Whether a shard must have ended, by the time in its id. Of other ids nothing is known.
fn is_old(shard: &ShardName, now: SystemTime) -> bool {
    let created = shard_created(&shard.shard);
    created > 0 && now > UNIX_EPOCH + Duration::from_millis(created) + LONGEST_OPEN
}

fn children<'a>(
    (parent, closed): (&'a ShardName, &'a crate::ClosedShard),
) -> impl Iterator<Item = ShardName> + 'a {
    let named = closed.children.iter();
    named.map(|child| ShardName { label: parent.label.clone(), shard: child.clone() })
}

//! What follows from a listing.

use crate::{Lease, LeaseState, ShardInfo};
use std::collections::{BTreeMap, BTreeSet};

/// The shards of a stream as parents and children, made of the leases and of a listing.
///
/// A child is read when its parent is archived to its end, so that the changes of one item stay in
/// their order across splits. A parent that is neither listed nor leased does not hold it up: it
/// was archived, or it is lost, and then there is a gap for it.
///
/// ```
/// use ddbkit_archive::{Lease, LeaseState, ShardInfo, ShardLineage};
///
/// let shard = |id: &str, parent: Option<&str>| ShardInfo {
///     id: id.to_owned(),
///     parent: parent.map(str::to_owned),
///     starting: None,
///     ending: None,
/// };
/// let listing = [shard("a", None), shard("b", Some("a"))];
/// let plan = ShardLineage::new("arn", []).plan(&listing);
/// assert_eq!(plan.create.len(), 2);
///
/// let lineage = ShardLineage::new("arn", plan.create);
/// assert_eq!(lineage.ready(), ["a"]);
/// ```
#[derive(Clone, Debug)]
pub struct ShardLineage {
    stream: String,
    leases: BTreeMap<String, Lease>,
}

/// What is to be done after a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineagePlan {
    /// Leases for the shards that have none, parents before children.
    pub create: Vec<Lease>,
    /// Shards that others name as their parents, and that are neither listed nor leased: archived
    /// long ago, from before the archive, or lost. The closing records and the seed tell which.
    pub unknown_parents: Vec<String>,
    /// Leases that nobody needs: closed, no longer listed, and every child of them moved on.
    pub remove: Vec<Lease>,
}

impl ShardLineage {
    /// The lineage of these leases.
    #[must_use]
    pub fn new(stream: impl Into<String>, leases: impl IntoIterator<Item = Lease>) -> Self {
        let leases = leases.into_iter().map(|lease| (lease.shard.clone(), lease)).collect();
        Self { stream: stream.into(), leases }
    }

    /// The leases.
    pub fn leases(&self) -> impl Iterator<Item = &Lease> {
        self.leases.values()
    }

    /// The lease of a shard.
    #[must_use]
    pub fn get(&self, shard: &str) -> Option<&Lease> {
        self.leases.get(shard)
    }

    /// Whether the parent of a shard is archived to its end, or not to be waited for.
    #[must_use]
    pub fn may_begin(&self, lease: &Lease) -> bool {
        let parent = lease.parent.as_ref().and_then(|parent| self.leases.get(parent));
        parent.is_none_or(|parent| parent.state != LeaseState::Open)
    }

    /// The shards that have work and may begin, in the order of their ids, which is that of their
    /// age.
    #[must_use]
    pub fn ready(&self) -> Vec<&str> {
        let has_work = |lease: &&Lease| lease.state != LeaseState::Closed && self.may_begin(lease);
        self.leases().filter(has_work).map(|lease| lease.shard.as_str()).collect()
    }

    /// What follows from a listing. Time and memory grow with the number of shards, not faster.
    #[must_use]
    pub fn plan(&self, listing: &[ShardInfo]) -> LineagePlan {
        let listed: BTreeMap<&str, &ShardInfo> =
            listing.iter().map(|shard| (shard.id.as_str(), shard)).collect();
        let mut plan = LineagePlan::default();
        let mut unknown = BTreeSet::new();
        // Ids begin with the time of creation, so that parents come first; and were they not to,
        // a child whose parent has no lease yet could only begin too early within this process,
        // which reads nothing before all leases are made.
        for shard in listed.values().filter(|shard| !self.leases.contains_key(&shard.id)) {
            let parent = shard.parent.clone();
            if let Some(parent) = &parent
                && !listed.contains_key(parent.as_str())
                && !self.leases.contains_key(parent)
            {
                unknown.insert(parent.clone());
            }
            plan.create.push(Lease { parent, ..Lease::new(&self.stream, &shard.id) });
        }
        plan.unknown_parents = unknown.into_iter().collect();
        let is_over = |lease: &&Lease| {
            let moved_on = |child: &String| {
                let child = self.leases.get(child);
                child.is_none_or(|child| child.counter > 0 && has_begun(child))
            };
            lease.state == LeaseState::Closed
                && !listed.contains_key(lease.shard.as_str())
                && lease.children.iter().all(moved_on)
        };
        plan.remove = self.leases().filter(is_over).cloned().collect();
        plan
    }
}

fn has_begun(child: &Lease) -> bool {
    child.state == LeaseState::Closed || child.position().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(id: &str, parent: Option<&str>) -> ShardInfo {
        ShardInfo {
            id: id.to_owned(),
            parent: parent.map(str::to_owned),
            starting: None,
            // Open shards of some servers have an end as well.
            ending: Some("9".parse().unwrap()),
        }
    }

    fn lease(id: &str, parent: Option<&str>, state: LeaseState) -> Lease {
        Lease { parent: parent.map(str::to_owned), state, counter: 1, ..Lease::new("arn", id) }
    }

    #[test]
    fn a_child_waits_for_its_parent_also_while_that_is_open() {
        let open = lease("a", None, LeaseState::Open);
        let child = lease("b", Some("a"), LeaseState::Open);
        let lineage = ShardLineage::new("arn", [open.clone(), child.clone()]);
        assert_eq!(lineage.ready(), ["a"]);
        let drained = Lease { state: LeaseState::Drained, ..open.clone() };
        let lineage = ShardLineage::new("arn", [drained, child.clone()]);
        assert_eq!(lineage.ready(), ["a", "b"], "a drained shard still has its children to find");
        let closed = Lease { state: LeaseState::Closed, ..open };
        assert_eq!(ShardLineage::new("arn", [closed, child]).ready(), ["b"]);
    }

    #[test]
    fn a_parent_that_nobody_knows_is_named_and_not_waited_for() {
        let lineage = ShardLineage::new("arn", [lease("a", None, LeaseState::Closed)]);
        let plan = lineage.plan(&[shard("b", Some("a")), shard("d", Some("c"))]);
        assert_eq!(plan.unknown_parents, ["c"]);
        let lineage = ShardLineage::new("arn", plan.create);
        assert_eq!(lineage.ready(), ["b", "d"]);
    }

    #[test]
    fn a_lease_goes_when_its_children_have_moved_on() {
        let mut parent = lease("a", None, LeaseState::Closed);
        parent.children = vec!["b".to_owned()];
        let child = lease("b", Some("a"), LeaseState::Open);
        let listing = [shard("b", Some("a"))];
        let lineage = ShardLineage::new("arn", [parent.clone(), child.clone()]);
        assert!(lineage.plan(&listing).remove.is_empty());
        let child = Lease { read: Some("5".parse().unwrap()), ..child };
        let lineage = ShardLineage::new("arn", [parent.clone(), child]);
        assert_eq!(lineage.plan(&listing).remove, [parent.clone()]);
        assert!(lineage.plan(&[listing[0].clone(), shard("a", None)]).remove.is_empty());
    }

    #[test]
    fn ten_thousand_shards_are_planned_at_once() {
        let listing: Vec<_> = (0..10_000u32)
            .map(|n| {
                shard(
                    &format!("{n:05}"),
                    n.checked_sub(5_000).map(|p| format!("{p:05}")).as_deref(),
                )
            })
            .collect();
        let plan = ShardLineage::new("arn", []).plan(&listing);
        assert_eq!(plan.create.len(), 10_000);
        assert_eq!(ShardLineage::new("arn", plan.create).ready().len(), 5_000);
    }
}

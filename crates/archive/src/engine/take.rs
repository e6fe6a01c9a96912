//! Which leases a worker takes.

use crate::Lease;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::time::Instant;

/// What this worker saw of leases, by its own clock: those of other machines tell nothing.
#[derive(Debug, Default)]
pub(super) struct Observed(HashMap<String, Seen>);

#[derive(Clone, Copy, Debug)]
struct Seen {
    counter: u64,
    since: Instant,
    /// Whether the counter moved while this worker looked, so that its owner is known to live.
    moved: bool,
}

impl Observed {
    pub(super) fn see<'a>(&mut self, leases: impl IntoIterator<Item = &'a Lease>) {
        let now = Instant::now();
        for lease in leases {
            let new = Seen { counter: lease.counter, since: now, moved: false };
            let seen = self.0.entry(lease.shard.clone()).or_insert(new);
            if seen.counter != lease.counter {
                *seen = Seen { moved: true, ..new };
            }
        }
    }

    /// For how long the counter stands still.
    fn still(&self, shard: &str) -> Duration {
        self.0.get(shard).map_or(Duration::ZERO, |seen| seen.since.elapsed())
    }

    fn moved(&self, shard: &str) -> bool {
        self.0.get(shard).is_some_and(|seen| seen.moved)
    }
}

/// The share of a worker.
pub(super) struct Share<'a> {
    pub(super) owner: &'a str,
    pub(super) expires: Duration,
    pub(super) observed: &'a Observed,
}

impl Share<'_> {
    fn is_free(&self, lease: &Lease) -> bool {
        match lease.owner.as_deref() {
            None => true,
            Some(owner) if owner == self.owner => true,
            Some(_) => self.observed.still(&lease.shard) >= self.expires,
        }
    }

    /// The leases to take now. All workers together take all; each takes as many as its part is, and
    /// one that has fewer takes some of the one that has the most.
    pub(super) fn choose<'l>(
        &self,
        candidates: &[&'l Lease],
        is_running: impl Fn(&str) -> bool,
    ) -> Vec<&'l Lease> {
        let running = candidates.iter().filter(|lease| is_running(&lease.shard)).count();
        let mut others: BTreeMap<&str, Vec<&'l Lease>> = BTreeMap::new();
        let mut free = Vec::new();
        for &lease in candidates.iter().filter(|lease| !is_running(&lease.shard)) {
            match lease.owner.as_deref() {
                Some(owner) if !self.is_free(lease) => others.entry(owner).or_default().push(lease),
                _ => free.push(lease),
            }
        }
        let part = candidates.len().div_ceil(others.len() + 1);
        let room = part.saturating_sub(running);
        if !free.is_empty() || room == 0 {
            free.truncate(room);
            return free;
        }
        let richest = others.into_values().max_by_key(Vec::len).unwrap_or_default();
        // A few at a time, of those that are behind the others in age: what was read of them and
        // is in no file is read again.
        let some = richest.len().saturating_sub(part).min(room).min(room.div_ceil(4));
        richest.into_iter().rev().take(some).collect()
    }

    /// Whether work may come of leases that another has: those of owners that are not known to live.
    pub(super) fn waits(&self, candidates: &[&Lease]) -> bool {
        let is_others_and_live =
            |lease: &Lease| !self.is_free(lease) && self.observed.moved(&lease.shard);
        candidates.iter().any(|lease| !is_others_and_live(lease))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(shard: usize, owner: Option<&str>) -> Lease {
        Lease { owner: owner.map(str::to_owned), ..Lease::new("s", format!("{shard:02}")) }
    }

    fn choose(leases: &[Lease], observed: &Observed, owner: &str) -> Vec<String> {
        let share = Share { owner, expires: Duration::from_mins(1), observed };
        let candidates: Vec<_> = leases.iter().collect();
        let running = |shard: &str| {
            leases.iter().any(|lease| lease.shard == shard && lease.owner.as_deref() == Some(owner))
        };
        share.choose(&candidates, running).into_iter().map(|lease| lease.shard.clone()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_that_stands_still_is_free() {
        let leases = [lease(1, Some("a"))];
        let mut observed = Observed::default();
        observed.see(&leases);
        assert!(choose(&leases, &observed, "b").is_empty());
        tokio::time::advance(Duration::from_secs(59)).await;
        observed.see(&leases);
        assert!(choose(&leases, &observed, "b").is_empty());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(choose(&leases, &observed, "b"), ["01"]);
        let renewed = [Lease { counter: 1, ..leases[0].clone() }];
        observed.see(&renewed);
        assert!(choose(&renewed, &observed, "b").is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_worker_gets_its_part() {
        let mut leases: Vec<_> = (0..10).map(|n| lease(n, Some("a"))).collect();
        let mut observed = Observed::default();
        observed.see(&leases);
        let mut turns = 0;
        loop {
            let taken = choose(&leases, &observed, "b");
            if taken.is_empty() {
                break;
            }
            for lease in leases.iter_mut().filter(|lease| taken.contains(&lease.shard)) {
                lease.owner = Some("b".to_owned());
            }
            turns += 1;
            assert!(turns < 10);
        }
        let of_b = leases.iter().filter(|lease| lease.owner.as_deref() == Some("b")).count();
        assert_eq!(of_b, 5);
        assert!(choose(&leases, &observed, "a").is_empty(), "and nobody takes it back");
    }

    #[tokio::test(start_paused = true)]
    async fn free_leases_are_shared() {
        let mut leases: Vec<_> = (0..6).map(|n| lease(n, None)).collect();
        let observed = Observed::default();
        assert_eq!(choose(&leases, &observed, "a").len(), 6);
        leases[0].owner = Some("b".to_owned());
        assert_eq!(choose(&leases, &observed, "a").len(), 3);
    }
}

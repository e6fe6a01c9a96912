//! How far each file of the source is settled.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedSemaphorePermit;

/// For each file the line up to which everything is settled: written, found equal, skipped or
/// rejected. Lanes settle lines in any order, so that what is behind a line that is not settled
/// counts for nothing yet.
#[derive(Default)]
pub(crate) struct Frontiers(Mutex<BTreeMap<Arc<str>, Frontier>>);

/// How far a file is settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Point {
    /// The last line up to which all are settled, from 1; zero before the first.
    pub(crate) settled_line: u64,
    /// How many of them were rejected.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) rejected: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[derive(Default)]
struct Frontier {
    point: Point,
    /// What was read behind it, by its first line.
    open: BTreeMap<u64, Span>,
}

struct Span {
    last_line: u64,
    /// How many of its lines were rejected, when all are settled.
    settled: Option<u64>,
}

impl Frontiers {
    /// Where an earlier run left off.
    pub(crate) fn starting_at(points: impl IntoIterator<Item = (String, Point)>) -> Self {
        let frontiers = points
            .into_iter()
            .map(|(file, point)| (file.into(), Frontier { point, ..Frontier::default() }));
        Self(Mutex::new(frontiers.collect()))
    }

    /// The last line of a file up to which all are settled.
    pub(crate) fn settled(&self, file: &str) -> u64 {
        self.lock().get(file).map_or(0, |frontier| frontier.point.settled_line)
    }

    /// The frontier of each file.
    pub(crate) fn points(&self) -> BTreeMap<String, Point> {
        let point = |(file, frontier): (&Arc<str>, &Frontier)| (file.to_string(), frontier.point);
        self.lock().iter().map(point).collect()
    }

    /// Lines that were read together are on their way. They are settled when the ticket is.
    pub(crate) fn begin(
        self: &Arc<Self>,
        file: &Arc<str>,
        lines: Range<u64>,
        memory: Arc<OwnedSemaphorePermit>,
    ) -> Arc<Ticket> {
        let span = Span { last_line: lines.end.saturating_sub(1), settled: None };
        self.lock().entry(file.clone()).or_default().open.insert(lines.start, span);
        Arc::new(Ticket {
            frontiers: self.clone(),
            file: file.clone(),
            first_line: lines.start,
            // One for those who hand the lines out.
            left: AtomicU64::new(1),
            rejected: AtomicU64::new(0),
            _memory: memory,
        })
    }

    fn settle(&self, file: &str, first_line: u64, rejected: u64) {
        let mut files = self.lock();
        let Some(frontier) = files.get_mut(file) else { return };
        if let Some(span) = frontier.open.get_mut(&first_line) {
            span.settled = Some(rejected);
        }
        while let Some(first) = frontier.open.first_entry()
            && let Some(rejected) = first.get().settled
        {
            frontier.point.settled_line = first.remove().last_line;
            frontier.point.rejected += rejected;
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Frontier>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lines that were read together: their memory, and how many of them are not settled.
pub(crate) struct Ticket {
    frontiers: Arc<Frontiers>,
    file: Arc<str>,
    first_line: u64,
    left: AtomicU64,
    rejected: AtomicU64,
    /// The reader goes on when enough lines are settled.
    _memory: Arc<OwnedSemaphorePermit>,
}

impl Ticket {
    /// One more line is on its way.
    pub(crate) fn add(&self) {
        self.left.fetch_add(1, Ordering::Relaxed);
    }

    /// One of its lines was rejected, and is to be settled like the others.
    pub(crate) fn reject(&self) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }

    /// A line is settled, or all are handed out.
    pub(crate) fn settle(&self) {
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            let rejected = self.rejected.load(Ordering::Relaxed);
            self.frontiers.settle(&self.file, self.first_line, rejected);
        }
    }
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticket").field("first_line", &self.first_line).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::Semaphore;

    fn permit() -> Arc<OwnedSemaphorePermit> {
        Arc::new(Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap())
    }

    #[test]
    fn the_frontier_waits_for_the_first_line() {
        let frontiers = Arc::new(Frontiers::default());
        let file: Arc<str> = "a".into();
        let first = frontiers.begin(&file, 1..11, permit());
        let second = frontiers.begin(&file, 11..21, permit());
        first.add();
        second.reject();
        second.settle();
        assert_eq!(frontiers.settled("a"), 0);
        first.settle();
        assert_eq!(frontiers.settled("a"), 0);
        first.settle();
        assert_eq!(frontiers.settled("a"), 20);
        let point = Point { settled_line: 20, rejected: 1 };
        assert_eq!(frontiers.points(), BTreeMap::from([("a".to_owned(), point)]));
    }

    #[test]
    fn what_is_dropped_is_not_settled() {
        let point = Point { settled_line: 5, rejected: 2 };
        let frontiers = Arc::new(Frontiers::starting_at([("a".to_owned(), point)]));
        drop(frontiers.begin(&"a".into(), 6..9, permit()));
        assert_eq!(frontiers.settled("a"), 5);
        assert_eq!(frontiers.settled("b"), 0);
        assert_eq!(frontiers.points(), BTreeMap::from([("a".to_owned(), point)]));
    }
}

//! How far each file of the source is settled.

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

#[derive(Default)]
struct Frontier {
    /// The last line up to which all are settled, from 1; zero before the first.
    settled: u64,
    /// What was read behind it, by its first line.
    open: BTreeMap<u64, Span>,
}

struct Span {
    last_line: u64,
    is_settled: bool,
}

impl Frontiers {
    /// Where an earlier run left off.
    pub(crate) fn starting_at(lines: impl IntoIterator<Item = (String, u64)>) -> Self {
        let frontiers = lines
            .into_iter()
            .map(|(file, settled)| (file.into(), Frontier { settled, ..Frontier::default() }));
        Self(Mutex::new(frontiers.collect()))
    }

    /// The last line of a file up to which all are settled.
    pub(crate) fn settled(&self, file: &str) -> u64 {
        self.lock().get(file).map_or(0, |frontier| frontier.settled)
    }

    /// The frontier of each file.
    pub(crate) fn lines(&self) -> BTreeMap<String, u64> {
        let lines = |(file, frontier): (&Arc<str>, &Frontier)| (file.to_string(), frontier.settled);
        self.lock().iter().map(lines).collect()
    }

    /// Lines that were read together are on their way. They are settled when the ticket is.
    pub(crate) fn begin(
        self: &Arc<Self>,
        file: &Arc<str>,
        lines: Range<u64>,
        memory: Arc<OwnedSemaphorePermit>,
    ) -> Arc<Ticket> {
        let span = Span { last_line: lines.end.saturating_sub(1), is_settled: false };
        self.lock().entry(file.clone()).or_default().open.insert(lines.start, span);
        Arc::new(Ticket {
            frontiers: self.clone(),
            file: file.clone(),
            first_line: lines.start,
            // One for those who hand the lines out.
            left: AtomicU64::new(1),
            _memory: memory,
        })
    }

    fn settle(&self, file: &str, first_line: u64) {
        let mut files = self.lock();
        let Some(frontier) = files.get_mut(file) else { return };
        if let Some(span) = frontier.open.get_mut(&first_line) {
            span.is_settled = true;
        }
        while let Some(first) = frontier.open.first_entry()
            && first.get().is_settled
        {
            frontier.settled = first.remove().last_line;
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
    /// The reader goes on when enough lines are settled.
    _memory: Arc<OwnedSemaphorePermit>,
}

impl Ticket {
    /// One more line is on its way.
    pub(crate) fn add(&self) {
        self.left.fetch_add(1, Ordering::Relaxed);
    }

    /// A line is settled, or all are handed out.
    pub(crate) fn settle(&self) {
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.frontiers.settle(&self.file, self.first_line);
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
        second.settle();
        assert_eq!(frontiers.settled("a"), 0);
        first.settle();
        assert_eq!(frontiers.settled("a"), 0);
        first.settle();
        assert_eq!(frontiers.settled("a"), 20);
        assert_eq!(frontiers.lines(), BTreeMap::from([("a".to_owned(), 20)]));
    }

    #[test]
    fn what_is_dropped_is_not_settled() {
        let frontiers = Arc::new(Frontiers::starting_at([("a".to_owned(), 5)]));
        drop(frontiers.begin(&"a".into(), 6..9, permit()));
        assert_eq!(frontiers.settled("a"), 5);
        assert_eq!(frontiers.settled("b"), 0);
    }
}

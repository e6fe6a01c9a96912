//! A parallel Scan: workers take segments from one queue until none is left.

use crate::budget::ItemBudget;
use crate::raw::{Page, ScanRequest, Session};
use crate::segments::RunningSegment;
use crate::workers::join_all;
use crate::{Selection, TransferError};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::task::JoinSet;

/// Takes the pages of one worker, in order.
pub(crate) trait PageSink: Send + 'static {
    /// What one worker did.
    type Done: Send + 'static;

    /// Takes the first `most` items of a page.
    fn take(
        &mut self,
        page: &Page,
        most: usize,
    ) -> impl Future<Output = Result<(), TransferError>> + Send;

    /// Ends after the last page.
    fn finish(self) -> impl Future<Output = Result<Self::Done, TransferError>> + Send;
}

/// What all workers of a scan share.
pub(crate) struct ParallelScan {
    session: Session,
    total_segments: u32,
    consistent_read: bool,
    selection: Selection,
    budget: ItemBudget,
    /// How many share the capacity that there is.
    workers: NonZeroUsize,
    next_segment: AtomicU32,
}

impl ParallelScan {
    pub(crate) fn new(session: Session, total_segments: u32, selection: Selection) -> Self {
        Self {
            session,
            total_segments,
            consistent_read: false,
            selection,
            budget: ItemBudget::new(None),
            workers: NonZeroUsize::MIN,
            next_segment: AtomicU32::new(0),
        }
    }

    pub(crate) fn consistent_read(self, consistent_read: bool) -> Self {
        Self { consistent_read, ..self }
    }

    pub(crate) fn limit(self, items: Option<u64>) -> Self {
        Self { budget: ItemBudget::new(items), ..self }
    }

    /// Keeps single pages small where so many workers share little capacity.
    pub(crate) fn workers(self, workers: NonZeroUsize) -> Self {
        Self { workers, ..self }
    }

    /// Units per second for one worker, where the whole is limited.
    fn pace(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a number of workers is small")]
        let workers = self.workers.get() as f64;
        self.session.limiter.rate().map(|units| units.get() / workers)
    }

    /// Runs a worker for each sink and adds up what they did. The first that fails stops the
    /// others.
    pub(crate) async fn run<S: PageSink, A>(
        self,
        sinks: impl IntoIterator<Item = S>,
        sum: A,
        add: impl FnMut(&mut A, S::Done),
    ) -> Result<A, TransferError> {
        let control = self.session.control().child();
        let scan = Arc::new(Self { session: self.session.under(&control), ..self });
        let mut workers = JoinSet::new();
        for sink in sinks {
            workers.spawn(worker(scan.clone(), sink));
        }
        join_all(workers, &control, sum, add).await
    }

    fn next_segment(&self) -> Option<u32> {
        let segment = self.next_segment.fetch_add(1, Ordering::Relaxed);
        (segment < self.total_segments && !self.budget.is_spent()).then_some(segment)
    }
}

async fn worker<S: PageSink>(
    scan: Arc<ParallelScan>,
    mut sink: S,
) -> Result<S::Done, TransferError> {
    let mut limit = PageLimit::new();
    while let Some(segment) = scan.next_segment() {
        let (segments, control) = (scan.session.segments(), scan.session.control());
        let mut running = RunningSegment::start(segments, control, segment);
        let mut request = ScanRequest {
            segment,
            total_segments: scan.total_segments,
            consistent_read: scan.consistent_read,
            selection: &scan.selection,
            limit: None,
            exclusive_start_key: None,
        };
        while !scan.budget.is_spent() {
            request.limit = limit.get(scan.pace(), scan.budget.left());
            let page = scan.session.control().run(scan.session.scan(&request)).await??;
            limit.learn(&page);
            running.page(page.items(), page.bytes(), page.consumed);
            let most = scan.budget.take(page.items());
            sink.take(&page, usize::try_from(most).unwrap_or(usize::MAX)).await?;
            request.exclusive_start_key = page.last_evaluated_key;
            if request.exclusive_start_key.is_none() {
                break;
            }
        }
        running.end();
    }
    sink.finish().await
}

/// Keeps a page to about a second of a worker's capacity: a page of 1 MB costs 128 units, far too
/// many at once for a table of five.
struct PageLimit {
    /// Units that an item costs, as the last page showed.
    per_item: f64,
}

impl PageLimit {
    fn new() -> Self {
        Self { per_item: 0.5 }
    }

    fn get(&self, pace: Option<f64>, budget: u64) -> Option<u32> {
        // A limit on the items to evaluate is right without a filter and merely small with one.
        let budget = u32::try_from(budget).ok();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "`as` saturates"
        )]
        let paced = pace.map(|pace| ((pace / self.per_item) as u32).max(1));
        match (paced, budget) {
            (Some(paced), Some(budget)) => Some(paced.min(budget)),
            (paced, budget) => paced.or(budget),
        }
    }

    fn learn(&mut self, page: &Page) {
        #[expect(clippy::cast_precision_loss, reason = "a page has few items")]
        let scanned = page.scanned as f64;
        if scanned > 0.0 && page.consumed.get() > 0.0 {
            self.per_item = page.consumed.get() / scanned;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_limited_by_pace_and_budget() {
        let mut limit = PageLimit::new();
        assert_eq!(limit.get(None, u64::MAX), None);
        assert_eq!(limit.get(None, 7), Some(7));
        assert_eq!(limit.get(Some(5.0), u64::MAX), Some(10));
        limit.per_item = 50.0;
        assert_eq!(limit.get(Some(5.0), u64::MAX), Some(1));
        limit.per_item = 0.25;
        assert_eq!(limit.get(Some(5.0), 3), Some(3));
    }
}

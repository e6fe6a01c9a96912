//! A parallel Scan: workers take segments from one queue until none is left.

use crate::budget::ItemBudget;
use crate::raw::{Page, ScanRequest, Session};
use crate::segments::RunningSegment;
use crate::workers::join_all;
use crate::{Selection, TransferError};
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinSet;

/// Takes the pages of one worker, in order.
pub(crate) trait PageSink: Send + 'static {
    /// What one worker did.
    type Done: Send + 'static;

    /// Takes the first `most` items of a page of this segment.
    fn take(
        &mut self,
        segment: u32,
        page: &Page,
        most: usize,
    ) -> impl Future<Output = Result<(), TransferError>> + Send;

    /// Ends after the last page, or after the last one that could be read before a failure.
    fn finish(self) -> impl Future<Output = Result<Self::Done, TransferError>> + Send;
}

/// How far a segment is read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Position {
    /// To the page with this `LastEvaluatedKey`.
    After(Key),
    /// To its end.
    Done,
}

/// The key attributes of an item.
pub(crate) type Key = HashMap<String, AttributeValue>;

/// What all workers of a scan share.
pub(crate) struct ParallelScan {
    session: Session,
    total_segments: u32,
    consistent_read: bool,
    selection: Selection,
    budget: ItemBudget,
    /// How many share the capacity that there is.
    workers: NonZeroUsize,
    /// The segments that no worker has begun, with the key to begin behind.
    queue: Mutex<VecDeque<(u32, Option<Key>)>>,
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
            queue: Mutex::new((0..total_segments).map(|segment| (segment, None)).collect()),
        }
    }

    pub(crate) fn consistent_read(self, consistent_read: bool) -> Self {
        Self { consistent_read, ..self }
    }

    pub(crate) fn limit(self, items: Option<u64>) -> Self {
        Self { budget: ItemBudget::new(items), ..self }
    }

    /// Reads only these segments, from these keys on.
    pub(crate) fn segments(self, segments: impl IntoIterator<Item = (u32, Option<Key>)>) -> Self {
        Self { queue: Mutex::new(segments.into_iter().collect()), ..self }
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

    fn next_segment(&self) -> Option<(u32, Option<Key>)> {
        let next = self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()?;
        (!self.budget.is_spent()).then_some(next)
    }

    async fn read(&self, sink: &mut impl PageSink) -> Result<(), TransferError> {
        let mut limit = PageLimit::new();
        while let Some((segment, exclusive_start_key)) = self.next_segment() {
            let (segments, control) = (self.session.segments(), self.session.control());
            let mut running = RunningSegment::start(segments, control, segment);
            let mut request = ScanRequest {
                segment,
                total_segments: self.total_segments,
                consistent_read: self.consistent_read,
                selection: &self.selection,
                limit: None,
                exclusive_start_key,
            };
            loop {
                // Looked at once: other workers take from it, and no request may ask for 0 items.
                let left = self.budget.left();
                if left == 0 {
                    break;
                }
                request.limit = limit.get(self.pace(), left);
                let page = self.session.control().run(self.session.scan(&request)).await??;
                limit.learn(&page);
                running.page(page.items(), page.bytes(), page.consumed);
                let most = self.budget.take(page.items());
                sink.take(segment, &page, usize::try_from(most).unwrap_or(usize::MAX)).await?;
                request.exclusive_start_key = page.last_evaluated_key;
                if request.exclusive_start_key.is_none() {
                    break;
                }
            }
            running.end();
        }
        Ok(())
    }
}

async fn worker<S: PageSink>(
    scan: Arc<ParallelScan>,
    mut sink: S,
) -> Result<S::Done, TransferError> {
    let read = scan.read(&mut sink).await;
    // What came before a failure is good, and kept where the sink can keep it.
    let done = sink.finish().await;
    read.and(done)
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

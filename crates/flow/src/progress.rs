//! What long work tells about itself while it runs.

use crate::{CapacityUnits, PaceTaken};
use std::time::Duration;

/// One thing that happened in a long operation.
///
/// Counts are additions since the event before, never totals, so that events of parallel workers
/// need no order.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ProgressEvent {
    /// The work begins; sizes are what is known in advance, `None` where nothing is.
    Started {
        /// Items expected, often an estimate (`DescribeTable` is hours old).
        items: Option<u64>,
        /// Bytes expected, in the same unit that [`ProgressEvent::Advanced`] counts.
        bytes: Option<u64>,
    },
    /// An earlier run of the same work did so much, which is not done again.
    Resumed {
        /// Items that were done.
        items: u64,
        /// Their bytes of DynamoDB JSON.
        bytes: u64,
    },
    /// Items were moved.
    Advanced {
        /// Items done since the last event.
        items: u64,
        /// Bytes of DynamoDB JSON done since the last event.
        bytes: u64,
    },
    /// DynamoDB answered with capacity that the work consumed.
    Consumed(CapacityUnits),
    /// The pace of the work is known.
    Paced(PaceTaken),
    /// A segment of a scan takes much longer than the others; told once for each.
    LongSegment {
        /// Its number, from 0.
        segment: u32,
        /// Items that it gave so far.
        items: u64,
        /// Bytes of their JSON so far.
        bytes: u64,
        /// How long it has been read.
        elapsed: Duration,
    },
    /// DynamoDB asked to slow down (a throttle, or `UnprocessedItems`).
    Throttled,
    /// A data file is complete.
    FileClosed {
        /// Its key, relative to the destination.
        key: String,
        /// Items in it.
        items: u64,
        /// Its size as stored, in bytes.
        bytes: u64,
    },
    /// The work waits for this, which DynamoDB does in its own time (a table that is being created).
    Waiting(String),
    /// Something that whoever started the work should know before it ends.
    Warning(String),
    /// An item was refused and set aside.
    Rejected,
    /// The work ended, well or not.
    Finished,
}

/// Receives the events of a long operation.
///
/// Called from many tasks at once and between two requests, so it must return quickly.
///
/// ```
/// use ddbkit_flow::{Control, Progress, ProgressEvent};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// #[derive(Default)]
/// struct Count(AtomicU64);
///
/// impl Progress for Count {
///     fn on_event(&self, event: &ProgressEvent) {
///         if let ProgressEvent::Advanced { items, .. } = event {
///             self.0.fetch_add(*items, Ordering::Relaxed);
///         }
///     }
/// }
///
/// let count = Arc::new(Count::default());
/// let control = Control::new().with_progress(count.clone());
/// control.emit(&ProgressEvent::Advanced { items: 25, bytes: 9_000 });
/// assert_eq!(count.0.load(Ordering::Relaxed), 25);
/// ```
pub trait Progress: Send + Sync {
    /// Takes one event.
    fn on_event(&self, event: &ProgressEvent);
}

//! How long each segment of a scan takes, and which take longest.

use ddbkit_flow::{CapacityUnits, Control, ProgressEvent};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How many of the longest segments a report names.
const LONGEST: usize = 10;
/// A segment runs long when it takes so many times the average of those that are done.
const TIMES_THE_AVERAGE: u32 = 4;
/// And this long at least: below that nobody waits for it.
const LONG: Duration = Duration::from_secs(30);

/// What one segment of a scan took.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SegmentReport {
    /// Its number, from 0.
    pub segment: u32,
    /// Items that it gave.
    pub items: u64,
    /// Bytes of their JSON.
    pub bytes: u64,
    /// Its part of the bytes of all segments, 1.0 being all.
    pub share: f64,
    /// What DynamoDB says that it consumed.
    pub consumed: CapacityUnits,
    /// From its first request to its last answer.
    pub elapsed: Duration,
}

/// The segments of one scan as they run. Keeps the longest only, however many there are.
#[derive(Debug, Default)]
pub(crate) struct Segments(Mutex<Done>);

#[derive(Debug, Default)]
struct Done {
    longest: Vec<SegmentReport>,
    bytes: u64,
    segments: u32,
    elapsed: Duration,
}

impl Segments {
    /// The longest segments that are done, the longest first.
    pub(crate) fn longest(&self) -> Vec<SegmentReport> {
        let done = self.lock();
        #[expect(clippy::cast_precision_loss, reason = "a share has few digits")]
        let share = |bytes: u64| bytes as f64 / done.bytes.max(1) as f64;
        let with_share = |segment: &SegmentReport| SegmentReport {
            share: share(segment.bytes),
            ..segment.clone()
        };
        done.longest.iter().map(with_share).collect()
    }

    fn add(&self, segment: SegmentReport) {
        let mut done = self.lock();
        done.bytes += segment.bytes;
        done.segments += 1;
        done.elapsed += segment.elapsed;
        let at = done.longest.partition_point(|other| other.elapsed >= segment.elapsed);
        if at < LONGEST {
            done.longest.insert(at, segment);
            done.longest.truncate(LONGEST);
        }
    }

    /// Whether a segment that has run for so long runs long.
    fn is_long(&self, elapsed: Duration) -> bool {
        let done = self.lock();
        let average = done.elapsed.checked_div(done.segments);
        average.is_some_and(|average| elapsed > LONG.max(average * TIMES_THE_AVERAGE))
    }

    fn lock(&self) -> MutexGuard<'_, Done> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A segment that is being read.
pub(crate) struct RunningSegment<'a> {
    segments: &'a Segments,
    control: &'a Control,
    started: Instant,
    is_told: bool,
    report: SegmentReport,
}

impl<'a> RunningSegment<'a> {
    pub(crate) fn start(segments: &'a Segments, control: &'a Control, segment: u32) -> Self {
        let (consumed, elapsed) = (CapacityUnits::ZERO, Duration::ZERO);
        let report = SegmentReport { segment, items: 0, bytes: 0, share: 0.0, consumed, elapsed };
        Self { segments, control, started: Instant::now(), is_told: false, report }
    }

    /// Counts a page, and tells once that the segment runs long.
    pub(crate) fn page(&mut self, items: u64, bytes: u64, consumed: CapacityUnits) {
        self.report.items += items;
        self.report.bytes += bytes;
        self.report.consumed += consumed;
        self.tell(self.started.elapsed());
    }

    fn tell(&mut self, elapsed: Duration) {
        if !self.is_told && self.segments.is_long(elapsed) {
            self.is_told = true;
            let SegmentReport { segment, items, bytes, .. } = self.report;
            self.control.emit(&ProgressEvent::LongSegment { segment, items, bytes, elapsed });
        }
    }

    /// The segment has been read to its end.
    pub(crate) fn end(self) {
        self.segments.add(SegmentReport { elapsed: self.started.elapsed(), ..self.report });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit_flow::Progress;
    use std::sync::Arc;

    #[derive(Default)]
    struct Long(Mutex<Vec<u32>>);

    impl Progress for Long {
        fn on_event(&self, event: &ProgressEvent) {
            if let ProgressEvent::LongSegment { segment, .. } = event {
                self.0.lock().unwrap().push(*segment);
            }
        }
    }

    fn done(segment: u32, seconds: u64) -> SegmentReport {
        let (consumed, elapsed) = (CapacityUnits::ZERO, Duration::from_secs(seconds));
        let (items, bytes) = (seconds, seconds * 100);
        SegmentReport { segment, items, bytes, share: 0.0, consumed, elapsed }
    }

    #[test]
    fn a_segment_that_runs_long_is_told_once_while_it_runs() {
        let (segments, long) = (Segments::default(), Arc::new(Long::default()));
        let control = Control::new().with_progress(long.clone());
        let mut first = RunningSegment::start(&segments, &control, 7);
        // There is nothing to compare it with.
        first.tell(Duration::from_secs(1000));
        segments.add(done(0, 10));
        segments.add(done(1, 30));
        for seconds in [29, 80, 81, 100] {
            first.tell(Duration::from_secs(seconds));
        }
        RunningSegment::start(&segments, &control, 8).tell(Duration::from_secs(80));
        assert_eq!(*long.0.lock().unwrap(), [7]);
    }

    #[test]
    fn short_segments_are_never_long() {
        let (segments, long) = (Segments::default(), Arc::new(Long::default()));
        let control = Control::new().with_progress(long.clone());
        segments.add(done(0, 0));
        RunningSegment::start(&segments, &control, 1).tell(LONG);
        assert!(long.0.lock().unwrap().is_empty());
    }

    #[test]
    fn the_report_has_the_longest_with_their_shares() {
        let (segments, control) = (Segments::default(), Control::new());
        for segment in 0..40 {
            segments.add(done(segment, u64::from(segment % 20)));
        }
        let longest = segments.longest();
        let numbers: Vec<_> = longest.iter().map(|segment| segment.segment).collect();
        assert_eq!(numbers, [19, 39, 18, 38, 17, 37, 16, 36, 15, 35]);
        assert!((longest[0].share - 0.05).abs() < 1e-9, "{}", longest[0].share);

        let mut running = RunningSegment::start(&segments, &control, 40);
        running.page(2, 50, CapacityUnits::new(0.5).unwrap());
        running.page(1, 30, CapacityUnits::new(1.0).unwrap());
        let SegmentReport { items, bytes, consumed, .. } = running.report;
        assert_eq!((items, bytes, consumed.get()), (3, 80, 1.5));
    }
}

//! The progress bar.

use super::{Output, bytes, count, duration};
use ddbkit::flow::{Progress, ProgressEvent};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many segments that run long get a line.
const LONG_SEGMENTS: u64 = 10;

/// Draws what an operation tells about itself.
pub(crate) struct Bar {
    drawn: ProgressBar,
    output: Output,
    long_segments: AtomicU64,
    started: Instant,
    items: AtomicU64,
    bytes: AtomicU64,
    throttles: AtomicU64,
    rejected: AtomicU64,
    consumed: Mutex<f64>,
    /// What was waited for last: a wait of hours is told once.
    waiting: Mutex<String>,
}

impl Bar {
    pub(super) fn new(what: &str, output: &Output) -> Self {
        let bar = if output.progress {
            output.bars.add(ProgressBar::no_length())
        } else {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
        };
        bar.set_prefix(what.to_owned());
        bar.set_style(style("{prefix} {spinner} {human_pos} items  {msg}"));
        bar.enable_steady_tick(Duration::from_millis(120));
        Self {
            drawn: bar,
            output: output.clone(),
            long_segments: AtomicU64::new(0),
            started: Instant::now(),
            items: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            throttles: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            consumed: Mutex::new(0.0),
            waiting: Mutex::default(),
        }
    }

    fn message(&self) -> String {
        let moved = self.bytes.load(Ordering::Relaxed);
        let seconds = self.started.elapsed().as_secs().max(1);
        let mut message = format!("{}  {}/s", bytes(moved), bytes(moved / seconds));
        let consumed = *self.consumed.lock().unwrap_or_else(PoisonError::into_inner);
        if consumed > 0.0 {
            message += &format!("  {consumed:.0} units");
        }
        for (n, what) in [(&self.throttles, "throttled"), (&self.rejected, "rejected")] {
            match n.load(Ordering::Relaxed) {
                0 => {}
                n => message += &format!("  {} {what}", count(n)),
            }
        }
        message
    }
}

/// A template of ours; a mistake in it shows as a plain bar, not as a failed dump.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Progress for Bar {
    fn on_event(&self, event: &ProgressEvent) {
        match event {
            ProgressEvent::Started { items: Some(items), .. } => {
                self.drawn.set_length(*items);
                self.drawn.set_style(style(
                    "{prefix} {bar:24} {human_pos} of {human_len} items  {msg}  {eta} left",
                ));
            }
            ProgressEvent::Resumed { items, bytes: json } => {
                let (there, json) = (count(*items), bytes(*json));
                self.drawn.println(format!("Resuming: {there} items, {json}, are there already"));
                self.drawn.set_position(self.items.fetch_add(*items, Ordering::Relaxed) + items);
                self.drawn.reset_eta();
            }
            ProgressEvent::Advanced { items, bytes } => {
                self.bytes.fetch_add(*bytes, Ordering::Relaxed);
                let items = self.items.fetch_add(*items, Ordering::Relaxed) + items;
                // The size that DynamoDB tells of a table is hours old.
                if self.drawn.length().is_some_and(|length| length < items) {
                    self.drawn.set_length(items);
                }
                self.drawn.set_position(items);
            }
            ProgressEvent::Consumed(units) => {
                *self.consumed.lock().unwrap_or_else(PoisonError::into_inner) += units.get();
            }
            ProgressEvent::Throttled => {
                self.throttles.fetch_add(1, Ordering::Relaxed);
            }
            ProgressEvent::Rejected => {
                self.rejected.fetch_add(1, Ordering::Relaxed);
            }
            ProgressEvent::Waiting(what) => {
                let mut last = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                if *last != *what {
                    last.clone_from(what);
                    self.output.notice(&format!("Waiting: {what}"));
                }
                return;
            }
            ProgressEvent::Warning(text) => {
                return self.output.notice(&format!("warning: {text}"));
            }
            ProgressEvent::Paced(pace) => return self.output.notice(&format!("Pace: {pace}")),
            ProgressEvent::LongSegment { segment, items, bytes: size, elapsed } => {
                // The summary has the longest of all of them.
                if self.long_segments.fetch_add(1, Ordering::Relaxed) < LONG_SEGMENTS {
                    self.output.notice(&format!(
                        "Segment {segment} runs long: {} items, {} in {} so far. Many items of one \
                         partition key are in one segment, and no other worker can help",
                        count(*items),
                        bytes(*size),
                        duration(*elapsed)
                    ));
                }
                return;
            }
            ProgressEvent::Finished => return self.drawn.finish_and_clear(),
            _ => return,
        }
        if !self.drawn.is_hidden() {
            self.drawn.set_message(self.message());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.drawn.finish_and_clear();
    }
}

//! A line that says how work without an end stands.

use super::{Output, bytes, count};
use ddbkit::flow::{Progress, ProgressEvent};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// One line that is written over and over; hidden where nobody would see it.
pub(crate) struct StatusLine {
    drawn: ProgressBar,
    output: Output,
}

impl StatusLine {
    pub(super) fn new(what: &str, output: &Output) -> Self {
        let drawn = if output.progress {
            output.bars.add(ProgressBar::new_spinner())
        } else {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
        };
        drawn.set_prefix(what.to_owned());
        let style = ProgressStyle::with_template("{prefix} {spinner} {msg}");
        drawn.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        drawn.enable_steady_tick(Duration::from_millis(120));
        Self { drawn, output: output.clone() }
    }

    /// Says how it stands.
    pub(crate) fn set(&self, text: &str) {
        if !self.drawn.is_hidden() {
            self.drawn.set_message(text.to_owned());
        }
    }
}

impl Progress for StatusLine {
    fn on_event(&self, event: &ProgressEvent) {
        match event {
            ProgressEvent::Warning(text) => self.output.notice(&format!("warning: {text}")),
            ProgressEvent::FileClosed { key, items, bytes: size } => {
                self.output.detail(&format!("{key}: {} items, {}", count(*items), bytes(*size)));
            }
            ProgressEvent::Finished => self.drawn.finish_and_clear(),
            _ => {}
        }
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        self.drawn.finish_and_clear();
    }
}

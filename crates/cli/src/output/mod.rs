//! What is printed, and where.
//!
//! Standard output has data only: lines, results, one JSON object. Everything else goes to standard
//! error, where a progress bar may be in the way, so it goes through here.

mod format;
pub(crate) mod pace;
mod progress;
pub(crate) mod segments;
mod status_line;

pub(crate) use format::{bytes, count, duration, time};
pub(crate) use progress::Bar;
pub(crate) use status_line::StatusLine;

use crate::args::{Form, Global};
use crate::error::Failure;
use anstream::ColorChoice;
use indicatif::MultiProgress;
use serde_json::Value;
use std::io::{self, IsTerminal, Write};

/// Where results, notices and errors go.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    form: Form,
    quiet: bool,
    verbose: bool,
    progress: bool,
    bars: MultiProgress,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        match global.color {
            clap::ColorChoice::Auto => ColorChoice::Auto.write_global(),
            clap::ColorChoice::Always => ColorChoice::Always.write_global(),
            clap::ColorChoice::Never => ColorChoice::Never.write_global(),
        }
        Self {
            form: global.output,
            quiet: global.quiet,
            verbose: global.verbose,
            progress: !global.quiet && !global.no_progress && io::stderr().is_terminal(),
            bars: MultiProgress::new(),
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.form == Form::Json
    }

    /// A progress bar, hidden where nobody would see it.
    pub(crate) fn bar(&self, what: &str) -> Bar {
        Bar::new(what, self)
    }

    /// Where data goes to standard output: on a terminal it and a bar would be in each other's way.
    pub(crate) fn beside_data(&self) -> Self {
        let progress = self.progress && !io::stdout().is_terminal();
        Self { progress, ..self.clone() }
    }

    /// A line that says how work without an end stands.
    pub(crate) fn status_line(&self, what: &str) -> StatusLine {
        StatusLine::new(what, self)
    }

    /// A line about what is going on.
    pub(crate) fn notice(&self, text: &str) {
        if !self.quiet {
            self.stderr(&format!("{text}\n"));
        }
    }

    /// A question, on the line where the answer goes; printed also where notices are not.
    pub(crate) fn ask(&self, question: &str) {
        self.stderr(question);
    }

    /// A line for those who asked for more.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            self.stderr(&format!("{text}\n"));
        }
    }

    /// Lines about what was done, for people; JSON has them in its object.
    pub(crate) fn summary(&self, text: &str) {
        if !self.is_json() {
            self.notice(text);
        }
    }

    /// An error, its hint, nothing else. Always printed.
    pub(crate) fn error(&self, failure: &Failure) {
        let (red, cyan, off) = ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m");
        let mut text = format!("{red}error{off}: {failure}\n");
        for (n, hint) in failure.hints().enumerate() {
            let gap = if n == 0 { "\n" } else { "" };
            text += &format!("{gap}{cyan}hint{off}: {hint}\n");
        }
        self.stderr(&text);
    }

    /// Data on standard output. That the reader has gone is no error: `| head` has seen enough.
    pub(crate) fn data(text: &str) -> io::Result<()> {
        let mut stdout = anstream::stdout();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }

    /// Lines of items on standard output; whether somebody still reads them.
    pub(crate) fn lines(lines: &[u8]) -> io::Result<bool> {
        let mut stdout = io::stdout().lock();
        let is_open = lines.last().is_some_and(|&last| last != b'\n');
        let written = stdout
            .write_all(lines)
            .and_then(|()| if is_open { stdout.write_all(b"\n") } else { Ok(()) });
        match written.and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            result => result.map(|()| true),
        }
    }

    /// The one object of `--output json`. It goes to standard error where data has the other.
    pub(crate) fn json(&self, object: &Value, data_on_stdout: bool) -> io::Result<()> {
        let text = format!("{object}\n");
        if data_on_stdout {
            self.stderr(&text);
            return Ok(());
        }
        Self::data(&text)
    }

    fn stderr(&self, text: &str) {
        // With the bars out of the way; that standard error is closed cannot be told to anyone.
        self.bars.suspend(|| {
            let _ = anstream::stderr().write_all(text.as_bytes());
        });
    }
}

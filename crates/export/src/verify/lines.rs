//! Decoding what stands in the lines of a data file.

use super::FaultKind;
use crate::{ChangeKind, ExportKind, LineBatch, ManifestSummary, OutputView};
use ddbkit_codec::{ContentDigest, DecodeError, RawRecord, Tape};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime};

/// How far the clock of the writes may be off that of the window: "internal clock, give or take a
/// minute" (AWS docs, "Requesting a table export").
const CLOCK: Duration = Duration::from_mins(1);

/// What every line has to be.
#[derive(Clone, Debug)]
pub(super) enum Expected {
    Items,
    Records {
        view: OutputView,
        /// When the changes were made, in microseconds since 1970; none where it is not known.
        written: Option<RangeInclusive<u64>>,
    },
}

/// What the lines of a batch are.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// Of items only.
    pub(super) digest: ContentDigest,
    /// Of records only.
    pub(super) changes: BTreeMap<ChangeKind, u64>,
    pub(super) faults: Vec<(u64, FaultKind, String)>,
    /// Faults beyond the listed ones.
    pub(super) unlisted: u64,
    /// Lines that are not blank.
    pub(super) items: u64,
}

impl Expected {
    pub(super) fn of(summary: &ManifestSummary) -> Self {
        if summary.kind() == ExportKind::Full {
            return Self::Items;
        }
        let window = summary.export_from_time.zip(summary.export_to_time);
        let written = window.map(|(from, to)| {
            let from = from.checked_sub(CLOCK).unwrap_or(SystemTime::UNIX_EPOCH);
            let to = to.checked_add(CLOCK).unwrap_or(to);
            micros(from)..=micros(to)
        });
        Self::Records { view: summary.view().unwrap_or(OutputView::NewImage), written }
    }

    pub(super) fn decode(&self, batch: &LineBatch, max_faults: usize) -> Decoded {
        let mut decoded = Decoded::default();
        let mut tape = Tape::new();
        for (number, line) in batch.iter() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            decoded.items += 1;
            let refusal = batch.refusal(number).map(|why| (FaultKind::InvalidLine, why.to_owned()));
            let found = refusal.map_or_else(|| self.take(line, &mut tape, &mut decoded), Err);
            match found {
                Ok(()) => {}
                Err((kind, why)) if decoded.faults.len() < max_faults => {
                    decoded.faults.push((number, kind, why));
                }
                Err(_) => decoded.unlisted += 1,
            }
        }
        decoded
    }

    /// Adds what a line is, or says what is wrong with it.
    fn take(
        &self,
        line: &[u8],
        tape: &mut Tape,
        decoded: &mut Decoded,
    ) -> Result<(), (FaultKind, String)> {
        match self {
            Self::Items => {
                let item = tape.read_export_line(line).map_err(|error| invalid(&error))?;
                decoded.digest.add_ref(item);
            }
            Self::Records { view, written } => {
                let change = record(line, *view, written.as_ref())?;
                *decoded.changes.entry(change).or_default() += 1;
            }
        }
        Ok(())
    }
}

/// What a record says, or what is wrong with it.
fn record(
    line: &[u8],
    view: OutputView,
    written: Option<&RangeInclusive<u64>>,
) -> Result<ChangeKind, (FaultKind, String)> {
    let record = RawRecord::from_line(line).map_err(|error| invalid(&error))?;
    record.decode().map_err(|error| invalid(&error))?;
    let at = record.write_timestamp_micros;
    if written.is_some_and(|written| !written.contains(&at)) {
        let message = format!("its WriteTimestampMicros {at} is not within the window");
        return Err((FaultKind::OutsideWindow, message));
    }
    Ok(ChangeKind::of(&record, view))
}

/// What is not even of the right form.
fn invalid(error: &DecodeError) -> (FaultKind, String) {
    (FaultKind::InvalidLine, error.to_string())
}

fn micros(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

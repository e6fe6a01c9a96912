//! Whether windows follow each other, and whether they fit the base.

use super::base::{Base, Moment};
use crate::{ExportError, ExportErrorKind, ExportKind, ExportReader, ManifestCheck, time};
use std::cmp::Ordering;
use std::time::SystemTime;

/// Why exports cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MergeRefusal {
    /// The base is an incremental export.
    BaseNotFull,
    /// There is no incremental export to merge.
    NoIncrementals,
    /// What was given as an incremental export is a full one.
    NotIncremental,
    /// The exports are of different tables, or nothing says of which.
    OtherTable,
    /// The base is a dump of a part of its table.
    PartOfTable,
    /// A summary lacks the times, or its window ends before it begins.
    NoTime,
    /// Between two windows there is time that no export covers.
    Gap,
    /// Two windows cover the same time.
    Overlap,
    /// The first window begins after the base.
    BaseTooOld,
    /// The last window ends before the base.
    BaseTooNew,
    /// Nothing tells the names of the key attributes.
    UnknownKeys,
}

/// An incremental export with its window, `[from, to)`.
pub(super) struct Window {
    pub(super) reader: ExportReader,
    pub(super) from: SystemTime,
    pub(super) to: SystemTime,
}

/// How the windows fit the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// The base was taken on a boundary of windows.
    Exact,
    /// The base was taken within this window, or is a dump by scan.
    Within,
    /// The base is itself not exact.
    BaseNotExact,
}

impl Fit {
    pub(super) fn is_exact(self) -> bool {
        self == Self::Exact
    }

    /// What whoever started the merge has to know.
    pub(super) fn warning(self, base: &Base) -> Option<String> {
        let why = match (self, base.moment) {
            (Self::Exact, _) => return None,
            (Self::BaseNotExact, _) => {
                return Some(format!(
                    "the base {} was merged from exports that did not fit exactly; items that were \
                     deleted may still be in it",
                    base.reader.describe()
                ));
            }
            (Self::Within, Moment::Point(at)) => {
                format!("the base is of {}, within a window", time::format(at))
            }
            (Self::Within, Moment::Within { .. }) => "the base was made by a scan".to_owned(),
        };
        Some(format!(
            "{why}: an item that was made before it was read and deleted after that, both in one \
             window, is kept, because no record tells of it. For an exact result the first window \
             has to begin at the exportTime of a native full export"
        ))
    }
}

/// The error for exports that cannot be merged.
pub(super) fn refused(
    refusal: MergeRefusal,
    object: impl Into<String>,
    why: impl Into<String>,
) -> ExportError {
    ExportError::new(ExportErrorKind::NotMergeable(refusal), object).detail(why)
}

/// The incremental exports by time.
pub(super) fn sorted(exports: Vec<ExportReader>) -> Result<Vec<Window>, ExportError> {
    let mut windows = exports.into_iter().map(Window::of).collect::<Result<Vec<_>, _>>()?;
    windows.sort_by_key(|window| (window.from, window.to));
    Ok(windows)
}

impl Window {
    fn of(reader: ExportReader) -> Result<Self, ExportError> {
        let summary = reader.summary();
        let refuse = |refusal, why: &str| Err(refused(refusal, reader.describe(), why));
        if reader.kind() != ExportKind::Incremental {
            return refuse(
                MergeRefusal::NotIncremental,
                "it is a full export; only the base can be one",
            );
        }
        let (Some(from), Some(to)) = (summary.export_from_time, summary.export_to_time) else {
            let why = "its summary has no exportFromTime or no exportToTime";
            return refuse(MergeRefusal::NoTime, why);
        };
        if from >= to {
            return refuse(MergeRefusal::NoTime, "its window ends before it begins");
        }
        Ok(Self { reader, from, to })
    }

    fn shown(&self) -> String {
        format!(
            "{} ({} to {})",
            self.reader.describe(),
            time::format(self.from),
            time::format(self.to)
        )
    }
}

/// Checks everything that can be checked without reading data.
pub(super) fn check(base: &Base, windows: &[Window]) -> Result<Fit, ExportError> {
    let (Some(first), Some(last)) = (windows.first(), windows.last()) else {
        let why = "no incremental export was given";
        return Err(refused(MergeRefusal::NoIncrementals, base.reader.describe(), why));
    };
    check_manifests(&base.reader)?;
    for window in windows {
        check_manifests(&window.reader)?;
        check_table(&base.reader, &window.reader)?;
    }
    for (earlier, later) in windows.iter().zip(windows.iter().skip(1)) {
        check_adjacent(earlier, later)?;
    }
    let (start, end) = match base.moment {
        Moment::Point(at) => (at, at),
        Moment::Within { start, end } => (start, end),
    };
    if first.from > start {
        let why = format!(
            "it is of {}, but the first window begins later, at {}: {}",
            time::format(start),
            time::format(first.from),
            first.reader.describe()
        );
        return Err(refused(MergeRefusal::BaseTooOld, base.reader.describe(), why));
    }
    if last.to < end {
        let why = format!(
            "it ends at {}, but the last window ends earlier, at {}: {}",
            time::format(end),
            time::format(last.to),
            last.reader.describe()
        );
        return Err(refused(MergeRefusal::BaseTooNew, base.reader.describe(), why));
    }
    Ok(fit(base, windows))
}

fn fit(base: &Base, windows: &[Window]) -> Fit {
    let is_boundary =
        |at: SystemTime| windows.iter().any(|window| window.from == at || window.to == at);
    match base.moment {
        _ if !base.is_exact => Fit::BaseNotExact,
        Moment::Point(at) if is_boundary(at) => Fit::Exact,
        _ => Fit::Within,
    }
}

fn check_adjacent(earlier: &Window, later: &Window) -> Result<(), ExportError> {
    let (refusal, why) = match earlier.to.cmp(&later.from) {
        Ordering::Equal => return Ok(()),
        Ordering::Less => {
            let (from, to) = (time::format(earlier.to), time::format(later.from));
            let why = format!("no export covers {from} to {to}, between it and {}", later.shown());
            (MergeRefusal::Gap, why)
        }
        Ordering::Greater => {
            let why = format!("it covers time that {} covers too", later.shown());
            (MergeRefusal::Overlap, why)
        }
    };
    Err(refused(refusal, earlier.shown(), why))
}

fn check_table(base: &ExportReader, other: &ExportReader) -> Result<(), ExportError> {
    let (own, its) = (base.summary(), other.summary());
    let by_id = own.table_id.as_ref().zip(its.table_id.as_ref());
    let by_arn = own.table_arn.as_ref().zip(its.table_arn.as_ref());
    let why = match by_id.map(|ids| ("tableId", ids)).or(by_arn.map(|arns| ("tableArn", arns))) {
        Some((_, (own, its))) if own == its => return Ok(()),
        Some((name, (own, its))) => format!("its {name} is {its}, that of the base is {own}"),
        None => "nothing says whether it is of the table of the base".to_owned(),
    };
    Err(refused(MergeRefusal::OtherTable, other.describe(), why))
}

/// Refuses manifests that were changed after they were written, and files lists with lines missing.
fn check_manifests(reader: &ExportReader) -> Result<(), ExportError> {
    let checks =
        [("manifest-summary", reader.summary_check()), ("manifest-files", reader.files_check())];
    for (name, check) in checks {
        if check == ManifestCheck::Mismatch {
            let why = format!("{name}.json does not have the checksum that lies beside it");
            let error = ExportError::new(ExportErrorKind::InvalidManifest, reader.describe());
            return Err(error.detail(why));
        }
    }
    let listed: u64 = reader.files().iter().map(|file| file.item_count).sum();
    let total = reader.summary().item_count;
    if listed != total {
        let why = format!("the files list has {listed} items, the summary {total}");
        let error = ExportError::new(ExportErrorKind::ItemCountMismatch, reader.describe());
        return Err(error.detail(why));
    }
    Ok(())
}

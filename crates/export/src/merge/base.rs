//! What the base of a merge is: a point in time, or a dump by scan.

use super::sidecar::MergeSidecar;
use super::windows::{MergeRefusal, refused};
use crate::layout::{MERGE_SIDECAR, PLAN_SIDECAR};
use crate::reader::get;
use crate::{ExportError, ExportErrorKind, ExportKind, ExportReader};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::SystemTime;

/// The base of a merge, with what has to be known of it.
pub(super) struct Base {
    pub(super) reader: ExportReader,
    pub(super) moment: Moment,
    /// Whether it holds what the table held then. Not so for the result of a merge that was not
    /// exact.
    pub(super) is_exact: bool,
    /// Whether the values of its large attributes lie beside its items.
    has_values: bool,
}

/// When the items of a base were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// All at once.
    Point(SystemTime),
    /// Each at some moment within.
    Within { start: SystemTime, end: SystemTime },
}

/// What the plan of a dump says about what it read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan<'a> {
    #[serde(borrow)]
    limit: Option<&'a RawValue>,
    #[serde(borrow)]
    index_name: Option<&'a RawValue>,
    #[serde(borrow)]
    key_condition_expression: Option<&'a RawValue>,
    #[serde(borrow)]
    filter_expression: Option<&'a RawValue>,
    #[serde(borrow)]
    projection_expression: Option<&'a RawValue>,
    #[serde(default)]
    copy_pointers: bool,
}

impl Plan<'_> {
    /// The option by which it is of a part of the table only.
    fn part(&self) -> Option<&'static str> {
        let options = [
            (self.limit, "a limit"),
            (self.index_name, "an index"),
            (self.key_condition_expression, "a key condition"),
            (self.filter_expression, "a filter"),
            (self.projection_expression, "a projection"),
        ];
        options.into_iter().find_map(|(option, name)| option.map(|_| name))
    }
}

impl Base {
    pub(super) async fn read(reader: ExportReader) -> Result<Self, ExportError> {
        let place = reader.describe();
        if reader.kind() != ExportKind::Full {
            let why = "it is incremental; the base has to be a full export";
            return Err(refused(MergeRefusal::BaseNotFull, place, why));
        }
        let no_time = |name: &str| {
            let why = format!("its summary has no {name}");
            refused(MergeRefusal::NoTime, &place, why)
        };
        let summary = reader.summary();
        let point = summary.export_time.ok_or_else(|| no_time("exportTime"))?;
        let plan = sidecar_bytes(&reader, PLAN_SIDECAR).await?;
        let mut has_values = false;
        let moment = match &plan {
            None => Moment::Point(point),
            Some(json) => {
                let plan: Plan<'_> = parsed(&reader, PLAN_SIDECAR, json)?;
                if let Some(option) = plan.part() {
                    let why = format!("it was dumped with {option}, so it is a part of the table");
                    return Err(refused(MergeRefusal::PartOfTable, &place, why));
                }
                has_values = plan.copy_pointers;
                let end = summary.end_time.ok_or_else(|| no_time("endTime"))?;
                Moment::Within { start: point, end }
            }
        };
        let merged = match sidecar_bytes(&reader, MERGE_SIDECAR).await? {
            Some(json) => Some(parsed::<MergeSidecar>(&reader, MERGE_SIDECAR, &json)?),
            None => None,
        };
        let is_exact = merged.is_none_or(|merged| merged.exact);
        Ok(Self { reader, moment, is_exact, has_values })
    }

    /// Incremental exports have no values, so a merge cannot have all of them.
    pub(super) fn values_left_behind(&self) -> Option<String> {
        self.has_values.then(|| {
            format!(
                "{} has the values of its large attributes, which are not taken over: pointers of \
                 the result lead to where the values were when it was dumped",
                self.reader.describe()
            )
        })
    }
}

async fn sidecar_bytes(
    reader: &ExportReader,
    name: &str,
) -> Result<Option<bytes::Bytes>, ExportError> {
    get(reader.store(), &reader.folder().key(name)).await
}

fn parsed<'a, T: Deserialize<'a>>(
    reader: &ExportReader,
    name: &str,
    json: &'a [u8],
) -> Result<T, ExportError> {
    serde_json::from_slice(json).map_err(|error| {
        let object = reader.store().describe(&reader.folder().key(name));
        ExportError::new(ExportErrorKind::InvalidSidecar, object).caused_by(error)
    })
}

//! `_ddbkit/merge.json`: what an export was merged from.

use super::MergeCounts;
use super::base::{Base, Moment};
use super::windows::Window;
use crate::time;
use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// The note in the result of a merge. It is written before the summary and never changed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MergeSidecar {
    /// The version of the document, 1.
    version: u32,
    /// The program that wrote it.
    tool: String,
    /// Whether the export is proven to be what the table held at its `exportTime`.
    pub(super) exact: bool,
    base: BaseNote,
    windows: Vec<WindowNote>,
    counts: MergeCounts,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BaseNote {
    export_arn: Option<String>,
    #[serde(with = "time::serde_text")]
    export_time: SystemTime,
    /// Whether it was made by a scan, which is no point in time.
    scan: bool,
    item_count: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WindowNote {
    export_arn: Option<String>,
    #[serde(with = "time::serde_text")]
    export_from_time: SystemTime,
    #[serde(with = "time::serde_text")]
    export_to_time: SystemTime,
    item_count: u64,
}

impl MergeSidecar {
    pub(super) fn new(base: &Base, windows: &[Window], counts: MergeCounts, exact: bool) -> Self {
        let summary = base.reader.summary();
        let (export_time, scan) = match base.moment {
            Moment::Point(at) => (at, false),
            Moment::Within { start, .. } => (start, true),
        };
        let note = |window: &Window| WindowNote {
            export_arn: window.reader.summary().export_arn.clone(),
            export_from_time: window.from,
            export_to_time: window.to,
            item_count: window.reader.summary().item_count,
        };
        Self {
            version: 1,
            tool: concat!("ddbkit ", env!("CARGO_PKG_VERSION")).to_owned(),
            exact,
            base: BaseNote {
                export_arn: summary.export_arn.clone(),
                export_time,
                scan,
                item_count: summary.item_count,
            },
            windows: windows.iter().map(note).collect(),
            counts,
        }
    }

    pub(super) fn to_json(&self) -> String {
        // Texts, numbers and flags under text keys always serialize.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

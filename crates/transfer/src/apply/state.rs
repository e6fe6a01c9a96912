//! What an apply leaves behind so that the same command goes on.

use crate::apply::builder::{ApplyBuilder, NewerBy};
use crate::apply::windows::Window;
use crate::checkpoint_file::CheckpointFile;
use crate::file_points::FilePoints;
use crate::load::frontier::Point;
use crate::load::rejects::{Rejects, shown};
use crate::table::TableInfo;
use crate::table_pin::TablePin;
use crate::{EarlierRejects, TransferError};
use ddbkit_store::Store;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// `checkpoint.json`: what the work is, and how far it came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checkpoint {
    version: u32,
    /// The program that wrote it.
    tool: String,
    table_name: String,
    table: TablePin,
    newer_by: String,
    /// In their order.
    windows: Vec<WindowPoint>,
    /// Where records were set aside.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    rejects: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WindowPoint {
    export_arn: Option<String>,
    /// Whether all of it is settled.
    is_done: bool,
    files: FilePoints,
}

/// The checkpoint of an apply, in a store that only this work writes to.
pub(super) struct ApplyState {
    file: CheckpointFile<Checkpoint>,
    is_resumed: bool,
    /// Whether what an earlier run did was for a table that is no more, and is done again.
    pub(super) is_for_another: bool,
    /// Where this run sets records aside.
    rejects: Option<String>,
}

impl ApplyState {
    /// Takes up what an earlier run left, or begins. What was done for another table of this name
    /// counts for nothing.
    pub(super) async fn open(
        store: Store,
        options: &ApplyBuilder,
        table: &TableInfo,
        windows: &[Window],
    ) -> Result<Self, TransferError> {
        let fresh = Checkpoint {
            version: 1,
            tool: concat!("ddbkit ", env!("CARGO_PKG_VERSION")).to_owned(),
            table_name: options.table.clone(),
            table: TablePin::of(table),
            newer_by: match &options.newer_by {
                NewerBy::Order => "order".to_owned(),
                NewerBy::Bookkeeping(table) => format!("bookkeeping {table}"),
                NewerBy::Attribute(name) => format!("attribute {name}"),
            },
            windows: windows.iter().map(WindowPoint::of).collect(),
            rejects: BTreeSet::new(),
        };
        let (key, again) = ("checkpoint.json", fresh.clone());
        let (file, is_resumed) =
            CheckpointFile::open(store, key, "apply", fresh, Checkpoint::differs).await?;
        let rejects = shown(options.rejects.as_deref());
        let mut state = Self { file, is_resumed, is_for_another: false, rejects };
        if !again.table.is(&state.file.content.table) {
            state.file.content = again;
            state.is_for_another = true;
            state.file.write().await?;
        }
        Ok(state)
    }

    /// Whether an earlier run of this work left it.
    pub(super) fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// What was rejected of what is settled.
    pub(super) fn rejected(&self) -> EarlierRejects {
        let Checkpoint { windows, rejects, .. } = &self.file.content;
        let lines = windows.iter().map(|window| window.files.rejected()).sum();
        EarlierRejects::new(lines, rejects)
    }

    /// Whether all of a window is settled.
    pub(super) fn is_done(&self, window: usize) -> bool {
        self.file.content.windows.get(window).is_some_and(|window| window.is_done)
    }

    /// How far each file of a window is settled.
    pub(super) fn settled(&self, window: usize) -> Vec<(String, Point)> {
        let windows = self.file.content.windows.get(window).into_iter();
        windows.flat_map(|window| window.files.settled()).collect()
    }

    /// Writes how far a window came, where that changed.
    pub(super) async fn save(
        &mut self,
        window: usize,
        settled: &BTreeMap<String, Point>,
        is_done: bool,
    ) -> Result<(), TransferError> {
        let Checkpoint { windows, rejects, .. } = &mut self.file.content;
        let Some(window) = windows.get_mut(window) else { return Ok(()) };
        let before = window.files.rejected();
        let mut changed = window.is_done != is_done;
        window.is_done = is_done;
        changed |= window.files.settle(settled);
        if window.files.rejected() > before {
            rejects.extend(self.rejects.clone());
        }
        if changed { self.file.write().await } else { Ok(()) }
    }

    /// All windows are applied: nothing is left.
    pub(super) async fn remove(self) -> Result<(), TransferError> {
        self.file.remove().await
    }

    /// Nothing is left of a run that did nothing, so that it may be another next time. The error that
    /// ended it is the one to tell, not that this failed too.
    pub(super) async fn forget_unless_begun(self, rejects: &Rejects) {
        let mut windows = self.file.content.windows.iter();
        let is_begun = windows.any(|window| window.is_done || window.files.is_begun());
        if !self.is_resumed && !is_begun && rejects.is_empty().await {
            self.file.remove().await.ok();
        }
    }
}

impl WindowPoint {
    fn of(window: &Window) -> Self {
        let files = FilePoints::of(window.export.files().iter());
        let export_arn = window.export.summary().export_arn.clone();
        Self { export_arn, is_done: false, files }
    }

    fn is(&self, other: &Self) -> bool {
        self.export_arn == other.export_arn && self.files.are_of(&other.files)
    }
}

impl Checkpoint {
    /// What makes other work of this one.
    fn differs(&self, other: &Self) -> Option<&'static str> {
        let same_windows = self.windows.len() == other.windows.len()
            && self.windows.iter().zip(&other.windows).all(|(own, other)| own.is(other));
        if self.version != other.version {
            Some("version")
        } else if !same_windows {
            Some("list of exports")
        } else if self.table_name != other.table_name {
            Some("table")
        } else if self.newer_by != other.newer_by {
            Some("way to know what is newer")
        } else {
            None
        }
    }
}

//! What a load leaves behind so that the same command goes on.

use crate::TransferError;
use crate::checkpoint_file::CheckpointFile;
use crate::file_points::FilePoints;
use crate::load::builder::{LoadBuilder, WriteMode};
use crate::load::frontier::Point;
use crate::load::rejects::{EarlierRejects, shown};
use crate::table::TableInfo;
use crate::table_pin::TablePin;
use aws_sdk_dynamodb::primitives::DateTime;
use ddbkit_export::ExportReader;
use ddbkit_store::Store;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

/// `checkpoint.json`: what the load is, and how far it came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checkpoint {
    version: u32,
    /// The program that wrote it.
    tool: String,
    table_name: String,
    /// The table itself; missing until it is created.
    table: Option<TablePin>,
    mode: String,
    /// What happens to expired items.
    #[serde(default)]
    expired: String,
    /// Whether this load creates the table.
    creates_table: bool,
    /// What becomes of pointers, where it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offloaded: Option<String>,
    /// Settings that the created table gets other than described.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    settings: Vec<String>,
    /// When the load began, seconds: it created no table before.
    #[serde(default)]
    begun: Option<i64>,
    /// Whether it is certain that the load created the table that it is tied to.
    #[serde(default)]
    created_it: bool,
    /// The data files of the source.
    files: FilePoints,
    /// Where lines were set aside.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    rejects: BTreeSet<String>,
}

/// Whether a table that is there is the one that the load created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ownership {
    /// It is.
    Certain,
    /// It was created after the load began, which was killed before it could note that it was the one
    /// to do so. Nothing in it may be replaced.
    Likely,
    /// It is not.
    None,
}

/// How far the clocks of this machine and of DynamoDB may differ: requests with a time farther off
/// are refused.
const CLOCK_SKEW: i64 = 15 * 60;

/// The checkpoint of a load, in a store that only this load writes to, or the shards of one load.
pub(crate) struct LoadState {
    file: CheckpointFile<Checkpoint>,
    /// Whether an earlier run of this load left it.
    is_resumed: bool,
    /// Whether what an earlier run did was for a table that is no more.
    is_for_another: bool,
    /// Where this run sets lines aside.
    rejects: Option<String>,
}

impl LoadState {
    /// Takes up what an earlier run left, or begins.
    pub(crate) async fn open(
        store: Store,
        options: &LoadBuilder,
        source: &ExportReader,
    ) -> Result<Self, TransferError> {
        let shard = options.shard;
        let key = shard.map_or_else(
            || "checkpoint.json".to_owned(),
            |shard| format!("checkpoint-{}-of-{}.json", shard.index(), shard.count()),
        );
        let own = source.files().iter().enumerate();
        let own = own.filter(|(index, _)| shard.is_none_or(|shard| shard.has(*index)));
        let checkpoint = Checkpoint {
            version: 1,
            tool: concat!("ddbkit ", env!("CARGO_PKG_VERSION")).to_owned(),
            table_name: options.table.clone(),
            table: None,
            mode: mode_name(&options.mode),
            expired: options.expired.name().to_owned(),
            creates_table: options.create_table,
            offloaded: options.offloaded_name(),
            settings: options.settings.iter().map(ToString::to_string).collect(),
            begun: Some(DateTime::from(SystemTime::now()).secs()),
            created_it: false,
            files: FilePoints::of(own.map(|(_, file)| file)),
            rejects: BTreeSet::new(),
        };
        let (file, is_resumed) =
            CheckpointFile::open(store, &key, "load", checkpoint, Checkpoint::differs).await?;
        Ok(Self {
            file,
            is_resumed,
            is_for_another: false,
            rejects: shown(options.rejects.as_deref()),
        })
    }

    /// Whether an earlier run of this load left it.
    pub(crate) fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// Whether the table, which is there, was created by an earlier run of this load.
    pub(crate) fn ownership(&self, table: &TableInfo) -> Ownership {
        let (pin, checkpoint) = (TablePin::of(table), &self.file.content);
        match (&checkpoint.table, pin.created, checkpoint.begun) {
            (Some(earlier), _, _) if earlier.is(&pin) && checkpoint.created_it => {
                Ownership::Certain
            }
            (Some(earlier), _, _) if earlier.is(&pin) => Ownership::Likely,
            (None, Some(created), Some(begun)) if created >= begun - CLOCK_SKEW => {
                Ownership::Likely
            }
            _ => Ownership::None,
        }
    }

    /// Whether what an earlier run did was for a table that is no more, and is done again.
    pub(crate) fn is_for_another(&self) -> bool {
        self.is_for_another
    }

    /// Ties the load to the table. What was done for another table of this name counts for nothing.
    pub(crate) async fn pin(
        &mut self,
        table: &TableInfo,
        ownership: Ownership,
    ) -> Result<(), TransferError> {
        let pin = TablePin::of(table);
        if self.file.content.table.as_ref().is_some_and(|earlier| !earlier.is(&pin)) {
            self.is_for_another = true;
            self.file.content.files.forget();
            self.file.content.rejects.clear();
        }
        self.file.content.table = Some(pin);
        self.file.content.created_it = ownership == Ownership::Certain;
        self.file.write().await
    }

    /// How far each file is settled.
    pub(crate) fn settled(&self) -> impl Iterator<Item = (String, Point)> {
        self.file.content.files.settled()
    }

    /// What of that was rejected.
    pub(crate) fn rejected(&self) -> EarlierRejects {
        let Checkpoint { files, rejects, .. } = &self.file.content;
        EarlierRejects::new(files.rejected(), rejects)
    }

    /// Writes the checkpoint where it changed.
    pub(crate) async fn save(
        &mut self,
        settled: &BTreeMap<String, Point>,
    ) -> Result<(), TransferError> {
        let Checkpoint { files, rejects, .. } = &mut self.file.content;
        let before = files.rejected();
        let changed = files.settle(settled);
        if files.rejected() > before {
            rejects.extend(self.rejects.clone());
        }
        if changed { self.file.write().await } else { Ok(()) }
    }

    /// The load is done, or did nothing: nothing is left of it.
    pub(crate) async fn remove(self) -> Result<(), TransferError> {
        self.file.remove().await
    }
}

impl Checkpoint {
    /// What makes another load of this one.
    fn differs(&self, other: &Self) -> Option<&'static str> {
        if self.version != other.version {
            Some("version")
        } else if !self.files.are_of(&other.files) {
            Some("source")
        } else if self.table_name != other.table_name {
            Some("table")
        } else if self.mode != other.mode {
            Some("mode")
        } else if self.expired != other.expired {
            Some("choice about expired items")
        } else if self.creates_table != other.creates_table {
            Some("choice to create the table")
        } else if self.settings != other.settings {
            Some("choice of settings for the table")
        } else {
            None
        }
    }
}

fn mode_name(mode: &WriteMode) -> String {
    match mode {
        WriteMode::SkipExisting => "skip-existing".to_owned(),
        WriteMode::Overwrite => "overwrite".to_owned(),
        WriteMode::IfNewer(attribute) => format!("if-newer {attribute}"),
    }
}

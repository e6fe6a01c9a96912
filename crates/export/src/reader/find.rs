//! Which exports lie at a location, and how far they got.

use super::{get, parse_summary};
use crate::layout::{EXPORTS_DIR, ExportFolder};
use crate::layout::{FILES, PLAN_SIDECAR, STARTED, STATE_SIDECAR, SUMMARY};
use crate::{ExportError, ExportErrorKind, ExportId, ManifestSummary, RunState, time};
use ddbkit_store::Store;
use std::collections::BTreeMap;

/// How far an export got.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ExportState {
    /// It has its summary: it is complete.
    Completed(Box<ManifestSummary>),
    /// It has no summary: it still runs, or was interrupted.
    Unfinished {
        /// Whether it has the plan of a dump (`_ddbkit/plan.json`), from which the dump can be
        /// resumed.
        has_plan: bool,
    },
    /// It has no summary and the dump that wrote it left word that it failed.
    Failed {
        /// Whether it has the plan of a dump (`_ddbkit/plan.json`).
        has_plan: bool,
        /// What it left.
        run: RunState,
    },
    /// It has a summary that cannot be read.
    Unreadable {
        /// Why not, in one line.
        message: String,
    },
}

/// One export at a location.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ExportSummaryEntry {
    /// Its identifier; none where another writer named the folder.
    pub id: Option<ExportId>,
    /// Its folder, as messages name it: a path or an `s3://` URL.
    pub location: String,
    /// How far it got.
    pub state: ExportState,
}

/// All exports at a location (the destination that holds `AWSDynamoDB/`, that folder, or the folder
/// of one export), oldest first. None is no error.
///
/// ```
/// # async fn example() -> Result<(), ddbkit_export::ExportError> {
/// use ddbkit_export::{ExportState, list_exports};
/// use ddbkit_store::Store;
///
/// for export in list_exports(&Store::directory("backups/orders")).await? {
///     if let ExportState::Completed(summary) = export.state {
///         println!("{}: {} items", export.location, summary.item_count);
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Failures of the store.
pub async fn list_exports(store: &Store) -> Result<Vec<ExportSummaryEntry>, ExportError> {
    let mut entries = Vec::new();
    for folder in exports_at(store).await? {
        let key = folder.key(SUMMARY);
        let state = match get(store, &key).await? {
            Some(json) => match parse_summary(&json, &store.describe(&key)) {
                Ok(summary) => ExportState::Completed(Box::new(summary)),
                Err(error) => ExportState::Unreadable { message: error.to_string() },
            },
            None => incomplete_state(store, &folder).await?,
        };
        let location = store.describe(&folder.root);
        entries.push(ExportSummaryEntry { id: id_of(store, &folder), location, state });
    }
    Ok(entries)
}

/// The only export at a location.
pub(crate) async fn the_one_export(store: &Store) -> Result<ExportFolder, ExportError> {
    let mut folders = exports_at(store).await?;
    match (folders.pop(), folders.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(ExportError::new(ExportErrorKind::NotFound, store.describe(""))),
        (Some(last), false) => {
            folders.push(last);
            Err(several(store, &folders))
        }
    }
}

/// The export of that identifier at a location.
pub(super) async fn export_of_id(
    store: &Store,
    id: &ExportId,
) -> Result<ExportFolder, ExportError> {
    // A destination may hold thousands of files in other exports, which need not be listed.
    for folder in [EXPORTS_DIR, ""].map(|dir| ExportFolder::below(dir, &id.to_string())) {
        if exists(store, &folder.key(SUMMARY)).await? {
            return Ok(folder);
        }
    }
    let folders = exports_at(store).await?;
    let found = folders.into_iter().find(|folder| id_of(store, folder).as_ref() == Some(id));
    found.ok_or_else(|| {
        ExportError::new(ExportErrorKind::NotFound, store.describe(""))
            .detail(format!("none has the id {id}"))
    })
}

/// The error for an export without its summary.
pub(super) async fn unfinished(
    store: &Store,
    folder: &ExportFolder,
) -> Result<ExportError, ExportError> {
    let state = incomplete_state(store, folder).await?;
    let detail = match &state {
        ExportState::Failed { run, .. } => format!("it failed: {}", run.message),
        ExportState::Unfinished { has_plan: true } => "the dump can be resumed".to_owned(),
        _ => "it still runs or broke off".to_owned(),
    };
    let kind = ExportErrorKind::Unfinished { id: id_of(store, folder), state: Box::new(state) };
    Ok(ExportError::new(kind, store.describe(&folder.root)).detail(detail))
}

async fn incomplete_state(
    store: &Store,
    folder: &ExportFolder,
) -> Result<ExportState, ExportError> {
    let has_plan = exists(store, &folder.key(PLAN_SIDECAR)).await?;
    let stored = get(store, &folder.key(STATE_SIDECAR)).await?;
    // A state of a later version, or a damaged one, says no more than that it is not complete.
    let run = stored.and_then(|json| serde_json::from_slice::<RunState>(&json).ok());
    Ok(match run.filter(RunState::is_failed) {
        Some(run) => ExportState::Failed { has_plan, run },
        None => ExportState::Unfinished { has_plan },
    })
}

/// The exports at a location, by the names of their folders, which begin with their time.
async fn exports_at(store: &Store) -> Result<Vec<ExportFolder>, ExportError> {
    for name in [SUMMARY, STARTED, FILES, PLAN_SIDECAR] {
        if exists(store, name).await? {
            return Ok(vec![ExportFolder::store_root()]);
        }
    }
    let below = exports_below(store, EXPORTS_DIR).await?;
    if below.is_empty() { exports_below(store, "").await } else { Ok(below) }
}

async fn exports_below(store: &Store, dir: &str) -> Result<Vec<ExportFolder>, ExportError> {
    let prefix = if dir.is_empty() { String::new() } else { format!("{dir}/") };
    let listed = store.list(&prefix).await;
    let listed = listed.map_err(|error| ExportError::store(store.describe(&prefix), error))?;
    let mut names: BTreeMap<&str, bool> = BTreeMap::new();
    for meta in &listed {
        let Some((name, rest)) = meta.key.strip_prefix(&prefix).and_then(|k| k.split_once('/'))
        else {
            continue;
        };
        *names.entry(name).or_default() |= rest == SUMMARY;
    }
    let is_export = |name: &str, has_summary| has_summary || name.parse::<ExportId>().is_ok();
    let found = names.into_iter().filter(|&(name, has_summary)| is_export(name, has_summary));
    Ok(found.map(|(name, _)| ExportFolder::below(dir, name)).collect())
}

async fn exists(store: &Store, key: &str) -> Result<bool, ExportError> {
    let found = store.head(key).await;
    found.map(|meta| meta.is_some()).map_err(|error| ExportError::store(store.describe(key), error))
}

/// The identifier, by the name of the folder.
fn id_of(store: &Store, folder: &ExportFolder) -> Option<ExportId> {
    let named = store.describe(&folder.root);
    named.trim_end_matches('/').rsplit(['/', '\\']).next()?.parse().ok()
}

fn several(store: &Store, folders: &[ExportFolder]) -> ExportError {
    const SHOWN: usize = 20;
    let ids: Vec<ExportId> = folders.iter().filter_map(|folder| id_of(store, folder)).collect();
    let shown: Vec<String> = ids
        .iter()
        .take(SHOWN)
        .map(|id| format!("{id} ({})", time::format(id.start_time())))
        .collect();
    let more = match folders.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {more} others"),
    };
    ExportError::new(ExportErrorKind::SeveralExports(ids), store.describe(""))
        .detail(shown.join(", ") + &more)
}

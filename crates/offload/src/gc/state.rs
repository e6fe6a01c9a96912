//! How far a plan was applied.

use super::plan_file::PlannedObject;
use crate::{OffloadError, OffloadErrorKind};
use ddbkit_store::{PutOptions, Store, StoreErrorKind};
use serde::{Deserialize, Serialize};

const VERSION: u64 = 1;

/// What became of the objects of a plan. Every object of the plan is in one of the counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Applied {
    /// Objects that were deleted.
    pub deleted: u64,
    /// Their bytes.
    pub deleted_bytes: u64,
    /// Objects that were gone already.
    pub gone: u64,
    /// Objects that are not the ones that were listed: written again since, or younger.
    pub changed: u64,
    /// Objects that their item points to. There should be none: an item was restored from a backup,
    /// or something wrote an old pointer back.
    pub referenced: u64,
    /// Objects that S3 refused to delete.
    pub failed: u64,
    /// Of the deleted, those whose item could not be looked at, because its key is too long for the
    /// metadata or another tool wrote them: the mark alone decided.
    pub unchecked: u64,
}

impl Applied {
    /// All objects that were looked at.
    #[must_use]
    pub fn objects(&self) -> u64 {
        self.deleted + self.gone + self.changed + self.referenced + self.failed
    }
}

/// Where a call went on to, beside the plan. Written after the list of what was deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct State {
    version: u64,
    plan_id: String,
    /// Parts of the list of deleted objects.
    parts: u64,
    pub(super) applied: Applied,
    #[serde(skip)]
    name: String,
}

impl State {
    /// The state of this plan, a new one where there is none or that of a plan of the same name.
    pub(super) async fn load(
        store: &Store,
        name: &str,
        plan_id: &str,
    ) -> Result<Self, OffloadError> {
        let new = Self {
            version: VERSION,
            plan_id: plan_id.to_owned(),
            parts: 0,
            applied: Applied::default(),
            name: name.to_owned(),
        };
        let text = match store.get(&state_name(name)).await {
            Ok((_, text)) => text,
            Err(error) if error.kind() == StoreErrorKind::NotFound => return Ok(new),
            Err(error) => return Err(error.into()),
        };
        let state: Self = serde_json::from_slice(&text).map_err(|error| {
            let message = format!("the state {:?} cannot be read: delete it", state_name(name));
            OffloadError::caused(OffloadErrorKind::InvalidInput, message, error)
        })?;
        if state.version > VERSION {
            return Err(OffloadError::new(
                OffloadErrorKind::UnsupportedVersion,
                format!("the state {:?} is of a newer version", state_name(name)),
            ));
        }
        Ok(if state.plan_id == plan_id { Self { name: name.to_owned(), ..state } } else { new })
    }

    /// Writes what was deleted since the last time, then how far that is.
    pub(super) async fn save(
        &mut self,
        store: &Store,
        deleted: &mut Vec<PlannedObject>,
    ) -> Result<(), OffloadError> {
        let failed =
            |error| OffloadError::caused(OffloadErrorKind::Io, "the state has no JSON", error);
        if !deleted.is_empty() {
            let mut lines = Vec::new();
            for object in deleted.drain(..) {
                serde_json::to_writer(&mut lines, &object).map_err(failed)?;
                lines.push(b'\n');
            }
            self.parts += 1;
            let part = part_name(&self.name, self.parts);
            store.put(&part, lines.into(), PutOptions::default()).await?;
        }
        let text = serde_json::to_vec_pretty(self).map_err(failed)?;
        store.put(&state_name(&self.name), text.into(), PutOptions::default()).await?;
        Ok(())
    }

    /// The names of the files that list what was deleted.
    pub(super) fn parts(&self) -> Vec<String> {
        (1..=self.parts).map(|part| part_name(&self.name, part)).collect()
    }
}

fn state_name(plan: &str) -> String {
    format!("{plan}.state.json")
}

fn part_name(plan: &str, part: u64) -> String {
    format!("{plan}.deleted-{part:06}.jsonl")
}

//! How far a migration is: a plan that never changes, and a file for each segment of the scan.

use super::MigrationCounts;
use crate::{OffloadError, OffloadErrorKind};
use bytes::Bytes;
use ddbkit_store::{Condition, PutOptions, Store, StoreErrorKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const PLAN: &str = "plan.json";
const VERSION: u64 = 1;

/// What is done to which table. An `ExclusiveStartKey` is valid for this number of segments only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) version: u64,
    pub(super) table_arn: String,
    pub(super) prefix: String,
    pub(super) change: String,
    pub(super) segments: u32,
}

/// How far one segment is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SegmentState {
    pub(super) done: bool,
    pub(super) pages: u64,
    /// `LastEvaluatedKey` of the last page that is done, as `DynamoDB` JSON.
    pub(super) last_evaluated_key: Option<String>,
    pub(super) counts: MigrationCounts,
}

/// The files, in a store of the caller's.
#[derive(Clone, Debug)]
pub(super) struct StateFiles(pub(super) Store);

impl StateFiles {
    /// Writes the plan, or goes on with the same one.
    pub(super) async fn begin(&self, mut plan: Plan) -> Result<Plan, OffloadError> {
        plan.version = VERSION;
        let mut there: Option<Plan> = self.read(PLAN).await?;
        if there.is_none() {
            let options = PutOptions { condition: Condition::IfAbsent, ..PutOptions::default() };
            match self.0.put(PLAN, json(&plan)?, options).await {
                Ok(_) => there = Some(plan.clone()),
                // Somebody began at the same time.
                Err(error) if error.kind() == StoreErrorKind::PreconditionFailed => {
                    there = self.read(PLAN).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        let Some(there) = there else {
            let message = format!("{} comes and goes", self.0.describe(PLAN));
            return Err(OffloadError::new(OffloadErrorKind::Store, message));
        };
        // The number of segments is that of the first run.
        let asked = Plan { segments: there.segments, ..plan };
        if asked == there {
            return Ok(there);
        }
        let message = format!(
            "{} is the state of another migration ({}): take another place for this one",
            self.0.describe(PLAN),
            there.change
        );
        Err(OffloadError::new(OffloadErrorKind::InvalidInput, message))
    }

    pub(super) async fn segment(&self, segment: u32) -> Result<SegmentState, OffloadError> {
        Ok(self.read(&name(segment)).await?.unwrap_or_default())
    }

    pub(super) async fn write(
        &self,
        segment: u32,
        state: &SegmentState,
    ) -> Result<(), OffloadError> {
        self.0.put(&name(segment), json(state)?, PutOptions::default()).await?;
        Ok(())
    }

    async fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, OffloadError> {
        let bytes = match self.0.get(key).await {
            Ok((_, bytes)) => bytes,
            Err(error) if error.kind() == StoreErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            let message = format!("{} is no state of a migration", self.0.describe(key));
            OffloadError::caused(OffloadErrorKind::Store, message, error)
        })
    }
}

fn name(segment: u32) -> String {
    format!("segment-{segment:06}.json")
}

fn json<T: Serialize>(value: &T) -> Result<Bytes, OffloadError> {
    let text = serde_json::to_vec(value).map_err(|error| {
        OffloadError::caused(OffloadErrorKind::Store, "a state cannot be written as JSON", error)
    })?;
    Ok(text.into())
}

//! Apply: deletes what is in a plan.

use super::collector::GarbageCollector;
use super::plan_file::{PlanReader, PlannedObject};
use super::recheck::{Verdict, recheck};
use super::state::{Applied, State};
use super::uploads::stale_uploads;
use crate::{OffloadError, OffloadErrorKind};
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::Store;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;

/// What one `DeleteObjects` takes.
const BATCH: usize = 1000;
/// Looks at objects and items at once.
const LOOKS: usize = 32;
/// Deleted objects after which list and state are written.
const SAVED: usize = 10 * BATCH;

/// How a plan is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApplyOptions {
    /// At most so many objects of the plan a second: 500.
    pub objects_per_second: NonZeroU32,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self { objects_per_second: NonZeroU32::MIN.saturating_add(499) }
    }
}

/// What became of a plan, earlier calls for the same plan included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ApplyReport {
    /// The counts.
    #[serde(flatten)]
    pub applied: Applied,
    /// The files that list what was deleted, in the store of the plan; lines as in the plan.
    pub deleted_lists: Vec<String>,
    /// Multipart uploads that were given up.
    pub aborted_uploads: u64,
    /// Why S3 refused to delete: one refusal, of the last batch that had any.
    pub refusal: Option<String>,
}

pub(super) async fn apply(
    collector: &GarbageCollector,
    mut plan: PlanReader,
    options: &ApplyOptions,
    store: &Store,
    name: &str,
    control: &Control,
) -> Result<ApplyReport, OffloadError> {
    let mut state = State::load(store, name, &plan.id).await?;
    let done = state.applied.objects();
    while plan.objects < done && plan.next().await?.is_some() {}
    control.emit(&ProgressEvent::Resumed { items: done, bytes: 0 });
    let mut run = Run { collector, plan, refusal: None, deleted: Vec::new() };
    let result = run.batches(&mut state, options, store, control).await;
    // Also after a failure: what was deleted is listed.
    state.save(store, &mut run.deleted).await?;
    result?;
    let (s3, bucket, layout) = (&collector.s3, &collector.bucket, &*collector.layout);
    let begun_before = run.plan.pin.written_before();
    let aborted_uploads = stale_uploads(s3, bucket, layout, begun_before, true, control).await?;
    Ok(ApplyReport {
        deleted_lists: state.parts(),
        applied: state.applied,
        aborted_uploads,
        refusal: run.refusal,
    })
}

struct Run<'a> {
    collector: &'a GarbageCollector,
    plan: PlanReader,
    refusal: Option<String>,
    /// Deleted and not yet listed.
    deleted: Vec<PlannedObject>,
}

impl Run<'_> {
    async fn batches(
        &mut self,
        state: &mut State,
        options: &ApplyOptions,
        store: &Store,
        control: &Control,
    ) -> Result<(), OffloadError> {
        let most = u32::try_from(BATCH).unwrap_or(u32::MAX).min(options.objects_per_second.get());
        loop {
            control.check()?;
            let mut batch = Vec::new();
            while batch.len() < most as usize
                && let Some(object) = self.plan.next().await?
            {
                batch.push(object);
            }
            if batch.is_empty() {
                return Ok(());
            }
            let looked_at = batch.len() as u64;
            let pause = tokio::time::sleep(
                Duration::from_secs(looked_at) / options.objects_per_second.get(),
            );
            // Counts move only when the whole batch is done, so that they are a place in the plan.
            let mut applied = state.applied.clone();
            self.batch(batch, &mut applied, control).await?;
            state.applied = applied;
            control.emit(&ProgressEvent::Advanced { items: looked_at, bytes: 0 });
            if self.deleted.len() >= SAVED {
                state.save(store, &mut self.deleted).await?;
            }
            control.run(pause).await?;
        }
    }

    async fn batch(
        &mut self,
        batch: Vec<PlannedObject>,
        applied: &mut Applied,
        control: &Control,
    ) -> Result<(), OffloadError> {
        let written_before = self.plan.pin.written_before();
        let collector = self.collector;
        let looks = stream::iter(batch).map(|object| async move {
            let verdict = recheck(collector, &object, written_before).await?;
            Ok::<_, OffloadError>((object, verdict))
        });
        let looks = looks.buffer_unordered(LOOKS).try_collect::<Vec<_>>();
        let mut to_delete = HashMap::new();
        for (object, verdict) in control.run(looks).await?? {
            match verdict {
                Verdict::Delete | Verdict::DeleteUnchecked => {
                    to_delete.insert(object.key.clone(), (object, verdict));
                }
                Verdict::Gone => applied.gone += 1,
                Verdict::Changed => applied.changed += 1,
                Verdict::Referenced => applied.referenced += 1,
            }
        }
        if to_delete.is_empty() {
            return Ok(());
        }
        for (key, why) in self.delete(to_delete.keys()).await? {
            applied.failed += u64::from(to_delete.remove(&key).is_some());
            self.refusal = Some(why);
        }
        for (object, verdict) in to_delete.into_values() {
            applied.deleted += 1;
            applied.deleted_bytes += object.size;
            applied.unchecked += u64::from(verdict == Verdict::DeleteUnchecked);
            self.deleted.push(object);
        }
        Ok(())
    }

    /// Deletes, and gives the keys that S3 refused with why.
    async fn delete(
        &self,
        keys: impl Iterator<Item = &String>,
    ) -> Result<Vec<(String, String)>, OffloadError> {
        let wrong =
            |error| OffloadError::caused(OffloadErrorKind::S3, "a deletion cannot be built", error);
        let keys: Result<Vec<_>, _> =
            keys.map(|key| ObjectIdentifier::builder().key(key).build()).collect();
        let delete = Delete::builder().set_objects(Some(keys.map_err(wrong)?)).quiet(true);
        let bucket = &self.collector.bucket;
        let request = self.collector.s3.delete_objects().bucket(bucket);
        let answer = request.delete(delete.build().map_err(wrong)?).send().await;
        let answer = answer.map_err(|error| {
            OffloadError::s3(format_args!("deleting objects of bucket {bucket:?}"), error)
        })?;
        let refused = answer.errors.unwrap_or_default().into_iter();
        Ok(refused
            .filter_map(|error| {
                let why = [error.code, error.message].into_iter().flatten();
                Some((error.key?, why.collect::<Vec<_>>().join(": ")))
            })
            .collect())
    }
}

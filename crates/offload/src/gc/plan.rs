//! Plan: mark, then sweep in thought, with the result as a file.

use super::mark::{Marked, mark};
use super::objects::{ListedObject, ObjectSource};
use super::plan_file::{PlanPin, PlanWriter, PlannedObject, rfc3339};
use super::pointers::PointerSource;
use super::sweep::{Counts, Rules, Sweep};
use crate::{KeyLayout, OffloadError, OffloadErrorKind};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::Store;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use std::path::PathBuf;
use std::time::SystemTime;
use tokio::sync::mpsc;

/// Shards that are listed at once.
const SHARDS_AT_ONCE: usize = 16;
/// Pages of garbage that wait to be written.
const WAITING: usize = 16;
/// Objects that a report shows.
const SAMPLE: usize = 10;
/// Below so many objects of garbage, no share is implausible.
const FEW: u64 = 1000;

/// How a plan is made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlanOptions {
    /// The largest share of all objects that may be garbage, from 0 to 1: 0.5. More, from 1,000
    /// objects on, is taken for a sign that something else is wrong, such as a table that was emptied
    /// by mistake, and ends the plan with
    /// [`ImplausibleGarbage`](OffloadErrorKind::ImplausibleGarbage).
    pub max_garbage_share: f64,
    /// Where pointers are sorted on disk: the folder of the system for temporary files.
    pub scratch: Option<PathBuf>,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self { max_garbage_share: 0.5, scratch: None }
    }
}

/// What a plan is made of.
#[derive(Clone, Copy)]
pub struct PlanSources<'a> {
    /// How keys are made: an object whose key is not of the layout is never garbage.
    pub layout: &'a dyn KeyLayout,
    /// The objects of the bucket.
    pub objects: &'a dyn ObjectSource,
    /// What the items of the table point to.
    pub pointers: &'a dyn PointerSource,
}

/// What a plan found. `objects` is the sum of garbage, young, referenced and foreign ones.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlanReport {
    /// What the plan was made for.
    #[serde(flatten)]
    pub pin: PlanPin,
    /// Items that were scanned.
    pub items: u64,
    /// Read capacity units that the scan consumed.
    pub read_units: f64,
    /// Objects under the prefix.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that may be deleted.
    pub garbage: u64,
    /// Their bytes.
    pub garbage_bytes: u64,
    /// Objects that no item points to and that are younger than the grace.
    pub young: u64,
    /// Objects that an item points to.
    pub referenced: u64,
    /// Objects whose keys are not of our layout; they are never deleted.
    pub foreign: u64,
    /// Pointers to other buckets and prefixes.
    pub pointers_elsewhere: u64,
    /// Pointers whose object was not listed: `verify` tells whether they dangle.
    pub pointers_without_object: u64,
    /// When the oldest garbage was written.
    #[serde(serialize_with = "optional_time")]
    pub oldest: Option<SystemTime>,
    /// The ten oldest objects of the garbage.
    pub sample: Vec<PlannedObject>,
    /// Multipart uploads that were begun before the grace and never finished.
    pub stale_uploads: u64,
}

#[allow(clippy::ref_option, reason = "the shape that serde asks for")]
fn optional_time<S: serde::Serializer>(
    time: &Option<SystemTime>,
    to: S,
) -> Result<S::Ok, S::Error> {
    time.map(rfc3339::text).serialize(to)
}

/// Makes a plan from any listing and any source of pointers, for instance from an S3 Inventory;
/// [`GarbageCollector::plan`](crate::GarbageCollector::plan) uses the bucket and the table.
///
/// Memory: 32 MiB of keys that are being sorted, up to 64 open runs of 0.3 MB, and two pages of each of
/// 16 shards; it does not grow with the table or the bucket. The scratch folder holds about half the
/// bytes of the keys that items point to, twice while runs are joined.
///
/// # Errors
/// [`ImplausibleGarbage`](OffloadErrorKind::ImplausibleGarbage),
/// [`Canceled`](OffloadErrorKind::Canceled), or those of the sources, the scratch folder and the store;
/// there is no plan then.
///
/// From lists that one has, as an S3 Inventory and an export of the table:
///
/// ```
/// use ddbkit_flow::Control;
/// use ddbkit_offload::{
///     DefaultLayout, KeyLayout, ListedObject, ObjectPages, ObjectSource, OwnerHash, PlanOptions,
///     PlanPin, PlanSources, PointerPage, PointerPages, PointerSource, UniqueId, plan_from,
/// };
/// use ddbkit_store::Store;
/// use futures::{StreamExt, stream};
/// use std::time::{Duration, SystemTime};
///
/// struct Inventory(Vec<ListedObject>);
///
/// impl ObjectSource for Inventory {
///     fn shards(&self) -> Vec<String> {
///         vec!["pages/".to_owned()]
///     }
///     fn list(&self, _: &str) -> ObjectPages {
///         stream::iter([Ok(self.0.clone())]).boxed()
///     }
/// }
///
/// struct Export(Vec<String>);
///
/// impl PointerSource for Export {
///     fn pointers(&self) -> PointerPages {
///         let page = PointerPage { items: 1, keys: self.0.clone(), ..PointerPage::default() };
///         stream::iter([Ok(page)]).boxed()
///     }
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), ddbkit_offload::OffloadError> {
/// let layout = DefaultLayout::new("pages")?;
/// let hour = Duration::from_secs(3600);
/// let (owner, now) = (OwnerHash::from_bytes([7; 16]), SystemTime::now());
/// let mut keys = [(); 2].map(|()| layout.object_key(&owner, "html", &UniqueId::generate()));
/// keys.sort();
/// let modified = now - 10 * hour;
/// let listed = keys.clone().map(|key| ListedObject { key, size: 5_000, modified });
/// let (objects, pointers) = (Inventory(listed.into()), Export(vec![keys[0].clone()]));
///
/// let pin = PlanPin {
///     table_arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/Pages".to_owned(),
///     bucket: "attributes".to_owned(),
///     prefix: "pages".to_owned(),
///     mark_time: now,
///     grace: hour,
///     writers_stopped: false,
/// };
/// let sources = PlanSources { layout: &layout, objects: &objects, pointers: &pointers };
/// let (plans, options) = (Store::memory(), PlanOptions::default());
/// let report = plan_from(pin, sources, &options, &plans, "plan", &Control::new()).await?;
/// assert_eq!((report.referenced, report.garbage), (1, 1));
/// assert_eq!(report.sample[0].key, keys[1]);
/// # Ok(())
/// # }
/// ```
pub async fn plan_from(
    pin: PlanPin,
    sources: PlanSources<'_>,
    options: &PlanOptions,
    store: &Store,
    name: &str,
    control: &Control,
) -> Result<PlanReport, OffloadError> {
    let PlanSources { layout, objects, pointers } = sources;
    let scratch = options.scratch.clone().unwrap_or_else(std::env::temp_dir);
    let shards = objects.shards();
    let marked = mark(pointers, shards.clone(), &scratch, control).await?;
    let rules = Rules {
        written_before: pin.written_before(),
        layout,
        writers_stopped: pin.writers_stopped,
    };
    let mut writer = PlanWriter::create(store, name, &pin).await?;
    let written = sweep_all(objects, &shards, &marked, rules, &mut writer, control).await;
    let (counts, sample) = match written {
        Ok(found) if is_plausible(&found.0, options) => found,
        Ok((counts, _)) => {
            writer.abort().await?;
            return Err(OffloadError::new(
                OffloadErrorKind::ImplausibleGarbage,
                format!(
                    "{} of {} objects would be garbage, more than the share of {}: look at the table, \
                     then raise the limit",
                    counts.garbage, counts.objects, options.max_garbage_share
                ),
            ));
        }
        Err(error) => {
            writer.abort().await?;
            return Err(error);
        }
    };
    writer.finish().await?;
    Ok(PlanReport {
        pin,
        items: marked.items,
        read_units: marked.read_units,
        objects: counts.objects,
        bytes: counts.bytes,
        garbage: counts.garbage,
        garbage_bytes: counts.garbage_bytes,
        young: counts.young,
        referenced: counts.referenced,
        foreign: counts.foreign,
        pointers_elsewhere: marked.elsewhere,
        pointers_without_object: counts.pointers_without_object,
        oldest: sample.first().map(|object| object.modified),
        sample,
        stale_uploads: 0,
    })
}

#[allow(clippy::cast_precision_loss, reason = "a share needs no more digits")]
fn is_plausible(counts: &Counts, options: &PlanOptions) -> bool {
    counts.garbage < FEW
        || counts.garbage as f64 <= counts.objects as f64 * options.max_garbage_share
}

/// Sweeps several shards at a time, and writes what they find.
async fn sweep_all(
    objects: &dyn ObjectSource,
    shards: &[String],
    marked: &Marked,
    rules: Rules<'_>,
    writer: &mut PlanWriter,
    control: &Control,
) -> Result<(Counts, Vec<PlannedObject>), OffloadError> {
    let (send, mut receive) = mpsc::channel::<Vec<ListedObject>>(WAITING);
    let mut sweeps = Vec::new();
    for (number, shard) in shards.iter().enumerate() {
        sweeps.push((number, shard, send.clone()));
    }
    drop(send);
    let sweeping = stream::iter(sweeps)
        .map(|(number, shard, garbage)| async move {
            let mut sweep = Sweep::new(rules, marked.shard(number)?)?;
            let mut pages = objects.list(shard);
            while let Some(page) = control.run(pages.next()).await? {
                let page = page?;
                control.emit(&ProgressEvent::Advanced { items: page.len() as u64, bytes: 0 });
                let found = sweep.page(page)?;
                if !found.is_empty() && garbage.send(found).await.is_err() {
                    // The writer has failed, and says why.
                    break;
                }
            }
            sweep.finish()
        })
        .buffer_unordered(SHARDS_AT_ONCE)
        .try_fold(Counts::default(), |sum, counts| async move { Ok(sum.plus(&counts)) });
    let writing = async move {
        let mut sample = Vec::new();
        while let Some(found) = receive.recv().await {
            for object in found {
                let object = PlannedObject::from(object);
                writer.push(&object).await?;
                keep_oldest(&mut sample, object);
            }
        }
        Ok(sample)
    };
    futures::try_join!(sweeping, writing)
}

fn keep_oldest(sample: &mut Vec<PlannedObject>, object: PlannedObject) {
    let at = sample
        .partition_point(|other| (other.modified, &other.key) <= (object.modified, &object.key));
    if at < SAMPLE {
        sample.insert(at, object);
        sample.truncate(SAMPLE);
    }
}

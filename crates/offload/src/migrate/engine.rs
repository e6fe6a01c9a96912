//! Goes through a table in segments, page by page.

use super::adopting::Adopting;
use super::inward::Inward;
use super::outcome::of_error;
use super::outward::Outward;
use super::rejects::{Rejects, text};
use super::state::{Plan, SegmentState, StateFiles};
use super::{Attributes, Change, MigrationCounts, Outcome};
use crate::{BlobKind, OffloadError, OffloadErrorKind, Offloader};
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use ddbkit_codec::Item;
use ddbkit_flow::{CapacityLimiter, CapacityUnits, Control, ProgressEvent};
use ddbkit_store::Store;
use futures::{StreamExt, TryStreamExt, stream};

/// How a migration runs.
#[derive(Clone, Debug)]
pub struct MigrationOptions {
    /// Segments of the scan, each with a state of its own; of a migration that goes on, those that
    /// it began with count.
    pub segments: u32,
    /// Segments that are read at the same time.
    pub workers: usize,
    /// Items of one page that are changed at the same time.
    pub writes: usize,
    /// The pace of the scan, strong reads.
    pub reads: CapacityLimiter,
    /// The pace of the writes.
    pub write_capacity: CapacityLimiter,
}

impl Default for MigrationOptions {
    fn default() -> Self {
        Self {
            segments: 16,
            workers: 4,
            writes: 8,
            reads: CapacityLimiter::unlimited(),
            write_capacity: CapacityLimiter::unlimited(),
        }
    }
}

/// What a migration did, in all its runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationReport {
    /// In all runs together.
    pub counts: MigrationCounts,
    /// Of `counts`, what earlier runs did.
    pub before: MigrationCounts,
}

/// A change of all items of a table.
///
/// **Memory.** `workers` pages of 1 MB each, and `writes` values for each of them: an item, its
/// values, and their compressed form. A value that comes back from S3 is refused before it is read
/// when no item could hold it; a value that is adopted goes through in parts.
///
/// ```
/// # async fn example(
/// #     dynamodb: aws_sdk_dynamodb::Client,
/// #     s3: aws_sdk_s3::Client,
/// # ) -> Result<(), ddbkit_offload::OffloadError> {
/// use ddbkit_flow::Control;
/// use ddbkit_offload::migrate::{Migration, MigrationOptions};
/// use ddbkit_offload::{AttributeOptions, Offloader};
/// use ddbkit_store::Store;
///
/// let pages = Offloader::builder(dynamodb, s3).table("Pages").bucket("my-blobs").prefix("pages");
/// let pages = pages.attribute("html", AttributeOptions::new()).build().await?;
/// let (state, options) = (Store::directory("pages-in"), MigrationOptions::default());
/// let report = Migration::inward(&pages).run(&state, &options, &Control::new()).await?;
/// println!("{} of {} items changed", report.counts.changed, report.counts.read);
/// # Ok(())
/// # }
/// ```
pub struct Migration {
    offloader: Offloader,
    change: Box<dyn Change>,
    name: String,
}

impl Migration {
    /// Moves to S3 what the policy of the offloader says of the attributes that it was given.
    #[must_use]
    pub fn inward(offloader: &Offloader) -> Self {
        let name = format!("in {:?}", offloader.shared.policy);
        Self::new(offloader, Box::new(Inward::new(offloader)), &name)
    }

    /// Brings back into the items all attributes that the offloader was given. The objects are left
    /// to the collector. An item that would be larger than 400 KB is rejected, as a whole.
    ///
    /// ```
    /// use aws_sdk_dynamodb::types::AttributeValue::S;
    /// # use ddbkit_offload::AttributeOptions;
    /// use ddbkit_flow::Control;
    /// use ddbkit_offload::migrate::{Migration, MigrationOptions};
    /// use ddbkit_offload::{BlobKind, Offloader};
    /// use ddbkit_store::Store;
    /// use std::collections::HashMap;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # let servers = ddbkit_testkit::backend().await;
    /// # let key = ddbkit_testkit::KeySchema::hash("url", aws_sdk_dynamodb::types::ScalarAttributeType::S);
    /// # let (table, bucket) = (servers.table("pages", key).await, servers.bucket().await);
    /// # let (dynamodb, s3) = (servers.dynamodb.clone(), servers.s3.clone());
    /// # let pages = Offloader::builder(dynamodb.clone(), s3.clone()).table(&table).bucket(&bucket);
    /// # let pages = pages.prefix("pages").attribute("html", AttributeOptions::new()).build().await?;
    /// let html = ("html".to_owned(), S("<p>Hello</p>".repeat(1000)));
    /// let item = HashMap::from([("url".to_owned(), S("/".to_owned())), html]);
    /// pages.create(item).await?;
    ///
    /// let (options, control) = (MigrationOptions::default(), Control::new());
    /// let out = Migration::outward(&pages).run(&Store::memory(), &options, &control).await?;
    /// assert_eq!((out.counts.read, out.counts.changed), (1, 1));
    ///
    /// // Nothing here is of pynamodb_mate, so there is nothing to take over.
    /// let adopting = Migration::adopting(&pages, BlobKind::String);
    /// assert_eq!(adopting.run(&Store::memory(), &options, &control).await?.counts.changed, 0);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    #[must_use]
    pub fn outward(offloader: &Offloader) -> Self {
        Self::new(offloader, Box::new(Outward::new(offloader)), "out")
    }

    /// Takes over what `pynamodb_mate` has stored for the attributes that the offloader was given:
    /// each object is copied to a key that its item owns, and the text in the item becomes a pointer,
    /// if it is still that text. The object that was there before is not touched.
    ///
    /// `kind` is what the values become to readers: text, or binary. The library stores bytes.
    #[must_use]
    pub fn adopting(offloader: &Offloader, kind: BlobKind) -> Self {
        Self::new(offloader, Box::new(Adopting::new(offloader, kind)), &format!("adopt {kind:?}"))
    }

    fn new(offloader: &Offloader, change: Box<dyn Change>, name: &str) -> Self {
        let attributes: Vec<&String> = offloader.shared.attributes.keys().collect();
        Self { offloader: offloader.clone(), change, name: format!("{name} {attributes:?}") }
    }

    /// Runs it, or goes on with it: `state` is a place for files, of this migration alone. Rejected
    /// items are listed there below `rejects/`, a line for each with its key and the reason.
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the state is of another migration,
    /// [`Canceled`](OffloadErrorKind::Canceled), and what reading and writing gives. The state stays;
    /// the same migration goes on.
    pub async fn run(
        &self,
        state: &Store,
        options: &MigrationOptions,
        control: &Control,
    ) -> Result<MigrationReport, OffloadError> {
        let files = StateFiles(state.clone());
        let plan = Plan {
            version: 0,
            table_arn: self.offloader.ownership().table_arn.clone(),
            prefix: self.offloader.layout().prefix().to_owned(),
            change: self.name.clone(),
            segments: options.segments.max(1),
        };
        let plan = files.begin(plan).await?;
        let run = Run { migration: self, files, options, control, segments: plan.segments };
        let mut segments = Vec::new();
        let mut before = MigrationCounts::default();
        for segment in 0..plan.segments {
            let state = run.files.segment(segment).await?;
            before = before.plus(state.counts);
            segments.push((segment, state));
        }
        control.emit(&ProgressEvent::Started { items: None, bytes: None });
        control.emit(&ProgressEvent::Resumed { items: before.read, bytes: before.bytes });
        let done =
            stream::iter(segments.into_iter().map(|(segment, state)| run.segment(segment, state)));
        let counts = done
            .buffer_unordered(options.workers.max(1))
            .try_fold(MigrationCounts::default(), |sum, counts| async move { Ok(sum.plus(counts)) })
            .await?;
        control.emit(&ProgressEvent::Finished);
        Ok(MigrationReport { counts, before })
    }
}

struct Run<'a> {
    migration: &'a Migration,
    files: StateFiles,
    options: &'a MigrationOptions,
    control: &'a Control,
    segments: u32,
}

impl Run<'_> {
    async fn segment(
        &self,
        segment: u32,
        mut state: SegmentState,
    ) -> Result<MigrationCounts, OffloadError> {
        while !state.done {
            self.control.check()?;
            let (items, next) = Box::pin(self.page(segment, &state)).await?;
            let bytes = state.counts.bytes;
            let read = items.len() as u64;
            self.items(segment, items, &mut state).await?;
            state.pages += 1;
            state.done = next.is_none();
            state.last_evaluated_key = next;
            self.files.write(segment, &state).await?;
            let bytes = state.counts.bytes - bytes;
            self.control.emit(&ProgressEvent::Advanced { items: read, bytes });
        }
        Ok(state.counts)
    }

    /// The next page, and where the one after it begins.
    async fn page(
        &self,
        segment: u32,
        state: &SegmentState,
    ) -> Result<(Vec<Attributes>, Option<String>), OffloadError> {
        self.control.run(self.options.reads.ready()).await?;
        let start = state.last_evaluated_key.as_deref().map(attributes).transpose()?;
        let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let scan = self.migration.offloader.shared.dynamodb.scan();
        let scan = scan
            .table_name(self.migration.offloader.table())
            .segment(number(segment))
            .total_segments(number(self.segments))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .set_exclusive_start_key(start);
        let answer = self.control.run(Box::pin(scan.send())).await?;
        let answer = answer.map_err(|error| OffloadError::dynamodb("a scan", error))?;
        let used = answer.consumed_capacity.and_then(|used| used.capacity_units);
        self.charge(&self.options.reads, used.unwrap_or_default());
        let next = answer.last_evaluated_key.map(|key| {
            Item::try_from(key).map(|key| text(&key)).map_err(|error| {
                OffloadError::caused(OffloadErrorKind::DynamoDb, "a scan gave no valid key", error)
            })
        });
        Ok((answer.items.unwrap_or_default(), next.transpose()?))
    }

    /// Changes the items of a page. When one fails or the work is cancelled, the page is not done; the
    /// writes that were made stay, and are found made.
    async fn items(
        &self,
        segment: u32,
        items: Vec<Attributes>,
        state: &mut SegmentState,
    ) -> Result<(), OffloadError> {
        let mut rejects = Rejects::default();
        let changes = items.into_iter().map(|item| async move {
            self.control.run(self.options.write_capacity.ready()).await?;
            let key = self.migration.offloader.item_key(&item)?;
            let control = self.control.unwatched();
            let outcome = self.migration.change.apply(&key, item, &control).await;
            Ok::<_, OffloadError>((key, outcome.or_else(of_error)?))
        });
        let mut changes = stream::iter(changes).buffer_unordered(self.options.writes.max(1));
        while let Some((key, outcome)) = changes.try_next().await? {
            state.counts.add(&outcome);
            match &outcome {
                Outcome::Changed { units, .. } => {
                    self.charge(&self.options.write_capacity, *units);
                }
                Outcome::Rejected(reason) => {
                    rejects.add(&key, reason);
                    self.control.emit(&ProgressEvent::Rejected);
                }
                Outcome::Unchanged | Outcome::ChangedByOthers => {}
            }
        }
        rejects.write(&self.files.0, segment, state.pages).await
    }

    fn charge(&self, limiter: &CapacityLimiter, units: f64) {
        if let Ok(units) = CapacityUnits::new(units) {
            limiter.charge(units);
            self.control.emit(&ProgressEvent::Consumed(units));
        }
    }
}

/// A key as `DynamoDB` JSON, for a request.
fn attributes(text: &str) -> Result<Attributes, OffloadError> {
    let item = Item::from_dynamodb_json(text.as_bytes()).map_err(|error| {
        let message = "the state of a segment has no valid key";
        OffloadError::caused(OffloadErrorKind::Store, message, error)
    })?;
    Ok(item.into())
}

//! The entry points.

use super::apply::{ApplyOptions, ApplyReport, apply};
use super::foreign::foreign_shard;
use super::objects::BucketListing;
use super::plan::{PlanOptions, PlanReport, PlanSources, plan_from};
use super::plan_file::{PlanPin, PlanReader};
use super::pointers::TableScan;
use super::server_time::server_time;
use super::uploads::stale_uploads;
use super::verify::{VerifyOptions, VerifyReport, verify};
use crate::{
    DefaultLayout, KeyLayout, KeySchema, OffloadError, OffloadErrorKind, Ownership, check_layout,
};
use ddbkit_flow::{CapacityLimiter, Control};
use ddbkit_store::Store;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

/// Deletes the objects of a table that no item points to any more.
///
/// Writers never delete: what they replaced, what failed, and what TTL deleted stays in the bucket
/// until it is collected. [`plan`](Self::plan) deletes nothing and says what would go,
/// [`apply`](Self::apply) deletes it, [`verify`](Self::verify) proves that every pointer resolves. All
/// three may run while writers write.
///
/// It needs `dynamodb:DescribeTable`, `dynamodb:Scan` and `dynamodb:GetItem` on the table,
/// `s3:ListBucket` and `s3:ListBucketMultipartUploads` on the bucket, and `s3:GetObject`,
/// `s3:DeleteObject` and `s3:AbortMultipartUpload` under the prefix.
///
/// ```
/// # async fn example(
/// #     dynamodb: aws_sdk_dynamodb::Client,
/// #     s3: aws_sdk_s3::Client,
/// # ) -> Result<(), ddbkit_offload::OffloadError> {
/// use ddbkit_flow::Control;
/// use ddbkit_offload::{ApplyOptions, GarbageCollector, PlanOptions};
/// use ddbkit_store::Store;
///
/// let collector = GarbageCollector::builder(dynamodb, s3, "Pages", "my-blobs", "pages")?;
/// let (collector, control) = (collector.build().await?, Control::new());
/// let plans = Store::directory("plans");
/// collector.plan(&PlanOptions::default(), &plans, "pages.jsonl", &control).await?;
/// // What would go is a line each in the file: to be looked at, or not.
/// let report =
///     collector.apply(&ApplyOptions::default(), &plans, "pages.jsonl", &control).await?;
/// println!("{} objects deleted", report.applied.deleted);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct GarbageCollector {
    pub(super) dynamodb: aws_sdk_dynamodb::Client,
    pub(super) s3: aws_sdk_s3::Client,
    pub(super) bucket: String,
    pub(super) layout: Arc<dyn KeyLayout>,
    pub(super) ownership: Ownership,
    pub(super) key_schema: KeySchema,
    grace: Duration,
    segments: i32,
    limiter: CapacityLimiter,
    writers_stopped: bool,
}

/// Builds a [`GarbageCollector`].
#[derive(Clone, Debug)]
pub struct GarbageCollectorBuilder {
    dynamodb: aws_sdk_dynamodb::Client,
    s3: aws_sdk_s3::Client,
    table: String,
    bucket: String,
    layout: Arc<dyn KeyLayout>,
    grace: Option<Duration>,
    segments: NonZeroU16,
    limiter: CapacityLimiter,
    writers_stopped: bool,
}

/// Segments of the scan that are read at once.
const SEGMENTS: NonZeroU16 = NonZeroU16::MIN.saturating_add(7);

impl GarbageCollectorBuilder {
    /// Where keys are not of the layout that comes with this crate.
    #[must_use]
    pub fn layout(self, layout: Arc<dyn KeyLayout>) -> Self {
        Self { layout, ..self }
    }

    /// A longer grace than the one that the prefix has: longer than the oldest backup of the table
    /// that may be restored, because a restored item points to the objects of its time.
    #[must_use]
    pub fn grace(self, grace: Duration) -> Self {
        Self { grace: Some(grace), ..self }
    }

    /// How many segments of the table are scanned at once: 8.
    #[must_use]
    pub fn segments(self, segments: NonZeroU16) -> Self {
        Self { segments, ..self }
    }

    /// Paces the scan; without it only the throttles of `DynamoDB` do.
    #[must_use]
    pub fn limiter(self, limiter: CapacityLimiter) -> Self {
        Self { limiter, ..self }
    }

    /// Says that nothing writes with `pynamodb_mate` under this prefix any more, so that its objects
    /// may be collected too. It reuses the objects that it finds, so while it writes an old object
    /// without a pointer may get one at any time, whatever the grace.
    #[must_use]
    pub fn writers_stopped(self, stopped: bool) -> Self {
        Self { writers_stopped: stopped, ..self }
    }

    /// Reads the description of the table and the manifest of the prefix.
    ///
    /// # Errors
    /// [`ForeignPrefix`](OffloadErrorKind::ForeignPrefix) when the prefix belongs to another table or to
    /// none, [`GraceTooShort`](OffloadErrorKind::GraceTooShort) when the grace is shorter than that of the
    /// prefix, [`UnsupportedVersion`](OffloadErrorKind::UnsupportedVersion) when a newer version owns it,
    /// or the errors of the services.
    pub async fn build(self) -> Result<GarbageCollector, OffloadError> {
        let Self { dynamodb, s3, table, bucket, layout, .. } = self;
        check_layout(&*layout)?;
        let described = dynamodb.describe_table().table_name(&table).send().await;
        let described = described.map_err(|error| {
            OffloadError::dynamodb(format_args!("describing table {table:?}"), error)
        })?;
        let ownership = Ownership::read(&s3, &bucket, layout.prefix()).await?;
        let place = format!("s3://{bucket}/{}", layout.prefix());
        let key_schema = described.table().and_then(KeySchema::of_table);
        let arn = described.table.and_then(|table| table.table_arn).unwrap_or_default();
        let key_schema = match key_schema {
            Some(key_schema) if ownership.table_arn == arn => key_schema,
            _ => {
                return Err(OffloadError::new(
                    OffloadErrorKind::ForeignPrefix,
                    format!("{place} belongs to {}, not to {arn}", ownership.table_arn),
                ));
            }
        };
        ownership.timing.validate()?;
        let grace = self.grace.unwrap_or(ownership.timing.grace);
        if grace < ownership.timing.grace {
            return Err(OffloadError::new(
                OffloadErrorKind::GraceTooShort,
                format!(
                    "{place} has a grace of {} s, which may not be shortened to {} s",
                    ownership.timing.grace.as_secs_f64(),
                    grace.as_secs_f64()
                ),
            ));
        }
        Ok(GarbageCollector {
            dynamodb,
            s3,
            bucket,
            layout,
            ownership,
            key_schema,
            grace,
            segments: i32::from(self.segments.get()),
            limiter: self.limiter,
            writers_stopped: self.writers_stopped,
        })
    }
}

impl GarbageCollector {
    /// A collector for the objects of a table under a prefix of a bucket.
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the prefix cannot be one.
    pub fn builder(
        dynamodb: aws_sdk_dynamodb::Client,
        s3: aws_sdk_s3::Client,
        table: impl Into<String>,
        bucket: impl Into<String>,
        prefix: &str,
    ) -> Result<GarbageCollectorBuilder, OffloadError> {
        Ok(GarbageCollectorBuilder {
            dynamodb,
            s3,
            table: table.into(),
            bucket: bucket.into(),
            layout: Arc::new(DefaultLayout::new(prefix)?),
            grace: None,
            segments: SEGMENTS,
            limiter: CapacityLimiter::unlimited(),
            writers_stopped: false,
        })
    }

    /// Whom the prefix belongs to, with the times that its writers keep.
    #[must_use]
    pub fn ownership(&self) -> &Ownership {
        &self.ownership
    }

    /// The age that garbage must have. It must be longer than the oldest backup of the table that may
    /// be restored.
    #[must_use]
    pub fn grace(&self) -> Duration {
        self.grace
    }

    /// Writes what may be deleted to a file in a store, and deletes nothing.
    ///
    /// Takes the time of S3, scans the table strongly after it, lists the prefix, and keeps what was
    /// written before that time less the grace and no item points to. Memory and disk as
    /// [`plan_from`] says.
    ///
    /// # Errors
    /// As [`plan_from`]; there is no plan then.
    pub async fn plan(
        &self,
        options: &PlanOptions,
        store: &Store,
        name: &str,
        control: &Control,
    ) -> Result<PlanReport, OffloadError> {
        let mark_time = server_time(&self.s3, &self.bucket).await?;
        let pin = PlanPin { mark_time, ..self.pin() };
        let written_before = pin.written_before();
        let foreign = self.writers_stopped.then(|| foreign_shard(self.layout.prefix()));
        let covers = |shard: &String| foreign.as_ref().is_some_and(|own| own.starts_with(shard));
        let is_covered = self.layout.shards().iter().any(covers);
        let objects = BucketListing {
            s3: self.s3.clone(),
            bucket: self.bucket.clone(),
            layout: self.layout.clone(),
            foreign_shard: foreign.filter(|_| !is_covered),
        };
        let pointers = self.scan();
        let layout = &*self.layout;
        let sources = PlanSources { layout, objects: &objects, pointers: &pointers };
        let mut report = plan_from(pin, sources, options, store, name, control).await?;
        report.stale_uploads =
            stale_uploads(&self.s3, &self.bucket, layout, written_before, false, control).await?;
        Ok(report)
    }

    /// Deletes what is in a plan, after another look at each object and at the item that it belonged
    /// to.
    ///
    /// Objects that were written again, or that their item points to, are kept and counted. What was
    /// deleted is written beside the plan, as is the state from which the same call goes on after a
    /// kill. Memory: the keys of 11,000 objects, whatever the plan.
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the plan is damaged,
    /// [`ForeignPrefix`](OffloadErrorKind::ForeignPrefix) when it was made for another table or place,
    /// [`GraceTooShort`](OffloadErrorKind::GraceTooShort) when it was made with a shorter grace,
    /// [`Canceled`](OffloadErrorKind::Canceled), or the errors of the services and the store.
    pub async fn apply(
        &self,
        options: &ApplyOptions,
        store: &Store,
        name: &str,
        control: &Control,
    ) -> Result<ApplyReport, OffloadError> {
        let plan = PlanReader::open(store, name).await?;
        self.accept(&plan.pin, name)?;
        let now = server_time(&self.s3, &self.bucket).await?;
        if plan.pin.mark_time > now {
            return Err(OffloadError::new(
                OffloadErrorKind::InvalidInput,
                format!("the plan {name:?} was made in the future, by the clock of S3"),
            ));
        }
        apply(self, plan, options, store, name, control).await
    }

    /// Looks whether every pointer of the table resolves: its object is there, has its length, and on
    /// request its content. Changes nothing. Memory: the pages of the scan, and of a body one piece.
    ///
    /// # Errors
    /// [`Canceled`](OffloadErrorKind::Canceled), or the errors of the services. What does not resolve is
    /// in the report, not an error.
    ///
    /// ```
    /// use aws_sdk_dynamodb::types::AttributeValue::S;
    /// # use ddbkit_offload::{AttributeOptions, Offloader};
    /// use ddbkit_flow::Control;
    /// use ddbkit_offload::{GarbageCollector, ProblemKind, VerifyOptions};
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
    /// let created = pages.create(item).await?;
    ///
    /// // Somebody deletes the object behind the library's back.
    /// let (_, pointer) = created.seen().pointers().next().ok_or("in S3")?;
    /// s3.delete_object().bucket(&bucket).key(&pointer.key).send().await?;
    ///
    /// let collector = GarbageCollector::builder(dynamodb, s3, &table, &bucket, "pages")?.build().await?;
    /// let report = collector.verify(&VerifyOptions::default(), &Control::new()).await?;
    /// assert_eq!((report.pointers, report.bad), (1, 1));
    /// assert_eq!(report.problems[0].kind, ProblemKind::Dangling);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub async fn verify(
        &self,
        options: &VerifyOptions,
        control: &Control,
    ) -> Result<VerifyReport, OffloadError> {
        verify(self, options, control).await
    }

    fn pin(&self) -> PlanPin {
        PlanPin {
            table_arn: self.ownership.table_arn.clone(),
            bucket: self.bucket.clone(),
            prefix: self.layout.prefix().to_owned(),
            mark_time: std::time::SystemTime::UNIX_EPOCH,
            grace: self.grace,
            writers_stopped: self.writers_stopped,
        }
    }

    pub(super) fn scan(&self) -> TableScan {
        TableScan {
            dynamodb: self.dynamodb.clone(),
            table: self.ownership.table_name.clone(),
            bucket: self.bucket.clone(),
            segments: self.segments,
            limiter: self.limiter.clone(),
            texts: self.writers_stopped,
        }
    }

    /// Refuses a plan that was made for something else.
    fn accept(&self, plan: &PlanPin, name: &str) -> Result<(), OffloadError> {
        let own = self.pin();
        let refuse = |kind, why: String| {
            let message = format!("the plan {name:?} {why}");
            Err(OffloadError::new(kind, message))
        };
        if (&plan.table_arn, &plan.bucket, &plan.prefix)
            != (&own.table_arn, &own.bucket, &own.prefix)
        {
            let PlanPin { table_arn, bucket, prefix, .. } = plan;
            let why = format!("was made for {table_arn} in s3://{bucket}/{prefix}");
            return refuse(OffloadErrorKind::ForeignPrefix, why);
        }
        if plan.grace < own.grace {
            let (theirs, ours) = (plan.grace.as_secs_f64(), own.grace.as_secs_f64());
            let why = format!("was made with a grace of {theirs} s, now it is {ours} s");
            return refuse(OffloadErrorKind::GraceTooShort, why);
        }
        if plan.writers_stopped && !own.writers_stopped {
            let why = "holds objects of pynamodb_mate: its writers must be stopped".to_owned();
            return refuse(OffloadErrorKind::InvalidInput, why);
        }
        Ok(())
    }
}

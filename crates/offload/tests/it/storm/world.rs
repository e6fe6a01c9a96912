//! Servers, clients that meet trouble, a collector that meets none, and the proof at the end.

use super::chaos::{Chaos, LATE, Trouble};
use crate::support::Attributes;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_flow::Control;
use ddbkit_offload::{
    ApplyOptions, AttributeOptions, GarbageCollector, OffloadError, OffloadPolicy, Offloader,
    PlanOptions, PlanReport, Timing, VerifyOptions,
};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema};
use std::num::NonZeroU32;
use std::time::Duration;

pub(crate) const PREFIX: &str = "storm";

/// The times of the real thing, scaled: late requests are bounded by `LATE`, clocks have whole seconds,
/// and the grace has room for a machine that is busy with other tests. Servers that are real, and storms
/// that are long, get more.
pub(crate) fn scaled() -> Timing {
    let is_given = |name| std::env::var_os(name).is_some();
    let slow = ["DDBKIT_TEST_DYNAMODB_ENDPOINT", "DDBKIT_TEST_S3_ENDPOINT", SECONDS];
    let (deadline, grace) = if slow.into_iter().any(is_given) { (6, 10) } else { (2, 5) };
    Timing {
        write_deadline: Duration::from_secs(deadline),
        request_lifetime: LATE * 2,
        clock_skew: Duration::from_millis(1500),
        grace: Duration::from_secs(grace),
    }
}

/// How long a storm lasts.
const SECONDS: &str = "DDBKIT_TEST_STORM_SECONDS";

pub(crate) struct World {
    pub(crate) backend: Backend,
    pub(crate) table: String,
    pub(crate) bucket: String,
    pub(crate) timing: Timing,
}

impl World {
    pub(crate) async fn new(timing: Timing) -> Self {
        let backend = ddbkit_testkit::backend().await;
        let table = backend.table("storm", KeySchema::default()).await;
        let bucket = backend.bucket().await;
        Self { backend, table, bucket, timing }
    }

    /// Clients of both services whose requests meet trouble.
    pub(crate) fn clients(&self, chaos: &Chaos) -> (aws_sdk_dynamodb::Client, aws_sdk_s3::Client) {
        let retry = RetryConfig::standard()
            .with_max_attempts(3)
            .with_initial_backoff(Duration::from_millis(10))
            .with_max_backoff(Duration::from_millis(100));
        let dynamodb = self.backend.dynamodb.config().to_builder();
        let dynamodb = dynamodb.http_client(chaos.clone()).retry_config(retry.clone()).build();
        let s3 = self.backend.s3.config().to_builder();
        let s3 = s3.http_client(chaos.clone()).retry_config(retry).build();
        (aws_sdk_dynamodb::Client::from_conf(dynamodb), aws_sdk_s3::Client::from_conf(s3))
    }

    /// An offloader of `body` and `notes` over some clients. Where they meet trouble, building may fail.
    pub(crate) async fn offloader(
        &self,
        (dynamodb, s3): (aws_sdk_dynamodb::Client, aws_sdk_s3::Client),
    ) -> Offloader {
        loop {
            let (dynamodb, s3) = (dynamodb.clone(), s3.clone());
            if let Ok(offloader) = self.build(dynamodb, s3).await {
                return offloader;
            }
        }
    }

    async fn build(
        &self,
        dynamodb: aws_sdk_dynamodb::Client,
        s3: aws_sdk_s3::Client,
    ) -> Result<Offloader, OffloadError> {
        Offloader::builder(dynamodb, s3)
            .table(&self.table)
            .bucket(&self.bucket)
            .prefix(PREFIX)
            .attribute("body", AttributeOptions::new())
            .attribute("notes", AttributeOptions::new().zstd(3))
            .policy(OffloadPolicy::Always)
            .timing(self.timing)
            .build()
            .await
    }

    /// An offloader without trouble; it also claims the prefix.
    pub(crate) async fn calm(&self) -> Offloader {
        self.offloader((self.backend.dynamodb.clone(), self.backend.s3.clone())).await
    }

    pub(crate) async fn collector(&self) -> GarbageCollector {
        let (dynamodb, s3) = (self.backend.dynamodb.clone(), self.backend.s3.clone());
        let builder = GarbageCollector::builder(dynamodb, s3, &self.table, &self.bucket, PREFIX);
        builder.unwrap().build().await.unwrap()
    }

    /// Writes an item as it is, past the library and without trouble.
    pub(crate) async fn raw(&self, key: Attributes) -> Option<Attributes> {
        let get = self.backend.dynamodb.get_item().table_name(&self.table);
        get.set_key(Some(key)).consistent_read(true).send().await.unwrap().item
    }

    /// After quiet: what is old and unreferenced goes, nothing else is there, and every pointer
    /// resolves. Gives the number of pointers.
    pub(crate) async fn prove(&self) -> u64 {
        let until_old = self.timing.grace + LATE * 2 + Duration::from_millis(2500);
        tokio::time::sleep(until_old).await;
        let collector = self.collector().await;
        collect(&collector).await;
        let left = plan(&collector, &Store::memory()).await;
        assert_eq!((left.garbage, left.young, left.foreign), (0, 0, 0), "{left:?}");
        let pointers = self.resolve().await;
        assert_eq!(pointers, left.referenced);
        pointers
    }

    /// Every pointer has its object, with its hash. Gives the number of pointers.
    pub(crate) async fn resolve(&self) -> u64 {
        let mut options = VerifyOptions::default();
        options.hashes = true;
        let verified = self.collector().await.verify(&options, &Control::new()).await.unwrap();
        assert_eq!(verified.bad, 0, "{:?}", verified.problems);
        verified.pointers
    }
}

async fn plan(collector: &GarbageCollector, store: &Store) -> PlanReport {
    let mut options = PlanOptions::default();
    options.max_garbage_share = 1.0;
    collector.plan(&options, store, "plan", &Control::new()).await.unwrap()
}

/// Plans and applies; gives how many objects were deleted.
pub(crate) async fn collect(collector: &GarbageCollector) -> u64 {
    let store = Store::memory();
    plan(collector, &store).await;
    let mut options = ApplyOptions::default();
    options.objects_per_second = NonZeroU32::MAX;
    let report = collector.apply(&options, &store, "plan", &Control::new()).await.unwrap();
    // The second look finds nothing that the mark did not: else the mark would be wrong.
    assert_eq!((report.applied.referenced, report.applied.changed), (0, 0), "{report:?}");
    report.applied.deleted
}

/// How long a storm lasts: some seconds, or what the soak says.
pub(crate) fn duration() -> Duration {
    let seconds = std::env::var(SECONDS);
    Duration::from_secs(seconds.map_or(4, |seconds| seconds.parse().unwrap()))
}

/// One request in eight meets trouble.
pub(crate) fn chaos() -> Chaos {
    Chaos::new(|_| (fastrand::u8(..8) == 0).then(|| fastrand::choice(Trouble::ALL)).flatten())
}

/// One of four contents of an item: writers often have the same again.
pub(crate) fn content(n: u64, of: u8) -> AttributeValue {
    AttributeValue::S(format!("item {n} says {of}, ").repeat(60))
}

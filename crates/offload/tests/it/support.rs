//! What the tests share.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use ddbkit_offload::{
    AttributeOptions, Clock, OffloadPolicy, Offloader, OffloaderBuilder, SystemClock,
};
use ddbkit_testkit::{Backend, KeySchema};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// One request, as it goes out.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) operation: String,
    pub(crate) headers: BTreeMap<String, String>,
}

/// Records every request of a client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder(Arc<Mutex<Vec<Sent>>>);

impl Recorder {
    /// The operations since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        self.take_all().into_iter().map(|sent| sent.operation).collect()
    }

    pub(crate) fn take_all(&self) -> Vec<Sent> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Intercept for Recorder {
    fn name(&self) -> &'static str {
        "Recorder"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let headers = request.headers().iter();
        let headers: BTreeMap<String, String> =
            headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let target = headers.get("x-amz-target").and_then(|target| target.split('.').nth(1));
        let operation = target.unwrap_or(request.method()).to_owned();
        self.0.lock().unwrap().push(Sent { operation, headers });
        Ok(())
    }
}

/// A clock that tests move.
#[derive(Debug, Default)]
pub(crate) struct TestClock(Mutex<Duration>);

impl TestClock {
    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        SystemClock.now() + *self.0.lock().unwrap()
    }
}

/// Servers, a table with the keys `pk` and `sk`, a bucket, and an offloader of `body` and `notes`.
pub(crate) struct Fixture {
    pub(crate) backend: Backend,
    pub(crate) table: String,
    pub(crate) bucket: String,
    pub(crate) offloader: Offloader,
    pub(crate) requests: Recorder,
    pub(crate) clock: Arc<TestClock>,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        Self::with(ddbkit_testkit::backend().await, |builder| builder).await
    }

    /// With faults to inject.
    pub(crate) async fn embedded() -> Self {
        Self::with(Backend::embedded_only().await, |builder| builder).await
    }

    pub(crate) async fn with(
        backend: Backend,
        options: impl FnOnce(OffloaderBuilder) -> OffloaderBuilder,
    ) -> Self {
        let table = backend.table("offload", KeySchema::default()).await;
        let bucket = backend.bucket().await;
        let (requests, clock) = (Recorder::default(), Arc::new(TestClock::default()));
        let dynamodb = backend.dynamodb.config().to_builder().interceptor(requests.clone()).build();
        let s3 = backend.s3.config().to_builder().interceptor(requests.clone()).build();
        let builder = Offloader::builder(
            aws_sdk_dynamodb::Client::from_conf(dynamodb),
            aws_sdk_s3::Client::from_conf(s3),
        )
        .table(&table)
        .bucket(&bucket)
        .prefix("large")
        .attribute("body", AttributeOptions::new())
        .attribute("notes", AttributeOptions::new().zstd(3))
        .policy(OffloadPolicy::Always)
        .clock(Arc::clone(&clock) as _);
        let offloader = options(builder).build().await.expect("build the offloader");
        requests.take();
        Self { backend, table, bucket, offloader, requests, clock }
    }

    /// Items of the table as the SDK reads them.
    pub(crate) async fn raw(&self, key: Attributes) -> Option<Attributes> {
        let get = self.backend.dynamodb.get_item().table_name(&self.table);
        get.set_key(Some(key)).consistent_read(true).send().await.unwrap().item
    }

    /// What a writer that knows nothing of this library does.
    pub(crate) async fn put_raw(&self, item: Attributes) {
        let put = self.backend.dynamodb.put_item().table_name(&self.table);
        put.set_item(Some(item)).send().await.unwrap();
    }

    /// The value of an attribute, wherever it is.
    pub(crate) async fn value(&self, key: Attributes, attribute: &str) -> Option<AttributeValue> {
        let item = self.offloader.get(key).await.unwrap().expect("the item is there");
        item.value(attribute).await.unwrap()
    }

    /// The keys of all objects but the manifest.
    pub(crate) async fn objects(&self) -> Vec<String> {
        let list = self.backend.s3.list_objects_v2().bucket(&self.bucket).send().await.unwrap();
        let keys = list.contents().iter().filter_map(|object| object.key.clone());
        keys.filter(|key| !key.ends_with("_owner.json")).collect()
    }

    pub(crate) async fn delete_object(&self, key: &str) {
        self.backend.s3.delete_object().bucket(&self.bucket).key(key).send().await.unwrap();
    }
}

pub(crate) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// The key of the numbered item.
pub(crate) fn key(n: u64) -> Attributes {
    Attributes::from([("pk".to_owned(), text(format!("item-{n}"))), ("sk".to_owned(), number(n))])
}

/// An item with these attributes beside its key.
pub(crate) fn item<const N: usize>(n: u64, attributes: [(&str, AttributeValue); N]) -> Attributes {
    let mut item = key(n);
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    item
}

/// A text that compresses, unlike others of other seeds.
pub(crate) fn long(seed: &str) -> AttributeValue {
    text(format!("{seed} says: ").repeat(2000))
}

/// The most memory that this process had, in MB, where the system tells.
pub(crate) fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

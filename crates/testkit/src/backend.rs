//! The servers of a test.

use std::time::Duration;

use aws_sdk_dynamodb::types::TableStatus;
use aws_sdk_dynamodbstreams::config::{BehaviorVersion, Credentials, Region};
use ddbkit_local::{
    ACCESS_KEY_ID, FaultProxy, Faults, LocalDynamoDb, LocalDynamoDbOptions, LocalS3,
    LocalS3Options, REGION, SECRET_ACCESS_KEY,
};

use crate::KeySchema;

/// The URL of a `DynamoDB` to test against.
const DYNAMODB_ENDPOINT: &str = "DDBKIT_TEST_DYNAMODB_ENDPOINT";
/// The URL of an S3 to test against, and the keys that it takes.
const S3_ENDPOINT: &str = "DDBKIT_TEST_S3_ENDPOINT";
const S3_ACCESS_KEY: &str = "DDBKIT_TEST_S3_ACCESS_KEY";
const S3_SECRET_KEY: &str = "DDBKIT_TEST_S3_SECRET_KEY";

/// A `DynamoDB` and an S3 for one test. Embedded servers stop when it is dropped.
#[derive(Debug)]
#[non_exhaustive]
pub struct Backend {
    /// A client with the SDK's default retries.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The URL of `DynamoDB` and of its streams.
    pub dynamodb_endpoint: String,
    /// A client with the SDK's default retries that names buckets in the path.
    pub s3: aws_sdk_s3::Client,
    /// The URL of S3.
    pub s3_endpoint: String,
    /// The faults of both servers, when both are embedded. `Scan` and `PutObject` name different
    /// services, so one set of rules is enough.
    pub faults: Option<Faults>,
    /// The embedded `DynamoDB`, for its clock.
    pub local_dynamodb: Option<LocalDynamoDb>,
    /// The embedded S3.
    pub local_s3: Option<LocalS3>,
    /// What injects faults before a `DynamoDB` that is not embedded.
    fault_proxy: Option<FaultProxy>,
    access_key_id: String,
    secret_access_key: String,
}

/// The servers that the environment names, and embedded ones for those that it does not.
///
/// | variable | is |
/// |---|---|
/// | `DDBKIT_TEST_DYNAMODB_ENDPOINT` | the URL of a `DynamoDB` |
/// | `DDBKIT_TEST_S3_ENDPOINT` | the URL of an S3 |
/// | `DDBKIT_TEST_S3_ACCESS_KEY`, `DDBKIT_TEST_S3_SECRET_KEY` | its keys, required with the URL |
///
/// # Panics
/// When a server that is named does not answer, or an embedded one does not start.
pub async fn backend() -> Backend {
    let mut backend = Backend::embedded_only().await;
    let variable = |name: &str| std::env::var(name).ok();
    if let Some(endpoint) = variable(DYNAMODB_ENDPOINT) {
        backend.use_dynamodb(endpoint).await;
    }
    if let Some(endpoint) = variable(S3_ENDPOINT) {
        let required = |name| {
            variable(name).unwrap_or_else(|| panic!("{S3_ENDPOINT} is set and {name} is not"))
        };
        backend.use_s3(endpoint, required(S3_ACCESS_KEY), required(S3_SECRET_KEY)).await;
    }
    backend
}

impl Backend {
    /// Embedded servers, whatever the environment says: for tests that inject faults or move the
    /// clock. [`faults`](Self::faults) is there.
    ///
    /// # Panics
    /// When a server does not start.
    pub async fn embedded_only() -> Self {
        Self::start(|options, _| options).await
    }

    /// Embedded servers with the double of native exports and imports, whatever the environment says:
    /// no other server answers these calls as AWS does. The clock of `DynamoDB` moves the jobs on.
    ///
    /// # Panics
    /// When a server does not start.
    pub async fn with_jobs(job_duration: Duration) -> Self {
        Self::start(|options, s3| options.with_jobs(s3).job_duration(job_duration)).await
    }

    async fn start(
        options: impl FnOnce(LocalDynamoDbOptions, &LocalS3) -> LocalDynamoDbOptions,
    ) -> Self {
        let faults = Faults::default();
        let s3 = LocalS3::start(LocalS3Options::default().with_faults(&faults))
            .await
            .expect("start the embedded S3");
        let options = options(LocalDynamoDbOptions::default().with_faults(&faults), &s3);
        let dynamodb =
            LocalDynamoDb::start_with(options).await.expect("start the embedded DynamoDB");
        Self {
            dynamodb: dynamodb.client(),
            dynamodb_endpoint: dynamodb.endpoint_url(),
            s3: s3.client(),
            s3_endpoint: s3.endpoint_url(),
            faults: Some(faults),
            local_dynamodb: Some(dynamodb),
            local_s3: Some(s3),
            fault_proxy: None,
            access_key_id: ACCESS_KEY_ID.to_owned(),
            secret_access_key: SECRET_ACCESS_KEY.to_owned(),
        }
    }

    /// A client of the streams of this `DynamoDB`.
    #[must_use]
    pub fn streams(&self) -> aws_sdk_dynamodbstreams::Client {
        let credentials = Credentials::new(
            &self.access_key_id,
            &self.secret_access_key,
            None,
            None,
            "ddbkit-testkit",
        );
        let config = aws_sdk_dynamodbstreams::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .endpoint_url(&self.dynamodb_endpoint)
            .region(Region::new(REGION))
            .credentials_provider(credentials);
        aws_sdk_dynamodbstreams::Client::from_conf(config.build())
    }

    /// Has the calls of `DynamoDB` go through a place where faults are injected, and gives the
    /// faults. The client that is there already meets none.
    ///
    /// # Panics
    /// When the URL of `DynamoDB` has no IP address, or there is no port to be had.
    pub fn inject_into_dynamodb(&mut self) -> Faults {
        if let Some(faults) = &self.faults {
            return faults.clone();
        }
        let address = self.dynamodb_endpoint.trim_start_matches("http://").trim_end_matches('/');
        let address = address.replace("localhost", "127.0.0.1");
        let upstream = address.parse().expect("the address of DynamoDB is http://IP:PORT");
        let proxy = FaultProxy::start(upstream).expect("start the proxy that injects faults");
        proxy.endpoint_url().clone_into(&mut self.dynamodb_endpoint);
        let faults = proxy.faults().clone();
        self.fault_proxy = Some(proxy);
        faults
    }

    /// The faults of the embedded servers.
    ///
    /// # Panics
    /// When a server is not embedded: such a test starts with [`embedded_only`](Self::embedded_only).
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.faults.as_ref().expect("faults need embedded servers: use Backend::embedded_only()")
    }

    async fn use_dynamodb(&mut self, endpoint: String) {
        let config = self.dynamodb.config().to_builder().endpoint_url(&endpoint).build();
        self.dynamodb = aws_sdk_dynamodb::Client::from_conf(config);
        let answer = self.dynamodb.list_tables().limit(1).send().await;
        answer.unwrap_or_else(|error| {
            panic!("{DYNAMODB_ENDPOINT}={endpoint} does not answer: {error:?}")
        });
        self.dynamodb_endpoint = endpoint;
        self.local_dynamodb = None;
        self.faults = None;
    }

    async fn use_s3(&mut self, endpoint: String, access_key_id: String, secret_access_key: String) {
        let credentials = aws_sdk_s3::config::Credentials::new(
            &access_key_id,
            &secret_access_key,
            None,
            None,
            "ddbkit-testkit",
        );
        let config = self.s3.config().to_builder();
        let config = config.endpoint_url(&endpoint).credentials_provider(credentials).build();
        self.s3 = aws_sdk_s3::Client::from_conf(config);
        let answer = self.s3.list_buckets().send().await;
        answer
            .unwrap_or_else(|error| panic!("{S3_ENDPOINT}={endpoint} does not answer: {error:?}"));
        self.s3_endpoint = endpoint;
        self.access_key_id = access_key_id;
        self.secret_access_key = secret_access_key;
        self.local_s3 = None;
        self.faults = None;
    }

    /// Creates an empty table, on demand, and waits until it is active.
    ///
    /// Returns its name, which starts with the prefix and is that of no other table.
    ///
    /// # Panics
    /// When the table cannot be created.
    pub async fn table(&self, name_prefix: &str, keys: KeySchema) -> String {
        let name = unique(name_prefix);
        self.create_table(&name, keys).await;
        name
    }

    /// Creates an empty table of this name.
    ///
    /// # Panics
    /// When the table cannot be created.
    pub async fn create_table(&self, name: &str, keys: KeySchema) {
        let create = self.dynamodb.create_table().table_name(name);
        keys.apply(create).send().await.expect("create the table");
        self.wait_until_active(name).await;
    }

    pub(crate) async fn wait_until_active(&self, name: &str) {
        for _ in 0..200 {
            let described = self.dynamodb.describe_table().table_name(name).send().await;
            let table = described.expect("describe the table").table;
            if table.and_then(|table| table.table_status) == Some(TableStatus::Active) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the table {name} has not become active");
    }

    /// Creates an empty bucket and returns its name, which is that of no other bucket.
    ///
    /// # Panics
    /// When the bucket cannot be created.
    pub async fn bucket(&self) -> String {
        let name = unique("ddbkit-test");
        let created = self.s3.create_bucket().bucket(&name).send().await;
        created.expect("create the bucket");
        name
    }

    /// The environment that points a child process at these servers.
    ///
    /// Bucket names go into the path because the S3 URL has an IP address for its host; SDKs do that
    /// on their own. Profiles of the user are kept out.
    #[must_use]
    pub fn aws_env(&self) -> Vec<(String, String)> {
        [
            ("AWS_ACCESS_KEY_ID", self.access_key_id.as_str()),
            ("AWS_SECRET_ACCESS_KEY", &self.secret_access_key),
            ("AWS_REGION", REGION),
            ("AWS_ENDPOINT_URL_DYNAMODB", &self.dynamodb_endpoint),
            ("AWS_ENDPOINT_URL_S3", &self.s3_endpoint),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }
}

/// A name that no other test uses, in letters that tables and buckets take.
fn unique(prefix: &str) -> String {
    format!("{prefix}-{:016x}", fastrand::u64(..))
}

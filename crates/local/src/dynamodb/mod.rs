//! `DynamoDB` inside the process.

mod batch;
mod clock;
mod fault_proxy;
mod proxy;
mod sweeper;
mod user_identity;

pub use fault_proxy::FaultProxy;

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use dynoxide::Database;

use crate::LocalS3;
use crate::faults::Faults;
use crate::jobs::{JobOptions, Jobs, Upstream};
use crate::server::{LoopbackListener, ServerThread};
use crate::{ACCESS_KEY_ID, LocalError, REGION, SECRET_ACCESS_KEY};
pub(crate) use clock::ServerClock;

use clock::MovableClock;
use proxy::DynamoDbProtocol;
use sweeper::TtlSweeper;

/// Where a [`LocalDynamoDb`] keeps its tables. In memory unless a file is named.
///
/// ```
/// use ddbkit_local::LocalDynamoDbOptions;
///
/// let in_memory = LocalDynamoDbOptions::default();
/// let kept = LocalDynamoDbOptions::file("tables.db");
/// # let _ = (in_memory, kept);
/// ```
#[derive(Clone, Debug, Default)]
pub struct LocalDynamoDbOptions {
    file: Option<PathBuf>,
    faults: Faults,
    jobs: Option<JobOptions>,
}

impl LocalDynamoDbOptions {
    /// Keeps the tables in this `SQLite` file, which is created when it is missing.
    ///
    /// A database in a file follows the system's clock:
    /// [`advance_clock`](LocalDynamoDb::advance_clock) is refused.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { file: Some(path.into()), ..Self::default() }
    }

    /// Takes its faults from these rules, which another server may share.
    #[must_use]
    pub fn with_faults(mut self, faults: &Faults) -> Self {
        self.faults = faults.clone();
        self
    }

    /// Makes exports to the buckets of this S3 and imports from them, and answers for point-in-time
    /// recovery, which an export needs.
    ///
    /// ```
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use ddbkit_local::{LocalDynamoDb, LocalDynamoDbOptions, LocalS3, LocalS3Options};
    ///
    /// let s3 = LocalS3::start(LocalS3Options::default()).await?;
    /// let options = LocalDynamoDbOptions::default().with_jobs(&s3);
    /// let dynamodb = LocalDynamoDb::start_with(options).await?;
    /// let exports = dynamodb.client().list_exports().send().await?;
    /// assert!(exports.export_summaries().is_empty());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    #[must_use]
    pub fn with_jobs(mut self, s3: &LocalS3) -> Self {
        self.jobs = Some(JobOptions::new(s3.client_for_another_runtime()));
        self
    }

    /// How long a job is in progress, by the clock of the server, which
    /// [`advance_clock`](LocalDynamoDb::advance_clock) moves; 200 ms without it. Does nothing without
    /// [`with_jobs`](Self::with_jobs) before it.
    #[must_use]
    pub fn job_duration(mut self, duration: Duration) -> Self {
        if let Some(jobs) = &mut self.jobs {
            jobs.duration = duration;
        }
        self
    }
}

/// A `DynamoDB` on a free port of 127.0.0.1, with streams, TTL and injected faults.
///
/// It answers the `DynamoDB` and the `DynamoDB` Streams API at one URL, from a thread of its own,
/// and stops when it is dropped. Any credentials are accepted; [`client`](Self::client) has
/// [`ACCESS_KEY_ID`](crate::ACCESS_KEY_ID) and [`SECRET_ACCESS_KEY`](crate::SECRET_ACCESS_KEY).
///
/// Expired items are deleted within a second, measured by a clock that
/// [`advance_clock`](Self::advance_clock) moves.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use ddbkit_local::LocalDynamoDb;
///
/// let dynamodb = LocalDynamoDb::start().await?;
/// let tables = dynamodb.client().list_tables().send().await?;
/// assert!(tables.table_names().is_empty());
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Debug)]
pub struct LocalDynamoDb {
    endpoint_url: String,
    client: aws_sdk_dynamodb::Client,
    faults: Faults,
    clock: Option<MovableClock>,
    sweeper: TtlSweeper,
    database: DatabaseHandle,
    jobs: Option<Jobs>,
    _server: ServerThread,
}

impl LocalDynamoDb {
    /// Starts a server that keeps its tables in memory.
    ///
    /// # Errors
    /// [`Start`](crate::LocalErrorKind::Start) when there is no port or no thread to be had.
    pub async fn start() -> Result<Self, LocalError> {
        Self::start_with(LocalDynamoDbOptions::default()).await
    }

    /// Starts a server with options.
    ///
    /// # Errors
    /// [`Start`](crate::LocalErrorKind::Start) when there is no port or no thread to be had, and
    /// [`Storage`](crate::LocalErrorKind::Storage) when the file cannot be opened as a database.
    pub async fn start_with(options: LocalDynamoDbOptions) -> Result<Self, LocalError> {
        // Opening a file blocks.
        tokio::task::spawn_blocking(move || Self::start_blocking(options))
            .await
            .map_err(|source| LocalError::start("cannot start the server", source))?
    }

    fn start_blocking(options: LocalDynamoDbOptions) -> Result<Self, LocalError> {
        let LocalDynamoDbOptions { file, faults, jobs } = options;
        let (database, clock) = open(file)?;
        let upstream = LoopbackListener::bind()?;
        let listener = LoopbackListener::bind()?;
        let endpoint_url = format!("http://{}", listener.address());
        let sweeper = TtlSweeper::start(database.clone())?;
        let jobs = jobs.map(|options| {
            let clock = ServerClock(clock.clone());
            Jobs::new(options, clock, Upstream::new(upstream.address()))
        });
        let server = {
            let (database, faults, jobs) = (database.clone(), faults.clone(), jobs.clone());
            ServerThread::spawn("ddbkit-local-dynamodb", move || {
                serve(upstream, listener, database, faults, jobs)
            })?
        };
        Ok(Self {
            client: client(&endpoint_url),
            endpoint_url,
            faults,
            clock,
            sweeper,
            database: DatabaseHandle(database),
            jobs,
            _server: server,
        })
    }

    /// The URL of both APIs, `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        self.endpoint_url.clone()
    }

    /// A client of this server, with the SDK's default retries.
    #[must_use]
    pub fn client(&self) -> aws_sdk_dynamodb::Client {
        self.client.clone()
    }

    /// A client of this server's streams, with the SDK's default retries.
    #[must_use]
    pub fn streams_client(&self) -> aws_sdk_dynamodbstreams::Client {
        use aws_sdk_dynamodbstreams::config::{BehaviorVersion, Credentials, Region};
        let credentials =
            Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "ddbkit-local");
        let config = aws_sdk_dynamodbstreams::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .endpoint_url(&self.endpoint_url)
            .region(Region::from_static(REGION))
            .credentials_provider(credentials);
        aws_sdk_dynamodbstreams::Client::from_conf(config.build())
    }

    /// The faults to inject.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The time that TTL and the stream records see.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.clock.as_ref().map_or_else(SystemTime::now, MovableClock::now)
    }

    /// Moves the server's clock forward and has expired items deleted soon.
    ///
    /// # Errors
    /// [`Unsupported`](crate::LocalErrorKind::Unsupported) when the database is kept in a file.
    pub fn advance_clock(&self, by: Duration) -> Result<(), LocalError> {
        let Some(clock) = &self.clock else {
            return Err(LocalError::unsupported("a database in a file follows the system's clock"));
        };
        clock.advance(by);
        self.sweeper.wake();
        Ok(())
    }

    /// What the service writes into `CloudWatch` Logs of an import that has ended: a line of JSON for
    /// each item that was refused and each object that was given up, with its place in S3.
    ///
    /// ```
    /// use aws_sdk_s3::primitives::ByteStream;
    /// use ddbkit_export::jobs::{ExportJob, ImportJob, ImportParameters, ImportSource, WaitOptions};
    /// use ddbkit_export::jobs::{ExportScope, table_arn, table_descriptor};
    /// use ddbkit_export::{Compression, ExportErrorKind, lint::InputFormat};
    /// use ddbkit_flow::Control;
    /// use ddbkit_local::{LocalDynamoDb, LocalDynamoDbOptions, LocalS3, LocalS3Options};
    /// use ddbkit_store::Store;
    /// use std::time::Duration;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # use aws_sdk_dynamodb::types::{
    /// #     AttributeDefinition, BillingMode, KeySchemaElement, KeyType, PointInTimeRecoverySpecification,
    /// #     ScalarAttributeType,
    /// # };
    /// let s3 = LocalS3::start(LocalS3Options::default()).await?;
    /// s3.create_bucket("lines").await?;
    /// let options = LocalDynamoDbOptions::default().with_jobs(&s3);
    /// let dynamodb = LocalDynamoDb::start_with(options.job_duration(Duration::ZERO)).await?;
    /// # let client = dynamodb.client();
    /// # let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash);
    /// # let text = AttributeDefinition::builder().attribute_name("pk");
    /// # let create = client.create_table().table_name("Orders").billing_mode(BillingMode::PayPerRequest);
    /// # let create = create.attribute_definitions(text.attribute_type(ScalarAttributeType::S).build()?);
    /// # create.key_schema(key.build()?).send().await?;
    /// # let on = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true);
    /// # let update = client.update_continuous_backups().table_name("Orders");
    /// # update.point_in_time_recovery_specification(on.build()?).send().await?;
    ///
    /// // A new table of lines, of which one is no item of it.
    /// let lines = "{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n{\"Item\":{\"x\":{\"S\":\"y\"}}}\n";
    /// let put = s3.client().put_object().bucket("lines").key("data/1");
    /// put.body(ByteStream::from_static(lines.as_bytes())).send().await?;
    /// let like = ImportParameters::from_descriptor(&table_descriptor(&client, "Orders").await?, "New")?;
    /// let source = ImportSource {
    ///     s3_bucket: "lines".to_owned(),
    ///     s3_bucket_owner: None,
    ///     s3_key_prefix: "data/".to_owned(),
    ///     format: InputFormat::DynamodbJson.as_str().into(),
    ///     compression: Compression::None,
    /// };
    /// let control = Control::new();
    /// let wait = WaitOptions { interval: Duration::from_millis(20), ..WaitOptions::default() };
    /// let job = ImportJob::start(&client, source, like.table).send().await?;
    /// let job = ImportJob::wait_until_ended(&client, &job.arn, wait, &control).await?;
    /// assert_eq!((job.imported_item_count, job.error_count), (1, 1));
    /// assert_eq!(dynamodb.import_log(&job.arn).len(), 1);
    /// assert_eq!(ImportJob::describe(&client, &job.arn).await?, Some(job.clone()));
    /// let failed = job.completed().unwrap_err();
    /// assert!(matches!(failed.kind(), ExportErrorKind::JobFailed(_)));
    ///
    /// // And an export, which the service remembers for 90 days.
    /// let orders = table_arn(&client, "Orders").await?;
    /// let job = ExportJob::start(&client, orders, "lines", ExportScope::Now).send().await?;
    /// let job = ExportJob::wait_until_ended(&client, &job.arn, wait, &control).await?.completed()?;
    /// assert_eq!(ExportJob::list(&client).send(&control).await?.jobs.len(), 1);
    /// assert_eq!(ExportJob::describe(&client, &job.arn).await?, Some(job));
    /// // Later its files tell.
    /// let files = Store::s3(s3.client(), "lines", "");
    /// assert_eq!(ExportJob::from_location(files).await?.item_count, Some(0));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    #[must_use]
    pub fn import_log(&self, import_arn: &str) -> Vec<String> {
        self.jobs.as_ref().map(|jobs| jobs.import_log(import_arn)).unwrap_or_default()
    }

    /// Deletes what has expired, now, and says how many items that were. Without it the server does
    /// so twice a second. It blocks for as long as the deleting takes.
    ///
    /// # Errors
    /// [`Refused`](crate::LocalErrorKind::Refused) when the database cannot do it.
    pub fn sweep_ttl(&self) -> Result<usize, LocalError> {
        let swept = self.database.0.sweep_ttl();
        swept
            .map_err(|source| LocalError::refused("cannot delete expired items".to_owned(), source))
    }
}

/// The database, without a `Debug` of its own.
struct DatabaseHandle(Database);

impl std::fmt::Debug for DatabaseHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

fn open(file: Option<PathBuf>) -> Result<(Database, Option<MovableClock>), LocalError> {
    match file {
        None => {
            let clock = MovableClock::default();
            let database = Database::memory_with_clock(std::sync::Arc::new(clock.clone()))
                .map_err(|source| LocalError::start("cannot open a database in memory", source))?;
            Ok((database, Some(clock)))
        }
        Some(path) => {
            let what = "cannot open the database file";
            let text = path
                .to_str()
                .ok_or_else(|| LocalError::storage(what, &path, "the path is not UTF-8"))?;
            let database =
                Database::new(text).map_err(|source| LocalError::storage(what, &path, source))?;
            Ok((database, None))
        }
    }
}

/// Serves the embedded database on `upstream` and the proxy in front of it on `listener`.
async fn serve(
    upstream: LoopbackListener,
    listener: LoopbackListener,
    database: Database,
    faults: Faults,
    jobs: Option<Jobs>,
) {
    let protocol = DynamoDbProtocol::new(upstream.address(), jobs);
    let Ok(upstream) = upstream.into_tokio() else {
        return; // the runtime is going down
    };
    let embedded =
        dynoxide::server::serve_with_shutdown(upstream, database, std::future::pending());
    tokio::select! {
        _ = embedded => {}
        () = crate::proxy::serve(listener, protocol, faults) => {}
    }
}

fn client(endpoint_url: &str) -> aws_sdk_dynamodb::Client {
    let credentials =
        Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "ddbkit-local");
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(endpoint_url)
        .region(Region::new(REGION))
        .credentials_provider(credentials)
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

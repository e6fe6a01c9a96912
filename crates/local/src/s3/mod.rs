//! S3 inside the process.

mod blob;
mod checksums;
mod conditions;
mod disk;
mod listing;
mod multipart;
mod objects;
mod operation;
mod proxy;
mod service;
mod state;

use std::path::PathBuf;

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;

use crate::faults::Faults;
use crate::server::{LoopbackListener, ServerThread};
use crate::{ACCESS_KEY_ID, LocalError, REGION, SECRET_ACCESS_KEY};
use disk::Disk;
use proxy::S3Protocol;
use state::ObjectStore;

/// Where a [`LocalS3`] keeps its objects. In memory unless a directory is named.
///
/// ```
/// use ddbkit_local::LocalS3Options;
///
/// let in_memory = LocalS3Options::default();
/// let kept = LocalS3Options::directory("objects");
/// # let _ = (in_memory, kept);
/// ```
#[derive(Clone, Debug, Default)]
pub struct LocalS3Options {
    directory: Option<PathBuf>,
    faults: Faults,
}

impl LocalS3Options {
    /// Keeps the objects in this directory, which is created when it is missing.
    ///
    /// They are there again when a server is started on it later; uploads in parts that were under
    /// way are not. Bodies are streamed to and from files. One server at a time may use it.
    #[must_use]
    pub fn directory(path: impl Into<PathBuf>) -> Self {
        Self { directory: Some(path.into()), ..Self::default() }
    }

    /// Takes its faults from these rules, which another server may share.
    #[must_use]
    pub fn with_faults(mut self, faults: &Faults) -> Self {
        self.faults = faults.clone();
        self
    }
}

/// An S3 on a free port of 127.0.0.1, whose conditional writes are atomic.
///
/// It serves from a thread of its own and stops when it is dropped. Requests must be signed (`SigV4`,
/// header or presigned URL) with [`ACCESS_KEY_ID`](crate::ACCESS_KEY_ID) and
/// [`SECRET_ACCESS_KEY`](crate::SECRET_ACCESS_KEY), and name the bucket in the path.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use ddbkit_local::{LocalS3, LocalS3Options};
///
/// let s3 = LocalS3::start(LocalS3Options::default()).await?;
/// s3.create_bucket("backups").await?;
/// let put = || s3.client().put_object().bucket("backups").key("a").if_none_match("*");
/// put().send().await?;
/// assert!(put().send().await.is_err()); // 412: it is there
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Debug)]
pub struct LocalS3 {
    endpoint_url: String,
    client: aws_sdk_s3::Client,
    faults: Faults,
    _server: ServerThread,
}

impl LocalS3 {
    /// Starts a server.
    ///
    /// # Errors
    /// [`Start`](crate::LocalErrorKind::Start) when there is no port or no thread to be had, and
    /// [`Storage`](crate::LocalErrorKind::Storage) when the directory cannot be read or written.
    pub async fn start(options: LocalS3Options) -> Result<Self, LocalError> {
        // Reading a directory blocks.
        tokio::task::spawn_blocking(move || Self::start_blocking(options))
            .await
            .map_err(|source| LocalError::start("cannot start the server", source))?
    }

    fn start_blocking(options: LocalS3Options) -> Result<Self, LocalError> {
        let LocalS3Options { directory, faults } = options;
        let store = match directory {
            None => ObjectStore::default(),
            Some(root) => {
                let (disk, buckets) = Disk::open(root)?;
                ObjectStore::on_disk(disk, buckets)
            }
        };
        let mut builder = S3ServiceBuilder::new(store);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
        let protocol = S3Protocol::new(builder.build());

        let listener = LoopbackListener::bind()?;
        let endpoint_url = format!("http://{}", listener.address());
        let shared = faults.clone();
        let server = ServerThread::spawn("ddbkit-local-s3", move || {
            crate::proxy::serve(listener, protocol, shared)
        })?;
        Ok(Self { client: client(&endpoint_url), endpoint_url, faults, _server: server })
    }

    /// The URL, `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        self.endpoint_url.clone()
    }

    /// A client of this server, with the SDK's default retries.
    #[must_use]
    pub fn client(&self) -> aws_sdk_s3::Client {
        self.client.clone()
    }

    /// A client that shares no connection with the other: a connection ends with the runtime that it
    /// was made on.
    pub(crate) fn client_for_another_runtime(&self) -> aws_sdk_s3::Client {
        client(&self.endpoint_url)
    }

    /// The faults to inject.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Creates a bucket.
    ///
    /// # Errors
    /// [`Refused`](crate::LocalErrorKind::Refused) when the name is none for a bucket or is taken.
    pub async fn create_bucket(&self, bucket: &str) -> Result<(), LocalError> {
        let created = self.client.create_bucket().bucket(bucket).send().await;
        let what = || format!("cannot create the bucket {bucket}");
        created.map_err(|source| LocalError::refused(what(), source))?;
        Ok(())
    }
}

fn client(endpoint_url: &str) -> aws_sdk_s3::Client {
    let credentials =
        Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "ddbkit-local");
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(endpoint_url)
        .region(Region::new(REGION))
        .credentials_provider(credentials)
        .force_path_style(true)
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

//! `DynamoDB` and S3 inside the process, on the loopback interface, with fault injection.
//!
//! For demonstrations and tests: no network, no account, no container. [`LocalDynamoDb`] is the
//! embedded database `dynoxide` behind a small proxy; [`LocalS3`] is a store of this crate on the
//! `s3s` protocol layer. Both start in milliseconds on a free port, run on threads of their own and
//! stop when they are dropped. [`Faults`] makes either fail in the ways in which the services do.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use ddbkit_local::{Fault, LocalDynamoDb, LocalS3, LocalS3Options, When};
//!
//! let dynamodb = LocalDynamoDb::start().await?;
//! let s3 = LocalS3::start(LocalS3Options::default()).await?;
//!
//! // The SDK retries, so nobody notices, but the fault did fire.
//! let slow_down = s3.faults().inject(Fault::Throttle, When::Once, "CreateBucket");
//! s3.create_bucket("backups").await?;
//! assert_eq!(slow_down.injected(), 1);
//! # let _ = dynamodb;
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```
//!
//! # What is not faithful
//!
//! Passing here is no proof for the services. What is known to differ:
//!
//! `DynamoDB`:
//! - It never throttles and never leaves items unprocessed by itself; inject [`Fault::Throttle`] and
//!   [`Fault::UnprocessedItems`].
//! - ARNs have the region `dynoxide`.
//! - Backups are not there; exports and imports only with [`LocalDynamoDbOptions::with_jobs`].
//! - Requests are served one at a time: there is no gain from more than two writers.
//!
//! Streams:
//! - A stream has one shard that never splits or rolls over, so there is no lineage to follow, and
//!   records are never trimmed.
//! - An open shard already has an `EndingSequenceNumber`; `DescribeStream` does not page.
//! - A disabled stream is gone at once (the service keeps it for 24 hours).
//! - Writing an item that is already there, unchanged, makes a `MODIFY` record (none in the service),
//!   and `GetRecords` accepts a `Limit` above 1000.
//! - Writing gets slower with every record: keep streams below some 10,000 records.
//!
//! TTL:
//! - Items go within a second of expiring (within days in the service), all at once.
//! - Values more than five years in the past are deleted (the service keeps those items); times with
//!   a fraction are not.
//! - A second `UpdateTimeToLive` right after the first is accepted.
//! - The `userIdentity` of a TTL deletion has the service's spelling because the proxy rewrites it.
//!
//! Exports and imports:
//! - An export has the items as they are when it starts, in four files; an `ExportTime` of more than a
//!   second ago is refused with a `ValidationException`.
//! - An incremental export has what the stream of the table tells, to the second, in one file. Without a
//!   stream of `NEW_AND_OLD_IMAGES`, which must have been on since before the window, in ION or with a
//!   filter it is refused with a `ValidationException`.
//! - The window of point-in-time recovery ends now (five minutes ago in the service).
//! - Imports of ION and CSV are refused with a `ValidationException`. There is no `CloudWatch`:
//!   [`LocalDynamoDb::import_log`] has what the service would log.
//! - A table that is being imported takes reads and writes, although it is `CREATING`.
//! - No limits of jobs at a time, and no permissions. Jobs end with the server.
//!
//! S3:
//! - Only objects, multipart uploads, listings (`ListObjectsV2`) and buckets: no versions, tags,
//!   lifecycle rules, ACLs, `UploadPartCopy`, `GetObjectAttributes` or `ListObjects`.
//! - Concurrent conditional writes get 412 or succeed; the service may also answer 409.
//! - An object has the checksums that its upload named; the service adds a CRC-64/NVME to the others,
//!   and a composite checksum to objects made of parts.
//! - `If-Modified-Since`, `If-Unmodified-Since` and `partNumber` of reads are ignored.
//! - In a directory, uploads in parts do not survive a restart.

mod dynamodb;
mod error;
mod faults;
mod jobs;
mod proxy;
mod s3;
mod server;

pub use dynamodb::{FaultProxy, LocalDynamoDb, LocalDynamoDbOptions};
pub use error::{LocalError, LocalErrorKind};
pub use faults::{Calls, Fault, FaultRule, Faults, When};
pub use s3::{LocalS3, LocalS3Options};

/// The access key id of the local servers' clients; [`LocalS3`] accepts no other.
///
/// It has letters only, because `DynamoDB` Local takes nothing but letters and digits and tests run
/// with the same credentials against it.
pub const ACCESS_KEY_ID: &str = "ddbkitlocal";

/// The secret access key that goes with [`ACCESS_KEY_ID`].
pub const SECRET_ACCESS_KEY: &str = "ddbkit-local-secret";

/// The region that the local servers' clients name.
pub const REGION: &str = "us-east-1";

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;

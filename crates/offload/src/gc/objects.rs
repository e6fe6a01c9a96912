//! The objects of a bucket, as the collector wants them listed.

use crate::{KeyLayout, OffloadError, OffloadErrorKind};
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::{HeadObjectError, HeadObjectOutput};
use futures::stream::{self, Stream, StreamExt, TryStreamExt};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Pages of a listing.
pub type ObjectPages = Pin<Box<dyn Stream<Item = Result<Vec<ListedObject>, OffloadError>> + Send>>;

/// An object as a listing tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: String,
    /// Its length in bytes.
    pub size: u64,
    /// When it was written; of a multipart upload, when that was begun.
    pub modified: SystemTime,
}

/// Where the collector learns which objects there are.
///
/// The listing may be older than the scan of the table, as an S3 Inventory is: an object that is not
/// listed is only kept until the next time.
pub trait ObjectSource: Send + Sync {
    /// Starts of keys that divide the objects into shards, in ascending order, none the start of
    /// another. Objects outside all of them are never looked at.
    fn shards(&self) -> Vec<String>;

    /// The objects whose keys start with one of [`shards`](Self::shards), in ascending order of the
    /// bytes of their keys, as `ListObjectsV2` gives them.
    fn list(&self, shard: &str) -> ObjectPages;
}

/// `ListObjectsV2`, shard by shard.
#[derive(Clone, Debug)]
pub(super) struct BucketListing {
    pub(super) s3: Client,
    pub(super) bucket: String,
    pub(super) layout: Arc<dyn KeyLayout>,
    /// Beginnings of keys that another tool wrote under the prefix, where they are looked at too.
    pub(super) foreign_shard: Option<String>,
}

impl ObjectSource for BucketListing {
    fn shards(&self) -> Vec<String> {
        let mut shards = self.layout.shards();
        shards.extend(self.foreign_shard.clone());
        shards.sort_unstable();
        shards
    }

    fn list(&self, shard: &str) -> ObjectPages {
        let request = self.s3.list_objects_v2().bucket(&self.bucket).prefix(shard);
        let place = format!("listing s3://{}/{shard}", self.bucket);
        let first = Some((request, place));
        let pages = stream::try_unfold(first, |next| async move {
            let Some((request, place)) = next else { return Ok(None) };
            let answer = request.clone().send().await;
            let answer = answer.map_err(|error| OffloadError::s3(&place, error))?;
            let objects: Option<Vec<_>> = answer.contents().iter().map(listed).collect();
            let objects = objects.ok_or_else(|| {
                let message = format!("{place} gave an object without key, size or time");
                OffloadError::new(OffloadErrorKind::S3, message)
            })?;
            let next = answer
                .next_continuation_token
                .filter(|_| answer.is_truncated == Some(true))
                .map(|token| (request.continuation_token(token), place));
            Ok(Some((objects, next)))
        });
        pages.into_stream().boxed()
    }
}

fn listed(object: &aws_sdk_s3::types::Object) -> Option<ListedObject> {
    Some(ListedObject {
        key: object.key.clone()?,
        size: u64::try_from(object.size?).ok()?,
        modified: time_of(object.last_modified.as_ref()?)?,
    })
}

/// A time of S3.
pub(super) fn time_of(time: &aws_sdk_s3::primitives::DateTime) -> Option<SystemTime> {
    let since = Duration::new(u64::try_from(time.secs()).ok()?, time.subsec_nanos());
    SystemTime::UNIX_EPOCH.checked_add(since)
}

/// What S3 knows about an object, `None` when there is none.
pub(super) async fn head(
    s3: &Client,
    bucket: &str,
    key: &str,
) -> Result<Option<HeadObjectOutput>, OffloadError> {
    match s3.head_object().bucket(bucket).key(key).send().await {
        Ok(head) => Ok(Some(head)),
        Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => {
            Ok(None)
        }
        Err(error) => Err(OffloadError::s3(format_args!("looking at s3://{bucket}/{key}"), error)),
    }
}

/// The length that S3 says an object has.
pub(super) fn length_of(head: &HeadObjectOutput) -> Option<u64> {
    u64::try_from(head.content_length()?).ok()
}

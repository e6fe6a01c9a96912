//! `ListObjectsV2`: prefixes, delimiters, pages.

use std::ops::Bound;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use s3s::dto::{
    CommonPrefix, ETag, ListObjectsV2Input, ListObjectsV2Output, Object as ListedObject,
    ObjectStorageClass,
};
use s3s::{S3Result, s3_error};

use super::state::{Bucket, Object};

/// The most entries that one answer has.
const MAX_KEYS: i32 = 1000;

/// One page of a listing.
pub(super) fn list(bucket: &Bucket, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
    let max_keys = input.max_keys.unwrap_or(MAX_KEYS).clamp(0, MAX_KEYS);
    let after = match &input.continuation_token {
        Some(token) => decode_token(token)?,
        None => input.start_after.clone().unwrap_or_default(),
    };
    let prefix = input.prefix.as_deref().unwrap_or_default();
    let delimiter = input.delimiter.as_deref().unwrap_or_default();
    let page = Page::read(bucket, prefix, delimiter, &after, max_keys);
    Ok(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: input.prefix,
        delimiter: input.delimiter,
        max_keys: Some(max_keys),
        key_count: Some(page.count()),
        is_truncated: Some(page.truncated),
        next_continuation_token: page.truncated.then(|| BASE64.encode(&page.last)),
        continuation_token: input.continuation_token,
        start_after: input.start_after,
        contents: Some(page.objects),
        common_prefixes: Some(page.common_prefixes),
        ..Default::default()
    })
}

/// A token is the last key that the page before has dealt with.
fn decode_token(token: &str) -> S3Result<String> {
    let bytes = BASE64.decode(token).map_err(|_| s3_error!(InvalidArgument))?;
    String::from_utf8(bytes).map_err(|_| s3_error!(InvalidArgument))
}

struct Page {
    objects: Vec<ListedObject>,
    common_prefixes: Vec<CommonPrefix>,
    last: String,
    truncated: bool,
}

impl Page {
    fn read(bucket: &Bucket, prefix: &str, delimiter: &str, after: &str, max_keys: i32) -> Self {
        // Keys in front of the prefix need not be looked at.
        let start = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
        let mut page = Self {
            objects: Vec::new(),
            common_prefixes: Vec::new(),
            last: after.to_owned(),
            truncated: false,
        };
        for (key, object) in bucket.range::<str, _>((start, Bound::Unbounded)) {
            if !key.starts_with(prefix) {
                break;
            }
            let common = common_prefix(key, prefix, delimiter);
            let listed =
                common.is_some_and(|common| after.starts_with(common) || page.ends_with(common));
            if !listed && page.count() >= max_keys {
                page.truncated = max_keys > 0;
                break;
            }
            page.last.clone_from(key);
            match common {
                _ if listed => {}
                Some(common) => {
                    page.common_prefixes.push(CommonPrefix { prefix: Some(common.to_owned()) });
                }
                None => page.objects.push(entry(key, object)),
            }
        }
        page
    }

    fn count(&self) -> i32 {
        // At most 1000.
        i32::try_from(self.objects.len() + self.common_prefixes.len()).unwrap_or(i32::MAX)
    }

    fn ends_with(&self, common: &str) -> bool {
        let last = self.common_prefixes.last();
        last.is_some_and(|last| last.prefix.as_deref() == Some(common))
    }
}

/// The part of a key up to and with the first delimiter after the prefix.
fn common_prefix<'a>(key: &'a str, prefix: &str, delimiter: &str) -> Option<&'a str> {
    if delimiter.is_empty() {
        return None;
    }
    let at = key.get(prefix.len()..)?.find(delimiter)?;
    key.get(..prefix.len() + at + delimiter.len())
}

fn entry(key: &str, object: &Arc<Object>) -> ListedObject {
    ListedObject {
        key: Some(key.to_owned()),
        size: i64::try_from(object.blob.len()).ok(),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        last_modified: Some(object.modified.into()),
        storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
        ..Default::default()
    }
}

//! Preconditions of reads and writes.

use std::sync::Arc;

use s3s::dto::{ETagCondition, IfMatch, IfNoneMatch};
use s3s::{S3Result, s3_error};

use super::state::Object;

fn matches(condition: &ETagCondition, etag: &str) -> bool {
    condition.is_any() || condition.as_etag().is_some_and(|wanted| wanted.value() == etag)
}

/// Checks a write against what is stored now; the caller holds the lock until it has written.
pub(super) fn check_write(
    current: Option<&Arc<Object>>,
    if_match: Option<&IfMatch>,
    if_none_match: Option<&IfNoneMatch>,
) -> S3Result<()> {
    if let (Some(condition), Some(object)) = (if_none_match, current)
        && matches(condition, &object.etag)
    {
        return Err(s3_error!(PreconditionFailed));
    }
    if let Some(condition) = if_match {
        let object = current.ok_or_else(|| s3_error!(NoSuchKey))?;
        if !matches(condition, &object.etag) {
            return Err(s3_error!(PreconditionFailed));
        }
    }
    Ok(())
}

/// Checks a read against the object that it will return.
pub(super) fn check_read(
    object: &Object,
    if_match: Option<&IfMatch>,
    if_none_match: Option<&IfNoneMatch>,
) -> S3Result<()> {
    if if_match.is_some_and(|condition| !matches(condition, &object.etag)) {
        return Err(s3_error!(PreconditionFailed));
    }
    if if_none_match.is_some_and(|condition| matches(condition, &object.etag)) {
        return Err(s3_error!(NotModified));
    }
    Ok(())
}

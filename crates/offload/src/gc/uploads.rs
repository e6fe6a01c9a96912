//! Multipart uploads that nobody finishes: they are in no listing of objects, and cost money.

use super::objects::time_of;
use crate::{KeyLayout, OffloadError};
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::abort_multipart_upload::AbortMultipartUploadError;
use ddbkit_flow::Control;
use std::time::SystemTime;

/// Uploads under the prefix that were begun before a time and are none of the layout's keys are left
/// alone; those of the layout are counted, and with `abort` given up. The deadline of a writer counts
/// from the beginning of its upload, so nobody can still finish one that is older than the grace.
pub(super) async fn stale_uploads(
    s3: &Client,
    bucket: &str,
    layout: &dyn KeyLayout,
    begun_before: SystemTime,
    abort: bool,
    control: &Control,
) -> Result<u64, OffloadError> {
    let what = || format!("listing the multipart uploads of bucket {bucket:?}");
    let mut count = 0;
    let mut request = s3.list_multipart_uploads().bucket(bucket).prefix(layout.prefix());
    loop {
        control.check()?;
        let page = request.clone().send().await;
        let page = page.map_err(|error| OffloadError::s3(what(), error))?;
        for upload in page.uploads() {
            let (Some(key), Some(id)) = (upload.key(), upload.upload_id()) else { continue };
            let begun = upload.initiated().and_then(time_of);
            if layout.owner(key).is_none() || begun.is_none_or(|begun| begun >= begun_before) {
                continue;
            }
            count += 1;
            if abort {
                let abort = s3.abort_multipart_upload().bucket(bucket).key(key).upload_id(id);
                match abort.send().await {
                    Ok(_) => {}
                    Err(error)
                        if error
                            .as_service_error()
                            .is_some_and(AbortMultipartUploadError::is_no_such_upload) => {}
                    Err(error) => {
                        let what = format!("aborting the upload of s3://{bucket}/{key}");
                        return Err(OffloadError::s3(what, error));
                    }
                }
            }
        }
        if page.is_truncated != Some(true) {
            return Ok(count);
        }
        request = request
            .set_key_marker(page.next_key_marker)
            .set_upload_id_marker(page.next_upload_id_marker);
    }
}

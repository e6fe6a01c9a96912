//! The time of S3: ages of objects are counted by the clock that made them.

use crate::{OffloadError, OffloadErrorKind};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

/// Keeps the `Date` header of the answer, which outputs of the SDK do not show.
#[derive(Clone, Debug, Default)]
struct KeepDate(Arc<OnceLock<String>>);

impl Intercept for KeepDate {
    fn name(&self) -> &'static str {
        "KeepDate"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date) = context.response().headers().get("date") {
            // An answer before a retry is earlier: an age counted from it errs on the safe side.
            let _ = self.0.set(date.to_owned());
        }
        Ok(())
    }
}

/// The time by the clock of S3, in whole seconds, rounded down.
pub(super) async fn server_time(s3: &Client, bucket: &str) -> Result<SystemTime, OffloadError> {
    let keep = KeepDate::default();
    let head = s3.head_bucket().bucket(bucket).customize().interceptor(keep.clone());
    head.send()
        .await
        .map_err(|error| OffloadError::s3(format_args!("asking for bucket {bucket:?}"), error))?;
    let date = keep.0.get().map(|date| DateTime::from_str(date, DateTimeFormat::HttpDate));
    let time = date.and_then(Result::ok).and_then(|date| SystemTime::try_from(date).ok());
    time.ok_or_else(|| {
        OffloadError::new(
            OffloadErrorKind::S3,
            format!("the answer for bucket {bucket:?} has no Date: ages cannot be told"),
        )
    })
}

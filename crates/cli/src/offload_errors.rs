//! What is to be done when work with large attributes fails.

use crate::error::{Failure, line};
use crate::exit;
use ddbkit::offload::{OffloadError, OffloadErrorKind};
use std::error::Error as StdError;

impl From<OffloadError> for Failure {
    fn from(error: OffloadError) -> Self {
        use OffloadErrorKind as Kind;
        let (exit, hint) = match error.kind() {
            Kind::Canceled => (exit::INTERRUPTED, None),
            Kind::InvalidInput | Kind::GraceTooShort => (exit::USAGE, None),
            Kind::ForeignPrefix => (
                exit::USAGE,
                Some("check table, bucket and prefix; `_owner.json` under it names the owner"),
            ),
            Kind::DynamoDb | Kind::S3 if has_no_answer(&error) => (
                exit::ENVIRONMENT,
                Some("check the endpoints (--endpoint-url, AWS_ENDPOINT_URL) and the network"),
            ),
            Kind::DynamoDb | Kind::S3 | Kind::ConditionFailed => (exit::REFUSED, None),
            Kind::ImplausibleGarbage => (
                exit::OTHER,
                Some("see whether items are missing; --max-garbage SHARE allows more"),
            ),
            Kind::UnsupportedVersion => (exit::OTHER, Some("take a newer ddbkit")),
            _ => (exit::OTHER, None),
        };
        Self::of_library(exit, line(&error), hint)
    }
}

/// Whether a request got no answer at all: the SDK calls that a dispatch failure.
fn has_no_answer(error: &(dyn StdError + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source())
        .any(|error| error.to_string() == "dispatch failure")
}

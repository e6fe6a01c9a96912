//! Errors of offloading, for the person at the terminal.

use crate::error::{Failure, line};
use ddbkit::offload::{OffloadError, OffloadErrorKind as Kind};

impl From<OffloadError> for Failure {
    fn from(error: OffloadError) -> Self {
        let text = line(&error);
        let failure = match error.kind() {
            Kind::InvalidInput => Self::usage(text),
            Kind::NotFound | Kind::ConditionFailed | Kind::DynamoDb | Kind::S3 => {
                Self::refused(text)
            }
            _ => Self::other(text),
        };
        match error.kind() {
            Kind::ConditionFailed => {
                failure.with_hint("somebody else changed it: look at it, and run the command again")
            }
            Kind::Ambiguous => failure.with_hint("look at the item before you run the command again"),
            Kind::DeadlineExceeded => failure.with_hint(
                "claim a new prefix with a longer --write-deadline: the one of a prefix never changes",
            ),
            Kind::ForeignPrefix => {
                failure.with_hint("each table needs a prefix of its own: name another with --objects")
            }
            Kind::Dangling => failure.with_hint(
                "something other than ddbkit deleted the object: restore it from a version or a copy",
            ),
            _ => failure,
        }
    }
}

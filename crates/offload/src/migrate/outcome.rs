//! What the error of a write says of an item.

use super::Outcome;
use crate::{OffloadError, OffloadErrorKind};

/// Errors of one item do not stop the others; those of the services do.
pub(super) fn of_error(error: OffloadError) -> Result<Outcome, OffloadError> {
    match error.kind() {
        OffloadErrorKind::ConditionFailed | OffloadErrorKind::NotFound => {
            Ok(Outcome::ChangedByOthers)
        }
        OffloadErrorKind::Dangling
        | OffloadErrorKind::Corrupt
        | OffloadErrorKind::ForeignPointer
        | OffloadErrorKind::InvalidPointer
        | OffloadErrorKind::InvalidInput => Ok(Outcome::Rejected(error.to_string())),
        _ => Err(error),
    }
}

//! What is to be done when a profile cannot be made.

use crate::error::{self, Failure};
use crate::exit;
use ddbkit::inspect::{InspectError, InspectErrorKind};

impl From<InspectError> for Failure {
    fn from(error: InspectError) -> Self {
        let of_store = || error::store_cause(&error).map(error::exit_of_store);
        let (exit, hint) = match error.kind() {
            InspectErrorKind::InvalidItem => (
                exit::OTHER,
                Some("--key names the key attributes of the items that are looked at"),
            ),
            InspectErrorKind::IncrementalExport => {
                (exit::USAGE, Some("merge it with a full export first, with `ddbkit merge`"))
            }
            InspectErrorKind::InvalidPrice => {
                (exit::USAGE, Some("`ddbkit help inspect` lists the names of prices"))
            }
            InspectErrorKind::Interrupted => (exit::INTERRUPTED, None),
            _ => (of_store().unwrap_or(exit::OTHER), error::hint_of_store(&error)),
        };
        Self::of_library(exit, error::line(&error), hint)
    }
}

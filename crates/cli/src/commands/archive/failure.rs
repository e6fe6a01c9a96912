//! Errors of archives for the person at the terminal.

use crate::error::{Failure, exit_of_store, line, store_cause};
use crate::exit;
use ddbkit::archive::{ArchiveError, ArchiveErrorKind as Kind};

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        let text = line(&error);
        match error.kind() {
            Kind::Canceled => Self::other(text),
            Kind::InvalidInput => Self::usage(text),
            Kind::Preflight | Kind::Streams | Kind::DynamoDb => Self::refused(text),
            Kind::ForeignArchive => {
                Self::other(text).with_hint("one place holds the archive of one table")
            }
            Kind::ForeignLeaseTable => Self::other(text)
                .with_hint("name another lease table, or one that is not there yet"),
            Kind::Gap => Self::new(exit::PARTLY, text).with_hint(
                "the loss is written down in the archive; --on-gap record goes on behind it",
            ),
            Kind::LostValue => Self::new(exit::PARTLY, text).with_hint(
                "--on-lost-value record archives the item without it, and writes that down",
            ),
            Kind::Corrupt => Self::other(text)
                .with_hint("`ddbkit archive verify` tells all that is wrong with it"),
            _ => Self::new(store_cause(&error).map_or(exit::OTHER, exit_of_store), text),
        }
    }
}

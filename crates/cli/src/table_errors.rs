//! What is to be done when work with a table fails.

use crate::error::{Failure, line};
use crate::exit;
use crate::hints;
use ddbkit::table::{TableError, TableErrorKind};

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        use TableErrorKind as Kind;
        let exit = match error.kind() {
            Kind::Canceled => exit::INTERRUPTED,
            Kind::Credentials | Kind::Connection => exit::ENVIRONMENT,
            Kind::InvalidInput => exit::USAGE,
            Kind::ConditionFailed
            | Kind::TransactionCanceled
            | Kind::NotFound
            | Kind::TableExists
            | Kind::Different
            | Kind::AccessDenied
            | Kind::Throttled
            | Kind::Service => exit::REFUSED,
            _ => exit::OTHER,
        };
        let hint = match error.kind() {
            Kind::NotFound => Some(hints::NAME),
            Kind::TableExists => Some(
                "`ddbkit table describe` shows it; `table create --if-not-exists` takes one that is there",
            ),
            Kind::Different => Some("take another name, or ask for what is there"),
            Kind::ConditionFailed => {
                Some("`ddbkit table get` shows the item; nothing of it was changed")
            }
            Kind::Ambiguous => Some("look at the item before you run the command again"),
            Kind::Credentials => Some(hints::CREDENTIALS),
            Kind::Connection => Some(hints::CONNECTION),
            _ => None,
        };
        Self::of_library(exit, line(&error), hint)
    }
}

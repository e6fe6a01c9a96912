//! Tells a table from one that was made anew under its name.

use crate::table::TableInfo;
use aws_sdk_dynamodb::primitives::DateTime;
use serde::{Deserialize, Serialize};

/// Which table it is, as a checkpoint keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TablePin {
    pub(crate) arn: String,
    pub(crate) id: Option<String>,
    /// `CreationDateTime`, seconds.
    pub(crate) created: Option<i64>,
}

impl TablePin {
    pub(crate) fn of(table: &TableInfo) -> Self {
        let created = table.description.creation_date_time().map(DateTime::secs);
        Self { arn: table.arn(), id: table.id(), created }
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(own), Some(other)) => own == other,
            _ => self.arn == other.arn && self.created == other.created,
        }
    }
}

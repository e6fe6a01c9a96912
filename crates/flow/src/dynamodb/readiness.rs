//! Whether a table can be used yet.

use aws_sdk_dynamodb::types::{IndexStatus, TableDescription, TableStatus};

/// How far a table has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It can be read and written. Its indexes may still be made.
    Table,
    /// Its indexes are made as well. Other changes of the table may go on.
    Indexes,
    /// No change of the table or of an index goes on.
    Settled,
}

impl Readiness {
    /// The state that keeps the table, or an index, from being that far; none when it is.
    ///
    /// ```
    /// use aws_sdk_dynamodb::types::{TableDescription, TableStatus};
    /// use ddbkit_flow::Readiness;
    ///
    /// let table = |status| TableDescription::builder().table_status(status).build();
    /// assert_eq!(Readiness::Table.missing(&table(TableStatus::Active)), None);
    /// let missing = Readiness::Table.missing(&table(TableStatus::Creating));
    /// assert_eq!(missing.as_deref(), Some("status CREATING"));
    /// assert!(Readiness::is_hopeless(&table(TableStatus::Deleting)));
    /// ```
    #[must_use]
    pub fn missing(self, table: &TableDescription) -> Option<String> {
        match table.table_status() {
            Some(TableStatus::Active) => {}
            Some(TableStatus::Updating) if self != Self::Settled => {}
            Some(status) => return Some(format!("status {}", status.as_str())),
            None => return Some("an unknown status".to_owned()),
        }
        let is_missing = |status: Option<&IndexStatus>| match self {
            Self::Table => false,
            Self::Indexes => status == Some(&IndexStatus::Creating),
            Self::Settled => status != Some(&IndexStatus::Active),
        };
        let mut indexes = table.global_secondary_indexes().iter();
        let index = indexes.find(|index| is_missing(index.index_status()))?;
        let status = index.index_status().map_or("unknown", IndexStatus::as_str);
        Some(format!("status {status} of index {}", index.index_name().unwrap_or_default()))
    }

    /// Whether the table is in a state that waiting does not end: it is being deleted, or its key is gone.
    ///
    /// ```
    /// use aws_sdk_dynamodb::types::{TableDescription, TableStatus};
    /// use ddbkit_flow::Readiness;
    ///
    /// let deleting = TableDescription::builder().table_status(TableStatus::Deleting).build();
    /// assert!(Readiness::is_hopeless(&deleting));
    /// ```
    #[must_use]
    pub fn is_hopeless(table: &TableDescription) -> bool {
        use TableStatus::{Active, Creating, Updating};
        table.table_status().is_some_and(|status| ![Creating, Active, Updating].contains(status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::types::GlobalSecondaryIndexDescription;

    fn table(status: TableStatus, index: IndexStatus) -> TableDescription {
        let index =
            GlobalSecondaryIndexDescription::builder().index_name("ByDay").index_status(index);
        let table = TableDescription::builder().table_status(status);
        table.global_secondary_indexes(index.build()).build()
    }

    #[test]
    fn each_state_is_enough_for_some() {
        use Readiness::{Indexes, Settled, Table};
        let missing = |status: TableStatus, index: IndexStatus| {
            let table = table(status, index);
            [Table, Indexes, Settled].map(|wanted| wanted.missing(&table).unwrap_or_default())
        };
        let (active, filling) = (TableStatus::Active, "status CREATING of index ByDay");
        assert_eq!(missing(active.clone(), IndexStatus::Active), ["", "", ""]);
        assert_eq!(missing(active.clone(), IndexStatus::Creating), ["", filling, filling]);
        let changing = "status UPDATING of index ByDay";
        assert_eq!(missing(active, IndexStatus::Updating), ["", "", changing]);
        let updating = missing(TableStatus::Updating, IndexStatus::Active);
        assert_eq!(updating, ["", "", "status UPDATING"]);
        let creating = missing(TableStatus::Creating, IndexStatus::Creating);
        assert_eq!(creating, ["status CREATING"; 3]);
    }

    #[test]
    fn what_goes_is_not_waited_for() {
        let is_hopeless = |status| Readiness::is_hopeless(&table(status, IndexStatus::Active));
        assert!(is_hopeless(TableStatus::Deleting));
        assert!(is_hopeless(TableStatus::InaccessibleEncryptionCredentials));
        assert!(!is_hopeless(TableStatus::Creating) && !is_hopeless(TableStatus::Updating));
    }
}

//! Waits until `DynamoDB` has done what it was asked for.

use super::{TableAdmin, TableSummary};
use crate::{TableError, TableErrorKind};
use aws_sdk_dynamodb::types::{IndexStatus, TableDescription, TableStatus, TimeToLiveStatus};
use ddbkit_flow::{Control, ProgressEvent, RetryPolicy};
use std::time::Duration;
use tokio::time::Instant;

/// From one look to the next: soon at first, because small tables are made in seconds.
const LOOKS: RetryPolicy = RetryPolicy::new(Duration::from_millis(100), Duration::from_secs(5));
/// For so long after its creation a table may not be seen everywhere (`DescribeTable` is eventually
/// consistent, says the API reference).
const NOT_SEEN: Duration = Duration::from_secs(10);

/// Looks again and again, and tells what it waits for, once for each thing.
struct Looks<'a> {
    control: &'a Control,
    count: u32,
    told: Option<String>,
}

impl<'a> Looks<'a> {
    fn new(control: &'a Control) -> Self {
        Self { control, count: 0, told: None }
    }

    async fn wait_for(&mut self, what: String) -> Result<(), TableError> {
        if self.told.as_ref() != Some(&what) {
            self.control.emit(&ProgressEvent::Waiting(what.clone()));
            self.told = Some(what);
        }
        self.control.run(tokio::time::sleep(LOOKS.delay(self.count))).await?;
        self.count = self.count.saturating_add(1);
        Ok(())
    }
}

impl TableAdmin {
    /// Waits until the table, all its indexes and its time to live can be used, however long that takes:
    /// an index of a large table takes hours. A table that is not there yet is waited for ten seconds.
    ///
    /// # Errors
    /// [`NotFound`](TableErrorKind::NotFound) when it does not appear,
    /// [`TableExists`](TableErrorKind::TableExists) when it goes, or is in a state that waiting does not end,
    /// [`Canceled`](TableErrorKind::Canceled) when the control was cancelled.
    pub async fn wait_until_ready(
        &self,
        table: &str,
        control: &Control,
    ) -> Result<TableSummary, TableError> {
        let described = self.wait_until(table, not_ready, control).await?;
        let mut looks = Looks::new(control);
        while control.run(self.time_to_live(table)).await??.status == TimeToLiveStatus::Enabling {
            looks.wait_for(format!("time to live of table {table}")).await?;
        }
        TableSummary::of(&described)
    }

    /// Waits until the table can be written; its indexes may still be filled.
    pub(super) async fn wait_until_active(
        &self,
        table: &str,
        control: &Control,
    ) -> Result<TableDescription, TableError> {
        self.wait_until(table, not_active, control).await
    }

    async fn wait_until(
        &self,
        table: &str,
        missing: fn(&TableDescription) -> Option<String>,
        control: &Control,
    ) -> Result<TableDescription, TableError> {
        let (started, mut looks) = (Instant::now(), Looks::new(control));
        loop {
            let what = match control.run(self.description(table)).await? {
                Ok(described) => {
                    let Some(missing) = missing(&described) else { return Ok(described) };
                    if described.table_status().is_some_and(is_final) {
                        let message = format!("table {table} cannot be used: {missing}");
                        return Err(TableError::new(TableErrorKind::TableExists, message));
                    }
                    missing
                }
                Err(error)
                    if error.kind() == TableErrorKind::NotFound && started.elapsed() < NOT_SEEN =>
                {
                    "appearance".to_owned()
                }
                Err(error) => return Err(error),
            };
            looks.wait_for(format!("{what} of table {table}")).await?;
        }
    }

    /// Waits until there is no such table.
    ///
    /// # Errors
    /// [`TableExists`](TableErrorKind::TableExists) when it is not being deleted,
    /// [`Canceled`](TableErrorKind::Canceled) when the control was cancelled.
    pub async fn wait_until_gone(&self, table: &str, control: &Control) -> Result<(), TableError> {
        let mut looks = Looks::new(control);
        loop {
            match control.run(self.description(table)).await? {
                Err(error) if error.kind() == TableErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error),
                Ok(described) => match described.table_status() {
                    // A table that was active is seen like that for a moment.
                    Some(TableStatus::Deleting | TableStatus::Active) => {
                        looks.wait_for(format!("deletion of table {table}")).await?;
                    }
                    status => {
                        let status = status.map_or("unknown", TableStatus::as_str);
                        let message =
                            format!("table {table} is not being deleted: status {status}");
                        return Err(TableError::new(TableErrorKind::TableExists, message));
                    }
                },
            }
        }
    }
}

/// The state that keeps the table from being used.
fn not_active(table: &TableDescription) -> Option<String> {
    match table.table_status() {
        Some(TableStatus::Active | TableStatus::Updating) => None,
        Some(status) => Some(format!("status {}", status.as_str())),
        None => Some("an unknown status".to_owned()),
    }
}

/// The same, or an index that is not filled.
fn not_ready(table: &TableDescription) -> Option<String> {
    let status = not_active(table).or_else(|| {
        (table.table_status() == Some(&TableStatus::Updating)).then(|| "status UPDATING".to_owned())
    });
    status.or_else(|| {
        let mut indexes = table.global_secondary_indexes().iter();
        let index = indexes.find(|index| index.index_status() != Some(&IndexStatus::Active))?;
        let status = index.index_status().map_or("unknown", IndexStatus::as_str);
        Some(format!("status {status} of index {}", index.index_name().unwrap_or_default()))
    })
}

/// Whether waiting makes no table of it.
fn is_final(status: &TableStatus) -> bool {
    use TableStatus::{Active, Creating, Updating};
    ![Creating, Active, Updating].contains(status)
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
    fn a_table_is_ready_when_its_indexes_are() {
        let filling = table(TableStatus::Active, IndexStatus::Creating);
        assert_eq!(not_active(&filling), None);
        assert_eq!(not_ready(&filling).unwrap(), "status CREATING of index ByDay");
        assert_eq!(not_ready(&table(TableStatus::Active, IndexStatus::Active)), None);
        let updating = table(TableStatus::Updating, IndexStatus::Active);
        assert_eq!((not_active(&updating), not_ready(&updating).is_some()), (None, true));
        let creating = table(TableStatus::Creating, IndexStatus::Creating);
        assert_eq!(not_active(&creating).unwrap(), "status CREATING");
    }

    #[test]
    fn what_goes_is_not_waited_for() {
        let lost = TableStatus::InaccessibleEncryptionCredentials;
        assert!(is_final(&TableStatus::Deleting) && is_final(&lost));
        assert!(!is_final(&TableStatus::Creating) && !is_final(&TableStatus::Updating));
    }
}

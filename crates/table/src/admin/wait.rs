//! Waits until `DynamoDB` has done what it was asked for.

use super::{TableAdmin, TableSummary};
use crate::{TableError, TableErrorKind};
use aws_sdk_dynamodb::types::{TableDescription, TableStatus, TimeToLiveStatus};
use ddbkit_flow::{Control, Looks, Readiness};
use std::time::Duration;

/// For so long after its creation a table may not be seen everywhere (`DescribeTable` is eventually
/// consistent, says the API reference).
const NOT_SEEN: Duration = Duration::from_secs(10);

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
        let described = self.wait_until(table, Readiness::Settled, control).await?;
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
        self.wait_until(table, Readiness::Table, control).await
    }

    async fn wait_until(
        &self,
        table: &str,
        wanted: Readiness,
        control: &Control,
    ) -> Result<TableDescription, TableError> {
        let mut looks = Looks::new(control);
        loop {
            let what = match control.run(self.description(table)).await? {
                Ok(described) => {
                    let Some(missing) = wanted.missing(&described) else { return Ok(described) };
                    if Readiness::is_hopeless(&described) {
                        let message = format!("table {table} cannot be used: {missing}");
                        return Err(TableError::new(TableErrorKind::TableExists, message));
                    }
                    missing
                }
                Err(error)
                    if error.kind() == TableErrorKind::NotFound && looks.elapsed() < NOT_SEEN =>
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

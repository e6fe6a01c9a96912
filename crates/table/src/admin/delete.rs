//! Deletes tables.

use super::TableAdmin;
use crate::TableError;
use ddbkit_flow::Control;

impl TableAdmin {
    /// Deletes a table with everything in it. It is gone when
    /// [`wait_until_gone`](Self::wait_until_gone) has returned.
    ///
    /// # Errors
    /// [`NotFound`](crate::TableErrorKind::NotFound) when it is not there,
    /// [`TableExists`](crate::TableErrorKind::TableExists) when it is busy with another change, and what `DynamoDB`
    /// refuses: a table that is protected, for one.
    pub async fn delete(&self, table: &str, control: &Control) -> Result<(), TableError> {
        control.check()?;
        let answer = Box::pin(self.client.delete_table().table_name(table).send()).await;
        answer
            .map(drop)
            .map_err(|error| TableError::call(format_args!("deletion of table {table}"), error))
    }
}

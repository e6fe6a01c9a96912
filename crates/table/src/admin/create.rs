//! Creates tables.

use super::{NewTable, TableAdmin};
use crate::TableError;
use ddbkit_flow::Control;

impl TableAdmin {
    /// Creates a table. It can be used when
    /// [`wait_until_ready`](Self::wait_until_ready) has returned.
    ///
    /// With time to live this waits until the table is active, because `DynamoDB` switches it on for
    /// no other.
    ///
    /// # Errors
    /// [`TableExists`](crate::TableErrorKind::TableExists) when a table of that name is there,
    /// [`InvalidInput`](crate::TableErrorKind::InvalidInput) when the definition contradicts itself, and
    /// what `DynamoDB` refuses.
    pub async fn create(&self, table: &NewTable, control: &Control) -> Result<(), TableError> {
        let input = table.to_input()?;
        control.check()?;
        // Sent to its end: whether a table was made must be known.
        let created = Box::pin(input.send_with(&self.client)).await;
        created.map_err(|error| {
            TableError::call(format_args!("creation of table {}", table.name()), error)
        })?;
        let Some(attribute) = &table.time_to_live else { return Ok(()) };
        self.wait_until_active(table.name(), control).await?;
        self.enable_time_to_live(table.name(), attribute, control).await
    }
}

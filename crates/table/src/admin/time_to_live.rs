//! Time to live.

use super::TableAdmin;
use crate::TableError;
use crate::error::TableErrorKind;
use aws_sdk_dynamodb::types::{TimeToLiveSpecification, TimeToLiveStatus};
use ddbkit_flow::Control;

/// The time to live of a table, as `DescribeTimeToLive` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeToLive {
    /// Its state. A change takes up to an hour, says the Developer Guide, and there is one an hour.
    pub status: TimeToLiveStatus,
    /// The attribute with the time in seconds since 1970; also told while it is being switched off.
    pub attribute: Option<String>,
}

impl TimeToLive {
    /// The attribute, where it is on or being switched on.
    #[must_use]
    pub fn attribute(&self) -> Option<&str> {
        use TimeToLiveStatus::{Enabled, Enabling};
        self.attribute.as_deref().filter(|_| [Enabled, Enabling].contains(&self.status))
    }
}

impl TableAdmin {
    /// Whether `DynamoDB` deletes items of the table when their time has passed, and by which attribute.
    ///
    /// # Errors
    /// [`NotFound`](TableErrorKind::NotFound) when the table is not there, and what `DynamoDB` refuses.
    pub async fn time_to_live(&self, table: &str) -> Result<TimeToLive, TableError> {
        let answer = Box::pin(self.client.describe_time_to_live().table_name(table).send()).await;
        let answer = answer.map_err(|error| {
            TableError::call(format_args!("description of time to live of table {table}"), error)
        })?;
        let described = answer.time_to_live_description;
        Ok(TimeToLive {
            status: described
                .as_ref()
                .and_then(|ttl| ttl.time_to_live_status.clone())
                .unwrap_or(TimeToLiveStatus::Disabled),
            attribute: described.and_then(|ttl| ttl.attribute_name),
        })
    }

    /// Switches time to live on, by this attribute.
    ///
    /// # Errors
    /// As for [`time_to_live`](Self::time_to_live); `DynamoDB` refuses where it is on.
    pub async fn enable_time_to_live(
        &self,
        table: &str,
        attribute: &str,
        control: &Control,
    ) -> Result<(), TableError> {
        self.set_time_to_live(table, attribute, true, control).await
    }

    /// Switches time to live off.
    ///
    /// # Errors
    /// [`InvalidInput`](TableErrorKind::InvalidInput) when it is off, and as for
    /// [`time_to_live`](Self::time_to_live).
    pub async fn disable_time_to_live(
        &self,
        table: &str,
        control: &Control,
    ) -> Result<(), TableError> {
        let there = self.time_to_live(table).await?;
        let attribute = there.attribute().ok_or_else(|| {
            let message = format!("time to live of table {table} is off");
            TableError::new(TableErrorKind::InvalidInput, message)
        })?;
        self.set_time_to_live(table, attribute, false, control).await
    }

    async fn set_time_to_live(
        &self,
        table: &str,
        attribute: &str,
        is_on: bool,
        control: &Control,
    ) -> Result<(), TableError> {
        let ttl =
            TimeToLiveSpecification::builder().attribute_name(attribute).enabled(is_on).build();
        let ttl = ttl.map_err(|error| {
            TableError::new(TableErrorKind::InvalidInput, format!("time to live: {error}"))
        })?;
        control.check()?;
        let call = self.client.update_time_to_live().table_name(table);
        let answer = Box::pin(call.time_to_live_specification(ttl).send()).await;
        answer.map(drop).map_err(|error| {
            TableError::call(format_args!("change of time to live of table {table}"), error)
        })
    }
}

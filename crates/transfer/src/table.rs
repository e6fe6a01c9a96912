//! What DynamoDB says about the table.

use crate::keys::KeySchema;
use crate::raw::Session;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::config::Config;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::TableDescription;
use ddbkit_export::TableDescriptor;
use ddbkit_flow::{Looks, ProgressEvent, Readiness};
use std::time::Duration;

/// A table as `DescribeTable` shows it.
pub(crate) struct TableInfo {
    pub(crate) description: TableDescription,
}

impl TableInfo {
    pub(crate) fn arn(&self) -> String {
        self.description.table_arn().unwrap_or_default().to_owned()
    }

    pub(crate) fn id(&self) -> Option<String> {
        self.description.table_id().map(ToOwned::to_owned)
    }

    /// The size of the table, which DynamoDB brings up to date about every six hours.
    pub(crate) fn bytes(&self) -> u64 {
        self.description.table_size_bytes().and_then(|n| u64::try_from(n).ok()).unwrap_or_default()
    }

    /// Items and bytes of the table or of one of its indexes.
    pub(crate) fn counts_of(&self, index: Option<&str>) -> (Option<i64>, Option<i64>) {
        let table = &self.description;
        let Some(name) = index else { return (table.item_count(), table.table_size_bytes()) };
        let global = table.global_secondary_indexes().iter();
        let global = global.map(|it| (it.index_name(), it.item_count(), it.index_size_bytes()));
        let local = table.local_secondary_indexes().iter();
        let local = local.map(|it| (it.index_name(), it.item_count(), it.index_size_bytes()));
        let found = global.chain(local).find(|(own, ..)| *own == Some(name));
        found.map_or((None, None), |(_, items, bytes)| (items, bytes))
    }

    pub(crate) fn started(&self) -> ProgressEvent {
        let items = self.description.item_count().and_then(|n| u64::try_from(n).ok());
        ProgressEvent::Started { items: items.filter(|items| *items > 0), bytes: None }
    }

    /// What the description says of the table, without the settings that other calls tell.
    pub(crate) fn descriptor(&self, session: &Session) -> Result<TableDescriptor, TransferError> {
        TableDescriptor::from_describe(&self.description).map_err(|error| {
            let message = format!("table {} cannot be described", session.table);
            TransferError::caused(TransferErrorKind::Service, message, error)
        })
    }

    pub(crate) fn keys(&self) -> Result<KeySchema, TransferError> {
        KeySchema::of(&self.description)
    }
}

/// Describes the table, or says why it cannot be worked with.
pub(crate) async fn describe(session: &Session) -> Result<TableInfo, TransferError> {
    let table = &session.table;
    // The first call of an operation finds a wrong endpoint, which no patience makes right.
    let few = RetryConfig::standard().with_max_attempts(3);
    let call = session.client.describe_table().table_name(&**table).customize();
    let answer = call.config_override(Config::builder().retry_config(few)).send().await;
    let answer = answer.map_err(|error| {
        TransferError::call(format_args!("description of table {table}"), &error)
    })?;
    let description = answer.table.ok_or_else(|| {
        let message = format!("DynamoDB describes table {table} with nothing");
        TransferError::new(TransferErrorKind::Service, message)
    })?;
    session.pace(&description);
    Ok(TableInfo { description })
}

/// How long a table may take to become active. Those with many indexes or much warm throughput take
/// minutes.
const ACTIVE_WITHIN: Duration = Duration::from_mins(30);

/// Waits until the table and its indexes can be used.
pub(crate) async fn wait_until_active(session: &Session) -> Result<TableInfo, TransferError> {
    let mut looks = Looks::new(session.control());
    loop {
        let table = describe(session).await?;
        let Some(missing) = Readiness::Indexes.missing(&table.description) else {
            return Ok(table);
        };
        let missing = format!("{missing} of table {}", session.table);
        if Readiness::is_hopeless(&table.description) || looks.elapsed() > ACTIVE_WITHIN {
            let message = format!("{missing} does not end; run the same command again later");
            return Err(TransferError::new(TransferErrorKind::Service, message));
        }
        looks.wait_for(missing).await?;
    }
}

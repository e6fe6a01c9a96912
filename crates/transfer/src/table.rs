//! What DynamoDB says about the table.

use crate::keys::KeySchema;
use crate::raw::Session;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::config::Config;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::{TableDescription, TableStatus};
use ddbkit_export::TableDescriptor;
use ddbkit_flow::ProgressEvent;
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
    Ok(TableInfo { description })
}

/// Waits until the table and its indexes can be used.
pub(crate) async fn wait_until_active(session: &Session) -> Result<TableInfo, TransferError> {
    let mut wait = Duration::from_millis(100);
    loop {
        let table = describe(session).await?;
        match table.description.table_status() {
            Some(TableStatus::Active | TableStatus::Updating) => return Ok(table),
            Some(TableStatus::Creating) | None => {}
            Some(other) => {
                let message = format!("table {} is {}", session.table, other.as_str());
                return Err(TransferError::new(TransferErrorKind::Service, message));
            }
        }
        session.control().run(tokio::time::sleep(wait)).await?;
        wait = (wait * 2).min(Duration::from_secs(5));
    }
}

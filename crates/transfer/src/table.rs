//! What DynamoDB says about the table.

use crate::keys::KeySchema;
use crate::raw::Session;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::config::Config;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::{TableDescription, TableStatus, Tag, TimeToLiveDescription};
use ddbkit_export::TableDescriptor;
use ddbkit_flow::ProgressEvent;
use std::time::Duration;

/// A table as `DescribeTable` shows it, with what other calls add where they are allowed.
pub(crate) struct TableInfo {
    pub(crate) description: TableDescription,
    pub(crate) descriptor: TableDescriptor,
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

    pub(crate) fn keys(&self) -> Result<KeySchema, TransferError> {
        KeySchema::of(&self.description)
    }
}

/// Describes the table, or says why it cannot be worked with.
pub(crate) async fn describe(session: &Session) -> Result<TableInfo, TransferError> {
    let description = describe_table(session).await?;
    session.pace(&description);
    let (ttl, tags) = (time_to_live(session).await, tags(session, &description).await);
    let descriptor = TableDescriptor::from_describe(&description, ttl.as_ref(), &tags);
    let descriptor = descriptor.map_err(|error| {
        let message = format!("table {} cannot be described", session.table);
        TransferError::caused(TransferErrorKind::Service, message, error)
    })?;
    Ok(TableInfo { description, descriptor })
}

pub(crate) async fn describe_table(session: &Session) -> Result<TableDescription, TransferError> {
    let table = &session.table;
    // The first call of an operation finds a wrong endpoint, which no patience makes right.
    let few = RetryConfig::standard().with_max_attempts(3);
    let call = session.client.describe_table().table_name(&**table).customize();
    let answer = call.config_override(Config::builder().retry_config(few)).send().await;
    let answer = answer.map_err(|error| {
        TransferError::call(format_args!("description of table {table}"), &error)
    })?;
    answer.table.ok_or_else(|| {
        let message = format!("DynamoDB describes table {table} with nothing");
        TransferError::new(TransferErrorKind::Service, message)
    })
}

/// The TTL setting. A caller who may not read it gets a descriptor without it: data comes first.
async fn time_to_live(session: &Session) -> Option<TimeToLiveDescription> {
    let call = session.client.describe_time_to_live().table_name(&*session.table);
    call.send().await.ok()?.time_to_live_description
}

/// The tags, as far as the caller may read them and the server knows them.
async fn tags(session: &Session, table: &TableDescription) -> Vec<Tag> {
    let Some(arn) = table.table_arn() else { return Vec::new() };
    let pages = session.client.list_tags_of_resource().resource_arn(arn);
    pages.send().await.ok().and_then(|answer| answer.tags).unwrap_or_default()
}

/// Waits until the table and its indexes can be used.
pub(crate) async fn wait_until_active(session: &Session) -> Result<TableInfo, TransferError> {
    let mut wait = Duration::from_millis(100);
    loop {
        let description = describe_table(session).await?;
        match description.table_status() {
            Some(TableStatus::Active | TableStatus::Updating) => return describe(session).await,
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

//! What DynamoDB says about the table.

use crate::keys::KeySchema;
use crate::raw::Session;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::config::Config;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::{IndexStatus, TableDescription, TableStatus};
use ddbkit_export::TableDescriptor;
use ddbkit_flow::ProgressEvent;
use std::time::Duration;
use tokio::time::Instant;

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
    let (started, mut wait) = (Instant::now(), Duration::from_millis(100));
    let mut told = None;
    loop {
        let table = describe(session).await?;
        let Some(missing) = not_active(&table.description) else { return Ok(table) };
        let missing = format!("{missing} of table {}", session.table);
        if table.description.table_status().is_some_and(is_final)
            || started.elapsed() > ACTIVE_WITHIN
        {
            let message = format!("{missing} does not end; run the same command again later");
            return Err(TransferError::new(TransferErrorKind::Service, message));
        }
        if told.as_ref() != Some(&missing) {
            session.control().emit(&ProgressEvent::Waiting(missing.clone()));
            told = Some(missing);
        }
        session.control().run(tokio::time::sleep(wait)).await?;
        wait = (wait * 2).min(Duration::from_secs(5));
    }
}

/// The state of the table that keeps it from being used, or that of an index.
fn not_active(table: &TableDescription) -> Option<String> {
    match table.table_status() {
        Some(TableStatus::Active | TableStatus::Updating) => {}
        Some(status) => return Some(format!("status {}", status.as_str())),
        None => return Some("an unknown status".to_owned()),
    }
    table.global_secondary_indexes().iter().find_map(|index| {
        let is_made = index.index_status() == Some(&IndexStatus::Creating);
        is_made.then(|| format!("creation of index {}", index.index_name().unwrap_or_default()))
    })
}

/// Whether waiting makes no table of it.
fn is_final(status: &TableStatus) -> bool {
    *status != TableStatus::Creating
        && *status != TableStatus::Active
        && *status != TableStatus::Updating
}

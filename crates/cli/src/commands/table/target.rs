//! The table that a command works with.

use super::answer;
use crate::commands::Context;
use crate::config::Aws;
use crate::error::Failure;
use ddbkit::codec::Item;
use ddbkit::codec::rules::Key;
use ddbkit::table::admin::{TableAdmin, TableSummary};
use ddbkit::table::{KeySchema, Table};

/// A table, and what it is: the types of its key say how keys are read from the command line.
pub(super) struct Target {
    pub(super) table: Table<Item>,
    pub(super) admin: TableAdmin,
    pub(super) summary: TableSummary,
}

impl Target {
    pub(super) async fn open(context: &Context, name: &str) -> Result<Self, Failure> {
        let client = Aws::load(&context.global).await?.dynamodb_that_answers().await?;
        let admin = TableAdmin::new(client.clone());
        let summary = answer(context, admin.describe(name)).await?;
        let table = Table::with_keys(client, name, schema(&summary.key));
        Ok(Self { table, admin, summary })
    }
}

pub(super) fn schema(key: &Key) -> KeySchema {
    let sort = key.sort_key().map(|(name, _)| name.to_owned());
    KeySchema::named(key.partition_key().0.to_owned(), sort)
}

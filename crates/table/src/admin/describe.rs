//! Asks what a table is.

use super::{TableAdmin, TableSummary};
use crate::{TableError, TableErrorKind};
use aws_sdk_dynamodb::types::{TableDescription, Tag};

impl TableAdmin {
    /// What `DescribeTable` says of a table, typed.
    ///
    /// # Errors
    /// [`NotFound`](TableErrorKind::NotFound) when it is not there, and what `DynamoDB` refuses.
    pub async fn describe(&self, table: &str) -> Result<TableSummary, TableError> {
        TableSummary::of(&self.description(table).await?)
    }

    /// Whether there is a table of this name, in whatever state.
    ///
    /// # Errors
    /// What `DynamoDB` refuses for another reason than that there is none.
    pub async fn exists(&self, table: &str) -> Result<bool, TableError> {
        match self.description(table).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == TableErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The tags of the table of this ARN, as pairs of name and value.
    ///
    /// # Errors
    /// What `DynamoDB` refuses.
    pub async fn tags(&self, arn: &str) -> Result<Vec<(String, String)>, TableError> {
        let tags = self.sdk_tags(arn).await?;
        Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
    }

    pub(super) async fn sdk_tags(&self, arn: &str) -> Result<Vec<Tag>, TableError> {
        let (mut tags, mut next) = (Vec::new(), None);
        loop {
            let call = self.client.list_tags_of_resource().resource_arn(arn).set_next_token(next);
            let answer = call.send().await;
            let answer = answer.map_err(|error| {
                TableError::call(format_args!("reading the tags of {arn}"), error)
            })?;
            tags.extend(answer.tags.unwrap_or_default());
            next = answer.next_token;
            if next.is_none() {
                return Ok(tags);
            }
        }
    }

    pub(super) async fn description(&self, table: &str) -> Result<TableDescription, TableError> {
        let answer = Box::pin(self.client.describe_table().table_name(table).send()).await;
        let answer = answer.map_err(|error| {
            TableError::call(format_args!("description of table {table}"), error)
        })?;
        answer.table.ok_or_else(|| {
            let message = format!("table {table} is described with nothing");
            TableError::new(TableErrorKind::Service, message)
        })
    }
}

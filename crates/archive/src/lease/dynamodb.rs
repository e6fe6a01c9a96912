//! Leases in a table of `DynamoDB`.

use super::row::{self, COUNTER, Row, SHARD, STREAM};
use super::{Lease, LeaseStore, lost};
use crate::{ArchiveDescriptor, ArchiveError, ArchiveErrorKind};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ReturnValuesOnConditionCheckFailure, ScalarAttributeType, TableDescription, TableStatus,
};
use std::time::Duration;

/// The key of the row that says whose the table is; no stream has such an ARN.
const ABOUT: &str = "ddbkit-archive";
const ARCHIVE: &str = "archive_id";
/// For people who look into the table.
const TABLE: &str = "archived_table";

/// How long a new table may take to become active, in half seconds.
const PATIENCE: u32 = 240;

/// Leases in a table of their own, for workers on several machines.
///
/// The table has the keys `stream` and `shard` (both strings) and a row for each shard. One table
/// belongs to one archive. A renewal is one conditional write: a thousand shards with leases of a
/// minute cost about 50 write units a second.
///
/// ```
/// # async fn example(
/// #     client: aws_sdk_dynamodb::Client,
/// #     archive: ddbkit_archive::ArchiveDescriptor,
/// # ) -> Result<(), ddbkit_archive::ArchiveError> {
/// use ddbkit_archive::DynamoDbLeases;
///
/// let leases = DynamoDbLeases::open(client, "Sessions-archive", &archive).await?;
/// # let _ = leases;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct DynamoDbLeases {
    client: Client,
    table: String,
}

impl DynamoDbLeases {
    /// The leases of an archive in this table, which is created, on demand, where it is not there.
    ///
    /// # Errors
    /// [`ForeignLeaseTable`](ArchiveErrorKind::ForeignLeaseTable) when the table has other keys or is
    /// that of another archive, [`DynamoDb`](ArchiveErrorKind::DynamoDb) when it cannot be read or
    /// created.
    pub async fn open(
        client: Client,
        table: impl Into<String>,
        archive: &ArchiveDescriptor,
    ) -> Result<Self, ArchiveError> {
        let leases = Self { client, table: table.into() };
        leases.there().await?;
        leases.claim(archive).await?;
        Ok(leases)
    }

    /// The leases of an archive in a table that must be there, to look at them.
    ///
    /// # Errors
    /// As [`DynamoDbLeases::open`], and [`ForeignLeaseTable`](ArchiveErrorKind::ForeignLeaseTable) when
    /// there is no such table.
    pub async fn existing(
        client: Client,
        table: impl Into<String>,
        archive: &ArchiveDescriptor,
    ) -> Result<Self, ArchiveError> {
        let leases = Self { client, table: table.into() };
        let Some(table) = leases.describe().await? else {
            let message = format!("there is no lease table {}", leases.table);
            return Err(ArchiveError::new(ArchiveErrorKind::ForeignLeaseTable, message));
        };
        leases.check_keys(&table)?;
        leases.check_owner(archive).await?;
        Ok(leases)
    }

    /// Waits until the table is there, and creates it first where it is not.
    async fn there(&self) -> Result<(), ArchiveError> {
        for _ in 0..PATIENCE {
            match self.describe().await? {
                None => self.create().await?,
                Some(table) if table.table_status == Some(TableStatus::Active) => {
                    return self.check_keys(&table);
                }
                Some(_) => tokio::time::sleep(Duration::from_millis(500)).await,
            }
        }
        let message = format!("the lease table {} does not become active", self.table);
        Err(ArchiveError::new(ArchiveErrorKind::DynamoDb, message))
    }

    async fn describe(&self) -> Result<Option<TableDescription>, ArchiveError> {
        match self.client.describe_table().table_name(&self.table).send().await {
            Ok(answer) => Ok(answer.table),
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
            Err(error) => {
                Err(ArchiveError::call(format!("DescribeTable of {}", self.table), &error))
            }
        }
    }

    async fn create(&self) -> Result<(), ArchiveError> {
        let (mut keys, mut definitions) = (Vec::new(), Vec::new());
        for (name, kind) in [(STREAM, KeyType::Hash), (SHARD, KeyType::Range)] {
            let key = KeySchemaElement::builder().attribute_name(name).key_type(kind);
            let definition = AttributeDefinition::builder().attribute_name(name);
            let definition = definition.attribute_type(ScalarAttributeType::S);
            keys.extend(key.build());
            definitions.extend(definition.build());
        }
        let create = self.client.create_table().table_name(&self.table);
        let create = create.billing_mode(BillingMode::PayPerRequest);
        let create = create.set_key_schema(Some(keys));
        let create = create.set_attribute_definitions(Some(definitions));
        match create.send().await {
            Ok(_) => Ok(()),
            // Another worker began it.
            Err(error) if error.code() == Some("ResourceInUseException") => Ok(()),
            Err(error) => Err(ArchiveError::call(format!("CreateTable of {}", self.table), &error)),
        }
    }

    fn check_keys(&self, table: &TableDescription) -> Result<(), ArchiveError> {
        let mut keys: Vec<_> = table
            .key_schema()
            .iter()
            .map(|key| (key.key_type() == &KeyType::Range, key.attribute_name()))
            .collect();
        keys.sort_unstable();
        if keys == [(false, STREAM), (true, SHARD)] {
            return Ok(());
        }
        let message = format!(
            "the table {} is no lease table: its keys are not {STREAM} and {SHARD}; choose another name",
            self.table
        );
        Err(ArchiveError::new(ArchiveErrorKind::ForeignLeaseTable, message))
    }

    /// Writes whose table it is, or finds that it is ours.
    async fn claim(&self, archive: &ArchiveDescriptor) -> Result<(), ArchiveError> {
        let mut about = row::key(ABOUT, ABOUT);
        about.insert(ARCHIVE.to_owned(), AttributeValue::S(archive.id.clone()));
        about.insert(TABLE.to_owned(), AttributeValue::S(archive.table_arn.clone()));
        let put = self.put(about).condition_expression("attribute_not_exists(#shard)");
        let put = put.expression_attribute_names("#shard", SHARD);
        match put.send().await {
            Ok(_) => return Ok(()),
            Err(error) if is_refused(&error) => {}
            Err(error) => return Err(self.failed("PutItem", &error)),
        }
        self.check_owner(archive).await
    }

    async fn check_owner(&self, archive: &ArchiveDescriptor) -> Result<(), ArchiveError> {
        let found = self.row(ABOUT, ABOUT).await?.unwrap_or_default();
        let text = |name: &str| found.get(name).and_then(|value| value.as_s().ok());
        if text(ARCHIVE) == Some(&archive.id) {
            return Ok(());
        }
        let message = format!(
            "the lease table {} is that of another archive, of {}; choose another name",
            self.table,
            text(TABLE).map_or("an unknown table", String::as_str)
        );
        Err(ArchiveError::new(ArchiveErrorKind::ForeignLeaseTable, message))
    }

    fn put(&self, item: Row) -> PutItemFluentBuilder {
        self.client.put_item().table_name(&self.table).set_item(Some(item))
    }

    async fn row(&self, stream: &str, shard: &str) -> Result<Option<Row>, ArchiveError> {
        let get = self.client.get_item().table_name(&self.table).consistent_read(true);
        let get = get.set_key(Some(row::key(stream, shard)));
        let answer = get.send().await.map_err(|error| self.failed("GetItem", &error))?;
        Ok(answer.item)
    }

    fn failed<E, R>(&self, call: &str, error: &SdkError<E, R>) -> ArchiveError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        ArchiveError::call(format!("{call} in the lease table {}", self.table), error)
    }
}

fn is_refused(error: &impl ProvideErrorMetadata) -> bool {
    error.code() == Some("ConditionalCheckFailedException")
}

#[async_trait]
impl LeaseStore for DynamoDbLeases {
    async fn list(&self, stream: &str) -> Result<Vec<Lease>, ArchiveError> {
        let query = self.client.query().table_name(&self.table).consistent_read(true);
        let query = query.key_condition_expression("#stream = :stream");
        let query = query.expression_attribute_names("#stream", STREAM);
        let query =
            query.expression_attribute_values(":stream", AttributeValue::S(stream.to_owned()));
        let mut pages = query.into_paginator().send();
        let mut leases = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.failed("Query", &error))?;
            for row in page.items() {
                leases.push(row::lease(row, &self.table)?);
            }
        }
        Ok(leases)
    }

    async fn get(&self, stream: &str, shard: &str) -> Result<Option<Lease>, ArchiveError> {
        let row = self.row(stream, shard).await?;
        row.map(|row| row::lease(&row, &self.table)).transpose()
    }

    async fn create_if_absent(&self, lease: &Lease) -> Result<bool, ArchiveError> {
        let put = self.put(row::of(lease)).condition_expression("attribute_not_exists(#shard)");
        match put.expression_attribute_names("#shard", SHARD).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(self.failed("PutItem", &error)),
        }
    }

    async fn update(&self, lease: &Lease, expected: u64) -> Result<(), ArchiveError> {
        let new = row::of(lease);
        let put = self
            .put(new.clone())
            .condition_expression("#counter = :expected")
            .expression_attribute_names("#counter", COUNTER)
            .expression_attribute_values(":expected", AttributeValue::N(expected.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => {
                // The answer to the same write may have been lost, and the SDK made it again.
                let found = error.into_service_error();
                let found = match found {
                    PutItemError::ConditionalCheckFailedException(failed) => failed.item,
                    _ => None,
                };
                if found == Some(new) { Ok(()) } else { Err(lost(&lease.shard)) }
            }
            Err(error) => Err(self.failed("PutItem", &error)),
        }
    }

    async fn delete(&self, stream: &str, shard: &str, expected: u64) -> Result<(), ArchiveError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(row::key(stream, shard)))
            .condition_expression("attribute_not_exists(#shard) OR #counter = :expected")
            .expression_attribute_names("#shard", SHARD)
            .expression_attribute_names("#counter", COUNTER)
            .expression_attribute_values(":expected", AttributeValue::N(expected.to_string()));
        match delete.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Err(lost(shard)),
            Err(error) => Err(self.failed("DeleteItem", &error)),
        }
    }
}

//! Deletes a table and creates it anew, which empties it at no cost by the item.

use super::TableAdmin;
use super::new_table::some;
use crate::{TableError, TableErrorKind};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types::{
    BillingMode, GlobalSecondaryIndex, GlobalSecondaryIndexDescription, LocalSecondaryIndex,
    LocalSecondaryIndexDescription, PointInTimeRecoveryStatus, ProvisionedThroughput,
    ProvisionedThroughputDescription, SseDescription, SseSpecification, SseStatus,
    TableDescription, Tag,
};
use ddbkit_flow::Control;

/// A table that is to be deleted and made anew: what it will be, and what it loses.
#[derive(Clone, Debug)]
pub struct Recreation {
    input: CreateTableInputBuilder,
    table: String,
    time_to_live: Option<String>,
    lost: Vec<String>,
}

impl Recreation {
    /// What the new table will not have, a phrase for each.
    pub fn lost(&self) -> impl Iterator<Item = &str> {
        self.lost.iter().map(String::as_str)
    }

    /// The name of the table.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }
}

impl TableAdmin {
    /// Looks at a table that is to be made anew, and changes nothing. Kept are its key, indexes,
    /// capacity, class, encryption, stream view, time to live and tags.
    ///
    /// # Errors
    /// [`TableExists`](TableErrorKind::TableExists) when it has replicas in other regions, which would go with it,
    /// or is protected against deletion; [`NotFound`](TableErrorKind::NotFound), and what `DynamoDB`
    /// refuses.
    pub async fn plan_recreation(
        &self,
        table: &str,
        control: &Control,
    ) -> Result<Recreation, TableError> {
        let described = control.run(self.description(table)).await??;
        let refused = |what: &str| {
            let message = format!("table {table} cannot be made anew: {what}");
            Err(TableError::new(TableErrorKind::TableExists, message))
        };
        if !described.replicas().is_empty() {
            return refused("it has replicas in other regions");
        }
        if described.deletion_protection_enabled() == Some(true) {
            return refused("it is protected against deletion");
        }
        let arn = described.table_arn().unwrap_or_default();
        let ttl = control.run(self.time_to_live(table)).await??;
        let mut lost = control.run(self.lost(&described)).await?;
        let tags = match control.run(self.sdk_tags(arn)).await? {
            Ok(tags) => tags,
            // The caller may not, or the server has none.
            Err(error) if is_refused(&error) => {
                lost.push("tags, if it has some: they cannot be read".to_owned());
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let ours = |tag: &Tag| !tag.key.starts_with("aws:");
        if !tags.iter().all(ours) {
            lost.push("tags that AWS has set".to_owned());
        }
        let tags = tags.into_iter().filter(ours).collect();
        let input = input(&described, tags).map_err(|error| {
            let message = format!("table {table} is described in a way not known: {error}");
            TableError::new(TableErrorKind::Service, message)
        })?;
        let time_to_live = ttl.attribute().map(ToOwned::to_owned);
        Ok(Recreation { input, table: table.to_owned(), time_to_live, lost })
    }

    /// Deletes the table, waits, creates it anew, waits until it is active, and switches time to live
    /// on. A cancellation is heeded before the deletion, and then not until the table is created; a
    /// process that is killed between the two leaves no table.
    ///
    /// # Errors
    /// As for [`delete`](Self::delete) and [`create`](Self::create).
    pub async fn recreate(&self, plan: Recreation, control: &Control) -> Result<(), TableError> {
        let Recreation { input, table, time_to_live, .. } = plan;
        Box::pin(self.delete(&table, control)).await?;
        self.wait_until_gone(&table, &Control::new()).await?;
        let created = Box::pin(input.send_with(&self.client)).await;
        created.map_err(|error| {
            TableError::call(format_args!("creation of table {table}, which is deleted,"), error)
        })?;
        self.wait_until_active(&table, control).await?;
        match time_to_live {
            Some(attribute) => self.enable_time_to_live(&table, &attribute, control).await,
            None => Ok(()),
        }
    }

    /// What the calls that are made here tell, and what none tells.
    async fn lost(&self, table: &TableDescription) -> Vec<String> {
        let mut lost = Vec::new();
        if table.latest_stream_arn().is_some() {
            lost.push("the records and the ARN of its stream".to_owned());
        }
        let name = table.table_name().unwrap_or_default();
        let backups = self.client.describe_continuous_backups().table_name(name).send().await;
        let recovery = backups.map(|answer| {
            let backups = answer.continuous_backups_description;
            let recovery = backups.and_then(|backups| backups.point_in_time_recovery_description);
            recovery.and_then(|recovery| recovery.point_in_time_recovery_status)
        });
        match recovery {
            Ok(Some(PointInTimeRecoveryStatus::Enabled)) => {
                lost.push("point-in-time recovery, with its history".to_owned());
            }
            Ok(_) => {}
            Err(_) => {
                lost.push("point-in-time recovery, if it is on: that cannot be read".to_owned());
            }
        }
        lost.push(
            "what hangs on a table and is not looked at: its resource policy, auto scaling, \
             Contributor Insights, Kinesis destinations, triggers"
                .to_owned(),
        );
        lost
    }
}

fn is_refused(error: &TableError) -> bool {
    matches!(error.kind(), TableErrorKind::AccessDenied | TableErrorKind::Service)
}

/// The input that makes the described table again.
fn input(table: &TableDescription, tags: Vec<Tag>) -> Result<CreateTableInputBuilder, BuildError> {
    let global: Result<Vec<_>, _> =
        table.global_secondary_indexes().iter().map(global_index).collect();
    let local: Result<Vec<_>, _> =
        table.local_secondary_indexes().iter().map(local_index).collect();
    let throughput = provisioned(table.provisioned_throughput())?;
    let mode =
        if throughput.is_some() { BillingMode::Provisioned } else { BillingMode::PayPerRequest };
    let class = table.table_class_summary().and_then(|class| class.table_class().cloned());
    Ok(CreateTableInputBuilder::default()
        .set_table_name(table.table_name().map(ToOwned::to_owned))
        .set_key_schema(some(table.key_schema().to_vec()))
        .set_attribute_definitions(some(table.attribute_definitions().to_vec()))
        .billing_mode(mode)
        .set_provisioned_throughput(throughput)
        .set_on_demand_throughput(table.on_demand_throughput().cloned())
        .set_global_secondary_indexes(some(global?))
        .set_local_secondary_indexes(some(local?))
        .set_stream_specification(table.stream_specification().cloned())
        .set_sse_specification(table.sse_description().and_then(encryption))
        .set_table_class(class)
        .set_tags(some(tags)))
}

fn global_index(
    index: &GlobalSecondaryIndexDescription,
) -> Result<GlobalSecondaryIndex, BuildError> {
    GlobalSecondaryIndex::builder()
        .set_index_name(index.index_name().map(ToOwned::to_owned))
        .set_key_schema(some(index.key_schema().to_vec()))
        .set_projection(index.projection().cloned())
        .set_provisioned_throughput(provisioned(index.provisioned_throughput())?)
        .set_on_demand_throughput(index.on_demand_throughput().cloned())
        .build()
}

fn local_index(index: &LocalSecondaryIndexDescription) -> Result<LocalSecondaryIndex, BuildError> {
    LocalSecondaryIndex::builder()
        .set_index_name(index.index_name().map(ToOwned::to_owned))
        .set_key_schema(some(index.key_schema().to_vec()))
        .set_projection(index.projection().cloned())
        .build()
}

/// Zeros stand for a table on demand.
fn provisioned(
    throughput: Option<&ProvisionedThroughputDescription>,
) -> Result<Option<ProvisionedThroughput>, BuildError> {
    let read = throughput.and_then(|it| it.read_capacity_units).filter(|units| *units > 0);
    let write = throughput.and_then(|it| it.write_capacity_units).filter(|units| *units > 0);
    let (Some(read), Some(write)) = (read, write) else { return Ok(None) };
    let throughput = ProvisionedThroughput::builder();
    throughput.read_capacity_units(read).write_capacity_units(write).build().map(Some)
}

/// A key of KMS; the default of the service is told as none.
fn encryption(sse: &SseDescription) -> Option<SseSpecification> {
    let is_on = matches!(
        sse.status(),
        Some(SseStatus::Enabled | SseStatus::Enabling | SseStatus::Updating)
    );
    let specification = SseSpecification::builder()
        .enabled(true)
        .set_sse_type(sse.sse_type().cloned())
        .set_kms_master_key_id(sse.kms_master_key_arn().map(ToOwned::to_owned));
    is_on.then(|| specification.build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::types::{
        KeySchemaElement, KeyType, OnDemandThroughput, SseType, TableClass, TableClassSummary,
    };

    #[test]
    fn what_the_service_tells_of_a_table_is_asked_for_again() {
        let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash);
        let sse = SseDescription::builder().status(SseStatus::Enabled).sse_type(SseType::Kms);
        let maximum = OnDemandThroughput::builder().max_write_request_units(9).build();
        let class = TableClassSummary::builder().table_class(TableClass::StandardInfrequentAccess);
        let zero = ProvisionedThroughputDescription::builder();
        let zero = zero.read_capacity_units(0).write_capacity_units(0).build();
        let table = TableDescription::builder()
            .table_name("T")
            .key_schema(key.build().unwrap())
            .provisioned_throughput(zero)
            .on_demand_throughput(maximum.clone())
            .sse_description(sse.kms_master_key_arn("arn:key").build())
            .table_class_summary(class.build());
        let input = input(&table.build(), Vec::new()).unwrap();
        assert_eq!(input.get_billing_mode(), &Some(BillingMode::PayPerRequest));
        assert_eq!(input.get_provisioned_throughput(), &None);
        assert_eq!(input.get_on_demand_throughput(), &Some(maximum));
        assert_eq!(input.get_table_class(), &Some(TableClass::StandardInfrequentAccess));
        let sse = input.get_sse_specification().as_ref().unwrap();
        assert_eq!((sse.enabled, sse.kms_master_key_id()), (Some(true), Some("arn:key")));
        assert_eq!((input.get_tags(), input.get_global_secondary_indexes()), (&None, &None));
    }
}

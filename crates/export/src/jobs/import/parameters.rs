//! What `ImportTable` makes a new table of.

use crate::{ExportError, TableDescriptor};
use aws_sdk_dynamodb::types::TableCreationParameters;
use std::collections::BTreeSet;

/// The table of an import, and what of the old one an import cannot bring back.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ImportParameters {
    /// The new table, for [`ImportJob::start`](super::ImportJob::start).
    pub table: TableCreationParameters,
    /// Settings of the old table that the new one will not have, by their names in `CreateTable` and
    /// `DescribeTable`. Local secondary indexes can never be added later; the others can be set when
    /// the import is complete.
    pub not_restored: Vec<String>,
}

impl ImportParameters {
    /// The table of the descriptor, under a new name.
    ///
    /// Keys, capacity, global secondary indexes and encryption are restored. Attributes that only a
    /// local index has for its key are left out of the definitions, because the service refuses
    /// definitions that nothing uses.
    ///
    /// # Errors
    /// [`InvalidDescriptor`](crate::ExportErrorKind::InvalidDescriptor) when the SDK refuses a part.
    pub fn from_descriptor(
        descriptor: &TableDescriptor,
        table_name: &str,
    ) -> Result<Self, ExportError> {
        let input = descriptor.to_create_table_input(table_name)?;
        let invalid = |error| ExportError::invalid_descriptor(table_name, error);
        let input = input.build().map_err(invalid)?;
        let own = &descriptor.create_table;
        let indexes = own.global_secondary_indexes.iter().map(|index| &index.key_schema);
        let used: BTreeSet<&str> = std::iter::once(&own.key_schema)
            .chain(indexes)
            .flatten()
            .map(|element| element.attribute_name.as_str())
            .collect();
        let definitions = input.attribute_definitions.unwrap_or_default().into_iter();
        let definitions = definitions.filter(|one| used.contains(one.attribute_name.as_str()));
        let table = TableCreationParameters::builder()
            .table_name(table_name)
            .set_attribute_definitions(Some(definitions.collect()))
            .set_key_schema(input.key_schema)
            .set_billing_mode(input.billing_mode)
            .set_provisioned_throughput(input.provisioned_throughput)
            .set_on_demand_throughput(input.on_demand_throughput)
            .set_sse_specification(input.sse_specification)
            .set_global_secondary_indexes(input.global_secondary_indexes)
            .build()
            .map_err(invalid)?;
        Ok(Self { table, not_restored: not_restored(descriptor) })
    }
}

fn not_restored(descriptor: &TableDescriptor) -> Vec<String> {
    let table = &descriptor.create_table;
    let index =
        |index: &crate::LocalSecondaryIndex| format!("LocalSecondaryIndexes: {}", index.index_name);
    let is_default_class = |class: &str| class == "STANDARD";
    let has_stream = table.stream_specification.as_ref().is_some_and(|it| it.stream_enabled);
    let has_class = table.table_class.as_deref().is_some_and(|class| !is_default_class(class));
    let has_warm = descriptor.warm_throughput.is_some() || table.warm_throughput.is_some();
    let settings = [
        (has_stream, "StreamSpecification"),
        (descriptor.time_to_live.is_some(), "TimeToLive"),
        (!table.tags.is_empty(), "Tags"),
        (descriptor.point_in_time_recovery.is_some(), "PointInTimeRecovery"),
        (table.deletion_protection_enabled == Some(true), "DeletionProtectionEnabled"),
        (has_class, "TableClass"),
        (has_warm || !descriptor.index_warm_throughput.is_empty(), "WarmThroughput"),
        (descriptor.resource_policy.is_some(), "ResourcePolicy"),
        (!descriptor.contributor_insights.is_empty(), "ContributorInsights"),
        (!descriptor.auto_scaling.is_empty(), "AutoScaling"),
    ];
    let set = settings.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.to_owned());
    let local = table.local_secondary_indexes.iter().map(index);
    let mut names: Vec<String> = local.chain(set).collect();
    for name in &descriptor.not_covered {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

//! The descriptor from a `DescribeTable` answer and to a `CreateTable` input.

use super::{
    AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, LocalSecondaryIndex,
    OnDemandThroughput, Projection, ProvisionedThroughput, SseSpecification, StreamSpecification,
    TableDefinition, TableDescriptor, Tag, TimeToLive,
};
use crate::{ExportError, ExportErrorKind};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::CreateTableInput;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types;
use aws_sdk_dynamodb::types::{SseStatus, TimeToLiveStatus};

impl TableDescriptor {
    /// Describes a table from what `DescribeTable`, `DescribeTimeToLive` and `ListTagsOfResource`
    /// answer.
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidDescriptor`] when the answer lacks the name, the key schema or
    /// the capacity of a provisioned table.
    pub fn from_describe(
        table: &types::TableDescription,
        time_to_live: Option<&types::TimeToLiveDescription>,
        tags: &[types::Tag],
    ) -> Result<Self, ExportError> {
        let table_name = table.table_name().unwrap_or_default().to_owned();
        if table_name.is_empty() {
            return Err(missing("table", "TableName"));
        }
        if table.key_schema().is_empty() {
            return Err(missing(&table_name, "KeySchema"));
        }
        let billing_mode = table
            .billing_mode_summary()
            .and_then(types::BillingModeSummary::billing_mode)
            // DescribeTable leaves the summary out of tables that were always provisioned.
            .map_or("PROVISIONED", types::BillingMode::as_str)
            .to_owned();
        let is_provisioned = billing_mode == "PROVISIONED";
        let provisioned_throughput = match table.provisioned_throughput() {
            // On-demand tables show a capacity of zero, which CreateTable refuses.
            _ if !is_provisioned => None,
            Some(throughput) => Some(provisioned(throughput)),
            None => return Err(missing(&table_name, "ProvisionedThroughput")),
        };
        let create_table = TableDefinition {
            attribute_definitions: table
                .attribute_definitions()
                .iter()
                .map(|definition| AttributeDefinition {
                    attribute_name: definition.attribute_name().to_owned(),
                    attribute_type: definition.attribute_type().as_str().to_owned(),
                })
                .collect(),
            key_schema: key_schema(table.key_schema()),
            billing_mode,
            provisioned_throughput,
            on_demand_throughput: table.on_demand_throughput().and_then(on_demand),
            local_secondary_indexes: table
                .local_secondary_indexes()
                .iter()
                .map(|index| LocalSecondaryIndex {
                    index_name: index.index_name().unwrap_or_default().to_owned(),
                    key_schema: key_schema(index.key_schema()),
                    projection: projection(index.projection()),
                })
                .collect(),
            global_secondary_indexes: table
                .global_secondary_indexes()
                .iter()
                .map(|index| GlobalSecondaryIndex {
                    index_name: index.index_name().unwrap_or_default().to_owned(),
                    key_schema: key_schema(index.key_schema()),
                    projection: projection(index.projection()),
                    provisioned_throughput: index
                        .provisioned_throughput()
                        .filter(|_| is_provisioned)
                        .map(provisioned),
                    on_demand_throughput: index.on_demand_throughput().and_then(on_demand),
                })
                .collect(),
            stream_specification: table
                .stream_specification()
                .filter(|stream| stream.stream_enabled())
                .map(|stream| StreamSpecification {
                    stream_enabled: true,
                    stream_view_type: stream.stream_view_type().map(|view| view.as_str().into()),
                }),
            sse_specification: table.sse_description().and_then(sse),
            table_class: table
                .table_class_summary()
                .and_then(types::TableClassSummary::table_class)
                .map(|class| class.as_str().to_owned()),
            deletion_protection_enabled: table.deletion_protection_enabled(),
            tags: tags
                .iter()
                .map(|tag| Tag { key: tag.key().to_owned(), value: tag.value().to_owned() })
                .collect(),
            table_name,
        };
        Ok(Self {
            version: Self::VERSION,
            table_arn: table.table_arn().map(str::to_owned),
            table_id: table.table_id().map(str::to_owned),
            create_table,
            time_to_live: time_to_live.and_then(enabled_time_to_live),
            not_covered: not_covered(table),
        })
    }

    /// The input that creates the table under `table_name`, tags included.
    ///
    /// The builder is given so that a caller can change what does not fit the new place (the KMS
    /// key of another account, tags on a server that refuses them) before it is sent with
    /// [`send_with`](CreateTableInputBuilder::send_with).
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidDescriptor`] when the SDK refuses a part.
    pub fn to_create_table_input(
        &self,
        table_name: &str,
    ) -> Result<CreateTableInputBuilder, ExportError> {
        input(&self.create_table, table_name)
            .map_err(|source| self.invalid("the input of CreateTable").caused_by(source))
    }
}

fn missing(table: &str, field: &str) -> ExportError {
    ExportError::new(ExportErrorKind::InvalidDescriptor, format!("table {table:?}"))
        .detail(format!("the answer of DescribeTable has no {field}"))
}

fn key_schema(elements: &[types::KeySchemaElement]) -> Vec<KeySchemaElement> {
    elements
        .iter()
        .map(|element| KeySchemaElement {
            attribute_name: element.attribute_name().to_owned(),
            key_type: element.key_type().as_str().to_owned(),
        })
        .collect()
}

fn provisioned(throughput: &types::ProvisionedThroughputDescription) -> ProvisionedThroughput {
    ProvisionedThroughput {
        read_capacity_units: throughput.read_capacity_units().unwrap_or_default(),
        write_capacity_units: throughput.write_capacity_units().unwrap_or_default(),
    }
}

/// `-1` is how the API says that a limit was taken away.
fn on_demand(throughput: &types::OnDemandThroughput) -> Option<OnDemandThroughput> {
    let limits = OnDemandThroughput {
        max_read_request_units: throughput.max_read_request_units().filter(|&units| units > 0),
        max_write_request_units: throughput.max_write_request_units().filter(|&units| units > 0),
    };
    let any = limits.max_read_request_units.or(limits.max_write_request_units);
    any.map(|_| limits)
}

fn projection(projection: Option<&types::Projection>) -> Projection {
    Projection {
        projection_type: projection
            .and_then(types::Projection::projection_type)
            .map_or("ALL", types::ProjectionType::as_str)
            .to_owned(),
        non_key_attributes: projection
            .map(|projection| projection.non_key_attributes().to_vec())
            .unwrap_or_default(),
    }
}

fn sse(description: &types::SseDescription) -> Option<SseSpecification> {
    let on = [SseStatus::Enabled, SseStatus::Enabling, SseStatus::Updating];
    let enabled = description.status().is_some_and(|status| on.contains(status));
    enabled.then(|| SseSpecification {
        enabled: true,
        sse_type: description.sse_type().map(|sse_type| sse_type.as_str().to_owned()),
        kms_master_key_id: description.kms_master_key_arn().map(str::to_owned),
    })
}

fn enabled_time_to_live(description: &types::TimeToLiveDescription) -> Option<TimeToLive> {
    let on = [TimeToLiveStatus::Enabled, TimeToLiveStatus::Enabling];
    description.time_to_live_status().filter(|status| on.contains(status))?;
    Some(TimeToLive { attribute_name: description.attribute_name()?.to_owned() })
}

fn not_covered(table: &types::TableDescription) -> Vec<String> {
    let found = [
        ("Replicas", !table.replicas().is_empty()),
        ("GlobalTableWitnesses", !table.global_table_witnesses().is_empty()),
        ("VectorIndexes", !table.vector_indexes().is_empty()),
    ];
    found.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name.to_owned()).collect()
}

fn input(
    definition: &TableDefinition,
    table_name: &str,
) -> Result<CreateTableInputBuilder, BuildError> {
    let mut input = CreateTableInput::builder()
        .table_name(table_name)
        .billing_mode(definition.billing_mode.as_str().into())
        .set_key_schema(Some(sdk_key_schema(&definition.key_schema)?))
        .set_provisioned_throughput(sdk_provisioned(definition.provisioned_throughput)?)
        .set_on_demand_throughput(definition.on_demand_throughput.map(sdk_on_demand))
        .set_table_class(definition.table_class.as_deref().map(Into::into))
        .set_deletion_protection_enabled(definition.deletion_protection_enabled);
    for attribute in &definition.attribute_definitions {
        input = input.attribute_definitions(
            types::AttributeDefinition::builder()
                .attribute_name(&attribute.attribute_name)
                .attribute_type(attribute.attribute_type.as_str().into())
                .build()?,
        );
    }
    for index in &definition.local_secondary_indexes {
        input = input.local_secondary_indexes(
            types::LocalSecondaryIndex::builder()
                .index_name(&index.index_name)
                .set_key_schema(Some(sdk_key_schema(&index.key_schema)?))
                .projection(sdk_projection(&index.projection))
                .build()?,
        );
    }
    for index in &definition.global_secondary_indexes {
        input = input.global_secondary_indexes(
            types::GlobalSecondaryIndex::builder()
                .index_name(&index.index_name)
                .set_key_schema(Some(sdk_key_schema(&index.key_schema)?))
                .projection(sdk_projection(&index.projection))
                .set_provisioned_throughput(sdk_provisioned(index.provisioned_throughput)?)
                .set_on_demand_throughput(index.on_demand_throughput.map(sdk_on_demand))
                .build()?,
        );
    }
    if let Some(stream) = &definition.stream_specification {
        input = input.stream_specification(
            types::StreamSpecification::builder()
                .stream_enabled(stream.stream_enabled)
                .set_stream_view_type(stream.stream_view_type.as_deref().map(Into::into))
                .build()?,
        );
    }
    if let Some(sse) = &definition.sse_specification {
        input = input.sse_specification(
            types::SseSpecification::builder()
                .enabled(sse.enabled)
                .set_sse_type(sse.sse_type.as_deref().map(Into::into))
                .set_kms_master_key_id(sse.kms_master_key_id.clone())
                .build(),
        );
    }
    for tag in &definition.tags {
        input = input.tags(types::Tag::builder().key(&tag.key).value(&tag.value).build()?);
    }
    Ok(input)
}

fn sdk_key_schema(schema: &[KeySchemaElement]) -> Result<Vec<types::KeySchemaElement>, BuildError> {
    let element = |element: &KeySchemaElement| {
        types::KeySchemaElement::builder()
            .attribute_name(&element.attribute_name)
            .key_type(element.key_type.as_str().into())
            .build()
    };
    schema.iter().map(element).collect()
}

fn sdk_provisioned(
    throughput: Option<ProvisionedThroughput>,
) -> Result<Option<types::ProvisionedThroughput>, BuildError> {
    let build = |throughput: ProvisionedThroughput| {
        types::ProvisionedThroughput::builder()
            .read_capacity_units(throughput.read_capacity_units)
            .write_capacity_units(throughput.write_capacity_units)
            .build()
    };
    throughput.map(build).transpose()
}

fn sdk_on_demand(throughput: OnDemandThroughput) -> types::OnDemandThroughput {
    types::OnDemandThroughput::builder()
        .set_max_read_request_units(throughput.max_read_request_units)
        .set_max_write_request_units(throughput.max_write_request_units)
        .build()
}

fn sdk_projection(projection: &Projection) -> types::Projection {
    let names = &projection.non_key_attributes;
    types::Projection::builder()
        .projection_type(projection.projection_type.as_str().into())
        .set_non_key_attributes((!names.is_empty()).then(|| names.clone()))
        .build()
}

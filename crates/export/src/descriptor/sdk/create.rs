//! The descriptor to a `CreateTable` input.

use crate::ExportError;
use crate::descriptor::{
    KeySchemaElement, OnDemandThroughput, Projection, ProvisionedThroughput, TableDefinition,
    TableDescriptor,
};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::CreateTableInput;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types;

impl TableDescriptor {
    /// The input that creates the table under `table_name`, tags included, without what
    /// [`after_creation`](Self::after_creation) sets when the data is in: stream and deletion
    /// protection.
    ///
    /// The builder is given so that a caller can change what does not fit the new place (the KMS
    /// key of another account, tags on a server that refuses them) before it is sent with
    /// [`send_with`](CreateTableInputBuilder::send_with).
    ///
    /// # Errors
    /// [`InvalidDescriptor`](crate::ExportErrorKind::InvalidDescriptor) when the SDK refuses a part.
    pub fn to_create_table_input(
        &self,
        table_name: &str,
    ) -> Result<CreateTableInputBuilder, ExportError> {
        input(&self.create_table, table_name)
            .map_err(|source| self.invalid("the input of CreateTable").caused_by(source))
    }
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
        .set_table_class(definition.table_class.as_deref().map(Into::into));
    if let Some(warm) = definition.warm_throughput {
        input = input.warm_throughput(
            types::WarmThroughput::builder()
                .set_read_units_per_second(warm.read_units_per_second)
                .set_write_units_per_second(warm.write_units_per_second)
                .build(),
        );
    }
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

//! The descriptor from what the calls that describe a table answer.

use crate::descriptor::{
    AttributeDefinition, ContributorInsights, GlobalSecondaryIndex, KeySchemaElement,
    LocalSecondaryIndex, OnDemandThroughput, PointInTimeRecovery, Projection,
    ProvisionedThroughput, SseSpecification, StreamSpecification, TableDefinition, TableDescriptor,
    Tag, TimeToLive, WarmThroughput,
};
use crate::{ExportError, ExportErrorKind};
use aws_sdk_dynamodb::types;
use aws_sdk_dynamodb::types::{
    ContributorInsightsStatus, PointInTimeRecoveryStatus, SseStatus, TimeToLiveStatus,
};

impl TableDescriptor {
    /// Describes a table from what `DescribeTable` answers. What other calls answer is added with
    /// the `set_` methods; what was not asked or not answered with
    /// [`add_not_read`](Self::add_not_read).
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidDescriptor`] when the answer lacks the name, the key schema or
    /// the capacity of a provisioned table.
    ///
    /// ```
    /// use aws_sdk_dynamodb::types::{
    ///     AttributeDefinition, BillingMode, BillingModeSummary, ContinuousBackupsDescription,
    ///     ContinuousBackupsStatus, ContributorInsightsStatus, KeySchemaElement, KeyType,
    ///     ScalarAttributeType, TableDescription, Tag, TimeToLiveDescription, TimeToLiveStatus,
    /// };
    /// use ddbkit_export::lint::LintKeys;
    /// use ddbkit_export::{KmsKey, Override, TableDescriptor, TimeToLive};
    ///
    /// // What the calls answer that describe a table; here it is built by hand.
    /// let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash);
    /// let text = AttributeDefinition::builder().attribute_name("pk");
    /// let on_demand = BillingModeSummary::builder().billing_mode(BillingMode::PayPerRequest);
    /// let described = TableDescription::builder()
    ///     .table_name("Orders")
    ///     .key_schema(key.build()?)
    ///     .attribute_definitions(text.attribute_type(ScalarAttributeType::S).build()?)
    ///     .billing_mode_summary(on_demand.build())
    ///     .build();
    /// let ttl = TimeToLiveDescription::builder().time_to_live_status(TimeToLiveStatus::Enabled);
    /// let backups = ContinuousBackupsDescription::builder();
    /// let backups = backups.continuous_backups_status(ContinuousBackupsStatus::Enabled);
    /// let insights = ContributorInsightsStatus::Disabled;
    ///
    /// let mut table = TableDescriptor::from_describe(&described)?;
    /// table.set_time_to_live(&ttl.attribute_name("expires").build());
    /// table.set_tags(&[Tag::builder().key("team").value("web").build()?]);
    /// table.set_continuous_backups(&backups.build()?);
    /// table.add_contributor_insights(None, Some(&insights), None);
    /// assert_eq!(table.time_to_live, Some(TimeToLive { attribute_name: "expires".to_owned() }));
    /// assert!(table.point_in_time_recovery.is_none() && table.contributor_insights.is_empty());
    ///
    /// // As `--set` says it, or as values.
    /// let sse = Override::Sse(Some(KmsKey::AwsManaged));
    /// table.change(&["billing=provisioned".parse()?, "read=5".parse()?, "write=5".parse()?, sse])?;
    /// let input = table.to_create_table_input("Orders-2")?.build()?;
    /// assert_eq!(input.provisioned_throughput().unwrap().read_capacity_units(), 5);
    /// assert_eq!(input.tags().len(), 1);
    /// assert_eq!(LintKeys::of(&table)?.schema().hash.name, "pk");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_describe(table: &types::TableDescription) -> Result<Self, ExportError> {
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
            tags: Vec::new(),
            warm_throughput: None,
            table_name,
        };
        Ok(Self {
            version: Self::VERSION,
            table_arn: table.table_arn().map(str::to_owned),
            table_id: table.table_id().map(str::to_owned),
            create_table,
            time_to_live: None,
            point_in_time_recovery: None,
            resource_policy: None,
            contributor_insights: Vec::new(),
            auto_scaling: Vec::new(),
            warm_throughput: table.warm_throughput().and_then(|warm| {
                warm_throughput(warm.read_units_per_second(), warm.write_units_per_second())
            }),
            index_warm_throughput: table
                .global_secondary_indexes()
                .iter()
                .filter_map(|index| {
                    let warm = index.warm_throughput()?;
                    let (read, write) =
                        (warm.read_units_per_second(), warm.write_units_per_second());
                    Some((index.index_name()?.to_owned(), warm_throughput(read, write)?))
                })
                .collect(),
            not_read: Vec::new(),
            not_covered: not_covered(table),
        })
    }

    /// Adds what `DescribeTimeToLive` answers.
    pub fn set_time_to_live(&mut self, description: &types::TimeToLiveDescription) {
        let on = [TimeToLiveStatus::Enabled, TimeToLiveStatus::Enabling];
        let is_on = description.time_to_live_status().is_some_and(|status| on.contains(status));
        let attribute = description.attribute_name().filter(|_| is_on);
        self.time_to_live = attribute.map(|name| TimeToLive { attribute_name: name.to_owned() });
    }

    /// Adds what all pages of `ListTagsOfResource` answer. Tags of `aws:` are not for callers to
    /// set, so they are only named in `not_covered`.
    pub fn set_tags(&mut self, tags: &[types::Tag]) {
        let (of_aws, own): (Vec<_>, Vec<_>) =
            tags.iter().partition(|tag| tag.key().starts_with("aws:"));
        let of_aws = of_aws.iter().map(|tag| format!("tag {}", tag.key()));
        self.not_covered.extend(of_aws);
        let own = own.iter();
        self.create_table.tags = own
            .map(|tag| Tag { key: tag.key().to_owned(), value: tag.value().to_owned() })
            .collect();
    }

    /// Adds what `DescribeContinuousBackups` answers.
    pub fn set_continuous_backups(&mut self, backups: &types::ContinuousBackupsDescription) {
        let recovery = backups.point_in_time_recovery_description().filter(|recovery| {
            let status = recovery.point_in_time_recovery_status();
            status == Some(&PointInTimeRecoveryStatus::Enabled)
        });
        self.point_in_time_recovery = recovery.map(|recovery| PointInTimeRecovery {
            recovery_period_in_days: recovery.recovery_period_in_days(),
        });
    }

    /// Adds what `ListContributorInsights` answers for the table (`index_name` none) or for an
    /// index.
    pub fn add_contributor_insights(
        &mut self,
        index_name: Option<&str>,
        status: Option<&ContributorInsightsStatus>,
        mode: Option<&types::ContributorInsightsMode>,
    ) {
        let on = [ContributorInsightsStatus::Enabled, ContributorInsightsStatus::Enabling];
        if status.is_some_and(|status| on.contains(status)) {
            self.contributor_insights.push(ContributorInsights {
                index_name: index_name.map(ToOwned::to_owned),
                mode: mode.map(|mode| mode.as_str().to_owned()),
            });
        }
    }
}

fn warm_throughput(read: Option<i64>, write: Option<i64>) -> Option<WarmThroughput> {
    let any = read.or(write);
    any.map(|_| WarmThroughput { read_units_per_second: read, write_units_per_second: write })
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

fn not_covered(table: &types::TableDescription) -> Vec<String> {
    let found = [
        ("Replicas", !table.replicas().is_empty()),
        ("GlobalTableWitnesses", !table.global_table_witnesses().is_empty()),
        ("VectorIndexes", !table.vector_indexes().is_empty()),
    ];
    found.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name.to_owned()).collect()
}

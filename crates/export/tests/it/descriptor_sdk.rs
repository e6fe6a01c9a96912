//! The table descriptor from `DescribeTable` and to `CreateTable`.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, BillingModeSummary, ContinuousBackupsDescription,
    ContinuousBackupsStatus, ContributorInsightsMode, ContributorInsightsStatus,
    GlobalSecondaryIndexDescription, GlobalSecondaryIndexWarmThroughputDescription,
    KeySchemaElement, KeyType, LocalSecondaryIndexDescription, OnDemandThroughput,
    PointInTimeRecoveryDescription, PointInTimeRecoveryStatus, Projection, ProjectionType,
    ProvisionedThroughputDescription, ReplicaDescription, ScalarAttributeType, SseDescription,
    SseStatus, SseType, StreamSpecification, StreamViewType, TableClass, TableClassSummary,
    TableDescription, TableWarmThroughputDescription, Tag, TimeToLiveDescription, TimeToLiveStatus,
    builders::TableDescriptionBuilder,
};
use ddbkit_export::{AfterCreation, ExportErrorKind, TableDescriptor};

fn key(name: &str, key_type: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(key_type).build().unwrap()
}

fn attribute(name: &str, attribute_type: ScalarAttributeType) -> AttributeDefinition {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(attribute_type)
        .build()
        .unwrap()
}

fn throughput(read: i64, write: i64) -> ProvisionedThroughputDescription {
    ProvisionedThroughputDescription::builder()
        .read_capacity_units(read)
        .write_capacity_units(write)
        .build()
}

fn base() -> TableDescriptionBuilder {
    TableDescription::builder()
        .table_name("Orders")
        .table_arn("arn:aws:dynamodb:eu-west-1:123456789012:table/Orders")
        .table_id("5b5a4c5e-0000-4000-8000-000000000000")
        .attribute_definitions(attribute("pk", ScalarAttributeType::S))
        .attribute_definitions(attribute("sk", ScalarAttributeType::N))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
}

fn index_projection() -> Projection {
    Projection::builder()
        .projection_type(ProjectionType::Include)
        .non_key_attributes("total")
        .build()
}

#[test]
fn everything_of_a_provisioned_table_comes_back() {
    let table = base()
        .provisioned_throughput(throughput(5, 6))
        .local_secondary_indexes(
            LocalSecondaryIndexDescription::builder()
                .index_name("lsi")
                .key_schema(key("pk", KeyType::Hash))
                .key_schema(key("total", KeyType::Range))
                .projection(Projection::builder().projection_type(ProjectionType::All).build())
                .build(),
        )
        .global_secondary_indexes(
            GlobalSecondaryIndexDescription::builder()
                .index_name("gsi")
                .key_schema(key("sk", KeyType::Hash))
                .projection(index_projection())
                .provisioned_throughput(throughput(7, 8))
                .warm_throughput(
                    GlobalSecondaryIndexWarmThroughputDescription::builder()
                        .read_units_per_second(12_000)
                        .write_units_per_second(4_000)
                        .build(),
                )
                .build(),
        )
        .stream_specification(
            StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(StreamViewType::NewAndOldImages)
                .build()
                .unwrap(),
        )
        .sse_description(
            SseDescription::builder()
                .status(SseStatus::Enabled)
                .sse_type(SseType::Kms)
                .kms_master_key_arn("arn:aws:kms:eu-west-1:123456789012:key/k")
                .build(),
        )
        .table_class_summary(
            TableClassSummary::builder().table_class(TableClass::StandardInfrequentAccess).build(),
        )
        .deletion_protection_enabled(true)
        .warm_throughput(
            TableWarmThroughputDescription::builder()
                .read_units_per_second(13_000)
                .write_units_per_second(5_000)
                .build(),
        )
        .build();
    let time_to_live = TimeToLiveDescription::builder()
        .time_to_live_status(TimeToLiveStatus::Enabled)
        .attribute_name("expires")
        .build();
    let tag = |key: &str| Tag::builder().key(key).value("x").build().unwrap();
    let tags = [tag("team"), tag("aws:cloudformation:stack-name")];

    let recovery = PointInTimeRecoveryDescription::builder()
        .point_in_time_recovery_status(PointInTimeRecoveryStatus::Enabled)
        .recovery_period_in_days(14)
        .build();
    let backups = ContinuousBackupsDescription::builder()
        .continuous_backups_status(ContinuousBackupsStatus::Enabled)
        .point_in_time_recovery_description(recovery)
        .build()
        .unwrap();

    let mut descriptor = TableDescriptor::from_describe(&table).unwrap();
    descriptor.set_time_to_live(&time_to_live);
    descriptor.set_tags(&tags);
    descriptor.set_continuous_backups(&backups);
    descriptor.resource_policy = Some("{}".to_owned());
    let (on, off) = (ContributorInsightsStatus::Enabled, ContributorInsightsStatus::Disabled);
    descriptor.add_contributor_insights(None, Some(&off), None);
    let mode = ContributorInsightsMode::ThrottledKeys;
    descriptor.add_contributor_insights(Some("gsi"), Some(&on), Some(&mode));
    let read = TableDescriptor::from_json(descriptor.to_json().as_bytes()).unwrap();
    assert_eq!(read, descriptor);
    let steps = read.after_creation();
    let names: Vec<_> = steps.iter().map(AfterCreation::name).collect();
    let order = [
        "Tags",
        "TimeToLive",
        "Stream",
        "PointInTimeRecovery",
        "DeletionProtection",
        "ResourcePolicy",
        "ContributorInsights",
    ];
    assert_eq!(names, order);
    assert_eq!(read.point_in_time_recovery.unwrap().recovery_period_in_days, Some(14));
    let insights = &read.contributor_insights[0];
    assert_eq!(insights.index_name.as_deref(), Some("gsi"));
    assert_eq!(insights.mode.as_deref(), Some("THROTTLED_KEYS"));
    assert_eq!(read.warm_throughput.unwrap().to_string(), "13000:5000");
    assert_eq!(read.index_warm_throughput["gsi"].to_string(), "12000:4000");
    // Only AWS may set it.
    assert_eq!(read.not_covered, ["tag aws:cloudformation:stack-name"]);

    let input = read.to_create_table_input("Copy").unwrap().build().unwrap();
    assert_eq!(input.table_name(), Some("Copy"));
    assert_eq!(input.billing_mode(), Some(&BillingMode::Provisioned));
    assert_eq!(input.key_schema(), table.key_schema());
    assert_eq!(input.attribute_definitions(), table.attribute_definitions());
    let capacity = input.provisioned_throughput().unwrap();
    assert_eq!((capacity.read_capacity_units(), capacity.write_capacity_units()), (5, 6));
    let lsi = &input.local_secondary_indexes()[0];
    assert_eq!(lsi.index_name(), "lsi");
    assert_eq!(lsi.key_schema(), table.local_secondary_indexes()[0].key_schema());
    let gsi = &input.global_secondary_indexes()[0];
    assert_eq!(gsi.projection(), Some(&index_projection()));
    assert_eq!(gsi.provisioned_throughput().unwrap().write_capacity_units(), 8);
    // The stream is made when the data is in, and so is the protection; warm throughput is billed.
    assert_eq!(input.stream_specification(), None);
    assert_eq!(input.deletion_protection_enabled(), None);
    assert_eq!(input.warm_throughput(), None);
    let sse = input.sse_specification().unwrap();
    assert_eq!(sse.enabled(), Some(true));
    assert_eq!(sse.kms_master_key_id(), Some("arn:aws:kms:eu-west-1:123456789012:key/k"));
    assert_eq!(input.table_class(), Some(&TableClass::StandardInfrequentAccess));
    assert_eq!(input.tags(), &tags[..1]);
}

#[test]
fn an_on_demand_table_has_limits_and_no_capacity() {
    let table = base()
        .billing_mode_summary(
            BillingModeSummary::builder().billing_mode(BillingMode::PayPerRequest).build(),
        )
        .provisioned_throughput(throughput(0, 0))
        .on_demand_throughput(
            OnDemandThroughput::builder()
                .max_read_request_units(-1)
                .max_write_request_units(40)
                .build(),
        )
        .global_secondary_indexes(
            GlobalSecondaryIndexDescription::builder()
                .index_name("gsi")
                .key_schema(key("sk", KeyType::Hash))
                .projection(index_projection())
                .provisioned_throughput(throughput(0, 0))
                .build(),
        )
        .replicas(ReplicaDescription::builder().region_name("eu-central-1").build())
        .build();
    let off =
        TimeToLiveDescription::builder().time_to_live_status(TimeToLiveStatus::Disabled).build();
    let mut descriptor = TableDescriptor::from_describe(&table).unwrap();
    descriptor.set_time_to_live(&off);
    assert_eq!(descriptor.after_creation(), Vec::<AfterCreation>::new());
    assert_eq!(descriptor.not_covered, ["Replicas"]);
    let input = descriptor.to_create_table_input("Copy").unwrap().build().unwrap();
    assert_eq!(input.billing_mode(), Some(&BillingMode::PayPerRequest));
    assert_eq!(input.provisioned_throughput(), None);
    assert_eq!(input.global_secondary_indexes()[0].provisioned_throughput(), None);
    let limits = input.on_demand_throughput().unwrap();
    assert_eq!(limits.max_read_request_units(), None);
    assert_eq!(limits.max_write_request_units(), Some(40));
}

#[test]
fn a_description_without_what_is_needed_is_refused() {
    for table in [
        TableDescription::builder().build(),
        TableDescription::builder().table_name("Orders").build(),
        base().build(),
    ] {
        let error = TableDescriptor::from_describe(&table).unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::InvalidDescriptor);
    }
}

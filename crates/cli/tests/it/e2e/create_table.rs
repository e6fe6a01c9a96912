//! A table comes back with its settings.

use crate::e2e::program::run;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    LocalSecondaryIndex, Projection, ProjectionType, ProvisionedThroughput, ScalarAttributeType,
    StreamSpecification, StreamViewType, TableDescription, TimeToLiveSpecification,
};
use ddbkit_testkit::{backend, items, put_all, scan_all};
use std::time::{SystemTime, UNIX_EPOCH};

fn key(name: &str, key_type: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(key_type).build().unwrap()
}

fn capacity(read: i64, write: i64) -> ProvisionedThroughput {
    let capacity = ProvisionedThroughput::builder();
    capacity.read_capacity_units(read).write_capacity_units(write).build().unwrap()
}

fn projection() -> Projection {
    Projection::builder()
        .projection_type(ProjectionType::Include)
        .non_key_attributes("note")
        .build()
}

/// A provisioned table with indexes of both kinds, a stream and time to live.
async fn table_with_settings(client: &Client) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let name = format!("settings-{}", now.as_nanos());
    let mut create = client.create_table().table_name(&name);
    for (attribute, of) in [
        ("pk", ScalarAttributeType::S),
        ("sk", ScalarAttributeType::N),
        ("other", ScalarAttributeType::S),
    ] {
        let attribute = AttributeDefinition::builder().attribute_name(attribute).attribute_type(of);
        create = create.attribute_definitions(attribute.build().unwrap());
    }
    let gsi = GlobalSecondaryIndex::builder()
        .index_name("by-other")
        .key_schema(key("other", KeyType::Hash))
        .projection(projection())
        .provisioned_throughput(capacity(7, 8));
    let lsi = LocalSecondaryIndex::builder()
        .index_name("by-pk-and-other")
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("other", KeyType::Range))
        .projection(projection());
    let stream = StreamSpecification::builder().stream_enabled(true);
    let stream = stream.stream_view_type(StreamViewType::NewImage).build().unwrap();
    create
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .billing_mode(BillingMode::Provisioned)
        .provisioned_throughput(capacity(55, 66))
        .global_secondary_indexes(gsi.build().unwrap())
        .local_secondary_indexes(lsi.build().unwrap())
        .stream_specification(stream)
        .send()
        .await
        .unwrap();
    let ttl = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true).build();
    let update = client.update_time_to_live().table_name(&name);
    update.time_to_live_specification(ttl.unwrap()).send().await.unwrap();
    name
}

async fn describe(client: &Client, table: &str) -> TableDescription {
    client.describe_table().table_name(table).send().await.unwrap().table.unwrap()
}

async fn ttl_attribute(client: &Client, table: &str) -> Option<String> {
    let answer = client.describe_time_to_live().table_name(table).send().await.unwrap();
    answer.time_to_live_description.and_then(|ttl| ttl.attribute_name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_comes_back_with_its_settings() {
    let backend = backend().await;
    let client = &backend.dynamodb;
    let table = table_with_settings(client).await;
    put_all(client, &table, (0..20).map(|n| items::item(1, n))).await;
    let before = scan_all(client, &table).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    let dumped = run(&backend, &["dump", &table, dest, "--output", "json"]).await.exits(0);
    // No local server has backups; that is told and ends nothing.
    let not_read = dumped.json()["not_read"].to_string();
    assert!(not_read.contains("PointInTimeRecovery"), "{not_read}");
    assert!(!not_read.contains("TimeToLive"), "{not_read}");

    let copy = format!("{table}-copy");
    let args = ["load", dest, "--create-table", "--rename", &copy, "--output", "json"];
    let loaded = run(&backend, &args).await.exits(0);
    let json = loaded.json();
    assert_eq!(json["applied"].to_string(), r#"["TimeToLive","Stream"]"#);
    assert_eq!(json["not_applied"].to_string(), "[]");
    assert!(json["not_read"].to_string().contains("PointInTimeRecovery"), "{json}");
    let warnings = json["warnings"].to_string();
    assert!(warnings.contains("1 global and 1 local secondary indexes"), "{warnings}");
    // The stream is made when the data is in, so there is nothing to warn of.
    assert!(!warnings.contains("stream"), "{warnings}");
    assert!(loaded.stderr.contains("warning: table"), "{}", loaded.stderr);

    assert_eq!(scan_all(client, &copy).await, before);
    let (of, to) = (describe(client, &table).await, describe(client, &copy).await);
    let units = |table: &TableDescription| {
        let capacity = table.provisioned_throughput().unwrap();
        (capacity.read_capacity_units(), capacity.write_capacity_units())
    };
    assert_eq!(units(&to), (Some(55), Some(66)));
    assert_eq!(to.stream_specification(), of.stream_specification());
    let (gsi, lsi) = (&to.global_secondary_indexes()[0], &to.local_secondary_indexes()[0]);
    assert_eq!(gsi.provisioned_throughput().unwrap().write_capacity_units(), Some(8));
    assert_eq!(gsi.projection(), Some(&projection()));
    assert_eq!(lsi.key_schema(), of.local_secondary_indexes()[0].key_schema());
    assert_eq!(ttl_attribute(client, &copy).await.as_deref(), Some("expires"));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_can_be_given() {
    let backend = backend().await;
    let client = &backend.dynamodb;
    let table = table_with_settings(client).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(&backend, &["dump", &table, dest]).await.exits(0);
    let copy = format!("{table}-copy");
    let args = ["load", dest, &copy, "--create-table", "--output", "json"];
    let sets = ["--set", "billing=on-demand", "--set", "stream=off", "--set", "ttl=off"];
    let all: Vec<_> = args.iter().chain(&sets).collect();
    let loaded = run(&backend, &all).await.exits(0);
    assert_eq!(loaded.json()["applied"].to_string(), "[]");
    let to = describe(client, &copy).await;
    let billing = to.billing_mode_summary().unwrap().billing_mode().unwrap();
    assert_eq!(*billing, BillingMode::PayPerRequest);
    assert_eq!(to.stream_specification(), None);
    assert_eq!(ttl_attribute(client, &copy).await, None);

    // What no local server has is asked for, listed, and the data is there.
    let other = format!("{table}-other");
    let args = ["load", dest, &other, "--create-table", "--set", "pitr=on", "--output", "json"];
    let loaded = run(&backend, &args).await.exits(1);
    let not_applied = &loaded.json()["not_applied"];
    assert_eq!(not_applied[0]["setting"], "PointInTimeRecovery", "{not_applied}");
    let args = ["load", dest, &format!("{other}-2"), "--create-table", "--set", "pitr=on"];
    let loaded = run(&backend, &args).await.exits(1);
    assert!(loaded.stderr.contains("not applied: PointInTimeRecovery: "), "{}", loaded.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_told_before_anything_is_made() {
    let backend = backend().await;
    for (args, told) in [
        (&["load", "x", "T", "--set", "pitr=on"][..], "--create-table"),
        (&["load", "x", "T", "--create-table", "--set", "color=red"], "the keys are billing"),
        (&["load", "x", "T", "--create-table", "--rename", "U"], "cannot be used with"),
        (&["load", "x"], "TABLE"),
    ] {
        let ran = run(&backend, args).await.exits(252);
        assert!(ran.stderr.contains(told), "{args:?}: {}", ran.stderr);
    }
}

//! Tables that a load creates from the description of a dump.

use crate::scripted::{Calls, refused, scripted};
use crate::support::{dump, filled, open};
use aws_sdk_dynamodb::Client;
use ddbkit_export::{
    AttributeDefinition, ContributorInsights, GlobalSecondaryIndex, KeySchemaElement,
    OnDemandThroughput, Override, PointInTimeRecovery, Projection, ProvisionedThroughput,
    SseSpecification, StreamSpecification, TableDescriptor, Tag, TimeToLive,
};
use ddbkit_flow::Control;
use ddbkit_store::{PutOptions, Store};
use ddbkit_testkit::{Backend, KeySchema, backend, scan_all};
use ddbkit_transfer::{Load, LoadReport, TransferError, TransferErrorKind, WritePath};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A dump of a few items whose table is described as `change` makes it.
async fn source(backend: &Backend, change: impl FnOnce(&mut TableDescriptor)) -> Store {
    let (table, _) = filled(backend, "described", 30).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    let objects = store.list("").await.unwrap();
    let key = objects.iter().map(|object| &object.key).find(|key| key.ends_with("table.json"));
    let (_, bytes) = store.get(key.unwrap()).await.unwrap();
    let mut descriptor = TableDescriptor::from_json(&bytes).unwrap();
    descriptor.not_read.clear();
    change(&mut descriptor);
    let json = descriptor.to_json().into();
    store.put(key.unwrap(), json, PutOptions::default()).await.unwrap();
    store
}

fn everything(descriptor: &mut TableDescriptor) {
    let table = &mut descriptor.create_table;
    table.stream_specification = Some(StreamSpecification {
        stream_enabled: true,
        stream_view_type: Some("KEYS_ONLY".to_owned()),
    });
    table.deletion_protection_enabled = Some(true);
    descriptor.time_to_live = Some(TimeToLive { attribute_name: "expires".to_owned() });
    descriptor.point_in_time_recovery =
        Some(PointInTimeRecovery { recovery_period_in_days: Some(7) });
    let arn = descriptor.table_arn.clone().unwrap();
    descriptor.resource_policy = Some(json!({"Resource": arn}).to_string());
    let insights = ContributorInsights { index_name: None, mode: None };
    descriptor.contributor_insights = vec![insights];
}

/// The calls that the embedded server does not know succeed.
fn service(operation: &str, _: &Value) -> Option<(u16, Value)> {
    let known = ["UpdateContinuousBackups", "PutResourcePolicy", "UpdateContributorInsights"];
    known.contains(&operation).then(|| (200, json!({})))
}

async fn load(
    client: &Client,
    table: &str,
    source: &Store,
    state: &Store,
    settings: &[&str],
) -> Result<LoadReport, TransferError> {
    let settings = settings.iter().map(|text| text.parse::<Override>().unwrap());
    let load = Load::builder(client.clone(), table).create_table(true).state(state.clone());
    load.settings(settings).build().from_export(open(source).await, &Control::new()).await
}

/// Those of the table of this name, in the order of the calls.
fn policy(calls: &Calls) -> String {
    calls.of("PutResourcePolicy")[0]["Policy"].as_str().unwrap().to_owned()
}

const IN_ORDER: [&str; 8] = [
    "CreateTable",
    "BatchWriteItem",
    "UpdateTimeToLive",
    "UpdateTable",
    "UpdateContinuousBackups",
    "UpdateTable",
    "PutResourcePolicy",
    "UpdateContributorInsights",
];

#[tokio::test(flavor = "multi_thread")]
async fn settings_come_when_the_data_is_in() {
    let backend = Backend::embedded_only().await;
    let source = source(&backend, everything).await;
    let (client, calls) = scripted(&backend.dynamodb, service);
    let report = load(&client, "in-order", &source, &Store::memory(), &[]).await.unwrap();
    assert_eq!(report.not_applied, []);
    assert_eq!(calls.changes(), IN_ORDER);
    assert_eq!(
        report.applied,
        [
            "TimeToLive",
            "Stream",
            "PointInTimeRecovery",
            "DeletionProtection",
            "ResourcePolicy",
            "ContributorInsights"
        ]
    );
    let creation = &calls.of("CreateTable")[0];
    assert!(creation["StreamSpecification"].is_null(), "{creation}");
    assert!(creation["DeletionProtectionEnabled"].is_null(), "{creation}");
    let recovery = &calls.of("UpdateContinuousBackups")[0]["PointInTimeRecoverySpecification"];
    assert_eq!(*recovery, json!({"PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 7}));
    // The policy is for the new table.
    assert!(policy(&calls).contains("table/in-order\""), "{}", policy(&calls));
    let table = backend.dynamodb.describe_table().table_name("in-order").send().await.unwrap();
    let stream = table.table.unwrap().stream_specification.unwrap();
    assert_eq!(stream.stream_view_type.unwrap().as_str(), "KEYS_ONLY");
    assert_eq!(scan_all(&backend.dynamodb, "in-order").await.len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_listed_and_the_rest_is_applied() {
    let backend = Backend::embedded_only().await;
    let source = source(&backend, |descriptor| {
        everything(descriptor);
        descriptor.not_covered.push("Replicas".to_owned());
        descriptor.add_not_read("AutoScaling", "refused");
        descriptor.create_table.table_class = Some("STANDARD_INFREQUENT_ACCESS".to_owned());
        descriptor.create_table.sse_specification = Some(SseSpecification {
            enabled: true,
            sse_type: Some("KMS".to_owned()),
            kms_master_key_id: None,
        });
    })
    .await;
    let (client, calls) = scripted(&backend.dynamodb, |operation, body| match operation {
        "UpdateContinuousBackups" => Some(refused("AccessDeniedException", "not authorized")),
        "UpdateTimeToLive" => Some(refused("ValidationException", "no")),
        // A server that takes what it does not know.
        "DescribeTable" => Some((
            200,
            json!({"Table": {
            "TableName": body["TableName"], "TableStatus": "ACTIVE",
            "TableArn": "arn:aws:dynamodb:x:0:table/refused",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"},
                          {"AttributeName": "sk", "KeyType": "RANGE"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"},
                                     {"AttributeName": "sk", "AttributeType": "N"}],
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}}}),
        )),
        _ => service(operation, body),
    });
    let report = load(&client, "refused", &source, &Store::memory(), &[]).await.unwrap();
    let not_applied: Vec<_> = report.not_applied.iter().map(|left| &*left.setting).collect();
    assert_eq!(
        not_applied,
        ["TableClass", "SSESpecification", "Replicas", "TimeToLive", "PointInTimeRecovery"]
    );
    assert_eq!(
        report.not_applied[0].reason,
        "STANDARD_INFREQUENT_ACCESS was asked for, the table has STANDARD"
    );
    let reason = &report.not_applied[4].reason;
    assert_eq!(reason, "UpdateContinuousBackups failed: AccessDeniedException: not authorized");
    assert_eq!(report.not_read[0].setting, "AutoScaling");
    assert_eq!((report.written, report.rejected), (30, 0));
    assert_eq!(calls.of("UpdateContributorInsights").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_table_is_waited_for() {
    let backend = Backend::embedded_only().await;
    let source = source(&backend, everything).await;
    let busy = AtomicBool::new(true);
    let (client, calls) = scripted(&backend.dynamodb, move |operation, body| match operation {
        "UpdateContinuousBackups" if busy.swap(false, Ordering::Relaxed) => {
            Some(refused("ContinuousBackupsUnavailableException", "not yet"))
        }
        _ => service(operation, body),
    });
    let report = load(&client, "busy", &source, &Store::memory(), &[]).await.unwrap();
    assert_eq!(report.not_applied, []);
    assert_eq!(calls.of("UpdateContinuousBackups").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_stopped_among_the_settings_goes_on_with_them() {
    let backend = Backend::embedded_only().await;
    let source = source(&backend, everything).await;
    let state = Store::memory();
    let (client, _) = scripted(&backend.dynamodb, |operation, body| match operation {
        "UpdateContinuousBackups" => Some(refused("ExpiredTokenException", "expired")),
        _ => service(operation, body),
    });
    let stopped = load(&client, "stopped", &source, &state, &["tags.a=b"]).await.unwrap_err();
    assert_eq!(stopped.kind(), TransferErrorKind::Credentials);

    // Other settings are another load.
    let (client, calls) = scripted(&backend.dynamodb, service);
    let other = load(&client, "stopped", &source, &state, &["tags.a=c"]).await.unwrap_err();
    assert!(other.to_string().contains("choice of settings"), "{other}");
    let report = load(&client, "stopped", &source, &state, &["tags.a=b"]).await.unwrap();
    assert_eq!((report.resumed, report.read), (30, 0));
    assert!(report.created_table);
    assert_eq!(report.not_applied, []);
    assert_eq!(report.applied.len(), 7, "{:?}", report.applied);
    // What is there is not set again: DynamoDB refuses to turn on twice.
    assert_eq!(calls.of("UpdateTimeToLive").len(), 0);
    assert_eq!(calls.of("UpdateTable").len(), 1);
    assert!(state.list("").await.unwrap().is_empty());
}

/// The load is stopped when the table is there and the state does not know it yet.
async fn killed_after_creation(backend: &Backend, table: &str, source: &Store, state: &Store) {
    let (client, _) = scripted(&backend.dynamodb, |operation, _| {
        (operation == "DescribeTable").then(|| refused("ExpiredTokenException", "expired"))
    });
    let stopped = load(&client, table, source, state, &[]).await.unwrap_err();
    assert_eq!(stopped.kind(), TransferErrorKind::Credentials);
    assert_eq!(state.list("").await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_may_be_ours_is_gone_on_with_and_nothing_in_it_replaced() {
    let backend = Backend::embedded_only().await;
    let source = source(&backend, |_| {}).await;
    let (state, table) = (Store::memory(), "killed");
    killed_after_creation(&backend, table, &source, &state).await;
    let report = load(&backend.dynamodb, table, &source, &state, &[]).await.unwrap();
    assert_eq!(report.path, WritePath::ConditionalPut);
    assert_eq!((report.written, report.created_table), (30, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_was_there_before_the_load_is_not_ours() {
    let backend = Backend::embedded_only().await;
    let source = source(&backend, |_| {}).await;
    let (state, table) = (Store::memory(), "before");
    killed_after_creation(&backend, table, &source, &state).await;
    let described = Arc::new(Mutex::new(json!({"Table": {
        "TableName": table, "TableStatus": "ACTIVE", "CreationDateTime": 1_600_000_000,
        "TableArn": "arn:aws:dynamodb:x:0:table/before",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}})));
    let (client, _) = scripted(&backend.dynamodb, move |operation, _| {
        (operation == "DescribeTable").then(|| (200, described.lock().unwrap().clone()))
    });
    let error = load(&client, table, &source, &state, &[]).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::TableExists);
    assert_eq!(scan_all(&backend.dynamodb, table).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn capacity_and_indexes_are_taken_over_or_changed() {
    let backend = backend().await;
    let capacity = |read_capacity_units, write_capacity_units| ProvisionedThroughput {
        read_capacity_units,
        write_capacity_units,
    };
    let source = source(&backend, |descriptor| {
        let table = &mut descriptor.create_table;
        let attribute = |name: &str| AttributeDefinition {
            attribute_name: name.to_owned(),
            attribute_type: "S".to_owned(),
        };
        table.attribute_definitions.push(attribute("gsi"));
        "PROVISIONED".clone_into(&mut table.billing_mode);
        table.provisioned_throughput = Some(capacity(11, 12));
        table.global_secondary_indexes = vec![GlobalSecondaryIndex {
            index_name: "by-gsi".to_owned(),
            key_schema: vec![KeySchemaElement {
                attribute_name: "gsi".to_owned(),
                key_type: "HASH".to_owned(),
            }],
            projection: Projection {
                projection_type: "KEYS_ONLY".to_owned(),
                non_key_attributes: vec![],
            },
            provisioned_throughput: Some(capacity(3, 4)),
            on_demand_throughput: None::<OnDemandThroughput>,
        }];
        table.tags = vec![Tag { key: "team".to_owned(), value: "x".to_owned() }];
    })
    .await;
    for (settings, of_table, of_index) in [
        (&[][..], Some((11, 12)), Some((3, 4))),
        (&["read=21"], Some((21, 12)), Some((3, 4))),
        (&["billing=on-demand"], None, None),
    ] {
        let name = format!("capacity-{:08x}", fastrand::u32(..));
        let settings: Vec<&str> = settings.iter().copied().chain(["tags=off"]).collect();
        let state = Store::memory();
        let report = load(&backend.dynamodb, &name, &source, &state, &settings).await.unwrap();
        assert_eq!(report.not_applied, [], "{settings:?}");
        let table = backend.dynamodb.describe_table().table_name(&name).send().await.unwrap();
        let table = table.table.unwrap();
        let units = |found: Option<&aws_sdk_dynamodb::types::ProvisionedThroughputDescription>| {
            let found = found?;
            let units = (found.read_capacity_units()?, found.write_capacity_units()?);
            (units != (0, 0)).then_some(units)
        };
        assert_eq!(units(table.provisioned_throughput()), of_table, "{settings:?}");
        let index = &table.global_secondary_indexes()[0];
        assert_eq!(units(index.provisioned_throughput()), of_index, "{settings:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_for_a_table_that_is_created() {
    let backend = backend().await;
    let source = source(&backend, |_| {}).await;
    let table = backend.table("no-settings", KeySchema::default()).await;
    let change = |text: &str| [text.parse::<Override>().unwrap()];
    let load = Load::builder(backend.dynamodb.clone(), &table).settings(change("pitr=on"));
    let error = load.build().from_export(open(&source).await, &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Options);
    let load = Load::builder(backend.dynamodb.clone(), "x").create_table(true);
    let load = load.settings(change("read=5")).build();
    let error = load.from_export(open(&source).await, &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Options);
}

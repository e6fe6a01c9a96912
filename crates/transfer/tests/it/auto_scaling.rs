//! Application Auto Scaling of a table and of its indexes.

use crate::create_table::source;
use crate::scripted::{refused, scripted, scripted_auto_scaling};
use crate::support::{filled, open};
use aws_sdk_dynamodb::Client;
use ddbkit_export::{AutoScaling, ProvisionedThroughput, ScaledCapacity, ScalingPolicy};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::Backend;
use ddbkit_transfer::{Dump, DumpReport, Load};
use serde_json::{Value, json};

/// The client, and a table that it takes for a provisioned one with an index.
async fn provisioned(backend: &Backend) -> (Client, String) {
    let (table, _) = filled(backend, "scaled", 5).await;
    let (client, _) = scripted(&backend.dynamodb, |operation, body| {
        let key = json!([{"AttributeName": "pk", "KeyType": "HASH"}]);
        let capacity = json!({"ReadCapacityUnits": 5, "WriteCapacityUnits": 5});
        let table = json!({"TableName": body["TableName"], "TableStatus": "ACTIVE",
            "TableArn": "arn:aws:dynamodb:x:0:table/T", "KeySchema": key,
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "ProvisionedThroughput": capacity, "GlobalSecondaryIndexes": [{"IndexName": "by",
                "KeySchema": key, "ProvisionedThroughput": capacity,
                "Projection": {"ProjectionType": "ALL"}}]});
        (operation == "DescribeTable").then(|| (200, json!({"Table": table})))
    });
    (client, table)
}

async fn dump(dump: ddbkit_transfer::DumpBuilder, store: &Store) -> DumpReport {
    dump.build().to_store(store.clone(), &Control::new()).await.unwrap()
}

fn resource(body: &Value) -> String {
    let id = &body["ResourceIds"][0];
    id.as_str().or(body["ResourceId"].as_str()).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_read_for_the_table_and_its_indexes() {
    let backend = Backend::embedded_only().await;
    let (client, table) = provisioned(&backend).await;
    let (scaling, _) = scripted_auto_scaling(|operation, body| {
        assert_eq!(body["ServiceNamespace"], "dynamodb");
        let (id, is_index) = (resource(body), resource(body).ends_with("/index/by"));
        let of = if is_index { "index" } else { "table" };
        let dimension = |capacity: &str| format!("dynamodb:{of}:{capacity}CapacityUnits");
        let target = |capacity: &str| {
            json!({"ServiceNamespace": "dynamodb", "ResourceId": id, "RoleARN": "r",
                "ScalableDimension": dimension(capacity), "MinCapacity": 5, "MaxCapacity": 50,
                "CreationTime": 1})
        };
        let policy = |name: &str, capacity: &str, metric: Value| {
            let mut tracking = json!({"TargetValue": 70.0, "ScaleInCooldown": 60});
            tracking.as_object_mut().unwrap().extend(metric.as_object().unwrap().clone());
            json!({"PolicyARN": "p", "PolicyName": name, "ServiceNamespace": "dynamodb",
                "ResourceId": id, "ScalableDimension": dimension(capacity), "CreationTime": 1,
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": tracking})
        };
        let own = json!({"PredefinedMetricSpecification":
            {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"}});
        let custom = json!({"CustomizedMetricSpecification": {"MetricName": "m"}});
        let answer = match (operation, is_index) {
            ("DescribeScalableTargets", true) if body["NextToken"].is_null() => {
                json!({"ScalableTargets": [target("Write")], "NextToken": "more"})
            }
            ("DescribeScalableTargets", true) => json!({"ScalableTargets": [target("Read")]}),
            ("DescribeScalableTargets", false) => json!({"ScalableTargets": []}),
            ("DescribeScalingPolicies", true) => json!({"ScalingPolicies":
                [policy("mine", "Write", own), policy("other", "Read", custom)]}),
            ("DescribeScheduledActions", true) => json!({"ScheduledActions":
                [{"ScheduledActionName": "night", "ScheduledActionARN": "a", "Schedule": "s",
                  "ServiceNamespace": "dynamodb", "ResourceId": id, "CreationTime": 1}]}),
            other => panic!("{other:?}"),
        };
        (200, answer)
    });
    let store = Store::memory();
    let report = dump(Dump::builder(client, &table).auto_scaling(scaling), &store).await;
    let unread: Vec<_> = report.not_read.iter().map(|left| &*left.setting).collect();
    assert!(!unread.contains(&"AutoScaling"), "{unread:?}");
    assert_eq!(report.not_covered, ["scaling policy other", "scheduled scaling night"]);
    let kept = open(&store).await.descriptor().await.unwrap().unwrap().auto_scaling;
    let scaled = |capacity, policies| AutoScaling {
        index_name: Some("by".to_owned()),
        capacity,
        min_capacity: 5,
        max_capacity: 50,
        policies,
    };
    let policy = ScalingPolicy {
        policy_name: "mine".to_owned(),
        target_value: 70.0,
        scale_in_cooldown: Some(60),
        scale_out_cooldown: None,
        disable_scale_in: None,
    };
    let expected =
        [scaled(ScaledCapacity::Write, vec![policy]), scaled(ScaledCapacity::Read, vec![])];
    assert_eq!(kept, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_where_it_cannot_be_read() {
    let backend = Backend::embedded_only().await;
    let (client, table) = provisioned(&backend).await;
    let (refusing, _) =
        scripted_auto_scaling(|_, _| refused("AccessDeniedException", "not authorized"));
    let plain = Dump::builder(client.clone(), &table);
    for (builder, told) in [
        (plain.clone(), "no client of Application Auto Scaling was given"),
        (
            plain.auto_scaling(refusing),
            "DescribeScalableTargets failed: AccessDeniedException: not authorized",
        ),
    ] {
        let report = dump(builder, &Store::memory()).await;
        let left = report.not_read.iter().find(|left| left.setting == "AutoScaling").unwrap();
        assert_eq!(left.reason, told);
    }
    // The capacity of a table on demand is moved by nobody.
    let plain = Dump::builder(backend.dynamodb.clone(), &table);
    let report = dump(plain, &Store::memory()).await;
    assert!(report.not_read.iter().all(|left| left.setting != "AutoScaling"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_set_for_the_new_table_when_the_data_is_in() {
    let backend = Backend::embedded_only().await;
    let mut old = String::new();
    let store = source(&backend, |descriptor| {
        let table = &mut descriptor.create_table;
        "PROVISIONED".clone_into(&mut table.billing_mode);
        let capacity = ProvisionedThroughput { read_capacity_units: 9, write_capacity_units: 9 };
        table.provisioned_throughput = Some(capacity);
        old = table.table_name.clone();
        descriptor.auto_scaling = vec![AutoScaling {
            index_name: None,
            capacity: ScaledCapacity::Read,
            min_capacity: 5,
            max_capacity: 50,
            policies: vec![ScalingPolicy {
                policy_name: format!("Utilization:table/{old}"),
                target_value: 70.0,
                scale_in_cooldown: None,
                scale_out_cooldown: Some(60),
                disable_scale_in: None,
            }],
        }];
    })
    .await;
    let (scaling, calls) = scripted_auto_scaling(|_, _| (200, json!({"PolicyARN": "p"})));
    let load = |table: &str| Load::builder(backend.dynamodb.clone(), table).create_table(true);
    let with = load("scaled-copy").auto_scaling(scaling).build();
    let report = with.from_export(open(&store).await, &Control::new()).await.unwrap();
    assert_eq!((report.applied, report.not_applied), (vec!["AutoScaling".to_owned()], vec![]));
    let target = &calls.of("RegisterScalableTarget")[0];
    assert_eq!(target["ResourceId"], "table/scaled-copy");
    assert_eq!(target["ScalableDimension"], "dynamodb:table:ReadCapacityUnits");
    assert_eq!((&target["MinCapacity"], &target["MaxCapacity"]), (&json!(5), &json!(50)));
    let policy = &calls.of("PutScalingPolicy")[0];
    assert_eq!(policy["PolicyName"], "Utilization:table/scaled-copy");
    let tracking = &policy["TargetTrackingScalingPolicyConfiguration"];
    let metric = &tracking["PredefinedMetricSpecification"]["PredefinedMetricType"];
    assert_eq!(*metric, "DynamoDBReadCapacityUtilization");
    assert_eq!(tracking["ScaleOutCooldown"], 60);

    let without = load("scaled-other").build();
    let report = without.from_export(open(&store).await, &Control::new()).await.unwrap();
    assert_eq!(report.not_applied[0].setting, "AutoScaling");
    assert!(report.not_applied[0].reason.contains("no client"), "{:?}", report.not_applied);
}

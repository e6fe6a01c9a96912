//! Tests of table descriptors.

use super::*;

/// As ddbkit 0.1 writes it; later versions must go on reading it.
const VERSION_1: &str = r#"{
  "version": 1,
  "tableArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders",
  "tableId": "5b5a4c5e-0000-4000-8000-000000000000",
  "createTable": {
    "TableName": "Orders",
    "AttributeDefinitions": [
      {
        "AttributeName": "pk",
        "AttributeType": "S"
      },
      {
        "AttributeName": "sk",
        "AttributeType": "N"
      }
    ],
    "KeySchema": [
      {
        "AttributeName": "pk",
        "KeyType": "HASH"
      },
      {
        "AttributeName": "sk",
        "KeyType": "RANGE"
      }
    ],
    "BillingMode": "PROVISIONED",
    "ProvisionedThroughput": {
      "ReadCapacityUnits": 5,
      "WriteCapacityUnits": 6
    },
    "SSESpecification": {
      "Enabled": true,
      "SSEType": "KMS",
      "KMSMasterKeyId": "arn:aws:kms:eu-west-1:123456789012:key/k"
    },
    "Tags": [
      {
        "Key": "team",
        "Value": "x"
      }
    ]
  },
  "timeToLive": {
    "AttributeName": "expires"
  }
}
"#;

#[test]
fn the_document_is_stable() {
    let descriptor = TableDescriptor::from_json(VERSION_1.as_bytes()).unwrap();
    assert_eq!(descriptor.table_name(), "Orders");
    assert_eq!(descriptor.to_json(), VERSION_1);
}

#[test]
fn the_key_has_its_types() {
    let mut descriptor = TableDescriptor::from_json(VERSION_1.as_bytes()).unwrap();
    let key = descriptor.key_schema().unwrap();
    assert_eq!((key.hash.name.as_str(), key.hash.attribute_type.as_str()), ("pk", "S"));
    let range = key.range.unwrap();
    assert_eq!((range.name.as_str(), range.attribute_type.as_str()), ("sk", "N"));

    descriptor.create_table.key_schema.pop();
    assert_eq!(descriptor.key_schema().unwrap().range, None);
    descriptor.create_table.attribute_definitions.clear();
    let error = descriptor.key_schema().unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::InvalidDescriptor);
    assert!(error.to_string().contains("\"pk\""), "{error}");
    descriptor.create_table.key_schema.clear();
    assert!(descriptor.key_schema().is_err());
}

#[test]
fn what_create_table_does_not_take_comes_after() {
    let descriptor = TableDescriptor::from_json(VERSION_1.as_bytes()).unwrap();
    let steps = descriptor.after_creation();
    let time_to_live = TimeToLive { attribute_name: "expires".to_owned() };
    let tags = vec![Tag { key: "team".to_owned(), value: "x".to_owned() }];
    assert_eq!(steps, [AfterCreation::Tags(tags), AfterCreation::TimeToLive(time_to_live)]);
}

#[test]
fn unknown_fields_are_ignored_and_later_versions_refused() {
    let more = VERSION_1.replace("\"TableName\"", "\"New\": {\"a\": 1}, \"TableName\"");
    assert!(TableDescriptor::from_json(more.as_bytes()).is_ok());
    for bad in [VERSION_1.replace("\"version\": 1", "\"version\": 2"), "{}".into(), "x".into()] {
        let error = TableDescriptor::from_json(bad.as_bytes()).unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::InvalidSidecar);
    }
}

fn descriptor() -> TableDescriptor {
    TableDescriptor::from_json(VERSION_1.as_bytes()).unwrap()
}

fn changed(descriptor: &mut TableDescriptor, text: &str) {
    let change: Override = text.parse().unwrap();
    assert_eq!(change.to_string(), text);
    descriptor.change(&[change]).unwrap();
}

#[test]
fn every_setting_can_be_changed() {
    let mut table = descriptor();
    for change in [
        "billing=on-demand",
        "class=infrequent-access",
        "sse=alias/mine",
        "warm-throughput=100:50",
        "tags.team=a=b",
        "tags.new=",
        "ttl=gone",
        "stream=NEW_IMAGE",
        "pitr=7",
        "protection=on",
        "contributor-insights=on",
    ] {
        changed(&mut table, change);
    }
    let definition = &table.create_table;
    assert_eq!(definition.billing_mode, "PAY_PER_REQUEST");
    assert_eq!(definition.provisioned_throughput, None);
    assert_eq!(definition.table_class.as_deref(), Some("STANDARD_INFREQUENT_ACCESS"));
    let sse = definition.sse_specification.as_ref().unwrap();
    assert_eq!(sse.kms_master_key_id.as_deref(), Some("alias/mine"));
    assert_eq!(definition.warm_throughput.unwrap().to_string(), "100:50");
    let tags: Vec<_> = definition.tags.iter().map(|tag| (&*tag.key, &*tag.value)).collect();
    assert_eq!(tags, [("team", "a=b"), ("new", "")]);
    assert_eq!(table.time_to_live.as_ref().unwrap().attribute_name, "gone");
    let stream = definition.stream_specification.as_ref().unwrap();
    assert_eq!(stream.stream_view_type.as_deref(), Some("NEW_IMAGE"));
    assert_eq!(table.point_in_time_recovery.unwrap().recovery_period_in_days, Some(7));
    assert_eq!(definition.deletion_protection_enabled, Some(true));
    assert_eq!(table.contributor_insights.len(), 1);
    assert_eq!(TableDescriptor::from_json(table.to_json().as_bytes()).unwrap(), table);

    table.resource_policy = Some("{}".to_owned());
    for change in [
        "class=standard",
        "sse=aws-owned",
        "tags=off",
        "ttl=off",
        "stream=off",
        "pitr=off",
        "protection=off",
        "contributor-insights=off",
        "resource-policy=off",
    ] {
        changed(&mut table, change);
    }
    assert_eq!(table.after_creation(), []);
    assert_eq!(table.create_table.sse_specification, None);
    assert_eq!(table.create_table.table_class.as_deref(), Some("STANDARD"));
    changed(&mut table, "sse=kms");
    assert_eq!(table.create_table.sse_specification.unwrap().kms_master_key_id, None);
}

#[test]
fn capacity_goes_to_indexes_that_have_none_and_leaves_with_the_mode() {
    let mut table = descriptor();
    let index = |name: &str, provisioned_throughput| GlobalSecondaryIndex {
        index_name: name.to_owned(),
        key_schema: table.create_table.key_schema.clone(),
        projection: Projection { projection_type: "ALL".to_owned(), non_key_attributes: vec![] },
        provisioned_throughput,
        on_demand_throughput: Some(OnDemandThroughput {
            max_read_request_units: Some(1),
            max_write_request_units: None,
        }),
    };
    let own = ProvisionedThroughput { read_capacity_units: 1, write_capacity_units: 2 };
    table.create_table.global_secondary_indexes =
        vec![index("own", Some(own)), index("none", None)];
    changed(&mut table, "billing=on-demand");
    let indexes = &table.create_table.global_secondary_indexes;
    assert!(indexes.iter().all(|index| index.provisioned_throughput.is_none()));
    table.create_table.global_secondary_indexes[0].provisioned_throughput = Some(own);
    // In any order.
    let changes = ["write=40", "read=30", "billing=provisioned"].map(|text| text.parse().unwrap());
    table.change(&changes).unwrap();
    let capacity = ProvisionedThroughput { read_capacity_units: 30, write_capacity_units: 40 };
    assert_eq!(table.create_table.provisioned_throughput, Some(capacity));
    let indexes = &table.create_table.global_secondary_indexes;
    assert_eq!(indexes[0].provisioned_throughput, Some(own));
    assert_eq!(indexes[1].provisioned_throughput, Some(capacity));
    assert!(indexes.iter().all(|index| index.on_demand_throughput.is_none()));
}

#[test]
fn capacity_must_fit_the_mode() {
    for (changes, told) in [
        (&["billing=on-demand", "read=5"][..], "billing=provisioned"),
        (&["read=5", "billing=on-demand", "write=5"], "billing=provisioned"),
    ] {
        let changes: Vec<Override> = changes.iter().map(|text| text.parse().unwrap()).collect();
        let error = descriptor().change(&changes).unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::InvalidOverride);
        assert!(error.to_string().contains(told), "{error}");
    }
    let mut table = descriptor();
    changed(&mut table, "billing=on-demand");
    for (changes, told) in [
        (&["billing=provisioned"][..], "give read=UNITS and write=UNITS"),
        (&["billing=provisioned", "read=5"], "give both"),
    ] {
        let changes: Vec<Override> = changes.iter().map(|text| text.parse().unwrap()).collect();
        let error = table.clone().change(&changes).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
    }
    // One of the two, where the table was provisioned.
    let mut table = descriptor();
    changed(&mut table, "read=50");
    let capacity = ProvisionedThroughput { read_capacity_units: 50, write_capacity_units: 6 };
    assert_eq!(table.create_table.provisioned_throughput, Some(capacity));
}

#[test]
fn what_is_given_is_no_longer_unread() {
    let mut table = descriptor();
    for setting in ["AutoScaling", "TimeToLive", "PointInTimeRecovery", "ResourcePolicy", "Tags"] {
        table.add_not_read(setting, "refused");
        table.add_not_read(setting, "refused once more");
    }
    assert_eq!(table.not_read.len(), 5);
    for change in ["ttl=off", "pitr=on", "resource-policy=off", "billing=on-demand", "tags.a=b"] {
        changed(&mut table, change);
    }
    let left: Vec<_> = table.not_read.iter().map(|left| (&*left.setting, &*left.reason)).collect();
    assert_eq!(left, [("Tags", "refused")]);
}

#[test]
fn wrong_changes_are_told_with_what_is_known() {
    for (text, told) in [
        ("billing", "the keys are billing, read"),
        ("color=red", "tags.NAME, ttl"),
        ("tags.=x", "the keys are"),
        ("tags=on", "tags.NAME=VALUE"),
        ("billing=free", "billing takes on-demand, provisioned"),
        ("read=0", "read takes units per second"),
        ("write=x", "write takes units per second"),
        ("class=glacier", "infrequent-access"),
        ("sse=", "aws-owned"),
        ("ttl=", "an attribute"),
        ("stream=on", "new-and-old-images"),
        ("pitr=36", "1 to 35 days"),
        ("protection=yes", "on, off"),
        ("resource-policy={}", "resource-policy takes off"),
    ] {
        let error = text.parse::<Override>().unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::InvalidOverride);
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[test]
fn a_resource_policy_follows_the_table() {
    let mut table = descriptor();
    let own = table.table_arn.clone().unwrap();
    table.resource_policy = Some(format!(r#"["{own}","{own}/index/*","{own}-old"]"#));
    assert_eq!(
        table.resource_policy_for("NEW").unwrap(),
        format!(r#"["NEW","NEW/index/*","{own}-old"]"#)
    );
    table.table_arn = None;
    assert_eq!(table.resource_policy_for("NEW"), table.resource_policy);
}

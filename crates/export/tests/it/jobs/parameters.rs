//! The new table of an import, from the description of the old one.

use ddbkit_export::TableDescriptor;
use ddbkit_export::jobs::ImportParameters;

const TABLE: &str = r#"{
  "version": 1,
  "createTable": {
    "TableName": "Orders",
    "AttributeDefinitions": [
      {"AttributeName": "pk", "AttributeType": "S"},
      {"AttributeName": "sk", "AttributeType": "N"},
      {"AttributeName": "status", "AttributeType": "S"},
      {"AttributeName": "placed", "AttributeType": "N"}
    ],
    "KeySchema": [
      {"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "LocalSecondaryIndexes": [{
      "IndexName": "by-time",
      "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "placed", "KeyType": "RANGE"}
      ],
      "Projection": {"ProjectionType": "ALL"}
    }],
    "GlobalSecondaryIndexes": [{
      "IndexName": "by-status",
      "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
      "Projection": {"ProjectionType": "KEYS_ONLY"}
    }],
    "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
    "SSESpecification": {"Enabled": true, "SSEType": "KMS"},
    "DeletionProtectionEnabled": true,
    "TableClass": "STANDARD",
    "Tags": [{"Key": "team", "Value": "shop"}]
  },
  "timeToLive": {"AttributeName": "expires"},
  "pointInTimeRecovery": {},
  "notCovered": ["Replicas"]
}"#;

#[test]
fn keys_indexes_and_capacity_are_restored_and_the_rest_is_named() {
    let descriptor = TableDescriptor::from_json(TABLE.as_bytes()).unwrap();
    let parameters = ImportParameters::from_descriptor(&descriptor, "Copy").unwrap();
    let table = parameters.table;
    assert_eq!(table.table_name, "Copy");
    assert_eq!(table.key_schema.len(), 2);
    assert_eq!(table.billing_mode.unwrap().as_str(), "PAY_PER_REQUEST");
    assert_eq!(table.sse_specification.unwrap().sse_type.unwrap().as_str(), "KMS");
    let indexes = table.global_secondary_indexes.unwrap();
    assert_eq!(indexes[0].index_name, "by-status");
    // `placed` is the key of the local index alone, and the service refuses what nothing uses.
    let names: Vec<_> =
        table.attribute_definitions.iter().map(|one| one.attribute_name.as_str()).collect();
    assert_eq!(names, ["pk", "sk", "status"]);
    assert_eq!(
        parameters.not_restored,
        [
            "LocalSecondaryIndexes: by-time",
            "StreamSpecification",
            "TimeToLive",
            "Tags",
            "PointInTimeRecovery",
            "DeletionProtectionEnabled",
            "Replicas",
        ]
    );
}

#[test]
fn a_plain_table_loses_nothing() {
    let plain = r#"{"version":1,"createTable":{"TableName":"T",
        "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"BillingMode":"PROVISIONED",
        "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6}}}"#;
    let descriptor = TableDescriptor::from_json(plain.as_bytes()).unwrap();
    let parameters = ImportParameters::from_descriptor(&descriptor, "T").unwrap();
    assert!(parameters.not_restored.is_empty(), "{:?}", parameters.not_restored);
    assert_eq!(parameters.table.provisioned_throughput.unwrap().write_capacity_units, 6);
}

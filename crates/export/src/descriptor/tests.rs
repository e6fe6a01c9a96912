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
    assert_eq!(steps, [AfterCreation::TimeToLive(time_to_live), AfterCreation::Tags(tags)]);
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

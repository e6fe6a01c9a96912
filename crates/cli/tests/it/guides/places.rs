//! What pages take for granted beside a table `Orders`.

use super::{EXPORTS, Stage};
use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use aws_sdk_dynamodb::types::ScalarAttributeType;
use ddbkit::archive::Preflight;
use ddbkit::store::Store;
use ddbkit_testkit::KeySchema;
use ddbkit_testkit::year::{View, Year};
use std::time::{Duration, UNIX_EPOCH};

/// The schema and the items of `Orders`, as dynamodump writes them.
const SCHEMA: &str = r#"{"Table": {"TableName": "Orders", "ItemCount": 1,
  "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"}],
  "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
  "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
  "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}}}"#;
const ITEMS: &str =
    r#"{"Items": [{"pk": {"S": "old"}, "sk": {"N": "1"}}], "Count": 1, "ScannedCount": 1}"#;

impl Stage {
    fn hash_key() -> KeySchema {
        KeySchema::hash("pk", ScalarAttributeType::S)
    }

    /// A table `Sessions` of which time to live has deleted something.
    pub(super) async fn with_expired_items(self) -> Self {
        let (client, server) = (&self.backend.dynamodb, self.backend.local_dynamodb.as_ref());
        let server = server.unwrap();
        self.backend.create_table("Sessions", Self::hash_key()).await;
        let table = Preflight::look(client, "Sessions").await.unwrap();
        table.enable(client, Some("expires")).await.unwrap();
        let ago = server.now() - Duration::from_hours(1);
        let ago = ago.duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
        for n in 0..10 {
            let put =
                client.put_item().table_name("Sessions").item("pk", S(format!("session-{n}")));
            put.item("expires", N(ago.clone())).send().await.unwrap();
        }
        server.sweep_ttl().unwrap();
        self
    }

    /// A table `Pages`, and a file for one of its items.
    pub(super) async fn with_page(self) -> Self {
        self.backend.create_table("Pages", Self::hash_key()).await;
        std::fs::write(self.work().join("page.html"), "<p>page</p>".repeat(20_000)).unwrap();
        self
    }

    /// The folders in which a full export, an incremental one and a dump of dynamodump lie, and the
    /// incremental one in S3.
    pub(super) async fn with_folders(self) -> Self {
        let year = Year::generate(&self.backend, 17).await;
        let (exports, dump) =
            (self.work().join("exports"), self.work().join("old-backups/dynamodump"));
        year.write_base(&Store::directory(exports.join("full"))).await;
        let in_s3 = Store::s3(self.backend.s3.clone(), EXPORTS, "orders");
        for place in [Store::directory(exports.join("week")), in_s3] {
            year.write_window(0, View::NewAndOldImages, &place).await;
        }
        std::fs::create_dir_all(dump.join("Orders/data")).unwrap();
        std::fs::write(dump.join("Orders/schema.json"), SCHEMA).unwrap();
        std::fs::write(dump.join("Orders/data/0001.json"), ITEMS).unwrap();
        self
    }
}

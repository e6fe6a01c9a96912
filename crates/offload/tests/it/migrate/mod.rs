//! Whole tables: their values moved to S3 and back, texts of another library adopted.

mod adopting;
mod moving;

use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_flow::Control;
use ddbkit_offload::migrate::{Migration, MigrationOptions, MigrationReport};
use ddbkit_offload::{AttributeOptions, OffloadError, OffloadPolicy, Offloader};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema};
use std::collections::{BTreeMap, HashMap};

type Attributes = HashMap<String, AttributeValue>;

struct Table {
    backend: Backend,
    table: String,
    bucket: String,
}

impl Table {
    async fn new(backend: Backend) -> Self {
        let table = backend.table("migrate", KeySchema::default()).await;
        let bucket = backend.bucket().await;
        Self { backend, table, bucket }
    }

    /// An offloader of the attributes `body` and `list`.
    async fn offloader(&self, policy: OffloadPolicy) -> Offloader {
        Offloader::builder(self.backend.dynamodb.clone(), self.backend.s3.clone())
            .table(&self.table)
            .bucket(&self.bucket)
            .prefix("large")
            .attribute("body", AttributeOptions::new())
            .attribute("list", AttributeOptions::new().zstd(3))
            .policy(policy)
            .build()
            .await
            .unwrap()
    }

    async fn put(&self, key: &str, attributes: &[(&str, AttributeValue)]) {
        let mut put = self.backend.dynamodb.put_item().table_name(&self.table);
        for (name, value) in self.key(key) {
            put = put.item(name, value);
        }
        for (name, value) in attributes {
            put = put.item(*name, value.clone());
        }
        put.send().await.unwrap();
    }

    fn key(&self, key: &str) -> Attributes {
        let (pk, sk) = (AttributeValue::S(key.to_owned()), AttributeValue::N("7".to_owned()));
        [("pk".to_owned(), pk), ("sk".to_owned(), sk)].into()
    }

    /// All items by their partition key, without revs.
    async fn items(&self) -> BTreeMap<String, Attributes> {
        let scan = self.backend.dynamodb.scan().table_name(&self.table).consistent_read(true);
        let items = scan.send().await.unwrap().items.unwrap_or_default();
        let items = items.into_iter().map(|mut item| {
            item.remove("ddbkit_rev");
            (item["pk"].as_s().unwrap().clone(), item)
        });
        items.collect()
    }
}

async fn run(migration: &Migration, state: &Store) -> Result<MigrationReport, OffloadError> {
    let options = MigrationOptions { segments: 4, ..MigrationOptions::default() };
    migration.run(state, &options, &Control::new()).await
}

//! Items that expire, and whose large attributes are in S3: archived and brought back, values and all.

use crate::e2e::archive_run::{expire, keys};
use crate::e2e::program::run;
use crate::json_page::assert_as_told;
use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use ddbkit::offload::{AttributeOptions, Offloader};
use ddbkit_testkit::{Backend, scan_all};
use std::collections::HashMap;
use std::time::UNIX_EPOCH;

struct Place {
    backend: Backend,
    table: String,
    bucket: String,
}

impl Place {
    async fn offloader(&self, table: &str, prefix: &str) -> Offloader {
        let (dynamodb, s3) = (self.backend.dynamodb.clone(), self.backend.s3.clone());
        let offloader = Offloader::builder(dynamodb, s3).table(table).bucket(&self.bucket);
        let offloader = offloader.prefix(prefix).attribute("body", AttributeOptions::new());
        offloader.build().await.unwrap()
    }

    /// Creates items with values in S3, which expire when the clock is moved.
    async fn create(&self, names: &[&str]) {
        let offloader = self.offloader(&self.table, "large").await;
        let now = self.backend.local_dynamodb.as_ref().unwrap().now();
        let at = now.duration_since(UNIX_EPOCH).unwrap().as_secs() + 1800;
        for name in names {
            let item = HashMap::from([
                ("pk".to_owned(), S((*name).to_owned())),
                ("expires".to_owned(), N(at.to_string())),
                ("body".to_owned(), S(value(name))),
            ]);
            offloader.create(item).await.unwrap();
        }
    }

    /// What the collector does, some day.
    async fn collect(&self) {
        let list = self.backend.s3.list_objects_v2().bucket(&self.bucket).prefix("large/");
        for object in list.send().await.unwrap().contents() {
            let delete = self.backend.s3.delete_object().bucket(&self.bucket);
            delete.key(object.key().unwrap()).send().await.unwrap();
        }
    }
}

fn value(name: &str) -> String {
    format!("{name} ").repeat(20_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn large_attributes_are_archived_and_come_back() {
    let backend = Backend::embedded_only().await;
    let (table, bucket) = (backend.table("valued", keys()).await, backend.bucket().await);
    let place = Place { backend, table, bucket };
    let (backend, table, bucket) = (&place.backend, &place.table, &place.bucket);
    let archive = format!("s3://{bucket}/archive");
    let fixed = ["archive", "run", "--table", table, "--dest", &archive, "--once"];
    let fixed = [&fixed[..], &["--latency", "200ms", "--output", "json"]].concat();
    let enable = ["--enable", "--yes", "--ttl-attribute", "expires"];
    run(backend, &[&fixed[..], &enable].concat()).await.exits(0);

    place.create(&["one", "two", "three"]).await;
    expire(backend);
    let copy = ["--offloaded", "copy"];
    let ran = run(backend, &[&fixed[..], &copy].concat()).await.exits(0).json();
    assert_as_told("archive run", &ran, &[]);
    let counts = ["copied", "there", "lost"].map(|name| ran["values"][name].as_u64().unwrap());
    assert_eq!((ran["archived"].as_u64(), counts), (Some(3), [3, 0, 0]), "{ran}");
    place.collect().await;
    let verify = ["archive", "verify", &archive, "--output", "json"];
    let verified = run(backend, &verify).await.exits(0).json();
    assert_as_told("archive verify", &verified, &[]);
    assert_eq!(verified["values"], 3, "{verified}");

    // With pointers to objects that are gone they do not come back, with values they do.
    let copied = backend.table("restored", keys()).await;
    let rejects = tempfile::tempdir().unwrap();
    let rejects = rejects.path().join("rejects").to_str().unwrap().to_owned();
    let restore = ["archive", "restore", &archive, &copied, "--ttl-attribute", "expires"];
    run(backend, &[&restore[..], &["--rejects", &rejects]].concat()).await.exits(1);
    assert_eq!(scan_all(&backend.dynamodb, &copied).await.len(), 0);
    let objects = format!("s3://{bucket}/copies");
    let values = ["--offloaded", "copy", "--objects", &objects];
    run(backend, &[&restore[..], &values].concat()).await.exits(0);
    let offloader = place.offloader(&copied, "copies").await;
    for name in ["one", "two", "three"] {
        let key = HashMap::from([("pk".to_owned(), S(name.to_owned()))]);
        let item = offloader.get(key).await.unwrap().unwrap().hydrate().await.unwrap().unwrap();
        assert_eq!(item["body"], S(value(name)));
        assert!(!item.contains_key("expires"));
    }

    // Collected before it was archived: told, and then written down.
    place.create(&["late"]).await;
    place.collect().await;
    expire(backend);
    let refused = run(backend, &[&fixed[..], &copy].concat()).await.exits(1);
    assert!(refused.error().contains("\"body\""), "{}", refused.stderr);
    assert!(refused.stderr.contains("--on-lost-value record"), "{}", refused.stderr);
    let record = ["--offloaded", "copy", "--on-lost-value", "record"];
    let ran = run(backend, &[&fixed[..], &record].concat()).await.exits(1).json();
    assert_eq!((&ran["archived"], &ran["values"]["lost"]), (&1.into(), &1.into()), "{ran}");
    let verified = run(backend, &verify).await.exits(1).json();
    assert_eq!(verified["fault_counts"], serde_json::json!({"lost_value": 1}), "{verified}");
}

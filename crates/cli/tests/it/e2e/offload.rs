//! `offload put`, `get`, `rm`, `migrate`, `adopt`.

use crate::e2e::program::{run, run_with_input};
use aws_sdk_dynamodb::types::AttributeValue::{self, N, S};
use ddbkit_testkit::{Backend, KeySchema, backend};
use std::collections::HashMap;

const KEY: &str = r#"{"pk":{"S":"page/1"},"sk":{"N":"7"}}"#;

struct Place {
    backend: Backend,
    table: String,
    bucket: String,
    objects: String,
}

impl Place {
    async fn new() -> Self {
        let backend = backend().await;
        let table = backend.table("offload", KeySchema::default()).await;
        let bucket = backend.bucket().await;
        let objects = format!("s3://{bucket}/large");
        Self { backend, table, bucket, objects }
    }

    fn item_args<'a>(&'a self, command: &'a str) -> Vec<&'a str> {
        vec!["offload", command, &self.table, "--key", KEY]
    }

    async fn put_item(&self, pk: &str, attribute: &str, value: AttributeValue) {
        let put = self.backend.dynamodb.put_item().table_name(&self.table);
        let put = put.item("pk", S(pk.to_owned())).item("sk", N("7".to_owned()));
        put.item(attribute, value).send().await.unwrap();
    }

    async fn item(&self, pk: &str) -> HashMap<String, AttributeValue> {
        let get = self.backend.dynamodb.get_item().table_name(&self.table).consistent_read(true);
        let get = get.key("pk", S(pk.to_owned())).key("sk", N("7".to_owned()));
        get.send().await.unwrap().item.unwrap_or_default()
    }

    async fn objects(&self) -> usize {
        let list = self.backend.s3.list_objects_v2().bucket(&self.bucket).prefix("large/");
        let listed = list.send().await.unwrap();
        listed
            .contents()
            .iter()
            .filter(|object| !object.key().unwrap().ends_with("_owner.json"))
            .count()
    }
}

fn with<'a>(mut args: Vec<&'a str>, more: &[&'a str]) -> Vec<&'a str> {
    args.extend(more);
    args
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_put_read_replaced_and_removed() {
    let place = Place::new().await;
    let backend = &place.backend;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("film");
    let value: Vec<u8> = (0..2_000_000_u32).flat_map(u32::to_le_bytes).take(2_000_000).collect();
    std::fs::write(&file, &value).unwrap();
    let file = file.to_str().unwrap();

    let put = with(place.item_args("put"), &["--attribute", "film", "--objects", &place.objects]);
    let args = with(put.clone(), &[file, "--content-type", "video/mp4", "--output", "json"]);
    let ran = run(backend, &args).await.exits(0).json();
    assert_eq!((&ran["version"], &ran["created"]), (&1.into(), &true.into()));
    assert_eq!((&ran["bytes"], &ran["parts"]), (&2_000_000.into(), &1.into()));

    let got = dir.path().join("got");
    let get = with(place.item_args("get"), &["--attribute", "film"]);
    run(backend, &with(get.clone(), &[got.to_str().unwrap()])).await.exits(0);
    assert!(std::fs::read(&got).unwrap() == value);
    let args = with(get.clone(), &[got.to_str().unwrap(), "--range", "400-403"]);
    run(backend, &args).await.exits(0);
    assert_eq!(std::fs::read(&got).unwrap(), 100_u32.to_le_bytes());
    let ran = run(backend, &with(get.clone(), &["--presign", "15m"])).await.exits(0);
    assert!(ran.stdout.starts_with(&backend.s3_endpoint), "{}", ran.stdout);
    assert!(ran.stdout.contains("X-Amz-Expires=900"), "{}", ran.stdout);

    // The old object is left to the collector.
    let args = with(put, &["-", "--as", "string"]);
    run_with_input(backend, &args, "a text \u{e9}".into()).await.exits(0);
    let ran = run(backend, &with(get.clone(), &["-"])).await.exits(0);
    assert_eq!(ran.stdout, "a text \u{e9}");
    assert_eq!(place.objects().await, 2);

    let rm = with(place.item_args("rm"), &["--objects", &place.objects]);
    run(backend, &with(rm.clone(), &["--attribute", "film"])).await.exits(0);
    assert!(!place.item("page/1").await.contains_key("film"));
    let ran = run(backend, &with(get, &["-"])).await.exits(254);
    assert!(ran.error().contains("film"), "{}", ran.stderr);
    let ran = run(backend, &with(rm.clone(), &["--output", "json"])).await.exits(0).json();
    assert_eq!(ran["removed"], true);
    let ran = run(backend, &with(rm, &["--output", "json"])).await.exits(0).json();
    assert_eq!(ran["removed"], false);
    assert!(place.item("page/1").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_before_anything_is_written() {
    let place = Place::new().await;
    let backend = &place.backend;
    let put = |key: &'static str, objects: &'static str| {
        let args = ["offload", "put", &place.table, "--key", key, "--attribute", "film"];
        args.into_iter().chain(["-", "--objects", objects]).map(str::to_owned).collect::<Vec<_>>()
    };
    let ran = run(backend, &put("{", "s3://bucket/p")).await.exits(252);
    assert!(ran.error().contains("--key"), "{}", ran.stderr);
    let ran = run(backend, &put(KEY, "a/folder")).await.exits(252);
    assert!(ran.error().contains("--objects"), "{}", ran.stderr);
    // Text that is none, and a pointer of another item.
    let put = with(place.item_args("put"), &["--attribute", "film", "--objects", &place.objects]);
    let args = with(put.clone(), &["-", "--as", "string"]);
    let ran = run_with_input(backend, &args, vec![b'a', 0xff, b'b']).await.exits(252);
    assert!(ran.error().contains("UTF-8"), "{}", ran.stderr);
    assert!(place.item("page/1").await.is_empty());
    assert_eq!(place.objects().await, 0);
    run_with_input(backend, &with(put, &["-"]), b"value".to_vec()).await.exits(0);
    let pointer = place.item("page/1").await["film"].clone();
    place.put_item("other", "film", pointer).await;
    let other = r#"{"pk":{"S":"other"},"sk":{"N":"7"}}"#;
    let args = ["offload", "get", &place.table, "--key", other, "--attribute", "film", "-"];
    let ran = run(backend, &args).await.exits(255);
    assert!(ran.error().contains("another item"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_migrated_and_comes_back() {
    let place = Place::new().await;
    let backend = &place.backend;
    for n in 0..5 {
        place.put_item(&format!("large-{n}"), "html", S("x".repeat(10_000))).await;
        place.put_item(&format!("small-{n}"), "html", S("x".into())).await;
    }
    let before = place.item("large-3").await;
    let dir = tempfile::tempdir().unwrap();
    let state = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (inward, outward) = (state("in"), state("out"));
    let migrate = ["offload", "migrate", &place.table, "--attribute", "html"];
    let args = with(migrate.to_vec(), &["--objects", &place.objects, "--output", "json"]);
    let ran = run(backend, &args).await.exits(252);
    assert!(ran.stderr.contains("--in"), "{}", ran.stderr);
    let to_s3 = with(args.clone(), &["--in", "--above", "8KiB", "--state", &inward]);
    let ran = run(backend, &to_s3).await.exits(0).json();
    assert_eq!(ran["counts"]["read"], 10);
    assert_eq!(ran["counts"]["changed"], 5);
    assert_eq!(ran["counts_before"]["read"], 0);
    assert!(place.item("large-3").await["html"].is_m());
    let ran = run(backend, &to_s3).await.exits(0).json();
    assert_eq!(ran["counts_before"]["changed"], 5);
    // The rest of the item has grown, so that the value does not fit any more.
    let update = backend.dynamodb.update_item().table_name(&place.table);
    let update = update.key("pk", S("large-0".into())).key("sk", N("7".into()));
    let update = update.update_expression("SET o = :o");
    let other = S("y".repeat(400_000));
    update.expression_attribute_values(":o", other).send().await.unwrap();
    let back = with(args, &["--out", "--state", &outward]);
    let ran = run(backend, &back).await.exits(1).json();
    assert_eq!(ran["counts"]["changed"], 4);
    assert_eq!(ran["counts"]["rejected"], 1);
    let rejects: Vec<_> = std::fs::read_dir(dir.path().join("out/rejects")).unwrap().collect();
    assert_eq!(rejects.len(), 1);
    let mut after = place.item("large-3").await;
    after.remove("ddbkit_rev");
    assert_eq!(after, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_of_pynamodb_mate_are_adopted() {
    let place = Place::new().await;
    let backend = &place.backend;
    // The MD5 of "value".
    let key = "old/pk=page/1/sk=7/attr=html/md5=2063c1608d6e0baf80249c42e2be5804";
    let put = backend.s3.put_object().bucket(&place.bucket).key(key);
    put.body(b"value".to_vec().into()).send().await.unwrap();
    let text = format!("s3://{}/{key}", place.bucket);
    place.put_item("page/1", "html", S(text)).await;
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().to_str().unwrap();
    let adopt = ["offload", "adopt", &place.table, "--attribute", "html", "--as", "string"];
    let args = with(adopt.to_vec(), &["--objects", &place.objects, "--state", state]);
    let ran = run(backend, &with(args, &["--output", "json"])).await.exits(0).json();
    assert_eq!(ran["counts"]["changed"], 1);
    let get = with(place.item_args("get"), &["--attribute", "html", "-"]);
    assert_eq!(run(backend, &get).await.exits(0).stdout, "value");
    backend.s3.head_object().bucket(&place.bucket).key(key).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn pointers_of_another_table_are_rejected_or_become_values() {
    let place = Place::new().await;
    let backend = &place.backend;
    let put = with(place.item_args("put"), &["--attribute", "film", "--objects", &place.objects]);
    run_with_input(backend, &with(put, &["-", "--as", "string"]), b"value".to_vec()).await.exits(0);
    let dir = tempfile::tempdir().unwrap();
    let dest = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (kept, inline) = (dest("kept"), dest("inline"));
    run(backend, &["dump", &place.table, &kept]).await.exits(0);
    let dump = ["dump", &place.table, &inline, "--offloaded", "inline"];
    run(backend, &with(dump.to_vec(), &["--digest"])).await.exits(252);
    run(backend, &dump).await.exits(0);
    let copy = backend.table("copy", KeySchema::default()).await;
    let rejects = dest("rejects");
    let load = ["load", &kept, &copy];
    run(backend, &with(load.to_vec(), &["--rejects", &rejects])).await.exits(1);
    let reasons = std::fs::read_to_string(format!("{rejects}.errors.jsonl")).unwrap();
    assert!(reasons.contains("another table or item"), "{reasons}");
    run(backend, &with(load.to_vec(), &["--offloaded", "inline"])).await.exits(0);
    let from_inline = backend.table("copy", KeySchema::default()).await;
    run(backend, &["load", &inline, &from_inline]).await.exits(0);
    for table in [copy, from_inline] {
        let get = backend.dynamodb.get_item().table_name(table).consistent_read(true);
        let get = get.key("pk", S("page/1".into())).key("sk", N("7".into()));
        let item = get.send().await.unwrap().item.unwrap();
        assert_eq!(item["film"], S("value".into()));
    }
}

//! Objects, conditions and uploads through the SDK.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use ddbkit_local::{LocalS3, LocalS3Options};

use crate::clients::{BUCKET, s3, s3_without_retries};

async fn put(client: &Client, key: &str, body: &'static [u8]) -> String {
    let put = client.put_object().bucket(BUCKET).key(key).metadata("count", "7");
    let put = put.body(ByteStream::from_static(body)).send().await.unwrap();
    put.e_tag.unwrap()
}

async fn get(client: &Client, key: &str) -> Vec<u8> {
    let answer = client.get_object().bucket(BUCKET).key(key).send().await.unwrap();
    answer.body.collect().await.unwrap().to_vec()
}

#[tokio::test]
async fn object_comes_back_with_its_metadata() {
    let s3 = s3().await;
    let client = s3.client();
    let etag = put(&client, "a/ü b", b"hello").await;
    assert_eq!(etag, "\"5d41402abc4b2a76b9719d911017c592\"");
    assert_eq!(get(&client, "a/ü b").await, b"hello");
    let head = client.head_object().bucket(BUCKET).key("a/ü b").send().await.unwrap();
    assert_eq!(head.metadata().unwrap()["count"], "7");
    let part =
        client.get_object().bucket(BUCKET).key("a/ü b").range("bytes=1-3").send().await.unwrap();
    assert_eq!(part.body.collect().await.unwrap().to_vec(), b"ell");
}

#[tokio::test]
async fn wrong_secret_is_refused() {
    let s3 = s3().await;
    let credentials = aws_sdk_s3::config::Credentials::new(
        ddbkit_local::ACCESS_KEY_ID,
        "wrong",
        None,
        None,
        "test",
    );
    let config =
        s3_without_retries(&s3).config().to_builder().credentials_provider(credentials).build();
    let error = Client::from_conf(config).list_buckets().send().await.unwrap_err();
    assert_eq!(error.code(), Some("SignatureDoesNotMatch"));
}

#[tokio::test]
async fn bucket_of_an_ip_endpoint_goes_into_the_path_unasked() {
    let s3 = s3().await;
    let config = s3.client().config().to_builder().force_path_style(false).build();
    put(&Client::from_conf(config), "a", b"x").await;
    assert_eq!(get(&s3.client(), "a").await, b"x");
}

#[tokio::test]
async fn one_of_sixteen_conditional_writers_wins() {
    let s3 = s3().await;
    let client = s3_without_retries(&s3);
    // Bodies of many packets, so that the writers overlap.
    let size = 400_000;
    for round in 0..5 {
        let key = format!("race/{round}");
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..16_u8 {
            let put = client.put_object().bucket(BUCKET).key(&key).if_none_match("*");
            writers
                .spawn(async move { (writer, put.body(vec![writer; size].into()).send().await) });
        }
        let (won, lost): (Vec<_>, Vec<_>) =
            writers.join_all().await.into_iter().partition(|(_, put)| put.is_ok());
        assert_eq!(won.len(), 1);
        for (_, error) in lost {
            assert_eq!(error.unwrap_err().code(), Some("PreconditionFailed"));
        }
        assert_eq!(get(&client, &key).await, vec![won[0].0; size]);
    }
}

#[tokio::test]
async fn one_of_sixteen_replacers_of_one_etag_wins() {
    let s3 = s3().await;
    let client = s3_without_retries(&s3);
    let etag = put(&client, "cas", b"0").await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..16_u8 {
        let put = client.put_object().bucket(BUCKET).key("cas").if_match(&etag);
        writers.spawn(async move { put.body(vec![writer; 400_000].into()).send().await.is_ok() });
    }
    let won = writers.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
}

#[tokio::test]
async fn listing_pages_over_common_prefixes() {
    let s3 = s3().await;
    let client = s3.client();
    for key in ["a", "d1/x", "d1/y", "d2/x", "e"] {
        put(&client, key, b"").await;
    }
    let mut pages =
        client.list_objects_v2().bucket(BUCKET).delimiter("/").max_keys(2).into_paginator().send();
    let mut listed = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        let keys = page.contents().iter().map(|object| object.key().unwrap());
        let prefixes = page.common_prefixes().iter().map(|prefix| prefix.prefix().unwrap());
        let mut names: Vec<_> = keys.chain(prefixes).map(str::to_owned).collect();
        names.sort();
        listed.push(names);
    }
    assert_eq!(listed, [vec!["a", "d1/"], vec!["d2/", "e"]]);
}

async fn upload(client: &Client, key: &str, parts: [Vec<u8>; 2]) {
    let created = client.create_multipart_upload().bucket(BUCKET).key(key).send().await.unwrap();
    let id = created.upload_id().unwrap();
    let mut completed = CompletedMultipartUpload::builder();
    for (number, part) in (1..).zip(parts) {
        let upload = client.upload_part().bucket(BUCKET).key(key).upload_id(id).part_number(number);
        let etag = upload.body(part.into()).send().await.unwrap().e_tag.unwrap();
        completed =
            completed.parts(CompletedPart::builder().part_number(number).e_tag(etag).build());
    }
    let complete = client.complete_multipart_upload().bucket(BUCKET).key(key).upload_id(id);
    complete.multipart_upload(completed.build()).if_none_match("*").send().await.unwrap();
}

#[tokio::test]
async fn directory_keeps_objects_over_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let options = || LocalS3Options::directory(directory.path());
    let parts = [vec![b'a'; 5 << 20], vec![b'b'; 1000]];
    let etag = {
        let s3 = LocalS3::start(options()).await.unwrap();
        s3.create_bucket(BUCKET).await.unwrap();
        let client = s3.client();
        put(&client, "twice", b"first").await;
        put(&client, "gone", b"x").await;
        client.delete_object().bucket(BUCKET).key("gone").send().await.unwrap();
        upload(&client, "parts", parts.clone()).await;
        client
            .copy_object()
            .bucket(BUCKET)
            .key("../copy")
            .copy_source("bucket/parts")
            .send()
            .await
            .unwrap();
        put(&client, "twice", b"second").await
    };
    let s3 = LocalS3::start(options()).await.unwrap();
    let client = s3.client();
    let listed = client.list_objects_v2().bucket(BUCKET).send().await.unwrap();
    let keys: Vec<_> = listed.contents().iter().map(|object| object.key().unwrap()).collect();
    assert_eq!(keys, ["../copy", "parts", "twice"]);
    assert_eq!(get(&client, "twice").await, b"second");
    assert_eq!(get(&client, "parts").await, parts.concat());
    assert_eq!(get(&client, "../copy").await, parts.concat());
    let head = client.head_object().bucket(BUCKET).key("twice").send().await.unwrap();
    assert_eq!(head.e_tag(), Some(etag.as_str()));
    assert_eq!(head.metadata().unwrap()["count"], "7");
    // Three objects, each with a description, and nothing of what was replaced or removed.
    let files = std::fs::read_dir(directory.path().join(BUCKET)).unwrap().count();
    assert_eq!(files, 6);
}

#[tokio::test]
async fn replaced_object_is_read_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let s3 = LocalS3::start(LocalS3Options::directory(directory.path())).await.unwrap();
    s3.create_bucket(BUCKET).await.unwrap();
    let client = s3.client();
    let old = vec![b'o'; 20 << 20];
    let put_old = client.put_object().bucket(BUCKET).key("k").body(old.clone().into());
    put_old.send().await.unwrap();
    let reading = client.get_object().bucket(BUCKET).key("k").send().await.unwrap();
    put(&client, "k", b"new").await;
    assert!(reading.body.collect().await.unwrap().to_vec() == old);
    assert_eq!(get(&client, "k").await, b"new");
}

//! What the options say is in the request.

use crate::support::{Fixture, item, long};
use aws_sdk_s3::types::{ChecksumAlgorithm, ServerSideEncryption, StorageClass};
use ddbkit_local::{Fault, When};
use ddbkit_offload::{AttributeOptions, OffloadErrorKind};
use ddbkit_testkit::Backend;

async fn with_options(options: AttributeOptions) -> Fixture {
    let backend = Backend::embedded_only().await;
    Fixture::with(backend, |builder| builder.attribute("body", options)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn options_of_an_attribute_are_passed_through() {
    let options = AttributeOptions::new()
        .content_type("text/html")
        .metadata("Origin", "crawler 7")
        .sse_kms(Some("alias/large".to_owned()))
        .bucket_key(true)
        .storage_class(StorageClass::StandardIa)
        .tag("team", "search & find")
        .tag("keep", "yes")
        .checksum(ChecksumAlgorithm::Crc32C);
    let fixture = with_options(options).await;
    // What the request asks for is the point, whether or not this server has it.
    let _ = fixture.offloader.create(item(1, [("body", long("a"))])).await;
    let sent = fixture.requests.take_all();
    let put = sent.iter().find(|sent| sent.operation == "PUT").unwrap();
    for (header, value) in [
        ("content-type", "text/html"),
        ("x-amz-meta-origin", "crawler 7"),
        ("x-amz-meta-ddbkit-attribute", "body"),
        ("x-amz-server-side-encryption", "aws:kms"),
        ("x-amz-server-side-encryption-aws-kms-key-id", "alias/large"),
        ("x-amz-server-side-encryption-bucket-key-enabled", "true"),
        ("x-amz-storage-class", "STANDARD_IA"),
        ("x-amz-tagging", "keep=yes&team=search%20%26%20find"),
        ("if-none-match", "*"),
    ] {
        assert_eq!(put.headers.get(header).map(String::as_str), Some(value), "{header}");
    }
    assert!(put.headers.contains_key("x-amz-checksum-crc32c"), "{:?}", put.headers);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_attribute_has_its_own_options() {
    let options = AttributeOptions::new().server_side_encryption(ServerSideEncryption::Aes256);
    let fixture = with_options(options.content_type("text/plain")).await;
    let new = item(1, [("body", long("a")), ("notes", long("b"))]);
    let created = fixture.offloader.create(new).await.unwrap();
    let sent = fixture.requests.take_all();
    let encrypted = sent.iter().filter(|sent| {
        sent.headers.get("x-amz-server-side-encryption").is_some_and(|value| value == "AES256")
    });
    assert_eq!(encrypted.count(), 1);
    let puts = sent.iter().filter(|sent| sent.operation == "PUT");
    assert!(puts.clone().count() == 2);
    assert!(puts.into_iter().all(|put| put.headers.contains_key("x-amz-checksum-sha256")));
    let content_type = |name| created.blob(name).unwrap().unwrap().pointer().content_type.clone();
    assert_eq!(content_type("body").as_deref(), Some("text/plain"));
    assert_eq!(content_type("notes"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn options_that_cannot_be_sent_are_refused_when_the_offloader_is_built() {
    let tags = (0..11).fold(AttributeOptions::new(), |options, n| options.tag(n.to_string(), ""));
    for options in [
        AttributeOptions::new().metadata("a", "ü"),
        AttributeOptions::new().metadata("a", "x\r\ny: z"),
        AttributeOptions::new().metadata("ddbkit-pk", "x"),
        AttributeOptions::new().zstd(23),
        tags,
    ] {
        let backend = Backend::embedded_only().await;
        let bucket = backend.bucket().await;
        let builder =
            ddbkit_offload::Offloader::builder(backend.dynamodb.clone(), backend.s3.clone());
        let built = builder.table("t").bucket(bucket).attribute("body", options).build().await;
        assert_eq!(built.unwrap_err().kind(), OffloadErrorKind::InvalidInput);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_on_the_way_to_s3_is_noticed() {
    let fixture = with_options(AttributeOptions::new()).await;
    let wrong = fixture.backend.faults().inject(Fault::WrongChecksum, When::Once, "GetObject");
    let created = fixture.offloader.create(item(1, [("body", long("a"))])).await.unwrap();
    let error = created.value("body").await.unwrap_err();
    assert_eq!(wrong.injected(), 1);
    let noticed = [OffloadErrorKind::S3, OffloadErrorKind::Corrupt];
    assert!(noticed.contains(&error.kind()), "{error}");
    assert_eq!(created.value("body").await.unwrap(), Some(long("a")));
}

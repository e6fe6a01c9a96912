//! What `pynamodb_mate` has stored, read and taken over.

use super::{Table, run};
use aws_sdk_dynamodb::types::AttributeValue::{self, B, S};
use aws_sdk_s3::primitives::ByteStream;
use ddbkit_flow::Control;
use ddbkit_offload::adopt::{ForeignText, download};
use ddbkit_offload::migrate::{Migration, MigrationOptions};
use ddbkit_offload::{BlobKind, OffloadErrorKind, OffloadPolicy};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, Fault, When, backend};
use futures::{StreamExt, TryStreamExt};
use md5::{Digest, Md5};
use std::time::Duration;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Stores a value as `pynamodb_mate` does: object first, then the text in the item.
async fn store(table: &Table, pk: &str, value: &[u8]) -> String {
    let md5 = hex(&Md5::digest(value));
    let key = format!("old/pk={pk}/sk=7/attr=body/md5={md5}");
    let put = table.backend.s3.put_object().bucket(&table.bucket).key(&key);
    put.body(ByteStream::from(value.to_vec())).send().await.unwrap();
    let text = format!("s3://{}/{key}", table.bucket);
    table.put(pk, &[("body", S(text.clone()))]).await;
    text
}

async fn read(table: &Table, text: &str) -> Result<Vec<u8>, OffloadErrorKind> {
    let foreign = ForeignText::parse(text, "body").unwrap();
    let stream = download(&table.backend.s3, &foreign).await.map_err(|error| error.kind())?;
    let bytes = stream.map(|piece| piece.map(|piece| piece.to_vec())).try_concat().await;
    bytes.map_err(|error| error.kind())
}

#[tokio::test]
async fn texts_are_read_as_they_are() {
    let table = Table::new(backend().await).await;
    for value in [&b"a value"[..], b""] {
        let text = store(&table, "a", value).await;
        assert_eq!(read(&table, &text).await.unwrap(), value);
        let other = text.replace("/md5=", "/md5=0").split_at(text.len()).0.to_owned();
        assert_eq!(read(&table, &other).await, Err(OffloadErrorKind::Dangling));
        // The object was written again with other bytes.
        let key = text.split_once(&format!("{}/", table.bucket)).unwrap().1;
        let put = table.backend.s3.put_object().bucket(&table.bucket).key(key);
        put.body(ByteStream::from_static(b"b value")).send().await.unwrap();
        assert_eq!(read(&table, &text).await, Err(OffloadErrorKind::Corrupt));
    }
}

#[tokio::test]
async fn objects_are_adopted_and_the_old_ones_stay() {
    let table = Table::new(backend().await).await;
    let offloader = table.offloader(OffloadPolicy::Always).await;
    let good = store(&table, "good", b"a value").await;
    let text = store(&table, "html/pk=x", "<p>\u{e9}".as_bytes()).await;
    let gone = store(&table, "gone", b"lost").await;
    let key = gone.split_once(&format!("{}/", table.bucket)).unwrap().1;
    table.backend.s3.delete_object().bucket(&table.bucket).key(key).send().await.unwrap();
    table.put("copied", &[("body", S(good.clone()))]).await;
    table.put("plain", &[("body", S("no text of theirs".into()))]).await;

    let state = Store::memory();
    let adopting = Migration::adopting(&offloader, BlobKind::Binary);
    let counts = run(&adopting, &state).await.unwrap().counts;
    assert!(counts.add_up());
    assert_eq!((counts.read, counts.changed, counts.unchanged, counts.rejected), (5, 2, 1, 2));
    assert_eq!(counts.bytes, 7 + 5);
    let item = offloader.get(Table::key("good")).await.unwrap().unwrap();
    assert_eq!(item.value("body").await.unwrap(), Some(B(b"a value".to_vec().into())));
    let item = offloader.get(Table::key("html/pk=x")).await.unwrap().unwrap();
    assert_eq!(item.value("body").await.unwrap(), Some(B("<p>\u{e9}".as_bytes().into())));
    // The old objects are there for whoever still knows them.
    for old in [&good, &text] {
        read(&table, old).await.unwrap();
    }
    let items = table.items().await;
    assert_eq!(items["copied"]["body"], AttributeValue::S(good));
    assert_eq!(items["gone"]["body"], AttributeValue::S(gone));
    let again = run(&adopting, &Store::memory()).await.unwrap().counts;
    assert_eq!((again.changed, again.unchanged, again.rejected), (0, 3, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adoption_that_is_cancelled_leaves_no_parts() {
    let table = Table::new(Backend::embedded_only().await).await;
    let offloader = table.offloader(OffloadPolicy::Always).await;
    let old = store(&table, "large", &vec![7; 20 << 20]).await;
    table.backend.faults().inject(
        Fault::Delay(Duration::from_secs(1)),
        When::From(2),
        "UploadPart",
    );
    let control = Control::new();
    let adopting = Migration::adopting(&offloader, BlobKind::Binary);
    let options = MigrationOptions::default();
    let (state, running) = (Store::memory(), control.clone());
    let run = tokio::spawn(async move { adopting.run(&state, &options, &running).await });
    let uploads = async || {
        let list = table.backend.s3.list_multipart_uploads().bucket(&table.bucket);
        list.send().await.unwrap().uploads().len()
    };
    while uploads().await == 0 {
        assert!(!run.is_finished(), "it did not copy in parts");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    control.cancel();
    let error = run.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::Canceled, "{error}");
    assert_eq!(uploads().await, 0);
    assert_eq!(table.items().await["large"]["body"], AttributeValue::S(old));
}

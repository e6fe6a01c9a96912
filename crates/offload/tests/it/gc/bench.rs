//! A table and a bucket whose objects are placed by hand, so that every state can be made.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::primitives::ByteStream;
use ddbkit_offload::{
    BlobKind, BlobPointer, DefaultLayout, Encoding, GarbageCollector, ItemKey, KeyAttribute,
    KeyAttributeType, KeyLayout, KeySchema, Ownership, Timing, UniqueId,
};
use ddbkit_testkit::Backend;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

pub(crate) const PREFIX: &str = "large/orders";
/// Ages have whole seconds.
pub(crate) const GRACE: Duration = Duration::from_secs(1);

/// Times as short as tests want them; the proportions are those that are safe.
pub(crate) fn timing() -> Timing {
    let nothing = Duration::ZERO;
    Timing { write_deadline: nothing, grace: GRACE, request_lifetime: nothing, clock_skew: nothing }
}

/// Until what is written now is older than the grace, by clocks with whole seconds; servers that make
/// their `Date` once a second tell one that is a second older still.
pub(crate) async fn grow_old() {
    tokio::time::sleep(GRACE + Duration::from_millis(2500)).await;
}

pub(crate) struct Bench {
    pub(crate) backend: Backend,
    pub(crate) table: String,
    pub(crate) bucket: String,
    pub(crate) schema: KeySchema,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let backend = ddbkit_testkit::backend().await;
        let table = backend.table("offload-gc", ddbkit_testkit::KeySchema::default()).await;
        let bucket = backend.bucket().await;
        let described = backend.dynamodb.describe_table().table_name(&table).send().await.unwrap();
        let described = described.table.unwrap();
        let schema = KeySchema::of_table(&described).unwrap();
        let arn = described.table_arn.unwrap();
        let own = Ownership::new(arn, &table, schema.clone(), timing(), SystemTime::now());
        own.claim(&backend.s3, &bucket, PREFIX).await.unwrap();
        Self { backend, table, bucket, schema }
    }

    pub(crate) async fn collector(&self) -> GarbageCollector {
        self.builder().build().await.unwrap()
    }

    pub(crate) fn builder(&self) -> ddbkit_offload::GarbageCollectorBuilder {
        let Backend { dynamodb, s3, .. } = &self.backend;
        let (dynamodb, s3) = (dynamodb.clone(), s3.clone());
        GarbageCollector::builder(dynamodb, s3, &self.table, &self.bucket, PREFIX).unwrap()
    }

    /// The key attributes of an item.
    pub(crate) fn key(&self, id: u32) -> HashMap<String, AttributeValue> {
        let value = |key: &KeyAttribute| match key.attribute_type {
            KeyAttributeType::S => AttributeValue::S(format!("item {id}/ü")),
            KeyAttributeType::N => AttributeValue::N(id.to_string()),
            KeyAttributeType::B => AttributeValue::B(id.to_be_bytes().to_vec().into()),
        };
        self.schema.attributes().map(|key| (key.name.clone(), value(key))).collect()
    }

    /// Puts an object for an item, which does not point to it, and gives its pointer.
    pub(crate) async fn object(&self, id: u32, content: &str) -> BlobPointer {
        let key = self.key(id);
        let item = ItemKey::of_item(&self.table, &self.schema, &key).unwrap();
        let layout = DefaultLayout::new(PREFIX).unwrap();
        let object = layout.object_key(&item.owner(), "body", &UniqueId::generate());
        let mut put = self.backend.s3.put_object().bucket(&self.bucket).key(&object);
        for (attribute, name) in self.schema.attributes().zip(["ddbkit-pk", "ddbkit-sk"]) {
            let text = match &key[&attribute.name] {
                AttributeValue::S(text) => format!("S:{}", percent_encoded(text.as_bytes())),
                AttributeValue::N(number) => format!("N:{number}"),
                AttributeValue::B(bytes) => format!("B:{}", percent_encoded(bytes.as_ref())),
                _ => unreachable!(),
            };
            put = put.metadata(name, text);
        }
        put.body(ByteStream::from(content.as_bytes().to_vec())).send().await.unwrap();
        BlobPointer {
            bucket: self.bucket.clone(),
            key: object,
            stored_len: content.len() as u64,
            len: content.len() as u64,
            sha256: Sha256::digest(content).into(),
            encoding: Encoding::Identity,
            kind: BlobKind::String,
            content_type: None,
        }
    }

    /// Writes an item that points.
    pub(crate) async fn point(&self, id: u32, pointer: &BlobPointer) {
        self.put_item(id, pointer.to_sdk()).await;
    }

    pub(crate) async fn put_item(&self, id: u32, body: AttributeValue) {
        let put = self.backend.dynamodb.put_item().table_name(&self.table);
        put.set_item(Some(self.key(id))).item("body", body).send().await.unwrap();
    }

    pub(crate) async fn put_foreign(&self, key: &str) {
        let put = self.backend.s3.put_object().bucket(&self.bucket).key(key);
        put.body(ByteStream::from_static(b"theirs")).send().await.unwrap();
    }

    pub(crate) async fn exists(&self, key: &str) -> bool {
        self.backend.s3.head_object().bucket(&self.bucket).key(key).send().await.is_ok()
    }
}

fn percent_encoded(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}

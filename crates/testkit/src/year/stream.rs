//! The stream of a table, in the order of its records.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::primitives::Blob;
use aws_sdk_dynamodbstreams::types::{AttributeValue as SdkValue, ShardIteratorType};
use ddbkit_codec::{AttributeValue, Item};

use crate::Backend;

/// One write to a table.
pub(super) struct Change {
    pub(super) keys: Item,
    pub(super) old_image: Option<Item>,
    pub(super) new_image: Option<Item>,
}

/// Reads on from where it stopped.
pub(super) struct Stream {
    client: Client,
    arn: String,
    /// Where reading goes on, by shard.
    iterators: BTreeMap<String, Option<String>>,
}

impl Stream {
    pub(super) async fn open(backend: &Backend, table: &str) -> Self {
        let described = backend.dynamodb.describe_table().table_name(table).send().await;
        let table = described.expect("describe the table").table.expect("a table is described");
        let arn = table.latest_stream_arn.expect("the table has a stream");
        Self { client: backend.streams(), arn, iterators: BTreeMap::new() }
    }

    /// Passes over what was written so far.
    pub(super) async fn skip(&mut self) {
        self.read().await;
    }

    /// What was written since.
    pub(super) async fn read(&mut self) -> Vec<Change> {
        let described = self.client.describe_stream().stream_arn(&self.arn).send().await;
        let shards = described.expect("describe the stream").stream_description;
        let shards = shards.and_then(|stream| stream.shards).expect("a stream has shards");
        let mut changes = Vec::new();
        for shard in shards {
            let id = shard.shard_id.expect("a shard has an id");
            let mut iterator = match self.iterators.remove(&id) {
                Some(iterator) => iterator,
                None => self.beginning(&id).await,
            };
            while let Some(at) = iterator.clone() {
                let page = self.client.get_records().shard_iterator(at).send().await;
                let page = page.expect("read the stream");
                iterator = page.next_shard_iterator;
                let records = page.records.unwrap_or_default();
                if records.is_empty() {
                    break;
                }
                changes.extend(records.into_iter().map(|record| {
                    let record = record.dynamodb.expect("a record of a table");
                    Change {
                        keys: item(record.keys.expect("a record has its key")),
                        old_image: record.old_image.map(item),
                        new_image: record.new_image.map(item),
                    }
                }));
            }
            self.iterators.insert(id, iterator);
        }
        changes
    }

    async fn beginning(&self, shard: &str) -> Option<String> {
        let iterator = self.client.get_shard_iterator().stream_arn(&self.arn).shard_id(shard);
        let iterator = iterator.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await;
        iterator.expect("begin to read the stream").shard_iterator
    }
}

fn item(item: HashMap<String, SdkValue>) -> Item {
    item.into_iter().map(|(name, of)| (name, value(of))).collect()
}

/// The types of the client of streams are not those of the client of tables.
fn value(value: SdkValue) -> AttributeValue {
    let number = |text: String| text.parse().expect("a stream has numbers that are numbers");
    match value {
        SdkValue::S(text) => AttributeValue::S(text),
        SdkValue::N(text) => AttributeValue::N(number(text)),
        SdkValue::B(bytes) => AttributeValue::B(bytes.into_inner()),
        SdkValue::Bool(flag) => AttributeValue::Bool(flag),
        SdkValue::Null(_) => AttributeValue::Null,
        SdkValue::L(list) => AttributeValue::L(list.into_iter().map(self::value).collect()),
        SdkValue::M(map) => AttributeValue::M(item(map)),
        SdkValue::Ss(set) => AttributeValue::Ss(set),
        SdkValue::Ns(set) => AttributeValue::Ns(set.into_iter().map(number).collect()),
        SdkValue::Bs(set) => AttributeValue::Bs(set.into_iter().map(Blob::into_inner).collect()),
        other => panic!("a stream with a value of an unknown type: {other:?}"),
    }
}

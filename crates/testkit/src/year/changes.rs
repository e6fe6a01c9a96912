//! Random writes to a table.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use ddbkit_codec::Item;
use fastrand::Rng;

use crate::items;

/// Keys that changes are about. Few, so that many are written more than once in a window.
const KEYS: u64 = 180;
/// Writes in a window.
const WRITES: usize = 100;

/// An item of the key `n`, with a content for each version.
pub(super) fn item(seed: u64, n: u64, version: u64) -> Item {
    let key = items::item(seed, n);
    let mut item = items::item(seed.wrapping_add(version), n);
    for name in ["pk", "sk"] {
        item.insert(name, key.get(name).expect("items have their key").clone());
    }
    item
}

/// Writes that follow from a seed.
pub(super) struct Changes {
    seed: u64,
    random: Rng,
    version: u64,
}

impl Changes {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, random: Rng::with_seed(seed), version: 0 }
    }

    /// Makes the writes of one window, one after the other.
    pub(super) async fn make(&mut self, client: &Client, table: &str) {
        for _ in 0..WRITES {
            let n = self.random.u64(..KEYS);
            self.version += 1;
            match self.random.u8(..10) {
                0..4 => self.put(client, table, n).await,
                4..7 => self.update(client, table, n).await,
                _ => self.delete(client, table, n).await,
            }
        }
    }

    async fn put(&self, client: &Client, table: &str, n: u64) {
        let item: HashMap<String, SdkValue> = item(self.seed, n, self.version).into();
        let put = client.put_item().table_name(table).set_item(Some(item));
        put.send().await.expect("put an item");
    }

    /// Of a key without an item this makes one.
    async fn update(&self, client: &Client, table: &str, n: u64) {
        let update = client.update_item().table_name(table).set_key(Some(self.key(n)));
        let update = update
            .update_expression("SET version = :v REMOVE note")
            .expression_attribute_values(":v", SdkValue::N(self.version.to_string()));
        update.send().await.expect("update an item");
    }

    async fn delete(&self, client: &Client, table: &str, n: u64) {
        let delete = client.delete_item().table_name(table).set_key(Some(self.key(n)));
        delete.send().await.expect("delete an item");
    }

    fn key(&self, n: u64) -> HashMap<String, SdkValue> {
        let mut item: HashMap<String, SdkValue> = item(self.seed, n, 0).into();
        item.retain(|name, _| name == "pk" || name == "sk");
        item
    }
}

//! The items that could not be done, with their reasons.

use crate::{ItemKey, OffloadError};
use ddbkit_codec::Item;
use ddbkit_store::{PutOptions, Store};
use serde_json::json;

/// The rejects of one page, a line of JSON each: `{"key":{..DynamoDB JSON..},"reason":".."}`.
#[derive(Debug, Default)]
pub(super) struct Rejects(String);

impl Rejects {
    pub(super) fn add(&mut self, key: &ItemKey, reason: &str) {
        let mut item = Item::new();
        item.insert(key.hash().0, key.hash().1.clone());
        if let Some((name, value)) = key.range() {
            item.insert(name, value.clone());
        }
        let key = text(&item);
        self.0.push_str(&format!("{{\"key\":{key},\"reason\":{}}}\n", json!(reason)));
    }

    /// Writes them before the state of the page: a page that is done again writes the same file.
    pub(super) async fn write(
        self,
        store: &Store,
        segment: u32,
        page: u64,
    ) -> Result<(), OffloadError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let name = format!("rejects/{segment:06}-{page:09}.jsonl");
        store.put(&name, self.0.into(), PutOptions::default()).await?;
        Ok(())
    }
}

/// An item as `DynamoDB` JSON.
pub(super) fn text(item: &Item) -> String {
    let mut text = Vec::new();
    item.write_dynamodb_json(&mut text);
    String::from_utf8(text).unwrap_or_default()
}

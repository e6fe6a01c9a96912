//! What is read as an item is written so that it reads as the same item.
#![no_main]

use ddbkit_codec::{Item, item_digest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(item) = Item::from_dynamodb_json(bytes) else { return };
    let again = Item::from_dynamodb_json(item.to_dynamodb_json().as_bytes());
    assert_eq!(again.as_ref(), Ok(&item));
    assert_eq!(again.map(|again| item_digest(&again)), Ok(item_digest(&item)));
});

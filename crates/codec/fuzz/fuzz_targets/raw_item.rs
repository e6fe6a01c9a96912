//! Raw items end where their bracket closes, and escaping them changes nothing that is read.
#![no_main]

use ddbkit_codec::{Item, RawItem, split_items};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok((raw, rest)) = RawItem::from_prefix(bytes) {
        assert_eq!([raw.as_bytes(), rest].concat(), bytes);
    }
    for raw in [RawItem::from_line(bytes), RawItem::from_export_line(bytes)].into_iter().flatten() {
        let _ = raw.attribute("pk");
        let mut escaped = Vec::new();
        raw.write_escaped(&mut escaped);
        assert_eq!(Item::from_dynamodb_json(&escaped).ok(), raw.decode().ok());
    }
    let _ = split_items(bytes).count();
});

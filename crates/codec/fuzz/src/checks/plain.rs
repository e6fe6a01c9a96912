//! Plain JSON.

use super::assert_placed;
use super::json::written_and_read;
use ddbkit_codec::{Item, PlainBinaries, PlainNumbers, PlainOptions, PlainSets};
use serde_json::Value;

pub(super) fn plain_json(bytes: &[u8]) {
    for options in [PlainOptions::default(), PlainOptions::LOSSLESS] {
        match Item::from_plain_json(bytes, &options) {
            Ok(item) => {
                assert!(serde_json::from_slice::<Value>(bytes).is_ok(), "no JSON");
                written_and_read(&item);
                plain_and_back(&item);
            }
            Err(error) => assert_placed(&error, bytes),
        }
    }
}

fn plain_and_back(item: &Item) {
    let lossless = item.to_plain_json(&PlainOptions::LOSSLESS);
    let again = Item::from_plain_json(lossless.as_bytes(), &PlainOptions::LOSSLESS);
    assert_eq!(again.as_ref(), Ok(item));
    for numbers in [PlainNumbers::Literal, PlainNumbers::LiteralOrText, PlainNumbers::Text] {
        for (sets, binaries) in [
            (PlainSets::Array, PlainBinaries::Base64),
            (PlainSets::Array, PlainBinaries::Tagged),
            (PlainSets::Tagged, PlainBinaries::Base64),
        ] {
            let options = PlainOptions { numbers, sets, binaries };
            let text = item.to_plain_json(&options);
            // Behind the first writing nothing is lost any more: what is read is written as it was.
            let read = Item::from_plain_json(text.as_bytes(), &options).expect("what was written");
            if numbers != PlainNumbers::LiteralOrText {
                let again = read.to_plain_json(&options);
                assert_eq!(again, text, "{options:?}");
            }
        }
    }
}

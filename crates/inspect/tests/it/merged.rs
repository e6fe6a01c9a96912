//! Parts that are merged are what the whole is.

use crate::support::{finish, keyed};
use ddbkit_codec::{AttributeValue, Item, strategies};
use ddbkit_inspect::{Profile, ProfileOptions, Profiler};
use proptest::prelude::*;

fn of_items<'a>(options: &ProfileOptions, items: impl IntoIterator<Item = &'a Item>) -> Profiler {
    let mut profiler = Profiler::new(options);
    items.into_iter().for_each(|item| profiler.add_item(item).unwrap());
    profiler
}

fn merged(profilers: impl IntoIterator<Item = Profiler>) -> Profile {
    let mut whole = Profiler::new(&keyed());
    profilers.into_iter().for_each(|profiler| whole.merge(profiler));
    finish(whole)
}

/// Any items, of a few partition keys.
fn items() -> impl Strategy<Value = Vec<Item>> {
    let item = (strategies::item(), "[a-c]{1,2}", 0..1000_u32).prop_map(|(mut item, pk, sk)| {
        item.insert("pk", pk);
        item.insert("sk", AttributeValue::N(sk.into()));
        item
    });
    prop::collection::vec(item, 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn halves_in_any_order_are_the_whole(items in items(), at in 0..8_usize) {
        let (first, second) = items.split_at(at.min(items.len()));
        let of = |items| of_items(&keyed(), items);
        let whole = finish(of(&items[..]));
        prop_assert_eq!(&merged([of(first), of(second)]), &whole);
        prop_assert_eq!(&merged([of(second), of(first)]), &whole);
        let ones = items.iter().rev().map(|item| of(std::slice::from_ref(item)));
        prop_assert_eq!(&merged(ones), &whole);
    }

    #[test]
    fn sizes_are_those_of_the_codec(items in items()) {
        let profile = finish(of_items(&keyed(), &items));
        let sizes = || items.iter().map(|item| item.size() as u64);
        prop_assert_eq!((profile.items, profile.bytes), (items.len() as u64, sizes().sum()));
        prop_assert_eq!(profile.size.max, sizes().max().unwrap_or_default());
        // All bytes are in attributes at the top, and those of maps and lists in what is inside.
        let top = profile.attributes.iter().filter(|attribute| attribute.depth == 1);
        let top: u64 = top.map(|attribute| attribute.bytes).sum();
        prop_assert_eq!(top + profile.attributes_left_out_bytes, profile.bytes);
    }
}

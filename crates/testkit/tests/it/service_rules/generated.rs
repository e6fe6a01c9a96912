//! Cases, the same in each run.

use ddbkit_codec::{AttributeValue, Item};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// So many values of a strategy.
pub(super) fn values<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// A value in so many lists or maps.
pub(super) fn nested(levels: usize, innermost: AttributeValue) -> AttributeValue {
    (0..levels).fold(innermost, |inner, level| match level % 3 {
        0 => AttributeValue::L(vec![inner]),
        _ => AttributeValue::M([("m", inner)].into_iter().collect()),
    })
}

/// Brings an item to a size by a string or binary in the attribute `pad`, if it is smaller.
pub(super) fn padded(mut item: Item, size: usize, as_binary: bool) -> Option<Item> {
    item.remove("pad");
    let room = size.checked_sub(item.size() + "pad".len())?;
    let pad = if as_binary {
        AttributeValue::B(vec![0xA5; room])
    } else {
        AttributeValue::S("é".repeat(room / 2) + &"x".repeat(room % 2))
    };
    item.insert("pad", pad);
    assert_eq!(item.size(), size);
    Some(item)
}

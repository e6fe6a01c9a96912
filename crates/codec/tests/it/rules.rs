//! What DynamoDB counts and refuses. That it does so is tested in `ddbkit-testkit`, on servers.

use ddbkit_codec::rules::{
    Key, KeyType, MAX_ITEM_SIZE, MAX_KEY_NAME, MAX_NAME, MAX_NESTING, TableKeys, Violation,
    ViolationKind,
};
use ddbkit_codec::strategies::{attribute_value, item};
use ddbkit_codec::{AttributeValue, Item, Number, RawItem, Tape};
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_can_be_read_is_fit_to_be_written(item in item()) {
        prop_assert_eq!(item.validate(None), Ok(()));
    }

    #[test]
    fn the_size_of_values_is_that_of_their_text(item in item()) {
        let text = item.to_dynamodb_json();
        prop_assert_eq!(RawItem::from_line(text.as_bytes()).unwrap().size().unwrap(), item.size());
        let mut tape = Tape::new();
        prop_assert_eq!(tape.read_dynamodb_json(text.as_bytes()).unwrap().size(), item.size());
    }

    #[test]
    fn sizes_add_up(name in "[a-zé]{1,9}", value in attribute_value(3), item in item()) {
        let own = value.size();
        let list = AttributeValue::L(vec![value.clone(), AttributeValue::Null]);
        prop_assert_eq!(list.size(), 3 + (1 + own) + (1 + 1));
        let mut more = item.clone();
        more.remove(&name);
        let without = more.size();
        more.insert(name.as_str(), value);
        prop_assert_eq!(more.size(), without + name.len() + own);
        let map = AttributeValue::M(more.clone());
        prop_assert_eq!(map.size(), 3 + more.len() + more.size());
    }

    #[test]
    fn the_spelling_of_a_number_has_no_size(number in ddbkit_codec::strategies::number()) {
        let normal: Number = number.to_normal_form().parse().unwrap();
        prop_assert_eq!(number.size(), normal.size());
        prop_assert!((1..=21).contains(&number.size()));
    }
}

fn violations(item: &Item, keys: Option<&TableKeys>) -> Vec<(ViolationKind, String)> {
    let violations = item.validate(keys).err().unwrap_or_default();
    violations.iter().map(|found| (found.kind(), found.path().to_owned())).collect()
}

fn with(name: &str, value: AttributeValue) -> Item {
    [(name, value)].into_iter().collect()
}

/// A value in so many lists and maps, the innermost a list.
fn nested(levels: usize, innermost: AttributeValue) -> AttributeValue {
    (0..levels).fold(innermost, |inner, level| match level % 2 {
        0 => AttributeValue::L(vec![inner]),
        _ => AttributeValue::M(with("m", inner)),
    })
}

#[test]
fn all_violations_are_told_with_their_places() {
    let number = |text: &str| text.parse::<Number>().unwrap();
    let mut map = Item::new();
    map.insert("", "empty name");
    map.insert("a.b", AttributeValue::Ns(vec![number("1"), number("2"), number("1.0")]));
    let mut item = Item::new();
    item.insert("l", AttributeValue::L(vec![AttributeValue::Null, AttributeValue::M(map)]));
    item.insert("n".repeat(MAX_NAME + 1), "long name");
    item.insert("ss", AttributeValue::Ss(Vec::new()));
    item.insert("ns", AttributeValue::Ns(Vec::new()));
    item.insert("bs", AttributeValue::Bs(Vec::new()));
    item.insert("twice", AttributeValue::Bs(vec![vec![1], vec![2], vec![1]]));
    item.insert("deep", nested(MAX_NESTING + 1, AttributeValue::Null));
    item.insert("large", "x".repeat(MAX_ITEM_SIZE));
    let keys = TableKeys::new(Key::partition("pk", KeyType::S).sort("ss", KeyType::S));
    let deepest = format!("$.deep{}", ".m[0]".repeat(MAX_NESTING / 2) + ".m");
    let found = violations(&item, Some(&keys));
    let (kinds, paths): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    assert_eq!(
        kinds,
        [
            ViolationKind::EmptyName,
            ViolationKind::DuplicateInSet,
            ViolationKind::NameTooLong,
            ViolationKind::EmptySet,
            ViolationKind::EmptySet,
            ViolationKind::EmptySet,
            ViolationKind::DuplicateInSet,
            ViolationKind::TooDeep,
            ViolationKind::ItemTooLarge,
            ViolationKind::KeyMissing,
            ViolationKind::KeyOfOtherType,
        ]
    );
    let expected = ["$.l[1]", "$.l[1]['a.b']", "$", "$.ss", "$.ns", "$.bs", "$.twice", &deepest];
    assert_eq!(paths, [&expected[..], &["$", "$.pk", "$.ss"]].concat());
}

#[test]
fn what_is_at_a_limit_is_fit() {
    let mut item = Item::new();
    item.insert("n".repeat(MAX_NAME), "long name");
    item.insert("deep", nested(MAX_NESTING, AttributeValue::Ss(vec![String::new()])));
    let room = MAX_ITEM_SIZE - item.size() - "x".len();
    item.insert("x", AttributeValue::B(vec![0; room]));
    assert_eq!(item.size(), MAX_ITEM_SIZE);
    assert_eq!(item.validate(None), Ok(()));
    item.insert("x", AttributeValue::B(vec![0; room + 1]));
    assert_eq!(violations(&item, None), [(ViolationKind::ItemTooLarge, "$".to_owned())]);
}

#[test]
fn keys_are_held_to_their_limits() {
    let keys = TableKeys::new(Key::partition("pk", KeyType::S).sort("sk", KeyType::B))
        .index("by-n", Key::partition("n", KeyType::N).sort("s", KeyType::S));
    let item = |pk: usize, sk: usize| -> Item {
        let values = [("pk", "p".repeat(pk).into()), ("sk", AttributeValue::B(vec![0; sk]))];
        values.into_iter().collect()
    };
    for (pk, sk, expected) in [
        (1, 1, vec![]),
        (2_048, 1_024, vec![]),
        (2_049, 1, vec![(ViolationKind::KeyTooLong, "$.pk".to_owned())]),
        (1, 1_025, vec![(ViolationKind::KeyTooLong, "$.sk".to_owned())]),
        (0, 1, vec![(ViolationKind::EmptyKey, "$.pk".to_owned())]),
        (1, 0, vec![(ViolationKind::EmptyKey, "$.sk".to_owned())]),
    ] {
        assert_eq!(violations(&item(pk, sk), Some(&keys)), expected, "{pk} {sk}");
        assert_eq!(violations(&item(pk, sk), None), []);
    }
    let mut in_index = item(1, 1);
    in_index.insert("n", "text");
    in_index.insert("s", "s".repeat(1_025));
    assert_eq!(
        violations(&in_index, Some(&keys)),
        [
            (ViolationKind::KeyOfOtherType, "$.n".to_owned()),
            (ViolationKind::KeyTooLong, "$.s".to_owned())
        ]
    );
}

#[test]
fn names_of_keys_are_held_to_their_limit() {
    let keys = |name: String| {
        TableKeys::new(Key::partition("pk", KeyType::S).sort(name, KeyType::S)).validate()
    };
    assert_eq!(keys("k".repeat(MAX_KEY_NAME)), Ok(()));
    for name in [String::new(), "k".repeat(MAX_KEY_NAME + 1), "é".repeat(128)] {
        let found = keys(name).unwrap_err();
        assert_eq!(found.iter().map(Violation::kind).collect::<Vec<_>>(), [ViolationKind::KeyName]);
    }
}

#[test]
fn violations_are_told_only_so_often() {
    let sets = vec![AttributeValue::Ss(Vec::new()); 1_000];
    assert_eq!(violations(&with("a", AttributeValue::L(sets)), None).len(), 100);
}

#[test]
fn values_built_deeper_than_the_stack_reaches_are_measured_and_refused() {
    const LEVELS: usize = 100_000;
    let mut item = with("a", nested(LEVELS, AttributeValue::Null));
    let (size, found) = (item.size(), violations(&item, None));
    // Taken apart by hand: dropping it as a whole needs a frame of the stack for each level.
    let mut value = item.remove("a");
    while let Some(inner) = value {
        value = match inner {
            AttributeValue::L(mut list) => list.pop(),
            AttributeValue::M(mut map) => map.remove("m"),
            _ => None,
        };
    }
    assert_eq!(size, 1 + 1 + LEVELS / 2 * ((3 + 1) + (3 + 1 + 1)));
    let kinds: Vec<_> = found.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [ViolationKind::TooDeep, ViolationKind::ItemTooLarge]);
}

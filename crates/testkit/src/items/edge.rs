//! Items at the edges of what `DynamoDB` takes.

use ddbkit_codec::{AttributeValue, Item, Number};

use super::{number, text};

/// Largest size of an item in bytes, names and values together (Developer Guide, "Quotas").
pub const MAX_ITEM_SIZE: usize = 409_600;

/// Most lists and maps around a value: the attribute's own value is the first of 32 levels (Developer
/// Guide, "Quotas"), and the innermost level is that of the value.
pub const MAX_NESTING: usize = 31;

/// What the key attributes add to an item's size at most.
const KEY_SIZE: usize = 64;

/// Named items, each of which a round trip has to bring back unchanged.
#[must_use]
pub fn edge_items() -> Vec<(&'static str, Item)> {
    let mut items = numbers();
    items.extend(empties());
    items.extend(sets());
    items.extend(texts());
    items.extend(names());
    items.push(("deepest-nesting", with("value", nested(MAX_NESTING))));
    items.push((
        "largest-string",
        with("data", text("x".repeat(MAX_ITEM_SIZE - KEY_SIZE - "data".len()))),
    ));
    items.push((
        "largest-binary",
        with("data", AttributeValue::B(vec![0xA5; MAX_ITEM_SIZE - KEY_SIZE - "data".len()])),
    ));
    for (name, item) in &mut items {
        item.insert("pk", text(format!("edge#{name}")));
        item.insert("sk", AttributeValue::N(Number::from(1_u64)));
    }
    items
}

fn with(name: &str, value: AttributeValue) -> Item {
    let mut item = Item::new();
    item.insert(name, value);
    item
}

fn numbers() -> Vec<(&'static str, Item)> {
    [
        ("number-zero", "0"),
        ("number-negative", "-42"),
        ("number-38-digits", "12345678901234567890123456789012345678"),
        ("number-38-digits-negative", "-0.12345678901234567890123456789012345678"),
        ("number-beyond-f64", "9007199254740993"),
        // The numbers next to the ends of the range, written out: the service answers without exponents.
        ("number-smallest", "1E-130"),
        ("number-smallest-negative", "-1E-130"),
        ("number-largest", "9.9999999999999999999999999999999999999E+125"),
        ("number-largest-negative", "-9.9999999999999999999999999999999999999E+125"),
    ]
    .map(|(name, value)| (name, with("value", number(value))))
    .into()
}

fn empties() -> Vec<(&'static str, Item)> {
    vec![
        ("empty-string", with("value", text(""))),
        ("empty-binary", with("value", AttributeValue::B(Vec::new()))),
        ("empty-list", with("value", AttributeValue::L(Vec::new()))),
        ("empty-map", with("value", AttributeValue::M(Item::new()))),
        (
            "empty-string-in-list",
            with("value", AttributeValue::L(vec![text(""), AttributeValue::Null])),
        ),
        ("null", with("value", AttributeValue::Null)),
        ("key-only", Item::new()),
    ]
}

fn sets() -> Vec<(&'static str, Item)> {
    let number = |text: &str| -> Number { text.parse().expect("a number") };
    vec![
        ("string-set", with("value", AttributeValue::Ss(vec!["b".into(), "a".into(), "é".into()]))),
        (
            "string-set-with-empty",
            with("value", AttributeValue::Ss(vec![String::new(), "a".into()])),
        ),
        (
            "number-set",
            with("value", AttributeValue::Ns(vec![number("10"), number("-1"), number("0.5")])),
        ),
        (
            "binary-set",
            with("value", AttributeValue::Bs(vec![vec![0], vec![255, 0], vec![1, 2, 3]])),
        ),
    ]
}

fn texts() -> Vec<(&'static str, Item)> {
    let controls: String = (0..32_u8).map(char::from).chain(['\u{7f}']).collect();
    vec![
        // Line separators to some, not to a reader of lines that end with \n.
        ("line-separators", with("value", text("a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f\r\ng"))),
        ("control-characters", with("value", text(controls))),
        ("emoji", with("value", text("👩‍👩‍👧‍👦 🇨🇭 é e\u{301} \u{10FFFF}"))),
        ("escapes", with("value", text(r#"quote " backslash \ slash / </script> \u0041 "#))),
        ("looks-like-json", with("value", text(r#"{"Item":{"S":"x"}}]},"#))),
    ]
}

fn names() -> Vec<(&'static str, Item)> {
    let mut awkward = Item::new();
    for name in [
        " ",
        "with space",
        "with \"quote\"",
        "with\\backslash",
        "with.dot",
        "a[0]",
        "#name",
        ":value",
        "Item",
        "Items",
        "S",
        "N",
        "M",
        "L",
        "NULL",
        "__proto__",
        "ünïcode",
        "😀",
        "line\nbreak",
    ] {
        awkward.insert(name, text(name));
    }
    let mut descriptors = Item::new();
    descriptors.insert("S", text("S"));
    descriptors.insert("Item", AttributeValue::M(with("M", text("x"))));
    vec![
        ("awkward-names", awkward),
        ("names-like-descriptors", with("M", AttributeValue::M(descriptors))),
        ("long-name", with(&"n".repeat(1000), text("x"))),
    ]
}

/// A string below so many lists and maps, taken in turns.
fn nested(levels: usize) -> AttributeValue {
    (0..levels).fold(text("bottom"), |inner, level| {
        if level % 2 == 0 {
            AttributeValue::L(vec![inner])
        } else {
            AttributeValue::M(with("m", inner))
        }
    })
}

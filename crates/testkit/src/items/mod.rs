//! Items to test with: many ordinary ones, and the ones at the edges of what `DynamoDB` takes.
//!
//! All of them have the key attributes `pk` (S) and `sk` (N).

mod edge;

use ddbkit_codec::{AttributeValue, Item, Number};
use fastrand::Rng;

pub use edge::{MAX_ITEM_SIZE, MAX_NESTING, edge_items};

/// Items that share a partition key.
const ITEMS_PER_PARTITION: u64 = 10;

const WORDS: [&str; 16] = [
    "copper", "lantern", "harbour", "maple", "granite", "violet", "meadow", "signal", "walnut",
    "ember", "Zürich", "naïve", "東京", "canyon", "ribbon", "orchard",
];

/// The `n`th item of a seed: about 1 KB, with attributes of all ten types.
///
/// The same numbers give the same item on every machine. Keys differ between all `n` of a seed, and
/// ten of them share a partition.
///
/// ```
/// use ddbkit_testkit::items::item;
///
/// assert_eq!(item(1, 7), item(1, 7));
/// assert_ne!(item(1, 7), item(1, 8));
/// assert_ne!(item(1, 7), item(2, 7));
/// ```
#[must_use]
pub fn item(seed: u64, n: u64) -> Item {
    // Two numbers into one without collisions between neighbours: odd constant, golden ratio.
    let mut random = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ n.rotate_left(32));
    let random = &mut random;
    let mut item = Item::new();
    item.insert("pk", text(format!("order#{seed:04x}-{:08}", n / ITEMS_PER_PARTITION)));
    item.insert("sk", AttributeValue::N(Number::from(n)));
    item.insert("customer", text(words(random, 2)));
    item.insert("email", text(format!("{}{}@example.com", word(random), random.u16(..))));
    item.insert(
        "created_at",
        AttributeValue::N(Number::from(1_600_000_000 + random.u64(..200_000_000))),
    );
    item.insert("total", decimal(random));
    item.insert("paid", AttributeValue::Bool(random.bool()));
    item.insert("deleted_at", AttributeValue::Null);
    item.insert("signature", AttributeValue::B(bytes(random, 64)));
    item.insert("address", AttributeValue::M(address(random)));
    let lines = random.usize(1..4);
    item.insert(
        "lines",
        AttributeValue::L((0..lines).map(|_| AttributeValue::M(line(random))).collect()),
    );
    item.insert(
        "tags",
        AttributeValue::Ss(vec![format!("{}-a", word(random)), format!("{}-b", word(random))]),
    );
    let scores = [random.i64(-1000..0), random.i64(0..1000)];
    item.insert("scores", AttributeValue::Ns(scores.map(Number::from).into()));
    item.insert("digests", AttributeValue::Bs(vec![bytes(random, 16), bytes(random, 20)]));
    let length = random.usize(20..60);
    item.insert("note", text(words(random, length)));
    item
}

fn address(random: &mut Rng) -> Item {
    let mut address = Item::new();
    address.insert("street", text(format!("{} {}", words(random, 1), random.u8(1..200))));
    address.insert("city", text(words(random, 1)));
    address.insert("zip", text(format!("{:05}", random.u32(..100_000))));
    address
}

fn line(random: &mut Rng) -> Item {
    let mut line = Item::new();
    line.insert("sku", text(format!("{}-{:04}", word(random), random.u16(..10_000))));
    line.insert("quantity", AttributeValue::N(Number::from(random.u64(1..20))));
    line.insert("price", decimal(random));
    line
}

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn decimal(random: &mut Rng) -> AttributeValue {
    number(&format!("{}.{:02}", random.u32(1..5000), random.u8(1..100)))
}

fn number(text: &str) -> AttributeValue {
    AttributeValue::N(text.parse().unwrap_or_else(|error| panic!("{text} is no number: {error}")))
}

fn word(random: &mut Rng) -> &'static str {
    WORDS[random.usize(..WORDS.len())]
}

fn words(random: &mut Rng, count: usize) -> String {
    (0..count).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

fn bytes(random: &mut Rng, length: usize) -> Vec<u8> {
    (0..length).map(|_| random.u8(..)).collect()
}

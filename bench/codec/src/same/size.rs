//! The size of an item by DynamoDB's rule, the long way.

use crate::peers::owned::{Map, Value};

pub fn of_item(item: &Map) -> usize {
    item.iter().map(|(name, value)| name.len() + of_value(value)).sum()
}

fn of_value(value: &Value) -> usize {
    match value {
        Value::S(text) => text.len(),
        Value::N(text) => of_number(text),
        Value::B(bytes) => bytes.len(),
        Value::Bool(_) | Value::Null(_) => 1,
        Value::L(list) => 3 + list.iter().map(|value| 1 + of_value(value)).sum::<usize>(),
        Value::M(map) => 3 + map.len() + of_item(map),
        Value::Ss(set) => set.iter().map(String::len).sum(),
        Value::Ns(set) => set.iter().map(|text| of_number(text)).sum(),
        Value::Bs(set) => set.iter().map(Vec::len).sum(),
    }
}

/// Groups of two digits to both sides of the point, without those of zeros at the ends; one byte
/// more, and one for a sign; 21 at most.
fn of_number(text: &str) -> usize {
    let digits = text.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let padding = |length: usize| "0".repeat(length % 2);
    let (before, behind) = (padding(whole.len()), padding(fraction.len()));
    let digits = [&before, whole, fraction, &behind].concat();
    let groups: Vec<_> = digits.as_bytes().chunks(2).collect();
    let first = groups.iter().position(|group| *group != b"00");
    let last = groups.iter().rposition(|group| *group != b"00");
    match first.zip(last) {
        None => 1,
        Some((first, last)) => 21.min(1 + last - first + 1 + usize::from(text.starts_with('-'))),
    }
}

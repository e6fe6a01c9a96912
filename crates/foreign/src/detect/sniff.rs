//! What a file is, by its first bytes.

use crate::read::text::{JsonText, TextFault};
use crate::read::{csv_names, decompress};
use crate::{ForeignError, ForeignErrorKind, Format};
use ddbkit_store::Store;
use serde_json::{Map, Value};
use std::io::Read;

/// So much of a file is looked at: a block of bzip2 has 900 KB and can be read as a whole only.
const HEAD: u64 = 1024 * 1024;
/// So much may come out of it.
const MOST_TEXT: u64 = 1024 * 1024;
/// So many items are looked at.
const ITEMS: usize = 100;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sniffed {
    Items(Format),
    Tar,
    Zip,
    /// Nothing is in it.
    Empty,
}

/// What a file is; none when its bytes say nothing.
pub(super) async fn sniff(store: &Store, key: &str) -> Result<Option<Sniffed>, ForeignError> {
    let head = store.read_range(key, 0..HEAD).await?;
    if head.starts_with(b"PK\x03\x04") {
        return Ok(Some(Sniffed::Zip));
    }
    let mut text = Vec::new();
    let read = decompress(&head[..]);
    let read = read.and_then(|stream| stream.take(MOST_TEXT).read_to_end(&mut text));
    // The head of a compressed stream ends in an error; what came before it is what counts.
    if let Err(error) = read
        && text.is_empty()
    {
        let message = format!("{}: its compression is damaged", store.describe(key));
        return Err(ForeignError::damaged(message).caused_by(error));
    }
    if text.get(257..262).is_some_and(|magic| magic == b"ustar") {
        return Ok(Some(Sniffed::Tar));
    }
    match format(&text) {
        Some(Found::Changes) => {
            let message = format!(
                "{} holds the changes of an incremental export, not items",
                store.describe(key)
            );
            Err(ForeignError::new(ForeignErrorKind::Unsupported, message))
        }
        Some(Found::Is(sniffed)) => Ok(Some(sniffed)),
        None => Ok(None),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    Is(Sniffed),
    Changes,
}

fn format(text: &[u8]) -> Option<Found> {
    let is = |format| Some(Found::Is(Sniffed::Items(format)));
    let start = text.trim_ascii_start();
    match start.first() {
        None => Some(Found::Is(Sniffed::Empty)),
        Some(b'{') if is_page(start) => is(Format::ScanPages),
        Some(b'{') => of_items(items(start), Format::PlainLines),
        Some(b'[') => {
            let items = items(start);
            // An empty array says nothing about its items, of which there are none.
            if items.is_empty() {
                is(Format::PlainArray)
            } else {
                of_items(items, Format::PlainArray)
            }
        }
        Some(_) => {
            let line = start.split(|byte| *byte == b'\n').next()?;
            if line.contains(&3) {
                is(Format::Hive)
            } else if is_csv(start) {
                is(Format::PlainCsv)
            } else {
                None
            }
        }
    }
}

/// Whether `{"Items":[` stands in front.
fn is_page(text: &[u8]) -> bool {
    let mut rest = text;
    for token in [&b"{"[..], b"\"Items\"", b":", b"["] {
        match rest.trim_ascii_start().strip_prefix(token) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    true
}

/// The whole objects in front.
fn items(text: &[u8]) -> Vec<Map<String, Value>> {
    let mut input = JsonText::new(text);
    let (mut items, mut item) = (Vec::new(), Vec::new());
    let between = |byte: u8| byte.is_ascii_whitespace() || b"[],".contains(&byte);
    while items.len() < ITEMS && matches!(input.skip(between), Ok(Some(b'{'))) {
        item.clear();
        match input.value(&mut item) {
            Ok(()) => items.extend(serde_json::from_slice(&item)),
            Err(TextFault::Broken(_)) => {}
            Err(_) => break,
        }
    }
    items
}

fn of_items(mut items: Vec<Map<String, Value>>, plain: Format) -> Option<Found> {
    if items.is_empty() {
        return None;
    }
    if items.iter().all(|item| item.contains_key("Keys") && item.contains_key("Metadata")) {
        return Some(Found::Changes);
    }
    for item in &mut items {
        if item.len() == 1
            && let Some(Value::Object(framed)) = item.get("Item")
            && !is_typed(&Value::Object(framed.clone()), CURRENT)
        {
            *item = framed.clone();
        }
    }
    let all =
        |tags: &[&str]| items.iter().all(|item| item.values().all(|value| is_typed(value, tags)));
    let format = if all(CURRENT) {
        Format::DynamoDbJson
    } else if all(OLD) {
        Format::OldCasing
    } else {
        plain
    };
    Some(Found::Is(Sniffed::Items(format)))
}

const CURRENT: &[&str] = &["S", "N", "B", "SS", "NS", "BS", "M", "L", "BOOL", "NULL"];
const OLD: &[&str] = &[
    "s",
    "n",
    "b",
    "m",
    "l",
    "sS",
    "nS",
    "bS",
    "bOOL",
    "nULL",
    "nULLValue",
    "ss",
    "ns",
    "bs",
    "bool",
    "null",
];

/// Whether it is `{"S":...}` or its like, or dyndump's `{}`.
fn is_typed(value: &Value, tags: &[&str]) -> bool {
    let Value::Object(tagged) = value else { return false };
    tagged.keys().all(|tag| tags.contains(&tag.as_str()))
}

/// Whether the first line has names and the second as many JSON literals.
fn is_csv(text: &[u8]) -> bool {
    let mut input = JsonText::new(text);
    let mut header = Vec::new();
    if input.rest_of_line(&mut header).is_err() || header.contains(&b'"') || !header.is_ascii() {
        return false;
    }
    for column in 1..=csv_names(&header).len() {
        if column > 1 && !matches!(input.take(), Ok(Some(b','))) {
            return false;
        }
        let mut cell = Vec::new();
        if input.value(&mut cell).is_err() || serde_json::from_slice::<Value>(&cell).is_err() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        use Format::{DynamoDbJson, Hive, OldCasing, PlainArray, PlainCsv, PlainLines, ScanPages};
        for (text, expected) in [
            (r#"{"pk":{"S":"a"},"e":{}}"#, DynamoDbJson),
            (r#"{"Item":{"pk":{"S":"a"}}}"#, DynamoDbJson),
            (r#"{"Item":{"S":"a"}}"#, DynamoDbJson),
            (r#"{"pk":{"s":"a"},"x":{"nULL":true}}"#, OldCasing),
            ("pk\x03{\"s\":\"a\"}\x02n\x03{\"n\":\"1\"}\n", Hive),
            (r#"{"pk":"a","m":{"S":"x"}}"#, PlainLines),
            ("[\n  {\n    \"pk\": \"a\"\n  }\n]", PlainArray),
            ("[]", PlainArray),
            ("pk,n\n\"a,b\",1.5\n", PlainCsv),
            ("{\n  \"Items\": [\n    {", ScanPages),
        ] {
            assert_eq!(
                format(text.as_bytes()),
                Some(Found::Is(Sniffed::Items(expected))),
                "{text}"
            );
        }
        let change = r#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"pk":{"S":"a"}}}"#;
        assert_eq!(format(change.as_bytes()), Some(Found::Changes));
        for text in ["hello\nworld\n", "# Read me\n", "{", "12", "pk,n\n\"a\"\n"] {
            assert_eq!(format(text.as_bytes()), None, "{text}");
        }
    }
}

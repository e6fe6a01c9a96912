//! Items as bytes: where they end, and what is found in them.

use super::assert_placed;
use ddbkit_codec::{Item, RawItem, Tape, split_items};

/// Names and paths that the corpus has.
const NAMES: [&str; 3] = ["pk", "a", "Item"];
const PATHS: [&str; 3] = ["a.b", "l[1]", "m.l[0].x"];

pub(super) fn raw_item(bytes: &[u8]) {
    match RawItem::from_prefix(bytes) {
        Ok((raw, rest)) => {
            assert_eq!([raw.as_bytes(), rest].concat(), bytes);
            assert!(raw.as_bytes().starts_with(b"{") && raw.as_bytes().ends_with(b"}"));
        }
        Err(error) => assert_placed(&error, bytes),
    }
    line(bytes);
    match RawItem::from_export_line(bytes) {
        // What stands in the frame may be a value and no item; then the line is a bare item.
        Ok(raw) if raw.decode().is_ok() => {
            assert_eq!(RawItem::from_line(bytes), Ok(raw));
            let read = Tape::new().read_export_line(bytes).map(|item| item.to_item());
            assert_eq!(read, raw.decode());
        }
        Ok(_) => {}
        Err(error) => assert_placed(&error, bytes),
    }
    page(bytes);
}

fn line(bytes: &[u8]) {
    let raw = match RawItem::from_line(bytes) {
        Ok(raw) => raw,
        Err(error) => {
            assert_placed(&error, bytes);
            assert!(Tape::new().read_line(bytes).is_err());
            assert!(RawItem::size_of_line(bytes).is_err());
            return;
        }
    };
    let item = raw.decode();
    let read = Tape::new().read_line(bytes).map(|item| item.to_item());
    assert_eq!(read.as_ref().ok(), item.as_ref().ok());
    assert_eq!(Item::from_line(bytes).ok(), item.clone().ok());
    if let Ok(item) = &item {
        assert_eq!(RawItem::size_of_line(bytes), Ok(item.size()));
    }
    searched(bytes, raw, item.as_ref().ok());

    sorted(raw, item.as_ref().ok());

    let mut escaped = Vec::new();
    raw.write_escaped(&mut escaped);
    assert_eq!(Item::from_dynamodb_json(&escaped).ok(), item.ok());
}

/// With its names in order an item is the same, and twice is as once.
fn sorted(raw: RawItem<'_>, item: Option<&Item>) {
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    let is_written = raw.write_sorted(&mut once).is_ok();
    let Some(item) = item else { return };
    assert!(is_written, "an item");
    let again = Item::from_dynamodb_json(&once).expect("what was written");
    assert_eq!(&again, item);
    assert!(again.iter().map(|(name, _)| name).is_sorted());
    let raw = RawItem::from_line(&once).expect("what was written");
    assert!(raw.write_sorted(&mut twice).is_ok() && twice == once);
}

/// One attribute, some attributes, and attributes in the walk that finds the item are the same.
fn searched(bytes: &[u8], raw: RawItem<'_>, item: Option<&Item>) {
    let each = NAMES.map(|name| raw.attribute(name));
    let all = raw.attributes(NAMES);
    let walked = RawItem::from_line_with(bytes, NAMES);
    let paths = PATHS.map(|path| raw.at(path));
    if let Some(item) = item {
        let each = each.map(|found| found.expect("members of an item"));
        assert_eq!(all, Ok(each));
        assert_eq!(walked, Ok((raw, each)));
        for (name, found) in NAMES.iter().zip(each) {
            assert_eq!(found.is_some(), item.contains(name));
        }
        let paths = paths.map(|found| found.expect("members of an item"));
        assert_eq!(RawItem::from_line_at(bytes, PATHS), Ok((raw, paths)));
    }
}

/// What is cut out of an array lies in it, one behind the other.
fn page(bytes: &[u8]) {
    let mut rest = bytes;
    for item in split_items(bytes) {
        match item {
            Ok(item) => {
                let at =
                    rest.windows(item.as_bytes().len()).position(|part| part == item.as_bytes());
                rest = &rest[at.expect("the item in the array") + item.as_bytes().len()..];
            }
            Err(error) => assert_placed(&error, bytes),
        }
    }
}

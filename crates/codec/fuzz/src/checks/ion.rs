//! Amazon Ion, text and binary, next to `ion_rs`.

use super::json::written_and_read;
use super::{assert_placed, is_compressed, neutral};
use ddbkit_codec::ion::{IonBinaryReader, IonBinaryWriter, IonTextReader};
use ddbkit_codec::stream::{IonItemReader, ReadError};
use ddbkit_codec::{
    DecodeError, DecodeErrorKind, DecodeOptions, Duplicates, IncrementalRecord, Item, SpareBits,
    Surrogates, Tape, TypedNulls,
};
use ion_rs::{Element, Value as Ion};
use serde_json::{Map, Value, json};

/// What Ion binary begins with.
const MARKER: [u8; 4] = [0xe0, 1, 0, 0xea];

pub(super) fn text(bytes: &[u8]) {
    let read = text_items(bytes);
    other_options(read.as_deref(), |options| text_items_with(bytes, options));
    let front = in_front(bytes);
    let careful = text_items(&[front.as_bytes(), bytes].concat());
    match (&read, &careful) {
        (Ok(items), Ok(careful)) => {
            assert_eq!(items, careful);
            seen_by_ion_rs(bytes, items);
            items_written(items);
        }
        (Err(error), Err(careful)) => {
            assert_placed(error, bytes);
            assert_eq!((error.kind(), error.path()), (careful.kind(), careful.path()));
            assert_eq!(error.offset() + front.len(), careful.offset());
        }
        _ => panic!("{read:?}, but carefully {careful:?}"),
    }
    if !bytes.starts_with(&MARKER) && !is_compressed(bytes) {
        let (mut reader, mut tape) = (IonTextReader::new(bytes), Tape::new());
        let whole =
            to_the_end(bytes, || Ok(reader.next_item(&mut tape)?.map(|item| item.to_item())));
        assert_eq!(streamed(bytes), whole);
    }
}

/// What in front of a text keeps the fast reader away, with a comment, and has the careful one look at
/// a part of the text first: at what is left of the 16 KiB with which it begins.
fn in_front(bytes: &[u8]) -> String {
    let sum: usize = bytes.iter().map(|byte| usize::from(*byte)).sum();
    let width = (1 << 14) - sum % (bytes.len() + 1).min(1 << 14);
    format!("{:<width$}", "/**/")
}

pub(super) fn binary(bytes: &[u8]) {
    let read = binary_items(bytes);
    other_options(read.as_deref(), |options| binary_items_with(bytes, options));
    match read {
        Ok(items) => {
            // What is no binary at all is text to ion_rs.
            if bytes.starts_with(&MARKER) {
                seen_by_ion_rs(bytes, &items);
            }
            items_written(&items);
        }
        Err(error) => assert_placed(&error, bytes),
    }
    let (mut reader, mut tape) = (IonBinaryReader::new(bytes), Tape::new());
    let whole = to_the_end(bytes, || Ok(reader.next_item(&mut tape)?.map(|item| item.to_item())));
    // What does not begin with the marker is text or compressed as a stream.
    if bytes.starts_with(&MARKER) {
        assert_eq!(streamed(bytes), whole);
    }
}

/// Stricter options refuse more, others take more, and none changes what both take.
fn other_options(
    items: Result<&[Item], &DecodeError>,
    read: impl Fn(DecodeOptions) -> Result<Vec<Item>, DecodeError>,
) {
    let default = DecodeOptions::default();
    for strict in [
        DecodeOptions { duplicates: Duplicates::Refuse, ..default },
        DecodeOptions { spare_bits: SpareBits::Refuse, ..default },
    ] {
        if let Ok(same) = read(strict) {
            assert_eq!(Ok(&*same), items, "{strict:?}");
        }
    }
    let read = read(DecodeOptions {
        surrogates: Surrogates::Replace,
        typed_nulls: TypedNulls::Null,
        ..default
    });
    if items.is_ok() {
        assert_eq!(read.as_deref(), items);
    } else if let Ok(items) = read {
        items_written(&items);
    }
}

/// What a reader gives, one after the other: an item, or why there is none and where.
type Read = Result<Item, (DecodeErrorKind, u64, String)>;

/// Behind an error within an item the next one is read; there is an end in any case.
fn to_the_end(
    bytes: &[u8],
    mut next: impl FnMut() -> Result<Option<Item>, DecodeError>,
) -> Vec<Read> {
    let mut all = Vec::new();
    // No item is shorter than a byte.
    for _ in 0..=bytes.len() {
        all.push(match next() {
            Ok(Some(item)) => {
                // Others were written together.
                if all.iter().any(Result::is_err) {
                    items_written(std::slice::from_ref(&item));
                }
                Ok(item)
            }
            Ok(None) => return all,
            Err(error) => {
                assert_placed(&error, bytes);
                Err((error.kind(), error.offset() as u64, error.path().to_owned()))
            }
        });
    }
    panic!("more items than bytes");
}

/// The same from a stream.
fn streamed(bytes: &[u8]) -> Vec<Read> {
    let reader = IonItemReader::new(bytes).map(|read| {
        read.map_err(|error| match &error {
            ReadError::Decode { error: why, .. } => {
                (why.kind(), error.offset(), error.path().to_owned())
            }
            _ => panic!("{error}"),
        })
    });
    reader.take(bytes.len() + 1).collect()
}

/// What is written in each of the two forms is read as the same.
fn items_written(items: &[Item]) {
    let (mut text, mut binary, mut writer) = (Vec::new(), Vec::new(), IonBinaryWriter::new());
    for item in items {
        item.write_ion_text(&mut text);
        writer.write(item, &mut binary);
        written_and_read(item);
        if let Ok(record) = IncrementalRecord::from_ion(item.clone()) {
            let line = record.to_dynamodb_json();
            assert_eq!(IncrementalRecord::from_dynamodb_json(line.as_bytes()), Ok(record));
        }
    }
    assert_eq!(text_items(&text).as_deref(), Ok(items));
    assert_eq!(binary_items(&binary).as_deref(), Ok(items));

    // From one to the other over the tape.
    let (mut tape, mut again, mut other) = (Tape::new(), Vec::new(), Vec::new());
    let (mut reader, mut writer) = (IonTextReader::new(&text), IonBinaryWriter::new());
    while let Some(item) = reader.next_item(&mut tape).expect("what was written") {
        item.write_ion_text(&mut again);
        writer.write_ref(item, &mut other);
    }
    assert_eq!(again, text);
    assert_eq!(binary_items(&other).as_deref(), Ok(items));
    let (mut reader, mut again) = (IonBinaryReader::new(&binary), Vec::new());
    while let Some(item) = reader.next_item(&mut tape).expect("what was written") {
        item.write_ion_text(&mut again);
    }
    assert_eq!(again, text);
}

fn text_items(bytes: &[u8]) -> Result<Vec<Item>, DecodeError> {
    text_items_with(bytes, DecodeOptions::default())
}

fn text_items_with(bytes: &[u8], options: DecodeOptions) -> Result<Vec<Item>, DecodeError> {
    let (mut reader, mut tape) = (IonTextReader::with_options(bytes, options), Tape::new());
    let mut items = Vec::new();
    while let Some(item) = reader.next_item(&mut tape)? {
        items.push(item.to_item());
    }
    Ok(items)
}

fn binary_items(bytes: &[u8]) -> Result<Vec<Item>, DecodeError> {
    binary_items_with(bytes, DecodeOptions::default())
}

fn binary_items_with(bytes: &[u8], options: DecodeOptions) -> Result<Vec<Item>, DecodeError> {
    let (mut reader, mut tape) = (IonBinaryReader::with_options(bytes, options), Tape::new());
    let mut items = Vec::new();
    while let Some(item) = reader.next_item(&mut tape)? {
        items.push(item.to_item());
    }
    Ok(items)
}

/// Where `ion_rs` takes the bytes as well, it finds the same values.
fn seen_by_ion_rs(bytes: &[u8], items: &[Item]) {
    if ion_rs_misreads(bytes) {
        return;
    }
    let elements = match Element::read_all(bytes) {
        Ok(elements) => elements,
        Err(error) => {
            return assert!(ion_rs_is_stricter(bytes, &error.to_string()), "ion_rs: {error}");
        }
    };
    let mut theirs = Vec::new();
    for element in &elements {
        match element.value() {
            Ion::List(list) => theirs.extend(list.elements().map(item_of)),
            _ => theirs.push(item_of(element)),
        }
    }
    let ours: Vec<_> = items.iter().map(|item| Some(neutral::of_item(item))).collect();
    assert_eq!(ours, theirs, "not what ion_rs says");
}

/// Whether there is a `$` with more digits than the number of a symbol has, which `ion_rs` 1.2 unwraps,
/// or a word that begins with `$` and digits, like `$9a`: of that it may make the symbol 9 and a word.
fn ion_rs_misreads(bytes: &[u8]) -> bool {
    let mut words = (0..bytes.len()).filter(|at| bytes[*at] == b'$').map(|at| &bytes[at + 1..]);
    words.any(|word| {
        let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let behind = word.get(digits).unwrap_or(&b' ');
        let goes_on = behind.is_ascii_alphabetic() || b"_$".contains(behind);
        digits >= 20 || digits > 0 && goes_on
    })
}

/// Whether there is something in it that `ion_rs` refuses although it is Ion, or that it refuses to
/// read and writes itself: spaces in blobs, symbols like `$9a` that look like the number of one,
/// control characters without an escape; comments right behind words; lengths after more zeros than it
/// has patience for; and symbol tables that say a thing twice.
fn ion_rs_is_stricter(bytes: &[u8], error: &str) -> bool {
    let looks = |pair: &[u8]| pair == b"{{" || pair[0] == b'$' && pair[1].is_ascii_digit();
    let is_comment = |part: &[u8]| {
        part[0].is_ascii_alphabetic() && (part.ends_with(b"//") || part.ends_with(b"/*"))
    };
    let known = ["symbol table", "unescaped control", "VarUInt that was too large"];
    bytes.windows(2).any(looks)
        || bytes.windows(3).any(is_comment)
        || known.iter().any(|known| error.contains(known))
}

/// The item of an element, `{Item:{...}}` or bare.
fn item_of(element: &Element) -> Option<Value> {
    let Ion::Struct(fields) = element.value() else { return None };
    let mut frame = fields.iter();
    match (frame.next(), frame.next()) {
        (Some((name, inner)), None)
            if name.text() == Some("Item") && inner.annotations().is_empty() =>
        {
            match inner.value() {
                Ion::Struct(inner) => attributes(inner),
                _ => attributes(fields),
            }
        }
        _ => attributes(fields),
    }
}

fn attributes(fields: &ion_rs::Struct) -> Option<Value> {
    let attributes =
        fields.iter().map(|(name, element)| Some((name.text()?.to_owned(), value_of(element)?)));
    Some(attributes.collect::<Option<Map<_, _>>>()?.into())
}

fn value_of(element: &Element) -> Option<Value> {
    let mut annotations = element.annotations().iter();
    let set = annotations.next();
    let Some(set) = set else {
        return Some(match element.value() {
            Ion::Null(_) => json!({ "NULL": true }),
            Ion::Bool(flag) => json!({ "BOOL": flag }),
            Ion::String(text) => json!({ "S": text.text() }),
            Ion::Blob(bytes) => json!({ "B": neutral::hex(bytes.as_ref()) }),
            Ion::List(list) => {
                json!({ "L": list.elements().map(value_of).collect::<Option<Vec<_>>>()? })
            }
            Ion::Struct(fields) => json!({ "M": attributes(fields)? }),
            _ => json!({ "N": number_of(element)? }),
        });
    };
    let Ion::List(list) = element.value() else { return None };
    let tag = set.text()?.strip_prefix("$dynamodb_")?;
    let members = list.elements().map(|member| match tag {
        "SS" => member.as_string().map(str::to_owned),
        "NS" => number_of(member),
        _ => member.as_blob().map(neutral::hex),
    });
    Some(json!({ tag: neutral::sorted(members.collect::<Option<Vec<_>>>()?) }))
}

fn number_of(element: &Element) -> Option<String> {
    match element.value() {
        Ion::Int(int) => Some(neutral::canonical(&int.to_string())),
        Ion::Decimal(decimal) => {
            let coefficient = decimal.coefficient();
            let sign = if coefficient.is_negative() { "-" } else { "" };
            let digits = coefficient.magnitude();
            Some(neutral::canonical(&format!("{sign}{digits}e{}", decimal.exponent())))
        }
        _ => None,
    }
}

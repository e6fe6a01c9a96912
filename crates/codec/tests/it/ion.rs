//! Amazon Ion, text and binary, against itself, against DynamoDB JSON and against `ion_rs`.

use ddbkit_codec::ion::{IonBinaryReader, IonBinaryWriter, IonTextReader};
use ddbkit_codec::strategies::item;
use ddbkit_codec::{
    AttributeValue, DecodeError, DecodeErrorKind as Kind, DecodeOptions, Duplicates, Item,
    SpareBits, Tape, TypedNulls,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// The items of Ion text.
fn text_items(text: impl AsRef<[u8]>) -> Result<Vec<Item>, DecodeError> {
    text_items_with(text, DecodeOptions::default())
}

fn text_items_with(
    text: impl AsRef<[u8]>,
    options: DecodeOptions,
) -> Result<Vec<Item>, DecodeError> {
    let mut reader = IonTextReader::with_options(text.as_ref(), options);
    let (mut tape, mut items) = (Tape::new(), Vec::new());
    while let Some(item) = reader.next_item(&mut tape)? {
        items.push(item.to_item());
    }
    Ok(items)
}

/// The items of Ion binary.
fn binary_items(bytes: &[u8]) -> Result<Vec<Item>, DecodeError> {
    let mut reader = IonBinaryReader::new(bytes);
    let (mut tape, mut items) = (Tape::new(), Vec::new());
    while let Some(item) = reader.next_item(&mut tape)? {
        items.push(item.to_item());
    }
    Ok(items)
}

fn ion_text(items: &[Item]) -> Vec<u8> {
    let mut out = Vec::new();
    for item in items {
        item.write_ion_text(&mut out);
    }
    out
}

fn ion_binary(items: &[Item]) -> Vec<u8> {
    let (mut writer, mut out) = (IonBinaryWriter::new(), Vec::new());
    for item in items {
        writer.write(item, &mut out);
    }
    out
}

proptest! {
    #[test]
    fn every_format_says_the_same(items in vec(item(), 0..4)) {
        let (text, binary) = (ion_text(&items), ion_binary(&items));
        prop_assert_eq!(&text_items(&text).unwrap(), &items);
        prop_assert_eq!(&binary_items(&binary).unwrap(), &items);

        // From one to the other over the tape, without values in between.
        let mut tape = Tape::new();
        let (mut again, mut writer, mut bytes) = (Vec::new(), IonBinaryWriter::new(), Vec::new());
        let mut reader = IonTextReader::new(&text);
        let mut n = 0;
        while let Some(read) = reader.next_item(&mut tape).unwrap() {
            read.write_ion_text(&mut again);
            writer.write_ref(read, &mut bytes);
            let json = read.to_dynamodb_json();
            prop_assert_eq!(&Item::from_dynamodb_json(json.as_bytes()).unwrap(), &items[n]);
            prop_assert_eq!(read.size(), items[n].size());
            n += 1;
        }
        prop_assert_eq!(&again, &text);
        prop_assert_eq!(&binary_items(&bytes).unwrap(), &items);
        let mut reader = IonBinaryReader::new(&binary);
        let mut again = Vec::new();
        while let Some(read) = reader.next_item(&mut tape).unwrap() {
            read.write_ion_text(&mut again);
        }
        prop_assert_eq!(&again, &text);
        for item in &items {
            let mut line = Vec::new();
            let json = item.to_dynamodb_json();
            tape.read_dynamodb_json(json.as_bytes()).unwrap().write_ion_text(&mut line);
            prop_assert_eq!(text_items(&line).unwrap(), vec![item.clone()]);
        }
    }

    /// Whatever is changed, nothing panics, and the fast reader takes nothing that the careful one
    /// would refuse: a comment in front sends the same text to the careful one.
    #[test]
    fn changed_text_is_read_alike(item in item(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut text = ion_text(&[item]);
        let at = at.index(text.len());
        text[at] = byte;
        let careful = [b"/**/", &text[..]].concat();
        let (fast, careful) = (text_items(&text), text_items(&careful));
        match (fast, careful) {
            (Ok(fast), Ok(careful)) => prop_assert_eq!(fast, careful),
            (Err(fast), Err(careful)) => {
                prop_assert_eq!(fast.kind(), careful.kind());
                prop_assert_eq!(fast.path(), careful.path());
                prop_assert!(fast.offset() <= text.len());
            }
            (fast, careful) => prop_assert!(false, "{fast:?} {careful:?}"),
        }
    }

    #[test]
    fn changed_binary_does_not_panic(items in vec(item(), 1..3), at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = ion_binary(&items);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(items) = binary_items(&bytes) {
            prop_assert_eq!(binary_items(&ion_binary(&items)).unwrap(), items);
        }
        for end in 0..bytes.len().min(200) {
            let _ = binary_items(&bytes[..end]);
        }
    }
}

/// The example of the Developer Guide, in the layout of exports.
#[test]
fn the_example_of_the_guide() {
    let text = r#"$ion_1_0 {Item:{Authors:$dynamodb_SS::["Author1","Author2"],Dimensions:"8.5 x 11.0 x 1.5",ISBN:"333-3333333333",Id:103.,InPublication:false,PageCount:6d2,Price:2d3,ProductCategory:"Book",Title:"Book 103 Title"}}"#;
    let items = text_items(format!(" {text}\n")).unwrap();
    let json = r#"{"Authors":{"SS":["Author1","Author2"]},"Dimensions":{"S":"8.5 x 11.0 x 1.5"},"ISBN":{"S":"333-3333333333"},"Id":{"N":"103"},"InPublication":{"BOOL":false},"PageCount":{"N":"600"},"Price":{"N":"2000"},"ProductCategory":{"S":"Book"},"Title":{"S":"Book 103 Title"}}"#;
    assert_eq!(items[0].to_dynamodb_json(), json);
    assert_eq!(ion_text(&items), format!("{text}\n").into_bytes());
}

#[test]
fn all_that_text_may_have_is_read() {
    let one = |text: &str| {
        let items = text_items(text).unwrap_or_else(|error| panic!("{text}: {error:#}"));
        assert_eq!(items.len(), 1, "{text}");
        items[0].to_dynamodb_json()
    };
    for (text, json) in [
        ("{Item:{a:1}}", r#"{"a":{"N":"1"}}"#),
        ("{a:1}", r#"{"a":{"N":"1"}}"#),
        ("$ion_1_0 $ion_1_0\n$ion_1_0 {Item:{a:-1_000.5}}", r#"{"a":{"N":"-1000.5"}}"#),
        ("{Item:{a:0x1F,b:0b101,c:-0.,d:0d5,e:25d-1,f:1d-130}}", ""),
        (r#"{Item:{"a b":"x",'c\'d':"y"}}"#, r#"{"a b":{"S":"x"},"c'd":{"S":"y"}}"#),
        (
            r#"{ Item : { /* c */ a : "x" , // d
            } }"#,
            r#"{"a":{"S":"x"}}"#,
        ),
        ("{Item:{a:'''x'''\n '''y\\\nz'''}}", r#"{"a":{"S":"xyz"}}"#),
        (r#"{Item:{a:"\x41\u00e9\U0001f600\0\a"}}"#, "{\"a\":{\"S\":\"Aé😀\\u0000\\u0007\"}}"),
        ("{Item:{a:{{ Y Q = = }},b:{{YR==}}}}", r#"{"a":{"B":"YQ=="},"b":{"B":"YQ=="}}"#),
        ("{Item:{a:null,b:null.null}}", r#"{"a":{"NULL":true},"b":{"NULL":true}}"#),
        (
            "{Item:{a:[],b:{},c:[1.,[2.]]}}",
            r#"{"a":{"L":[]},"b":{"M":{}},"c":{"L":[{"N":"1"},{"L":[{"N":"2"}]}]}}"#,
        ),
        ("{Item:{a:1.,a:2.}}", r#"{"a":{"N":"2"}}"#),
        ("{Item:{a:'$dynamodb_NS'::[1.,2d0,3d1]}}", r#"{"a":{"NS":["1","2","30"]}}"#),
        ("$ion_symbol_table::{symbols:[\"pk\"]} {Item:{$10:\"x\"}}", r#"{"pk":{"S":"x"}}"#),
        (
            "{Item:{a:12345678901234567890123456789012345678.}}",
            r#"{"a":{"N":"12345678901234567890123456789012345678"}}"#,
        ),
    ] {
        match json {
            "" => assert!(text_items(text).is_ok(), "{text}"),
            json => assert_eq!(one(text), json, "{text}"),
        }
    }
    let list = "$ion_1_0 [ {Item:{a:1.}}, {Item:{a:2.}} ,{Item:{a:3.}}]\n{Item:{a:4.}}";
    assert_eq!(text_items(list).unwrap().len(), 4);
    assert_eq!(text_items("$ion_1_0\n").unwrap().len(), 0);
    assert_eq!(text_items("").unwrap().len(), 0);
}

#[test]
fn what_items_cannot_hold_is_refused_with_its_place() {
    for (text, kind, offset, path) in [
        ("{Item:{$99:1.}}", Kind::UnknownSymbol, 7, "$.Item"),
        ("{Item:{a:$99}}", Kind::UnknownSymbol, 9, "$.Item.a"),
        ("{Item:{a:color::1.}}", Kind::UnknownAnnotation, 9, "$.a"),
        ("{Item:{a:$dynamodb_XS::[]}}", Kind::UnknownAnnotation, 9, "$.a"),
        ("{Item:{a:x::$dynamodb_SS::[\"b\"]}}", Kind::UnknownAnnotation, 9, "$.a"),
        ("{Item:{a:null.string}}", Kind::TypedNull, 9, "$.a"),
        ("{Item:{a:1e0}}", Kind::ForeignType, 9, "$.a"),
        ("{Item:{a:nan}}", Kind::ForeignType, 9, "$.a"),
        ("{Item:{a:2024-01-01T}}", Kind::ForeignType, 9, "$.a"),
        ("{Item:{a:sym}}", Kind::ForeignType, 9, "$.a"),
        ("{Item:{a:(1 2)}}", Kind::ForeignType, 9, "$.Item.a"),
        ("{Item:{a:{{\"clob\"}}}}", Kind::ForeignType, 11, "$.Item.a"),
        ("{Item:{a:{{YQ}}}}", Kind::InvalidBase64, 11, "$.Item.a"),
        ("{Item:{a:{{Y\"=}}}}", Kind::InvalidBase64, 11, "$.Item.a"),
        ("{Item:{a:$dynamodb_SS::[]}}", Kind::EmptySet, 9, "$.a"),
        ("{Item:{a:$dynamodb_SS::[\"x\",\"x\"]}}", Kind::DuplicateInSet, 9, "$.a"),
        ("{Item:{a:$dynamodb_NS::[1.,10d-1]}}", Kind::DuplicateInSet, 9, "$.a"),
        ("{Item:{a:$dynamodb_SS::[\"x\",1.]}}", Kind::WrongForm, 28, "$.a.SS[1]"),
        ("{Item:{a:[1.,1d126]}}", Kind::NumberRange, 13, "$.a[1]"),
        ("{Item:{a:123456789012345678901234567890123456789.}}", Kind::NumberPrecision, 9, "$.a"),
        ("{Item:{a:007}}", Kind::InvalidNumber, 9, "$.Item.a"),
        ("{Item:{a:1__0}}", Kind::InvalidNumber, 9, "$.Item.a"),
        ("{Item:{'':1.}}", Kind::EmptyName, 10, "$"),
        ("{Item:{a:\"x}}", Kind::UnexpectedEnd, 13, "$.Item.a"),
        ("{Item:{a:1.}", Kind::UnexpectedEnd, 12, "$"),
        ("{Item:{a 1.}}", Kind::Syntax, 9, "$.Item"),
        ("{Item:{null:1.}}", Kind::Syntax, 11, "$.Item"),
        ("\"x\"", Kind::NoItem, 0, "$"),
        ("{Item:{a:\"\\ud800\"}}", Kind::Encoding, 10, "$.Item.a"),
    ] {
        let error = text_items(text).unwrap_err();
        assert_eq!((error.kind(), error.offset(), error.path()), (kind, offset, path), "{text}");
    }
    let error = text_items(b"{Item:{a:\"\xff\"}}").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (Kind::Encoding, 10));
    // Behind a good line the place is counted from the start of the text.
    let error = text_items("$ion_1_0 {Item:{a:1.}}\n$ion_1_0 {Item:{a:x}}\n").unwrap_err();
    assert_eq!((error.kind(), error.offset(), error.path()), (Kind::ForeignType, 41, "$.a"));
}

#[test]
fn names_that_look_like_something_else_are_quoted() {
    for name in ["$0A", "$1", "$", "null", "nan", "true", "1a", "a b", "é", "it's", "$dynamodb_SS"]
    {
        let item: Item = [(name, "x")].into_iter().collect();
        let text = String::from_utf8(ion_text(std::slice::from_ref(&item))).unwrap();
        let is_bare = text.contains(&format!("{{{name}:"));
        assert_eq!(is_bare, name == "$dynamodb_SS", "{text}");
        assert_eq!(text_items(&text).unwrap(), [item]);
    }
}

#[test]
fn policies_decide() {
    let nulls = DecodeOptions { typed_nulls: TypedNulls::Null, ..DecodeOptions::default() };
    let items = text_items_with("{Item:{a:null.string}}", nulls).unwrap();
    assert_eq!(items[0].get("a"), Some(&AttributeValue::Null));
    let strict = DecodeOptions {
        duplicates: Duplicates::Refuse,
        spare_bits: SpareBits::Refuse,
        ..DecodeOptions::default()
    };
    let kind = |text| text_items_with(text, strict).unwrap_err().kind();
    assert_eq!(kind("{Item:{a:1.,a:2.}}"), Kind::DuplicateName);
    assert_eq!(kind("{Item:{a:{{YR==}}}}"), Kind::InvalidBase64);
}

#[test]
fn depth_is_bounded() {
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!("{{Item:{{a:{open}\"x\"{close}}}}}")
    };
    let item = &text_items(nested(32)).unwrap()[0];
    assert_eq!(&binary_items(&ion_binary(std::slice::from_ref(item))).unwrap()[0], item);
    assert_eq!(text_items(nested(33)).unwrap_err().kind(), Kind::TooDeep);
    for open in ["[", "{a:", "(", "a::", "$dynamodb_SS::["] {
        text_items(format!("{{Item:{{a:{}", open.repeat(100_000))).unwrap_err();
    }
    // Structs of fourteen bytes and more, each in the one before.
    let deep = [0xde, 0x86, 0x84].repeat(100_000);
    binary_items(&[&[0xe0, 1, 0, 0xea], &deep[..]].concat()).unwrap_err();
    let lists: Vec<u8> = (0..100_000_u32).flat_map(|_| [0xbe, 0x01, 0xff]).collect();
    binary_items(&lists).unwrap_err();
}

#[test]
fn binary_refuses_what_it_does_not_know() {
    let stream = |bytes: &[u8]| [&[0xe0, 1, 0, 0xea], bytes].concat();
    let kind = |bytes: &[u8]| binary_items(&stream(bytes)).unwrap_err().kind();
    // {$99: true}
    assert_eq!(kind(&[0xd2, 0xe3, 0x11]), Kind::UnknownSymbol);
    // {name: 1e0}, {name: null.string}
    assert_eq!(kind(&[0xda, 0x84, 0x48, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]), Kind::ForeignType);
    assert_eq!(kind(&[0xd2, 0x84, 0x8f]), Kind::TypedNull);
    // A string that is no UTF-8, a value that is cut, a length that is none.
    assert_eq!(kind(&[0xd3, 0x84, 0x81, 0xff]), Kind::Encoding);
    assert_eq!(kind(&[0xd4, 0x84, 0x82, b'a']), Kind::UnexpectedEnd);
    assert_eq!(kind(&[0xde, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f]), Kind::UnexpectedEnd);
    // {name: 1} with an integer, padding and a sorted struct is fine.
    let odd = stream(&[0x02, 0xff, 0xff, 0xd1, 0x83, 0x84, 0x21, 0x01]);
    assert_eq!(binary_items(&odd).unwrap()[0].to_dynamodb_json(), r#"{"name":{"N":"1"}}"#);
}

/// Text that `ion_rs` reads as the same as ours, and ours of what it writes.
mod oracle {
    use super::{binary_items, ion_binary, ion_text, item, text_items};
    use ion_rs::{Element, v1_0};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ion_rs_reads_what_we_write(item in item()) {
            let items = [item];
            let text = Element::read_all(ion_text(&items)).unwrap();
            let binary = Element::read_all(ion_binary(&items)).unwrap();
            prop_assert_eq!(text.len(), 1);
            prop_assert_eq!(&text, &binary);
        }

        #[test]
        fn we_read_what_ion_rs_writes(item in item()) {
            let items = [item];
            let elements = Element::read_all(ion_text(&items)).unwrap();
            let binary = elements.encode_as(v1_0::Binary).unwrap();
            prop_assert_eq!(&binary_items(&binary).unwrap()[..], &items);
            let pretty = elements.encode_as(v1_0::Text).unwrap();
            prop_assert_eq!(&text_items(&pretty).unwrap()[..], &items);
        }
    }
}

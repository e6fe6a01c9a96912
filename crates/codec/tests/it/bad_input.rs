//! What must be refused, each with its kind, its byte and its path; by the owned reader, by the
//! tape, and where that can see it by the walk that only looks for the end.

use ddbkit_codec::ion::{IonBinaryReader, IonBinaryWriter, IonTextReader};
use ddbkit_codec::lines::{LineBatch, LineErrorKind, LineReader};
use ddbkit_codec::{DecodeError, DecodeErrorKind as Kind, Item, RawItem, Tape};
use std::io::{self, Read};

/// What all readers say of it.
#[track_caller]
fn refused(json: impl AsRef<[u8]>) -> DecodeError {
    let json = json.as_ref();
    let error = Item::from_dynamodb_json(json).unwrap_err();
    assert_eq!(Tape::new().read_dynamodb_json(json).unwrap_err(), error);
    let frame: &[u8] = b"{\"Item\":";
    let framed = [frame, json, b"}"].concat();
    let in_line = Tape::new().read_line(&framed).unwrap_err();
    // In a frame some things are seen by the brackets already, at the same place or later.
    assert!(in_line.offset() >= error.offset().min(frame.len()), "{in_line}");
    error
}

#[track_caller]
fn assert_refused(json: impl AsRef<[u8]>, kind: Kind, offset: usize, path: &str) {
    let error = refused(json);
    assert_eq!((error.kind(), error.offset(), error.path()), (kind, offset, path), "{error:#}");
}

#[test]
fn truncated_at_every_byte() {
    let json =
        r#"{"a":{"M":{"b":{"L":[{"S":"x\n"},{"N":"-1.5e3"},{"NS":["1","2"]}]}}},"c":{"B":"AAE="}}"#;
    Item::from_dynamodb_json(json.as_bytes()).unwrap();
    for end in 0..json.len() {
        let cut = &json.as_bytes()[..end];
        let error = refused(cut);
        assert_eq!(error.kind(), Kind::UnexpectedEnd, "{}: {error}", String::from_utf8_lossy(cut));
        assert_eq!(error.offset(), end);
        assert!(RawItem::from_line(cut).is_err());
    }
}

#[test]
fn invalid_utf8() {
    assert_refused(b"{\"a\":{\"S\":\"x\xff\"}}", Kind::Encoding, 12, "$.a");
    assert_refused(b"{\"a\":{\"S\":\"\xed\xa0\x80\"}}", Kind::Encoding, 11, "$.a");
    assert_refused(b"{\"\xc3\":{\"S\":\"x\"}}", Kind::Encoding, 2, "$");
}

#[test]
fn lone_surrogates() {
    for half in [r"\ud800", r"\udc00", r"\ud800\ud800", r"\ud800x", r"\ud83d\u0041"] {
        assert_refused(format!(r#"{{"a":{{"S":"{half}"}}}}"#), Kind::Encoding, 11, "$.a");
    }
}

#[test]
fn duplicate_attribute_names_are_refused_on_request() {
    use ddbkit_codec::{DecodeOptions, Duplicates};
    let options = DecodeOptions { duplicates: Duplicates::Refuse, ..DecodeOptions::default() };
    let json = br#"{"m":{"M":{"a":{"S":"1"},"b":{"S":"2"},"\u0061":{"S":"3"}}}}"#;
    assert_eq!(Item::from_dynamodb_json(json).unwrap().len(), 1);
    let error = Item::from_dynamodb_json_with(json, &options).unwrap_err();
    assert_eq!((error.kind(), error.path()), (Kind::DuplicateName, "$.m.a"));
}

#[test]
fn unknown_types() {
    for tag in ["", "s", "X", "BOOl", "NUL", "SSS", "Item"] {
        let json = format!(r#"{{"a":{{"{tag}":"x"}}}}"#);
        assert_refused(json, Kind::UnknownType, 6, "$.a");
    }
    assert_refused(r#"{"a":{}}"#, Kind::UnknownType, 5, "$.a");
}

#[test]
fn two_types_in_one_value() {
    assert_refused(r#"{"a":{"S":"x","N":"1"}}"#, Kind::SeveralTypes, 14, "$.a");
    assert_refused(r#"{"a":{"S":"x","S":"x"}}"#, Kind::SeveralTypes, 14, "$.a");
    // Where the last counts, as in DynamoDB Local, there is no value.
    assert_refused(r#"{"a":{"S":"x","S":null}}"#, Kind::SeveralTypes, 14, "$.a");
    Item::from_dynamodb_json(br#"{"a":{"S":null,"S":"x"}}"#).unwrap();
}

#[test]
fn numbers_that_are_none() {
    for text in ["", " 5", "5 ", "NaN", "Infinity", "0x10", "1_000", "1,5", "--1", "1e", "\u{ff11}"]
    {
        let json = format!(r#"{{"a":{{"L":[{{"N":"{text}"}}]}}}}"#);
        assert_refused(json, Kind::InvalidNumber, 16, "$.a[0]");
    }
    assert_refused(r#"{"a":{"N":1}}"#, Kind::WrongForm, 10, "$.a");
}

#[test]
fn numbers_of_39_digits() {
    let json = format!(r#"{{"a":{{"N":"{}"}}}}"#, "1".repeat(39));
    assert_refused(json, Kind::NumberPrecision, 10, "$.a");
    let json = format!(r#"{{"a":{{"NS":["1","{}"]}}}}"#, "1".repeat(39));
    assert_refused(json, Kind::NumberPrecision, 16, "$.a.NS[1]");
    // Zeros at the ends are no digits.
    let json = format!(r#"{{"a":{{"N":"00{}00"}}}}"#, "1".repeat(38));
    Item::from_dynamodb_json(json.as_bytes()).unwrap();
}

#[test]
fn numbers_out_of_range() {
    for text in ["1E126", "-1E126", "1E-131", "1E2147483647"] {
        let json = format!(r#"{{"a":{{"N":"{text}"}}}}"#);
        assert_refused(json, Kind::NumberRange, 10, "$.a");
    }
    assert_refused(r#"{"a":{"N":"1E2147483648"}}"#, Kind::InvalidNumber, 10, "$.a");
}

#[test]
fn base64_with_wrong_padding() {
    for text in ["YQ", "YQ=", "YWI", "YWJj=", "Y===", "====", "YQ==YQ==", "YWJ-", "Y Q=", "YQ==\\n"]
    {
        let json = format!(r#"{{"a":{{"B":"{text}"}}}}"#);
        assert_refused(json, Kind::InvalidBase64, 10, "$.a");
        let json = format!(r#"{{"a":{{"BS":["{text}"]}}}}"#);
        assert_refused(json, Kind::InvalidBase64, 12, "$.a.BS[0]");
    }
}

#[test]
fn sets_that_are_none() {
    for tag in ["SS", "NS", "BS"] {
        assert_refused(format!(r#"{{"a":{{"{tag}":[]}}}}"#), Kind::EmptySet, 11, "$.a");
        let json = format!(r#"{{"a":{{"{tag}":[null]}}}}"#);
        assert_refused(json, Kind::WrongForm, 12, &format!("$.a.{tag}[0]"));
    }
    for twice in [
        r#""SS":["a","\u0061"]"#,
        r#""NS":["1","1.0"]"#,
        r#""NS":["100","1E2"]"#,
        r#""BS":["YQ==","YR=="]"#,
    ] {
        assert_refused(format!(r#"{{"a":{{{twice}}}}}"#), Kind::DuplicateInSet, 11, "$.a");
    }
}

#[test]
fn thirty_three_levels() {
    for (open, close) in [(r#"{"L":["#, "]}"), (r#"{"M":{"x":"#, "}}")] {
        let nested = |levels: usize| {
            let (open, close) = (open.repeat(levels - 1), close.repeat(levels - 1));
            format!(r#"{{"a":{open}{{"S":"x"}}{close}}}"#)
        };
        Item::from_dynamodb_json(nested(32).as_bytes()).unwrap();
        assert_eq!(refused(nested(33)).kind(), Kind::TooDeep);
    }
}

#[test]
fn a_hundred_thousand_levels_do_not_overflow_the_stack() {
    for open in [r#"{"L":["#, r#"{"M":{"x":"#, "[", "{\"a\":"] {
        let json = format!("{{\"a\":{}", open.repeat(100_000));
        Item::from_dynamodb_json(json.as_bytes()).unwrap_err();
        Tape::new().read_dynamodb_json(json.as_bytes()).unwrap_err();
        RawItem::from_line(json.as_bytes()).unwrap_err();
    }
}

#[test]
fn a_line_of_a_gigabyte_is_not_held() {
    /// Counts what was read of it.
    struct Endless(u64);
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let left = usize::try_from((1 << 30) - self.0).unwrap().min(buffer.len());
            buffer[..left].fill(b'x');
            self.0 += left as u64;
            Ok(left)
        }
    }
    let mut endless = Endless(0);
    let mut batch = LineBatch::default();
    let error = LineReader::new(&mut endless).next_batch(&mut batch).unwrap_err();
    assert_eq!(error.kind(), LineErrorKind::LineTooLong);
    assert!(endless.0 < 20 << 20, "{} bytes were read", endless.0);
    assert!(batch.bytes.capacity() < 40 << 20, "{} bytes are held", batch.bytes.capacity());
}

/// What Ion text is refused with.
#[track_caller]
fn assert_ion_refused(text: impl AsRef<[u8]>, kind: Kind, offset: usize, path: &str) {
    let (mut reader, mut tape) = (IonTextReader::new(text.as_ref()), Tape::new());
    let error = reader.next_item(&mut tape).unwrap_err();
    assert_eq!((error.kind(), error.offset(), error.path()), (kind, offset, path), "{error:#}");
    assert!(reader.next_item(&mut tape).unwrap().is_none(), "nothing comes behind an error");
}

/// What a value in Ion binary is refused with; the first byte of the value is byte 4.
#[track_caller]
fn assert_binary_refused(value: &[u8], kind: Kind, offset: usize, path: &str) {
    let bytes = [&[0xe0, 1, 0, 0xea], value].concat();
    let (mut reader, mut tape) = (IonBinaryReader::new(&bytes), Tape::new());
    let error = reader.next_item(&mut tape).unwrap_err();
    assert_eq!((error.kind(), error.offset(), error.path()), (kind, offset, path), "{error:#}");
}

#[test]
fn ion_symbol_99() {
    assert_ion_refused("$ion_1_0 {Item:{$99:1.}}", Kind::UnknownSymbol, 16, "$.Item");
    assert_ion_refused("$ion_1_0 {Item:{a:$99}}", Kind::UnknownSymbol, 18, "$.Item.a");
    assert_ion_refused("{Item:{a:$99::1.}}", Kind::UnknownSymbol, 9, "$.Item.a");
    // {$99: true}, {name: $99}, {name: $99::true}
    assert_binary_refused(&[0xd2, 0xe3, 0x11], Kind::UnknownSymbol, 5, "$");
    assert_binary_refused(&[0xd3, 0x84, 0x71, 0x63], Kind::UnknownSymbol, 6, "$.name");
    assert_binary_refused(&[0xd5, 0x84, 0xe3, 0x81, 0xe3, 0x11], Kind::UnknownSymbol, 6, "$.name");
}

#[test]
fn ion_symbol_table_with_what_items_cannot_hold() {
    assert_ion_refused("$ion_symbol_table::{x:{y:2.z}}", Kind::InvalidNumber, 25, "$");
    assert_ion_refused(
        "$ion_symbol_table::{symbols:[\"a\"],x:{y:[1e0]}}",
        Kind::ForeignType,
        40,
        "$",
    );
    // $ion_symbol_table::{symbols: a float of nine bytes, which there is not}
    let table = [0xee, 0x8e, 0x81, 0x83, 0xdb, 0x87, 0x49, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    assert_binary_refused(&table, Kind::ForeignType, 10, "$");
}

#[test]
fn ion_numbers_of_symbols_mean_nothing_behind_a_table_with_a_mistake() {
    let table =
        |symbol: &str| format!("$ion_symbol_table::{{symbols:[{symbol}]}} {{Item:{{$10:1.}}}}\n");
    let text = table("\"a\"") + &table("1e0") + "$ion_1_0 {Item:{a:2.}}";
    let (mut reader, mut tape) = (IonTextReader::new(text.as_bytes()), Tape::new());
    assert!(reader.next_item(&mut tape).unwrap().unwrap().get("a").is_some());
    assert_eq!(reader.next_item(&mut tape).unwrap_err().kind(), Kind::ForeignType);
    assert_eq!(reader.next_item(&mut tape).unwrap_err().kind(), Kind::UnknownSymbol);
    assert!(reader.next_item(&mut tape).unwrap().unwrap().get("a").is_some());
}

#[test]
fn ion_keywords_are_no_annotations() {
    assert_ion_refused("$ion_symbol_table::true::{}", Kind::Syntax, 19, "$");
    assert_ion_refused("{Item:{a:nan::1.}}", Kind::Syntax, 9, "$.Item.a");
    assert_ion_refused("{Item:{a:'nan'::1.}}", Kind::UnknownAnnotation, 9, "$.a");
}

#[test]
fn ion_unknown_annotations() {
    for annotation in ["color", "$dynamodb_XS", "'$dynamodb_ss'", "$dynamodb_SS::x"] {
        let text = format!("{{Item:{{a:[1.,{annotation}::[\"x\"]]}}}}");
        assert_ion_refused(text, Kind::UnknownAnnotation, 13, "$.a[1]");
    }
    // A set is a list, and an item has no annotation.
    assert_ion_refused("{Item:{a:$dynamodb_SS::\"x\"}}", Kind::UnknownAnnotation, 9, "$.a");
    assert_ion_refused("x::{Item:{a:1.}}", Kind::UnknownAnnotation, 0, "$");
    // {name: name::true}
    assert_binary_refused(
        &[0xd5, 0x84, 0xe3, 0x81, 0x84, 0x11],
        Kind::UnknownAnnotation,
        6,
        "$.name",
    );
}

#[test]
fn ion_truncated_at_every_byte() {
    let text = r#"{Item:{a:{b:["x\n",-1.5d3,$dynamodb_NS::[1.,2.]]},c:{{AAE=}}}}"#;
    let (mut tape, mut item) = (Tape::new(), None);
    for end in (1..=text.len()).rev() {
        let (bytes, mut reader) =
            (&text.as_bytes()[..end], IonTextReader::new(&text.as_bytes()[..end]));
        match reader.next_item(&mut tape) {
            Ok(read) => {
                assert_eq!(end, text.len());
                item = read.map(|item| item.to_item());
            }
            Err(error) => {
                // A token that is cut may be wrong in itself.
                let is_in_token = bytes.ends_with(b"-") || bytes.ends_with(b"NS:");
                let kinds = [Kind::UnexpectedEnd, Kind::InvalidNumber, Kind::Syntax];
                let kinds = if is_in_token { &kinds[1..] } else { &kinds[..1] };
                assert!(kinds.contains(&error.kind()), "{end}: {error}");
                assert_eq!(error.offset() + usize::from(is_in_token), end, "{error}");
            }
        }
    }
    let (mut writer, mut binary) = (IonBinaryWriter::new(), Vec::new());
    writer.write(&item.unwrap(), &mut binary);
    // Behind the version and behind the symbol table the stream may end.
    let ends = [4, 4 + 3 + usize::from(binary[5] & 0x7f) - 1];
    for end in 5..binary.len() {
        let mut reader = IonBinaryReader::new(&binary[..end]);
        match reader.next_item(&mut tape) {
            Ok(item) => assert!(item.is_none() && ends.contains(&end), "{end}"),
            Err(error) => assert_eq!(error.kind(), Kind::UnexpectedEnd, "{end}: {error}"),
        }
    }
}

#[test]
fn ion_invalid_utf8() {
    assert_ion_refused(b"{Item:{a:\"x\xff\"}}", Kind::Encoding, 11, "$");
    // {name: "\xff"}
    assert_binary_refused(&[0xd3, 0x84, 0x81, 0xff], Kind::Encoding, 7, "$.name");
}

#[test]
fn ion_numbers() {
    for (number, kind) in [
        ("1".repeat(39) + ".", Kind::NumberPrecision),
        ("1d126".to_owned(), Kind::NumberRange),
        ("1d-131".to_owned(), Kind::NumberRange),
    ] {
        assert_ion_refused(format!("{{Item:{{a:[{number}]}}}}"), kind, 10, "$.a[0]");
    }
    // Ion names the characters that may be right behind a number, and no comment begins with one.
    for number in ["1//", "1./**/", "1d2/**/"] {
        let text = format!("{{Item:{{a:[{number}\n]}}}}");
        assert_ion_refused(text, Kind::InvalidNumber, 10, "$.Item.a");
    }
    for number in ["nan", "+inf", "1e0"] {
        let text = format!("{{Item:{{a:[{number}]}}}}");
        assert_ion_refused(text, Kind::ForeignType, 10, "$.a[0]");
    }
}

#[test]
fn ion_base64_with_wrong_padding() {
    for blob in ["YQ", "YQ=", "YWI", "Y===", "YWJ-"] {
        let text = format!("{{Item:{{a:{{{{{blob}}}}}}}}}");
        assert_ion_refused(text, Kind::InvalidBase64, 11, "$.Item.a");
    }
}

#[test]
fn ion_of_33_and_of_100_000_levels() {
    for (open, close) in [("[", "]"), ("{a:", "}")] {
        let nested = |levels: usize| {
            format!("{{Item:{{a:{}1.{}}}}}", open.repeat(levels - 1), close.repeat(levels - 1))
        };
        let mut tape = Tape::new();
        IonTextReader::new(nested(32).as_bytes()).next_item(&mut tape).unwrap().unwrap();
        for levels in [33, 100_000] {
            let text = nested(levels);
            let error = IonTextReader::new(text.as_bytes()).next_item(&mut tape).unwrap_err();
            assert_eq!(error.kind(), Kind::TooDeep);
        }
    }
}

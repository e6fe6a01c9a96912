//! Errors say what is wrong and where.

use ddbkit_codec::{DecodeErrorKind as Kind, Item};

#[test]
fn each_kind_has_its_place() {
    for (json, kind, offset, path) in [
        ("", Kind::UnexpectedEnd, 0, "$"),
        ("[]", Kind::Syntax, 0, "$"),
        ("{", Kind::UnexpectedEnd, 1, "$"),
        (r#"{"a":{"S":"x"}"#, Kind::UnexpectedEnd, 14, "$"),
        (r#"{"a":{"S":"x"}}}"#, Kind::TrailingData, 15, "$"),
        (r#"{"a":{"S":"x"},}"#, Kind::Syntax, 15, "$"),
        (r#"{"a":{"S":"x"#, Kind::UnexpectedEnd, 12, "$.a"),
        (r#"{"a":{"S":1}}"#, Kind::WrongForm, 10, "$.a"),
        (r#"{"a":"x"}"#, Kind::WrongForm, 5, "$.a"),
        (r#"{"a":{}}"#, Kind::UnknownType, 5, "$.a"),
        (r#"{"a":{"s":"x"}}"#, Kind::UnknownType, 6, "$.a"),
        (r#"{"a":{"S":null}}"#, Kind::UnknownType, 5, "$.a"),
        (r#"{"a":{"Q":null,"S":"x"}}"#, Kind::UnknownType, 6, "$.a"),
        (r#"{"a":{"\x":null,"S":"x"}}"#, Kind::UnknownType, 6, "$.a"),
        (r#"{"a":{"S":"x","N":"1"}}"#, Kind::SeveralTypes, 14, "$.a"),
        (r#"{"a":{"N":"1x"}}"#, Kind::InvalidNumber, 10, "$.a"),
        (r#"{"a":{"N":1}}"#, Kind::WrongForm, 10, "$.a"),
        (r#"{"a":{"N":"1e126"}}"#, Kind::NumberRange, 10, "$.a"),
        (
            r#"{"a":{"NS":["1","111111111111111111111111111111111111111"]}}"#,
            Kind::NumberPrecision,
            16,
            "$.a.NS[1]",
        ),
        (r#"{"a":{"B":"YQ"}}"#, Kind::InvalidBase64, 10, "$.a"),
        (r#"{"a":{"B":"YWJ-"}}"#, Kind::InvalidBase64, 10, "$.a"),
        (r#"{"a":{"SS":[]}}"#, Kind::EmptySet, 11, "$.a"),
        (r#"{"a":{"SS":["x","x"]}}"#, Kind::DuplicateInSet, 11, "$.a"),
        (r#"{"a":{"NS":["1","1.0"]}}"#, Kind::DuplicateInSet, 11, "$.a"),
        (r#"{"a":{"SS":["x",null]}}"#, Kind::WrongForm, 16, "$.a.SS[1]"),
        (r#"{"":{"S":"x"}}"#, Kind::EmptyName, 1, "$"),
        (r#"{"a":{"NULL":false}}"#, Kind::WrongForm, 13, "$.a"),
        (r#"{"a":{"BOOL":"true"}}"#, Kind::WrongForm, 13, "$.a"),
        (r#"{"a":{"S":"\ud800"}}"#, Kind::Encoding, 11, "$.a"),
        (r#"{"a":{"S":"\x"}}"#, Kind::Syntax, 11, "$.a"),
        (r#"{"a":{"S":"\u00g0"}}"#, Kind::Syntax, 11, "$.a"),
        ("{\"a\":{\"S\":\"x\ny\"}}", Kind::Syntax, 12, "$.a"),
        (
            r#"{"m":{"M":{"l":{"L":[{"S":"x"},{"M":{"n":{"N":"-"}}}]}}}}"#,
            Kind::InvalidNumber,
            46,
            "$.m.l[1].n",
        ),
    ] {
        let error = Item::from_dynamodb_json(json.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.offset(), error.path()), (kind, offset, path), "{json}");
    }
    let error = Item::from_dynamodb_json(b"{\"a\":{\"S\":\"x\xff\"}}").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (Kind::Encoding, 12));
}

#[test]
fn thirty_two_levels_are_taken_and_no_more() {
    let nested = |levels: usize| {
        let (open, close) = (r#"{"L":["#.repeat(levels - 1), "]}".repeat(levels - 1));
        format!("{{\"a\":{open}{{\"S\":\"x\"}}{close}}}")
    };
    assert!(Item::from_dynamodb_json(nested(32).as_bytes()).is_ok());
    let error = Item::from_dynamodb_json(nested(33).as_bytes()).unwrap_err();
    assert_eq!(error.kind(), Kind::TooDeep);
}

#[test]
fn contents_of_the_item_are_in_no_error() {
    for json in [r#"{"a":{"N":"secret"}}"#, r#"{"a":{"B":"secret"}}"#, r#"{"a":{"secret":1}}"#] {
        let error = Item::from_dynamodb_json(json.as_bytes()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        // They are shown to those who ask.
        assert!(format!("{error:#}").contains("secret"), "{error:?}");
    }
}

#[test]
fn the_service_decides_what_is_ambiguous() {
    let item = |json: &str| Item::from_dynamodb_json(json.as_bytes()).unwrap().to_dynamodb_json();
    // Spare bits of Base64 are let pass and written as zero.
    assert_eq!(item(r#"{"a":{"B":"YR=="}}"#), r#"{"a":{"B":"YQ=="}}"#);
    // Of two attributes with one name the last counts, few or many.
    assert_eq!(item(r#"{"a":{"S":"1"},"a":{"S":"2"}}"#), r#"{"a":{"S":"2"}}"#);
    // A member that is null is no type.
    assert_eq!(item(r#"{"a":{"N":null,"S":"x"}}"#), r#"{"a":{"S":"x"}}"#);
}

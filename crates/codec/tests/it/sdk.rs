//! Values of the SDK go to ours and back.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue as Sdk;
use ddbkit_codec::strategies::item;
use ddbkit_codec::{AttributeValue, DecodeErrorKind as Kind, Item};
use proptest::prelude::*;
use std::collections::HashMap;

proptest! {
    #[test]
    fn every_item_goes_there_and_back(item in item()) {
        let sdk: HashMap<String, Sdk> = item.clone().into();
        prop_assert_eq!(Item::try_from(sdk).unwrap(), item);
    }
}

#[test]
fn each_type_has_its_counterpart() {
    for (json, sdk) in [
        (r#"{"S":"x"}"#, Sdk::S("x".into())),
        (r#"{"N":"1.50"}"#, Sdk::N("1.50".into())),
        (r#"{"B":"AAE="}"#, Sdk::B(Blob::new([0, 1]))),
        (r#"{"BOOL":true}"#, Sdk::Bool(true)),
        (r#"{"NULL":true}"#, Sdk::Null(true)),
        (r#"{"L":[{"N":"1"}]}"#, Sdk::L(vec![Sdk::N("1".into())])),
        (r#"{"M":{"a":{"S":""}}}"#, Sdk::M(HashMap::from([("a".into(), Sdk::S(String::new()))]))),
        (r#"{"SS":["a"]}"#, Sdk::Ss(vec!["a".into()])),
        (r#"{"NS":["1e1"]}"#, Sdk::Ns(vec!["1e1".into()])),
        (r#"{"BS":["AA=="]}"#, Sdk::Bs(vec![Blob::new([0])])),
    ] {
        let value = AttributeValue::from_dynamodb_json(json.as_bytes()).unwrap();
        assert_eq!(Sdk::from(value.clone()), sdk);
        assert_eq!(AttributeValue::try_from(sdk).unwrap(), value);
    }
}

#[test]
fn what_dynamodb_would_refuse_is_refused() {
    let map = |name: &str, sdk| Sdk::M(HashMap::from([(name.to_owned(), sdk)]));
    let numbers = |members: [&str; 2]| Sdk::Ns(members.map(ToOwned::to_owned).to_vec());
    for (sdk, kind, path) in [
        (Sdk::N("x".into()), Kind::InvalidNumber, "$"),
        (Sdk::N("1e126".into()), Kind::NumberRange, "$"),
        (Sdk::N("1".repeat(39)), Kind::NumberPrecision, "$"),
        (Sdk::Null(false), Kind::WrongForm, "$"),
        (Sdk::Ss(Vec::new()), Kind::EmptySet, "$"),
        (Sdk::Bs(Vec::new()), Kind::EmptySet, "$"),
        (Sdk::Ss(vec!["a".into(), "a".into()]), Kind::DuplicateInSet, "$"),
        (numbers(["1", "1.0"]), Kind::DuplicateInSet, "$"),
        (numbers(["1", "-"]), Kind::InvalidNumber, "$.NS[1]"),
        (Sdk::Bs(vec![Blob::new([0]), Blob::new([0])]), Kind::DuplicateInSet, "$"),
        (map("", Sdk::Bool(true)), Kind::EmptyName, "$"),
        (map("a.b", map("b", Sdk::N(String::new()))), Kind::InvalidNumber, "$['a.b'].b"),
        (Sdk::L(vec![Sdk::Bool(true), Sdk::Null(false)]), Kind::WrongForm, "$[1]"),
    ] {
        let error = AttributeValue::try_from(sdk.clone()).unwrap_err();
        assert_eq!((error.kind(), error.path()), (kind, path), "{sdk:?}");
    }
}

#[test]
fn the_depth_is_that_of_dynamodb() {
    let nested = |levels| (1..levels).fold(Sdk::Bool(true), |sdk, _| Sdk::L(vec![sdk]));
    assert!(AttributeValue::try_from(nested(32)).is_ok());
    assert!(Item::try_from(HashMap::from([("a".to_owned(), nested(32))])).is_ok());
    for levels in [33, 1_000] {
        let error = AttributeValue::try_from(nested(levels)).unwrap_err();
        assert_eq!(error.kind(), Kind::TooDeep);
    }
}

#[test]
fn binaries_are_moved() {
    let bytes = vec![7; 1_000];
    let at = bytes.as_ptr();
    let Sdk::B(blob) = Sdk::from(AttributeValue::B(bytes)) else { panic!("no binary") };
    assert_eq!(blob.as_ref().as_ptr(), at);
    let Ok(AttributeValue::B(bytes)) = AttributeValue::try_from(Sdk::B(blob)) else {
        panic!("no binary")
    };
    assert_eq!(bytes.as_ptr(), at);
}

//! Values of `aws_sdk_dynamodb` (feature `aws-sdk-dynamodb`).

use crate::{AttributeValue, Item, Number, ParseNumberError};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue as Sdk;
use std::collections::HashMap;
use std::fmt;
use std::hash::BuildHasher;

/// Why a value of the SDK is none of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FromSdkError {
    /// The SDK does not know the type that the service answered with, nor do we.
    UnknownType,
    /// A number is not one that DynamoDB takes.
    Number(ParseNumberError),
}

impl fmt::Display for FromSdkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownType => "a value of a type that is not known",
            Self::Number(_) => "a number that cannot be read",
        })
    }
}

impl std::error::Error for FromSdkError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Number(error) => Some(error),
            Self::UnknownType => None,
        }
    }
}

impl From<ParseNumberError> for FromSdkError {
    fn from(error: ParseNumberError) -> Self {
        Self::Number(error)
    }
}

impl From<AttributeValue> for Sdk {
    fn from(value: AttributeValue) -> Self {
        match value {
            AttributeValue::S(text) => Self::S(text),
            AttributeValue::N(number) => Self::N(number.to_string()),
            AttributeValue::B(bytes) => Self::B(Blob::new(bytes)),
            AttributeValue::Bool(flag) => Self::Bool(flag),
            AttributeValue::Null => Self::Null(true),
            AttributeValue::L(list) => Self::L(list.into_iter().map(Into::into).collect()),
            AttributeValue::M(map) => Self::M(map.into()),
            AttributeValue::Ss(set) => Self::Ss(set),
            AttributeValue::Ns(set) => Self::Ns(set.iter().map(Number::to_string).collect()),
            AttributeValue::Bs(set) => Self::Bs(set.into_iter().map(Blob::new).collect()),
        }
    }
}

impl TryFrom<Sdk> for AttributeValue {
    type Error = FromSdkError;
    fn try_from(value: Sdk) -> Result<Self, FromSdkError> {
        Ok(match value {
            Sdk::S(text) => Self::S(text),
            Sdk::N(text) => Self::N(text.parse()?),
            Sdk::B(blob) => Self::B(blob.into_inner()),
            Sdk::Bool(flag) => Self::Bool(flag),
            Sdk::Null(_) => Self::Null,
            Sdk::L(list) => {
                Self::L(list.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?)
            }
            Sdk::M(map) => Self::M(map.try_into()?),
            Sdk::Ss(set) => Self::Ss(set),
            Sdk::Ns(set) => {
                Self::Ns(set.iter().map(|text| text.parse()).collect::<Result<_, _>>()?)
            }
            Sdk::Bs(set) => Self::Bs(set.into_iter().map(Blob::into_inner).collect()),
            _ => return Err(FromSdkError::UnknownType),
        })
    }
}

impl<S: BuildHasher + Default> From<Item> for HashMap<String, Sdk, S> {
    fn from(item: Item) -> Self {
        item.into_iter().map(|(name, value)| (name, value.into())).collect()
    }
}

impl<S: BuildHasher> TryFrom<HashMap<String, Sdk, S>> for Item {
    type Error = FromSdkError;
    fn try_from(map: HashMap<String, Sdk, S>) -> Result<Self, FromSdkError> {
        let attributes = map.into_iter().map(|(name, value)| Ok((name, value.try_into()?)));
        Ok(Self::from_unique(attributes.collect::<Result<_, FromSdkError>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_goes_there_and_back() {
        let json = br#"{"s":{"S":"x"},"n":{"N":"1.50"},"b":{"B":"AAE="},"t":{"BOOL":true},
            "z":{"NULL":true},"l":{"L":[{"N":"1"}]},"m":{"M":{"a":{"S":""}}},"ss":{"SS":["a"]},
            "ns":{"NS":["1","2"]},"bs":{"BS":["AA=="]}}"#;
        let item = Item::from_dynamodb_json(json).unwrap();
        let sdk: HashMap<String, Sdk> = item.clone().into();
        assert_eq!(Item::try_from(sdk).unwrap(), item);
    }

    #[test]
    fn what_we_do_not_know_is_an_error() {
        let map = |value| HashMap::from([("a".to_owned(), value)]);
        assert!(matches!(Item::try_from(map(Sdk::N("x".into()))), Err(FromSdkError::Number(_))));
    }
}

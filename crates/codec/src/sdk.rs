//! Values of `aws_sdk_dynamodb` (feature `aws-sdk-dynamodb`).

use crate::error::name_in_path;
use crate::value::wrong_with_set;
use crate::{AttributeValue, DecodeErrorKind, Item, Number, ParseNumberError};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue as Sdk;
use std::collections::HashMap;
use std::fmt;
use std::hash::BuildHasher;

/// The deepest level at which DynamoDB takes a value; an attribute of an item is at level 1.
const LEVELS: usize = 32;

/// Why a value of the SDK is none that DynamoDB takes, and the path of the attribute.
///
/// ```
/// use aws_sdk_dynamodb::types::AttributeValue as Sdk;
/// use ddbkit_codec::{DecodeErrorKind, Item};
/// use std::collections::HashMap;
///
/// let list = Sdk::L(vec![Sdk::N("1".to_owned()), Sdk::N("one".to_owned())]);
/// let error = Item::try_from(HashMap::from([("a".to_owned(), list)])).unwrap_err();
/// assert_eq!(error.kind(), DecodeErrorKind::InvalidNumber);
/// assert_eq!(error.to_string(), "not a number at $.a[1]");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromSdkError {
    kind: DecodeErrorKind,
    path: String,
}

impl FromSdkError {
    fn new(kind: DecodeErrorKind) -> Self {
        Self { kind, path: "$".to_owned() }
    }

    fn under(mut self, outer: &str) -> Self {
        self.path.insert_str("$".len(), outer);
        self
    }

    fn under_index(self, index: usize) -> Self {
        self.under(&format!("[{index}]"))
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// The path of the attribute, like `$.Orders[3].Tags.SS[0]`; `$` is the item, or the value,
    /// itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for FromSdkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.kind.text(), self.path)
    }
}

impl std::error::Error for FromSdkError {}

impl From<ParseNumberError> for FromSdkError {
    fn from(error: ParseNumberError) -> Self {
        Self::new(error.kind())
    }
}

/// Nothing is copied but the text of numbers.
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

impl<S: BuildHasher + Default> From<Item> for HashMap<String, Sdk, S> {
    fn from(item: Item) -> Self {
        item.into_iter().map(|(name, value)| (name, value.into())).collect()
    }
}

/// Fails where DynamoDB would refuse the value, as [`AttributeValue::from_dynamodb_json`] does.
/// Strings are moved, and so are binaries that nobody else holds.
impl TryFrom<Sdk> for AttributeValue {
    type Error = FromSdkError;
    fn try_from(sdk: Sdk) -> Result<Self, FromSdkError> {
        value(sdk, 1)
    }
}

/// Fails where DynamoDB would refuse a value, as [`Item::from_dynamodb_json`] does.
impl<S: BuildHasher> TryFrom<HashMap<String, Sdk, S>> for Item {
    type Error = FromSdkError;
    fn try_from(sdk: HashMap<String, Sdk, S>) -> Result<Self, FromSdkError> {
        map(sdk, 1)
    }
}

fn map<S>(sdk: HashMap<String, Sdk, S>, level: usize) -> Result<Item, FromSdkError> {
    let mut attributes = Vec::with_capacity(sdk.len());
    for (name, sdk) in sdk {
        if name.is_empty() {
            return Err(FromSdkError::new(DecodeErrorKind::EmptyName));
        }
        match value(sdk, level) {
            Ok(value) => attributes.push((name.into(), value)),
            Err(error) => return Err(error.under(&name_in_path(&name))),
        }
    }
    Ok(Item::from_unique(attributes))
}

fn value(sdk: Sdk, level: usize) -> Result<AttributeValue, FromSdkError> {
    // A list or map at the last level is refused also where it is empty, as in the service.
    let is_container = matches!(sdk, Sdk::L(_) | Sdk::M(_));
    if level > LEVELS || (level == LEVELS && is_container) {
        return Err(FromSdkError::new(DecodeErrorKind::TooDeep));
    }
    Ok(match sdk {
        Sdk::S(text) => AttributeValue::S(text),
        Sdk::N(text) => AttributeValue::N(text.parse()?),
        Sdk::B(blob) => AttributeValue::B(blob.into_inner()),
        Sdk::Bool(flag) => AttributeValue::Bool(flag),
        Sdk::Null(true) => AttributeValue::Null,
        Sdk::Null(false) => return Err(FromSdkError::new(DecodeErrorKind::WrongForm)),
        Sdk::L(list) => AttributeValue::L(elements(list, |sdk| value(sdk, level + 1))?),
        Sdk::M(attributes) => AttributeValue::M(map(attributes, level + 1)?),
        Sdk::Ss(members) => AttributeValue::Ss(set(members)?),
        Sdk::Ns(members) => {
            let members = elements(members, |text| Ok(text.parse::<Number>()?));
            AttributeValue::Ns(set(members.map_err(|error| error.under(".NS"))?)?)
        }
        Sdk::Bs(members) => {
            AttributeValue::Bs(set(members.into_iter().map(Blob::into_inner).collect())?)
        }
        // A type that is newer than the SDK.
        _ => return Err(FromSdkError::new(DecodeErrorKind::UnknownType)),
    })
}

fn elements<S, T>(
    sdk: Vec<S>,
    element: impl Fn(S) -> Result<T, FromSdkError>,
) -> Result<Vec<T>, FromSdkError> {
    let elements = sdk.into_iter().enumerate();
    elements.map(|(n, sdk)| element(sdk).map_err(|error| error.under_index(n))).collect()
}

fn set<T: Ord>(members: Vec<T>) -> Result<Vec<T>, FromSdkError> {
    match wrong_with_set(&members) {
        None => Ok(members),
        Some(kind) => Err(FromSdkError::new(kind)),
    }
}

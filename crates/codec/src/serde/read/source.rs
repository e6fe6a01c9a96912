//! Where values come from: borrowed values, owned values, and tapes.

use super::Value;
use super::scalar::Scalar;
use crate::{AttributeValue, Attributes, Elements, IntoAttributes, Item, Name, ValueRef};
use std::borrow::Cow;

/// A value that can be taken apart.
pub(in crate::serde) trait Source<'de>: Sized {
    type List: ExactSizeIterator<Item = Self>;
    type Map: ExactSizeIterator<Item = (Cow<'de, str>, Self)>;

    fn open(self) -> Value<'de, Self>;
}

/// An item as a map.
pub(in crate::serde) fn of_item(item: &Item) -> Value<'_, &AttributeValue> {
    Value::Map(BorrowedMap(item.as_slice().iter()))
}

pub(in crate::serde) struct BorrowedMap<'de>(std::slice::Iter<'de, (Name, AttributeValue)>);

impl<'de> Iterator for BorrowedMap<'de> {
    type Item = (Cow<'de, str>, &'de AttributeValue);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, value)| (Cow::Borrowed(name.as_str()), value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for BorrowedMap<'_> {}

impl<'de> Source<'de> for &'de AttributeValue {
    type List = std::slice::Iter<'de, AttributeValue>;
    type Map = BorrowedMap<'de>;

    fn open(self) -> Value<'de, Self> {
        let scalar = match self {
            AttributeValue::S(text) => Scalar::S(Cow::Borrowed(text)),
            AttributeValue::N(number) => Scalar::N(Cow::Borrowed(number)),
            AttributeValue::B(bytes) => Scalar::B(Cow::Borrowed(bytes)),
            AttributeValue::Bool(flag) => Scalar::Bool(*flag),
            AttributeValue::Null => Scalar::Null,
            AttributeValue::L(list) => return Value::List(list.iter()),
            AttributeValue::M(map) => return of_item(map),
            AttributeValue::Ss(set) => {
                let members = set.iter().map(|text| Scalar::S(Cow::Borrowed(text)));
                return Value::Set("SS", members.collect());
            }
            AttributeValue::Ns(set) => {
                let members = set.iter().map(|number| Scalar::N(Cow::Borrowed(number)));
                return Value::Set("NS", members.collect());
            }
            AttributeValue::Bs(set) => {
                let members = set.iter().map(|bytes| Scalar::B(Cow::Borrowed(bytes)));
                return Value::Set("BS", members.collect());
            }
        };
        Value::Scalar(scalar)
    }
}

pub(in crate::serde) struct OwnedMap(IntoAttributes);

impl Iterator for OwnedMap {
    type Item = (Cow<'static, str>, AttributeValue);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, value)| (Cow::Owned(name), value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for OwnedMap {}

impl Source<'static> for AttributeValue {
    type List = std::vec::IntoIter<AttributeValue>;
    type Map = OwnedMap;

    fn open(self) -> Value<'static, Self> {
        let scalar = match self {
            AttributeValue::S(text) => Scalar::S(Cow::Owned(text)),
            AttributeValue::N(number) => Scalar::N(Cow::Owned(number)),
            AttributeValue::B(bytes) => Scalar::B(Cow::Owned(bytes)),
            AttributeValue::Bool(flag) => Scalar::Bool(flag),
            AttributeValue::Null => Scalar::Null,
            AttributeValue::L(list) => return Value::List(list.into_iter()),
            AttributeValue::M(map) => return Value::Map(OwnedMap(map.into_iter())),
            AttributeValue::Ss(set) => {
                let members = set.into_iter().map(|text| Scalar::S(Cow::Owned(text)));
                return Value::Set("SS", members.collect());
            }
            AttributeValue::Ns(set) => {
                let members = set.into_iter().map(|number| Scalar::N(Cow::Owned(number)));
                return Value::Set("NS", members.collect());
            }
            AttributeValue::Bs(set) => {
                let members = set.into_iter().map(|bytes| Scalar::B(Cow::Owned(bytes)));
                return Value::Set("BS", members.collect());
            }
        };
        Value::Scalar(scalar)
    }
}

pub(in crate::serde) struct TapeMap<'de>(Attributes<'de>);

impl<'de> Iterator for TapeMap<'de> {
    type Item = (Cow<'de, str>, ValueRef<'de>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, value)| (name.get(), value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for TapeMap<'_> {}

impl<'de> Source<'de> for ValueRef<'de> {
    type List = Elements<'de>;
    type Map = TapeMap<'de>;

    fn open(self) -> Value<'de, Self> {
        let scalar = match self {
            ValueRef::S(text) => Scalar::S(text.get()),
            ValueRef::N(number) => Scalar::N(Cow::Owned(number.to_number())),
            ValueRef::B(binary) => Scalar::B(Cow::Owned(binary.to_vec())),
            ValueRef::Bool(flag) => Scalar::Bool(flag),
            ValueRef::Null => Scalar::Null,
            ValueRef::L(list) => return Value::List(list.iter()),
            ValueRef::M(map) => return Value::Map(TapeMap(map.iter())),
            ValueRef::Ss(set) => {
                let members = set.iter().map(|text| Scalar::S(text.get()));
                return Value::Set("SS", members.collect());
            }
            ValueRef::Ns(set) => {
                let members = set.iter().map(|number| Scalar::N(Cow::Owned(number.to_number())));
                return Value::Set("NS", members.collect());
            }
            ValueRef::Bs(set) => {
                let members = set.iter().map(|binary| Scalar::B(Cow::Owned(binary.to_vec())));
                return Value::Set("BS", members.collect());
            }
        };
        Value::Scalar(scalar)
    }
}

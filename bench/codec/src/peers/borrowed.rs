//! A borrowed enum with serde: text is copied only where it has escapes, a map is a vector,
//! binaries stay base64, numbers are not checked.

use super::owned::{Tag, only_entry};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

pub enum Value<'a> {
    S(Text<'a>),
    N(Text<'a>),
    B(Text<'a>),
    Bool(bool),
    Null(bool),
    M(Map<'a>),
    L(Vec<Value<'a>>),
    Ss(Vec<Text<'a>>),
    Ns(Vec<Text<'a>>),
    Bs(Vec<Text<'a>>),
}

#[derive(serde::Deserialize)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

pub struct Map<'a>(pub Vec<(Text<'a>, Value<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Map<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Entries<'a> {
            type Value = Map<'a>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Map<'a>, A::Error> {
                let mut entries = Vec::with_capacity(8);
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Map(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Entry<'a> {
            type Value = Value<'a>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an attribute value")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value<'a>, A::Error> {
                only_entry(map, |tag, map| {
                    Ok(match tag {
                        Tag::S => Value::S(map.next_value()?),
                        Tag::N => Value::N(map.next_value()?),
                        Tag::B => Value::B(map.next_value()?),
                        Tag::Bool => Value::Bool(map.next_value()?),
                        Tag::Null => Value::Null(map.next_value()?),
                        Tag::M => Value::M(map.next_value()?),
                        Tag::L => Value::L(map.next_value()?),
                        Tag::Ss => Value::Ss(map.next_value()?),
                        Tag::Ns => Value::Ns(map.next_value()?),
                        Tag::Bs => Value::Bs(map.next_value()?),
                    })
                })
            }
        }
        deserializer.deserialize_map(Entry(PhantomData))
    }
}

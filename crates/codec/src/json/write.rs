//! From values to DynamoDB JSON, compact as the service writes it.
#![allow(clippy::inline_always, reason = "all encoding goes through here")]

use super::out::Out;
use crate::{AttributeValue, Item, Number};

impl Item {
    /// The item in DynamoDB JSON, attributes in their order.
    ///
    /// Control characters and the line separators U+0085, U+2028 and U+2029 are escaped, because
    /// readers that cut text into lines by Unicode's rules would cut there.
    #[must_use]
    pub fn to_dynamodb_json(&self) -> String {
        let mut out = Vec::with_capacity(1024);
        self.write_dynamodb_json(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    /// Appends the item in DynamoDB JSON, without a line end.
    pub fn write_dynamodb_json(&self, buffer: &mut Vec<u8>) {
        let mut out = Out::new(buffer, 0);
        map(self, &mut out);
        out.finish();
    }
}

impl AttributeValue {
    /// Appends the value in DynamoDB JSON: `{"S":"a"}`.
    pub fn write_dynamodb_json(&self, buffer: &mut Vec<u8>) {
        let mut out = Out::new(buffer, ROOM);
        value(self, &mut out);
        out.finish();
    }
}

/// What stands around a string: enough room for it is made together with the room for the string.
const ROOM: usize = 32;

fn map(map: &Item, out: &mut Out<'_>) {
    out.literal(b"{");
    for (n, (name, own)) in map.iter().enumerate() {
        out.room(ROOM);
        if n > 0 {
            out.put(b",", 1);
        }
        out.put(b"\"", 1);
        out.escaped(name);
        out.room(ROOM);
        out.put(b"\":", 2);
        value(own, out);
    }
    out.literal(b"}");
}

/// Room must be there for what stands before the value.
fn value(value: &AttributeValue, out: &mut Out<'_>) {
    match value {
        AttributeValue::S(text) => {
            out.put(b"{\"S\":\"  ", 6);
            out.escaped(text);
            out.literal(b"\"}");
        }
        AttributeValue::N(own) => {
            out.put(b"{\"N\":\"  ", 6);
            number(own, out);
            out.literal(b"\"}");
        }
        AttributeValue::B(bytes) => {
            out.put(b"{\"B\":\"  ", 6);
            out.base64(bytes);
            out.literal(b"\"}");
        }
        AttributeValue::Bool(true) => out.put(b"{\"BOOL\":true}   ", 13),
        AttributeValue::Bool(false) => out.put(b"{\"BOOL\":false}  ", 14),
        AttributeValue::Null => out.put(b"{\"NULL\":true}   ", 13),
        AttributeValue::M(inner) => {
            out.put(b"{\"M\":   ", 5);
            map(inner, out);
            out.literal(b"}");
        }
        AttributeValue::L(list) => {
            out.put(b"{\"L\":[  ", 6);
            for (n, element) in list.iter().enumerate() {
                out.room(ROOM);
                if n > 0 {
                    out.put(b",", 1);
                }
                self::value(element, out);
            }
            out.literal(b"]}");
        }
        AttributeValue::Ss(set) => {
            out.put(b"{\"SS\":[ ", 7);
            members(set, out, |text, out| out.escaped(text));
        }
        AttributeValue::Ns(set) => {
            out.put(b"{\"NS\":[ ", 7);
            members(set, out, number);
        }
        AttributeValue::Bs(set) => {
            out.put(b"{\"BS\":[ ", 7);
            members(set, out, |bytes, out| out.base64(bytes));
        }
    }
}

#[inline(always)]
fn members<T>(set: &[T], out: &mut Out<'_>, write: impl Fn(&T, &mut Out<'_>)) {
    for (n, member) in set.iter().enumerate() {
        out.room(ROOM);
        if n > 0 {
            out.put(b",", 1);
        }
        out.put(b"\"", 1);
        write(member, out);
        out.literal(b"\"");
    }
    out.literal(b"]}");
}

#[inline(always)]
fn number(number: &Number, out: &mut Out<'_>) {
    out.exact(number.as_bytes());
}

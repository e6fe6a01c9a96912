//! From values to DynamoDB JSON, compact as the service writes it.

use crate::{AttributeValue, Item};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

impl Item {
    /// The item in DynamoDB JSON, attributes in their order.
    ///
    /// Control characters and the line separators U+0085, U+2028 and U+2029 are escaped, because
    /// readers that cut text into lines by Unicode's rules would cut there.
    #[must_use]
    pub fn to_dynamodb_json(&self) -> String {
        let mut out = Vec::with_capacity(64);
        self.write_dynamodb_json(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    /// Appends the item in DynamoDB JSON, without a line end.
    pub fn write_dynamodb_json(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (n, (name, value)) in self.iter().enumerate() {
            if n > 0 {
                out.push(b',');
            }
            string(name, out);
            out.push(b':');
            value.write_dynamodb_json(out);
        }
        out.push(b'}');
    }
}

impl AttributeValue {
    /// Appends the value in DynamoDB JSON: `{"S":"a"}`.
    pub fn write_dynamodb_json(&self, out: &mut Vec<u8>) {
        let tag = match self {
            Self::S(_) => "{\"S\":",
            Self::N(_) => "{\"N\":",
            Self::B(_) => "{\"B\":",
            Self::Bool(_) => "{\"BOOL\":",
            Self::Null => "{\"NULL\":",
            Self::L(_) => "{\"L\":",
            Self::M(_) => "{\"M\":",
            Self::Ss(_) => "{\"SS\":",
            Self::Ns(_) => "{\"NS\":",
            Self::Bs(_) => "{\"BS\":",
        };
        out.extend_from_slice(tag.as_bytes());
        match self {
            Self::S(text) => string(text, out),
            Self::N(number) => quoted(number.as_str(), out),
            Self::B(bytes) => base64(bytes, out),
            Self::Bool(true) | Self::Null => out.extend_from_slice(b"true"),
            Self::Bool(false) => out.extend_from_slice(b"false"),
            Self::L(list) => array(list, out, Self::write_dynamodb_json),
            Self::M(map) => map.write_dynamodb_json(out),
            Self::Ss(set) => array(set, out, |text, out| string(text, out)),
            Self::Ns(set) => array(set, out, |number, out| quoted(number.as_str(), out)),
            Self::Bs(set) => array(set, out, |bytes, out| base64(bytes, out)),
        }
        out.push(b'}');
    }
}

fn array<T>(elements: &[T], out: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>)) {
    out.push(b'[');
    for (n, element) in elements.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        write(element, out);
    }
    out.push(b']');
}

/// Text in which nothing needs an escape.
fn quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(STANDARD.encode(bytes).as_bytes());
    out.push(b'"');
}

fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut written = 0;
    for (at, c) in text.char_indices() {
        let escape = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{0}'..='\u{1f}' | '\u{85}' | '\u{2028}' | '\u{2029}' => "",
            _ => continue,
        };
        out.extend_from_slice(text.get(written..at).unwrap_or_default().as_bytes());
        if escape.is_empty() {
            out.extend_from_slice(format!("\\u{:04x}", u32::from(c)).as_bytes());
        } else {
            out.extend_from_slice(escape.as_bytes());
        }
        written = at + c.len_utf8();
    }
    out.extend_from_slice(text.get(written..).unwrap_or_default().as_bytes());
    out.push(b'"');
}

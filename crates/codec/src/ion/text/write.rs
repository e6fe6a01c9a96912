//! Items as Ion text, in the layout of exports.

use crate::json::out::{Out, has_separators};
use crate::number::normal_form;
use crate::{AttributeValue, Item, ItemRef, ListRef, ValueRef};
use std::borrow::Cow;

impl Item {
    /// Appends a line of an export: `$ion_1_0 {Item:{...}}` and a line end.
    ///
    /// ```
    /// use ddbkit_codec::Item;
    ///
    /// let text = br#"{"pk":{"S":"a"},"a b":{"N":"600"},"n":{"N":"103"},"s":{"NS":["1","2.5"]}}"#;
    /// let mut out = Vec::new();
    /// Item::from_dynamodb_json(text)?.write_ion_text(&mut out);
    /// assert_eq!(
    ///     std::str::from_utf8(&out)?,
    ///     "$ion_1_0 {Item:{pk:\"a\",'a b':6d2,n:103.,s:$dynamodb_NS::[1.,2.5]}}\n"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Numbers keep their value, not their spelling: Ion has its own.
    pub fn write_ion_text(&self, buffer: &mut Vec<u8>) {
        let mut out = Out::new(buffer, 0);
        out.literal(b"$ion_1_0 {Item:");
        owned_map(self, &mut out);
        out.literal(b"}\n");
        out.finish();
    }
}

impl ItemRef<'_> {
    /// Appends a line of an export, as by [`Item::write_ion_text`].
    pub fn write_ion_text(&self, buffer: &mut Vec<u8>) {
        let mut out = Out::new(buffer, 0);
        out.literal(b"$ion_1_0 {Item:");
        borrowed_map(*self, &mut out);
        out.literal(b"}\n");
        out.finish();
    }
}

fn owned_map(map: &Item, out: &mut Out<'_>) {
    out.literal(b"{");
    for (n, (name, own)) in map.iter().enumerate() {
        comma(n, out);
        field(name, out);
        owned(own, out);
    }
    out.literal(b"}");
}

fn owned(value: &AttributeValue, out: &mut Out<'_>) {
    match value {
        AttributeValue::S(text) => string(text, out),
        AttributeValue::N(own) => number(&own.normal_form(), out),
        AttributeValue::B(bytes) => blob(bytes, out),
        AttributeValue::Bool(true) => out.literal(b"true"),
        AttributeValue::Bool(false) => out.literal(b"false"),
        AttributeValue::Null => out.literal(b"null"),
        AttributeValue::M(map) => owned_map(map, out),
        AttributeValue::L(list) => sequence(list, out, owned),
        AttributeValue::Ss(set) => {
            out.literal(b"$dynamodb_SS::");
            sequence(set, out, |text, out| string(text, out));
        }
        AttributeValue::Ns(set) => {
            out.literal(b"$dynamodb_NS::");
            sequence(set, out, |own, out| number(&own.normal_form(), out));
        }
        AttributeValue::Bs(set) => {
            out.literal(b"$dynamodb_BS::");
            sequence(set, out, |bytes, out| blob(bytes, out));
        }
    }
}

fn borrowed_map(map: ItemRef<'_>, out: &mut Out<'_>) {
    out.literal(b"{");
    for (n, (name, value)) in map.iter().enumerate() {
        comma(n, out);
        field(&name.get(), out);
        borrowed(value, out);
    }
    out.literal(b"}");
}

fn borrowed(value: ValueRef<'_>, out: &mut Out<'_>) {
    match value {
        ValueRef::S(text) => string(&text.get(), out),
        ValueRef::N(own) => number(&normal(own.text()), out),
        ValueRef::B(binary) => blob(&binary.to_vec(), out),
        ValueRef::Bool(true) => out.literal(b"true"),
        ValueRef::Bool(false) => out.literal(b"false"),
        ValueRef::Null => out.literal(b"null"),
        ValueRef::M(map) => borrowed_map(map, out),
        ValueRef::L(list) => borrowed_list(list, out),
        ValueRef::Ss(set) => {
            out.literal(b"$dynamodb_SS::");
            sequence(set.iter(), out, |text, out| string(&text.get(), out));
        }
        ValueRef::Ns(set) => {
            out.literal(b"$dynamodb_NS::");
            sequence(set.iter(), out, |own, out| number(&normal(own.text()), out));
        }
        ValueRef::Bs(set) => {
            out.literal(b"$dynamodb_BS::");
            sequence(set.iter(), out, |binary, out| blob(&binary.to_vec(), out));
        }
    }
}

fn borrowed_list(list: ListRef<'_>, out: &mut Out<'_>) {
    sequence(list.iter(), out, borrowed);
}

/// What was read from JSON may be spelled in any way.
fn normal(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => normal_form(text),
        Cow::Owned(text) => Cow::Owned(normal_form(&text).into_owned()),
    }
}

fn sequence<T>(
    values: impl IntoIterator<Item = T>,
    out: &mut Out<'_>,
    write: impl Fn(T, &mut Out<'_>),
) {
    out.literal(b"[");
    for (n, value) in values.into_iter().enumerate() {
        comma(n, out);
        write(value, out);
    }
    out.literal(b"]");
}

fn comma(n: usize, out: &mut Out<'_>) {
    if n > 0 {
        out.literal(b",");
    }
}

/// The name of a field and its colon: bare where Ion allows it, else in single quotes.
fn field(name: &str, out: &mut Out<'_>) {
    if super::fast::is_bare_name(name.as_bytes()) {
        out.exact(name.as_bytes());
        out.literal(b":");
    } else {
        out.literal(b"'");
        escaped(name, '\'', out);
        out.literal(b"':");
    }
}

fn string(text: &str, out: &mut Out<'_>) {
    out.literal(b"\"");
    if needs_escapes(text) {
        escaped(text, '"', out);
    } else {
        out.exact(text.as_bytes());
    }
    out.literal(b"\"");
}

fn needs_escapes(text: &str) -> bool {
    let bytes = text.as_bytes();
    crate::scan::special(bytes, 0) < bytes.len()
        || (!text.is_ascii() && has_separators(bytes))
        || bytes.contains(&0x7f)
}

/// With the escapes of Ion for what cannot stand in quotes, and for what some readers take for the
/// end of a line.
fn escaped(text: &str, quote: char, out: &mut Out<'_>) {
    for c in text.chars() {
        match c {
            '\\' => out.literal(b"\\\\"),
            c if c == quote => out.exact(if c == '"' { b"\\\"" } else { b"\\'" }),
            '\n' => out.literal(b"\\n"),
            '\r' => out.literal(b"\\r"),
            '\t' => out.literal(b"\\t"),
            '\0' => out.literal(b"\\0"),
            '\u{1}'..='\u{1f}' | '\u{7f}' => {
                out.exact(format!("\\x{:02x}", u32::from(c)).as_bytes());
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' => {
                out.exact(format!("\\u{:04x}", u32::from(c)).as_bytes());
            }
            c => out.exact(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

fn blob(bytes: &[u8], out: &mut Out<'_>) {
    out.literal(b"{{");
    out.base64(bytes);
    out.literal(b"}}");
}

/// A number in DynamoDB's normal form as a decimal of Ion, which must have a point or an exponent:
/// `103.`, `6d2` without the zeros behind, `2.5`, and `1d-20` where a fraction begins with many zeros.
fn number(text: &str, out: &mut Out<'_>) {
    /// More zeros behind the point than these are an exponent.
    const ZEROS: usize = 8;
    let (sign, magnitude) = text.split_at(usize::from(text.starts_with('-')));
    out.exact(sign.as_bytes());
    let Some((whole, fraction)) = magnitude.split_once('.') else {
        let digits = magnitude.trim_end_matches('0');
        let zeros = magnitude.len() - digits.len();
        if zeros == 0 || digits.is_empty() {
            out.exact(magnitude.as_bytes());
            out.literal(b".");
        } else {
            out.exact(digits.as_bytes());
            out.exact(format!("d{zeros}").as_bytes());
        }
        return;
    };
    let digits = fraction.trim_start_matches('0');
    if whole == "0" && fraction.len() - digits.len() >= ZEROS {
        out.exact(digits.as_bytes());
        out.exact(format!("d-{}", fraction.len()).as_bytes());
    } else {
        out.exact(magnitude.as_bytes());
    }
}

//! From values to plain JSON.

use super::number::{fits_f64, literal};
use super::tag::Tag;
use super::{PlainBinaries, PlainNumbers, PlainOptions, PlainSets};
use crate::json::out::Out;
use crate::{AttributeValue, Item, Number};

impl Item {
    /// The item in plain JSON, attributes in their order.
    #[must_use]
    pub fn to_plain_json(&self, options: &PlainOptions) -> String {
        let mut out = Vec::with_capacity(1024);
        self.write_plain_json(options, &mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    /// Appends the item in plain JSON, without a line end.
    ///
    /// Control characters and the line separators U+0085, U+2028 and U+2029 are escaped, as in
    /// DynamoDB JSON.
    pub fn write_plain_json(&self, options: &PlainOptions, buffer: &mut Vec<u8>) {
        let mut writer = Writer { out: Out::new(buffer, 0), options };
        writer.attributes(self);
        writer.out.finish();
    }
}

impl AttributeValue {
    /// Appends the value in plain JSON.
    pub fn write_plain_json(&self, options: &PlainOptions, buffer: &mut Vec<u8>) {
        let mut writer = Writer { out: Out::new(buffer, 0), options };
        writer.value(self);
        writer.out.finish();
    }
}

struct Writer<'a> {
    out: Out<'a>,
    options: &'a PlainOptions,
}

impl Writer<'_> {
    fn value(&mut self, value: &AttributeValue) {
        match value {
            AttributeValue::S(text) => self.text(text),
            AttributeValue::N(number) => self.number(number),
            AttributeValue::B(bytes) if self.options.binaries == PlainBinaries::Tagged => {
                self.out.literal(b"{\"$binary\":");
                self.base64(bytes);
                self.out.literal(b"}");
            }
            AttributeValue::B(bytes) => self.base64(bytes),
            AttributeValue::Bool(true) => self.out.literal(b"true"),
            AttributeValue::Bool(false) => self.out.literal(b"false"),
            AttributeValue::Null => self.out.literal(b"null"),
            AttributeValue::L(list) => self.array(list, Self::value),
            AttributeValue::M(map) => self.map(map),
            AttributeValue::Ss(set) => {
                self.set(b"{\"$stringSet\":", set, |writer, text| writer.text(text));
            }
            AttributeValue::Ns(set) => self.set(b"{\"$numberSet\":", set, Self::number),
            AttributeValue::Bs(set) => {
                self.set(b"{\"$binarySet\":", set, |writer, bytes| writer.base64(bytes));
            }
        }
    }

    /// A map within an item, with what would be taken for a tag escaped.
    fn map(&mut self, map: &Item) {
        let mut names = map.iter().map(|(name, _)| name);
        let only = if map.len() == 1 { names.next() } else { None };
        if self.options.is_tagged() && only.and_then(Tag::of).is_some() {
            self.out.literal(b"{\"$map\":");
            self.attributes(map);
            self.out.literal(b"}");
        } else {
            self.attributes(map);
        }
    }

    fn attributes(&mut self, map: &Item) {
        self.out.literal(b"{");
        for (n, (name, value)) in map.iter().enumerate() {
            if n > 0 {
                self.out.literal(b",");
            }
            self.text(name);
            self.out.literal(b":");
            self.value(value);
        }
        self.out.literal(b"}");
    }

    fn set<T, const K: usize>(
        &mut self,
        tag: &[u8; K],
        members: &[T],
        write: impl Fn(&mut Self, &T),
    ) {
        if self.options.sets == PlainSets::Tagged {
            self.out.literal(tag);
            self.array(members, write);
            self.out.literal(b"}");
        } else {
            self.array(members, write);
        }
    }

    fn array<T>(&mut self, elements: &[T], write: impl Fn(&mut Self, &T)) {
        self.out.literal(b"[");
        for (n, element) in elements.iter().enumerate() {
            if n > 0 {
                self.out.literal(b",");
            }
            write(self, element);
        }
        self.out.literal(b"]");
    }

    fn number(&mut self, number: &Number) {
        let is_literal = match self.options.numbers {
            PlainNumbers::Literal => true,
            PlainNumbers::LiteralOrText => fits_f64(number),
            PlainNumbers::Text => false,
        };
        if is_literal {
            self.out.exact(literal(number).as_bytes());
        } else {
            self.out.literal(b"\"");
            self.out.exact(number.as_bytes());
            self.out.literal(b"\"");
        }
    }

    fn text(&mut self, text: &str) {
        self.out.literal(b"\"");
        self.out.escaped(text);
        self.out.literal(b"\"");
    }

    fn base64(&mut self, bytes: &[u8]) {
        self.out.literal(b"\"");
        self.out.base64(bytes);
        self.out.literal(b"\"");
    }
}

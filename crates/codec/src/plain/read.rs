//! From plain JSON to values, by their looks.

use super::PlainOptions;
use super::number::is_literal;
use super::tag::Tag;
use crate::json::{Cursor, decode_base64};
use crate::raw::skip_value;
use crate::value::wrong_with_set;
use crate::{AttributeValue, DecodeError, DecodeErrorKind, Item, Number};

/// The deepest level at which DynamoDB takes a value; an attribute of an item is at level 1.
const LEVELS: usize = 32;

impl Item {
    /// Reads an item from plain JSON: strings become S, numbers N with their digits as they are,
    /// `true` and `false` BOOL, `null` NULL, arrays L and objects M; tagged forms are recognised
    /// where the options say so. Of two members with one name the last counts.
    ///
    /// # Errors
    /// [`DecodeError`] with the byte and the attribute, for bytes that are no JSON object, and for
    /// what DynamoDB would refuse: numbers beyond 38 digits or its range, empty names, a
    /// thirty-third level.
    pub fn from_plain_json(bytes: &[u8], options: &PlainOptions) -> Result<Self, DecodeError> {
        let is_tagged = options.is_tagged();
        let reader = Reader { cursor: Cursor::new(bytes), is_tagged };
        reader.whole(bytes, |reader| match reader.cursor.peek() {
            Some(b'{') => reader.attributes(1),
            _ => Err(reader.wrong_form()),
        })
    }
}

impl AttributeValue {
    /// Reads one value from plain JSON, as [`Item::from_plain_json`] reads those of attributes.
    ///
    /// # Errors
    /// As [`Item::from_plain_json`].
    pub fn from_plain_json(bytes: &[u8], options: &PlainOptions) -> Result<Self, DecodeError> {
        let is_tagged = options.is_tagged();
        Reader { cursor: Cursor::new(bytes), is_tagged }.whole(bytes, |reader| reader.value(1))
    }
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    is_tagged: bool,
}

impl Reader<'_> {
    fn whole<T>(
        mut self,
        bytes: &[u8],
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let read = read(&mut self).and_then(|value| match self.cursor.peek() {
            None => Ok(value),
            Some(_) => Err(self.cursor.error(DecodeErrorKind::TrailingData)),
        });
        read.map_err(|error| error.quoting(bytes))
    }

    fn value(&mut self, level: usize) -> Result<AttributeValue, DecodeError> {
        let next = self.cursor.peek();
        if level > LEVELS {
            return Err(self.cursor.error(DecodeErrorKind::TooDeep));
        }
        Ok(match next {
            Some(b'"') => AttributeValue::S(self.cursor.string()?),
            Some(b'{') => self.object(level)?,
            Some(b'[') => AttributeValue::L(self.elements(|reader| reader.value(level + 1))?),
            Some(b'-' | b'0'..=b'9') => AttributeValue::N(self.number()?),
            _ if self.cursor.take_word("true") => AttributeValue::Bool(true),
            _ if self.cursor.take_word("false") => AttributeValue::Bool(false),
            _ if self.cursor.take_word("null") => AttributeValue::Null,
            _ => return Err(self.cursor.unexpected()),
        })
    }

    /// An error at a value that is not the one that belongs there, or at no value.
    fn wrong_form(&mut self) -> DecodeError {
        match self.cursor.peek() {
            Some(b'"' | b'{' | b'[' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9') => {
                self.cursor.error(DecodeErrorKind::WrongForm)
            }
            _ => self.cursor.unexpected(),
        }
    }

    fn number(&mut self) -> Result<Number, DecodeError> {
        self.cursor.skip_whitespace();
        let at = self.cursor.offset();
        let text = self.cursor.word();
        if !is_literal(text) {
            return Err(DecodeError::new(DecodeErrorKind::Syntax, at));
        }
        Number::parse(text).map_err(|error| DecodeError::new(error.kind(), at))
    }

    fn object(&mut self, level: usize) -> Result<AttributeValue, DecodeError> {
        if self.is_tagged
            && let Some((tag, content)) = tag(self.cursor.clone())
        {
            self.cursor = content;
            let value = self.tagged(tag, level)?;
            self.cursor.expect(b'}')?;
            return Ok(value);
        }
        self.attributes(level + 1).map(AttributeValue::M)
    }

    fn tagged(&mut self, tag: Tag, level: usize) -> Result<AttributeValue, DecodeError> {
        Ok(match tag {
            Tag::Binary => AttributeValue::B(self.binary()?),
            Tag::StringSet => AttributeValue::Ss(self.set("SS", Self::text)?),
            Tag::NumberSet => AttributeValue::Ns(self.set("NS", Self::number_or_text)?),
            Tag::BinarySet => AttributeValue::Bs(self.set("BS", Self::binary)?),
            Tag::Map if self.cursor.peek() == Some(b'{') => {
                AttributeValue::M(self.attributes(level + 1)?)
            }
            Tag::Map => return Err(self.wrong_form()),
        })
    }

    /// The attributes of a map that are at a level.
    fn attributes(&mut self, level: usize) -> Result<Item, DecodeError> {
        self.cursor.expect(b'{')?;
        let mut attributes = Vec::new();
        if self.cursor.take(b'}') {
            return Ok(Item::new());
        }
        loop {
            self.cursor.skip_whitespace();
            let start = self.cursor.offset();
            let name = self.cursor.string()?;
            if name.is_empty() {
                return Err(DecodeError::new(DecodeErrorKind::EmptyName, start));
            }
            self.cursor.expect(b':')?;
            match self.value(level) {
                Ok(value) => attributes.push((name.into(), value)),
                Err(error) => return Err(error.under_name(&name)),
            }
            if !self.cursor.take(b',') {
                self.cursor.expect(b'}')?;
                return Ok(Item::from_pairs(attributes));
            }
        }
    }

    fn elements<T>(
        &mut self,
        element: impl Fn(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        if !self.cursor.take(b'[') {
            return Err(self.wrong_form());
        }
        let mut elements = Vec::new();
        if self.cursor.take(b']') {
            return Ok(elements);
        }
        loop {
            let index = elements.len();
            elements.push(element(self).map_err(|error| error.under_index(index))?);
            if !self.cursor.take(b',') {
                self.cursor.expect(b']')?;
                return Ok(elements);
            }
        }
    }

    fn set<T: Ord>(
        &mut self,
        tag: &str,
        member: impl Fn(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        self.cursor.skip_whitespace();
        let at = self.cursor.offset();
        let inside =
            |error: DecodeError| if error.path() == "$" { error } else { error.under_set(tag) };
        let members = self.elements(member).map_err(inside)?;
        match wrong_with_set(&members) {
            None => Ok(members),
            Some(kind) => Err(DecodeError::new(kind, at)),
        }
    }

    fn text(&mut self) -> Result<String, DecodeError> {
        if self.cursor.peek() == Some(b'"') { self.cursor.string() } else { Err(self.wrong_form()) }
    }

    /// A member of a number set, which is a string where numbers are written like that.
    fn number_or_text(&mut self) -> Result<Number, DecodeError> {
        match self.cursor.peek() {
            Some(b'"') => {
                let at = self.cursor.offset();
                let text = self.cursor.string()?;
                Number::parse(&text).map_err(|error| DecodeError::new(error.kind(), at))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.wrong_form()),
        }
    }

    fn binary(&mut self) -> Result<Vec<u8>, DecodeError> {
        self.cursor.skip_whitespace();
        let at = self.cursor.offset();
        let text = self.text()?;
        let wrong = || DecodeError::new(DecodeErrorKind::InvalidBase64, at);
        decode_base64(text.as_bytes()).ok_or_else(wrong)
    }
}

/// The tag of the object that comes next and the place of what is tagged, if the object has one
/// member and that has the name of a tag. What is wrong with the object is told when it is read.
fn tag(mut cursor: Cursor<'_>) -> Option<(Tag, Cursor<'_>)> {
    cursor.expect(b'{').ok()?;
    let tag = Tag::of(&cursor.string().ok()?)?;
    cursor.expect(b':').ok()?;
    let content = cursor.clone();
    skip_value(&mut cursor).ok()?;
    (cursor.peek() == Some(b'}')).then_some((tag, content))
}

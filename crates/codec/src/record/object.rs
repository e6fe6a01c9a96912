//! The objects that stand around items in records: any JSON, with its places.

use crate::json::{Cursor, without_space_before, without_space_behind};
use crate::raw::skip_value;
use crate::{AttributeValue, DecodeError, DecodeErrorKind, Item, Number, RawItem};
use std::borrow::Cow;

/// One JSON value and where it begins in what is read.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) text: &'a [u8],
    at: usize,
}

impl<'a> Part<'a> {
    /// The only value in some bytes. Where it ends is looked at when its members are read.
    pub(super) fn whole(bytes: &'a [u8]) -> Self {
        let text = without_space_before(bytes);
        Self { text: without_space_behind(text), at: bytes.len() - text.len() }
    }

    /// An item that was found in these bytes.
    pub(super) fn within(bytes: &[u8], item: RawItem<'a>) -> Self {
        let text = item.as_bytes();
        Self { text, at: text.as_ptr().addr() - bytes.as_ptr().addr() }
    }

    fn next(cursor: &mut Cursor<'a>) -> Result<Self, DecodeError> {
        let is_object = cursor.peek() == Some(b'{');
        let at = cursor.offset();
        if is_object {
            // Most are items, for which there is a fast way.
            let (object, _) =
                RawItem::from_prefix(cursor.rest()).map_err(|error| error.shifted(at))?;
            cursor.skip(object.as_bytes().len());
        } else {
            skip_value(cursor)?;
        }
        Ok(Self { text: cursor.since(at), at })
    }

    pub(super) fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.at)
    }

    /// An error at this value, which is no such thing as is needed here.
    pub(super) fn wrong_form(&self) -> DecodeError {
        self.error(DecodeErrorKind::WrongForm)
    }

    pub(super) fn is_null(&self) -> bool {
        self.text == b"null"
    }

    pub(super) fn is_array(&self) -> bool {
        self.text.first() == Some(&b'[')
    }

    /// Calls for each member of an object. What fails has the name of the member in its path.
    pub(super) fn members(
        &self,
        mut member: impl FnMut(&str, Part<'a>) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.parts(*b"{}", |cursor, at, _| {
            let (raw, is_escaped) = cursor.raw_string()?;
            let name = text(raw, is_escaped).map_err(|error| error.shifted(at + 1))?;
            cursor.expect(b':')?;
            let part = Self::next(cursor)?.shifted(self.at);
            Ok(member(&name, part).map_err(|error| error.under_name(&name)))
        })
    }

    /// Calls for each element of an array. What fails has the index of the element in its path.
    pub(super) fn elements(
        &self,
        mut element: impl FnMut(Part<'a>) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.parts(*b"[]", |cursor, _, index| {
            let part = Self::next(cursor)?.shifted(self.at);
            Ok(element(part).map_err(|error| error.under_index(index)))
        })
    }

    /// Walks over what is in the brackets. The outer errors of `read` have their places in this
    /// value, the inner ones in the whole.
    fn parts(
        &self,
        [open, close]: [u8; 2],
        mut read: impl FnMut(
            &mut Cursor<'a>,
            usize,
            usize,
        ) -> Result<Result<(), DecodeError>, DecodeError>,
    ) -> Result<(), DecodeError> {
        let mut cursor = Cursor::new(self.text);
        let here = |error: DecodeError| error.shifted(self.at);
        match cursor.peek() {
            Some(byte) if byte == open => cursor.step(),
            Some(b'{' | b'[' | b'"' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9') => {
                return Err(self.wrong_form());
            }
            _ => return Err(here(cursor.unexpected())),
        }
        for index in 0.. {
            if index == 0 && cursor.take(close) {
                break;
            }
            cursor.skip_whitespace();
            let at = cursor.offset();
            read(&mut cursor, at, index).map_err(here)??;
            if !cursor.take(b',') {
                cursor.expect(close).map_err(here)?;
                break;
            }
        }
        match cursor.peek() {
            None => Ok(()),
            Some(_) => Err(here(cursor.error(DecodeErrorKind::TrailingData))),
        }
    }

    fn shifted(self, by: usize) -> Self {
        Self { at: self.at + by, ..self }
    }

    pub(super) fn raw_item(&self) -> Result<RawItem<'a>, DecodeError> {
        RawItem::from_prefix(self.text).map(|(item, _)| item).map_err(|_| self.wrong_form())
    }

    pub(super) fn item(&self) -> Result<Item, DecodeError> {
        Item::from_dynamodb_json(self.text).map_err(|error| error.shifted(self.at))
    }

    /// One value in DynamoDB JSON.
    pub(super) fn value(&self) -> Result<AttributeValue, DecodeError> {
        AttributeValue::from_dynamodb_json(self.text).map_err(|error| error.shifted(self.at))
    }

    pub(super) fn string(&self) -> Result<String, DecodeError> {
        if self.text.first() != Some(&b'"') {
            return Err(self.wrong_form());
        }
        Cursor::new(self.text).string().map_err(|error| error.shifted(self.at))
    }

    /// A number of JSON.
    pub(super) fn number(&self) -> Result<Number, DecodeError> {
        let is_number = matches!(self.text.first(), Some(b'-' | b'0'..=b'9'));
        let text = std::str::from_utf8(self.text).ok().filter(|_| is_number);
        let text = text.ok_or_else(|| self.wrong_form())?;
        Number::parse(text).map_err(|error| self.error(error.kind()))
    }

    /// A whole number of JSON that is not negative.
    pub(super) fn count(&self) -> Result<u64, DecodeError> {
        whole_number(&self.number()?).ok_or_else(|| self.wrong_form())
    }
}

/// A number that is an integer and not negative.
pub(super) fn whole_number(number: &Number) -> Option<u64> {
    number.normal_form().parse().ok()
}

/// Puts a part of a record in its place, in which there may be none before.
pub(super) fn put<T>(place: &mut Option<T>, value: T, part: Part<'_>) -> Result<(), DecodeError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(part.error(DecodeErrorKind::DuplicateName)),
    }
}

/// A part that a record must have.
pub(super) fn needed<T>(place: Option<T>, name: &str, record: Part<'_>) -> Result<T, DecodeError> {
    place.ok_or_else(|| record.error(DecodeErrorKind::MissingPart).under_name(name))
}

/// The text of a string of JSON; errors are counted from its inside.
fn text(raw: &[u8], is_escaped: bool) -> Result<Cow<'_, str>, DecodeError> {
    let text = std::str::from_utf8(raw)
        .map_err(|error| DecodeError::new(DecodeErrorKind::Encoding, error.valid_up_to()))?;
    Ok(if is_escaped { crate::json::unescape(text)?.into() } else { text.into() })
}

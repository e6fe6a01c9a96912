//! From DynamoDB JSON to values.

use crate::json::Cursor;
use crate::{AttributeValue, DecodeError, DecodeErrorKind, Item, Number};
use base64::alphabet;
use base64::engine::{DecodePaddingMode, Engine, GeneralPurpose, GeneralPurposeConfig};
use std::collections::HashSet;

/// The deepest level at which DynamoDB takes a value; an attribute of an item is at level 1.
const LEVELS: usize = 32;

/// The types of DynamoDB as JSON has them.
const TAGS: [&[u8]; 10] = [b"S", b"N", b"B", b"BOOL", b"NULL", b"L", b"M", b"SS", b"NS", b"BS"];

/// Padded standard Base64. Bits that the last character has too many are let pass and written as
/// zero, as DynamoDB does.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

impl Item {
    /// Reads an item in DynamoDB JSON: `{"pk":{"S":"a"},"n":{"N":"1"}}`.
    ///
    /// Everything that DynamoDB would refuse in a value is refused here: empty sets, members twice,
    /// numbers beyond 38 digits, a thirty-third level. Of two attributes with one name the last
    /// counts, as in the service.
    ///
    /// # Errors
    /// [`DecodeError`] with the byte and the attribute, for any bytes that are no item.
    pub fn from_dynamodb_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new(bytes);
        let item = map(&mut cursor, 1)?;
        end(&mut cursor)?;
        Ok(item)
    }
}

impl AttributeValue {
    /// Reads one value in DynamoDB JSON: `{"S":"a"}`.
    ///
    /// # Errors
    /// As [`Item::from_dynamodb_json`].
    pub fn from_dynamodb_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new(bytes);
        let value = value(&mut cursor, 1)?;
        end(&mut cursor)?;
        Ok(value)
    }
}

fn end(cursor: &mut Cursor<'_>) -> Result<(), DecodeError> {
    match cursor.peek() {
        None => Ok(()),
        Some(_) => Err(cursor.error(DecodeErrorKind::TrailingData)),
    }
}

fn map(cursor: &mut Cursor<'_>, level: usize) -> Result<Item, DecodeError> {
    cursor.expect(b'{')?;
    let mut attributes = Vec::new();
    if !cursor.take(b'}') {
        loop {
            let start = cursor.offset();
            let name = cursor.string()?;
            if name.is_empty() {
                return Err(DecodeError::new(DecodeErrorKind::EmptyName, start));
            }
            cursor.expect(b':')?;
            match value(cursor, level) {
                Ok(value) => attributes.push((name, value)),
                Err(error) => return Err(error.under_name(&name)),
            }
            if !cursor.take(b',') {
                cursor.expect(b'}')?;
                break;
            }
        }
    }
    keep_last(&mut attributes);
    Ok(Item::from_unique(attributes))
}

/// Of attributes with one name the last counts.
fn keep_last(attributes: &mut Vec<(String, AttributeValue)>) {
    /// Up to here comparing all pairs is faster than hashing the names.
    const FEW: usize = 16;
    let repeated: HashSet<usize> = if attributes.len() <= FEW {
        let later =
            |n: usize, name: &str| attributes.iter().skip(n + 1).any(|(own, _)| own == name);
        let names = attributes.iter().enumerate();
        names.filter(|(n, (name, _))| later(*n, name)).map(|(n, _)| n).collect()
    } else {
        let mut seen = HashSet::with_capacity(attributes.len());
        let names = attributes.iter().enumerate().rev();
        names.filter(|(_, (name, _))| !seen.insert(name.as_str())).map(|(n, _)| n).collect()
    };
    if !repeated.is_empty() {
        let mut n = 0;
        attributes.retain(|_| {
            n += 1;
            !repeated.contains(&(n - 1))
        });
    }
}

fn value(cursor: &mut Cursor<'_>, level: usize) -> Result<AttributeValue, DecodeError> {
    if level > LEVELS {
        return Err(cursor.error(DecodeErrorKind::TooDeep));
    }
    if cursor.peek() != Some(b'{') {
        return Err(form(cursor));
    }
    let start = cursor.offset();
    cursor.expect(b'{')?;
    let mut found = None;
    while !cursor.take(b'}') {
        let at = cursor.offset();
        let tag = cursor.raw_string()?.0;
        cursor.expect(b':')?;
        if !TAGS.contains(&tag) {
            return Err(DecodeError::new(DecodeErrorKind::UnknownType, at));
        }
        // Beside the type, members that are null count for nothing, as in the service.
        if !cursor.take_word("null") {
            let value = typed(cursor, tag, at, level)?;
            if found.replace(value).is_some() {
                return Err(DecodeError::new(DecodeErrorKind::SeveralTypes, at));
            }
        }
        if !cursor.take(b',') {
            cursor.expect(b'}')?;
            break;
        }
        if cursor.peek() == Some(b'}') {
            return Err(cursor.unexpected());
        }
    }
    found.ok_or_else(|| DecodeError::new(DecodeErrorKind::UnknownType, start))
}

fn typed(
    cursor: &mut Cursor<'_>,
    tag: &[u8],
    at: usize,
    level: usize,
) -> Result<AttributeValue, DecodeError> {
    Ok(match tag {
        b"S" => AttributeValue::S(text(cursor)?),
        b"N" => AttributeValue::N(number(cursor)?),
        b"B" => AttributeValue::B(binary(cursor)?),
        b"BOOL" => AttributeValue::Bool(flag(cursor)?),
        b"NULL" => {
            let at = cursor.offset();
            if !flag(cursor)? {
                return Err(DecodeError::new(DecodeErrorKind::WrongForm, at));
            }
            AttributeValue::Null
        }
        b"L" => AttributeValue::L(list(cursor, level)?),
        b"M" => {
            if cursor.peek() != Some(b'{') {
                return Err(form(cursor));
            }
            AttributeValue::M(map(cursor, level + 1)?)
        }
        b"SS" => AttributeValue::Ss(set(cursor, text)?),
        b"NS" => AttributeValue::Ns(set(cursor, number)?),
        b"BS" => AttributeValue::Bs(set(cursor, binary)?),
        _ => return Err(DecodeError::new(DecodeErrorKind::UnknownType, at)),
    })
}

/// An error at a value that has the wrong form, or at no value at all.
fn form(cursor: &mut Cursor<'_>) -> DecodeError {
    match cursor.peek() {
        Some(b'"' | b'{' | b'[' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9') => {
            cursor.error(DecodeErrorKind::WrongForm)
        }
        _ => cursor.unexpected(),
    }
}

fn text(cursor: &mut Cursor<'_>) -> Result<String, DecodeError> {
    if cursor.peek() == Some(b'"') { cursor.string() } else { Err(form(cursor)) }
}

fn number(cursor: &mut Cursor<'_>) -> Result<Number, DecodeError> {
    cursor.skip_whitespace();
    let at = cursor.offset();
    let text = text(cursor)?;
    Number::parse(&text).map_err(|error| DecodeError::new(error.kind(), at))
}

fn binary(cursor: &mut Cursor<'_>) -> Result<Vec<u8>, DecodeError> {
    cursor.skip_whitespace();
    let at = cursor.offset();
    let text = text(cursor)?;
    BASE64.decode(text).map_err(|_| DecodeError::new(DecodeErrorKind::InvalidBase64, at))
}

fn flag(cursor: &mut Cursor<'_>) -> Result<bool, DecodeError> {
    if cursor.take_word("true") {
        Ok(true)
    } else if cursor.take_word("false") {
        Ok(false)
    } else {
        Err(form(cursor))
    }
}

fn list(cursor: &mut Cursor<'_>, level: usize) -> Result<Vec<AttributeValue>, DecodeError> {
    elements(cursor, |cursor, index| {
        value(cursor, level + 1).map_err(|error| error.under_index(index))
    })
}

fn set<T: Ord>(
    cursor: &mut Cursor<'_>,
    member: impl Fn(&mut Cursor<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    cursor.skip_whitespace();
    let at = cursor.offset();
    let members =
        elements(cursor, |cursor, index| member(cursor).map_err(|error| error.under_index(index)))?;
    if members.is_empty() {
        return Err(DecodeError::new(DecodeErrorKind::EmptySet, at));
    }
    let in_order = crate::value::in_order(&members);
    if in_order.windows(2).any(|pair| pair.first() == pair.get(1)) {
        return Err(DecodeError::new(DecodeErrorKind::DuplicateInSet, at));
    }
    Ok(members)
}

fn elements<T>(
    cursor: &mut Cursor<'_>,
    element: impl Fn(&mut Cursor<'_>, usize) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    if !cursor.take(b'[') {
        return Err(form(cursor));
    }
    let mut elements = Vec::new();
    if cursor.take(b']') {
        return Ok(elements);
    }
    loop {
        elements.push(element(cursor, elements.len())?);
        if !cursor.take(b',') {
            cursor.expect(b']')?;
            return Ok(elements);
        }
    }
}

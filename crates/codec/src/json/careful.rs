//! DynamoDB JSON read with care: every form that the service takes, errors with their places, and
//! the policies.

use crate::json::Cursor;
use crate::{
    AttributeValue, BareNumbers, DecodeError, DecodeErrorKind, DecodeOptions, Duplicates, Item,
    Name, Number, RawItem, SpareBits,
};
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
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

/// The bytes of padded standard Base64.
pub(crate) fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

/// Reads an item.
pub(super) fn item(bytes: &[u8], options: DecodeOptions) -> Result<Item, DecodeError> {
    whole(bytes, options, |cursor| map(cursor, 1))
}

/// Reads the item of a line, in its frame or bare. Errors have their place in the line.
pub(super) fn line(line: &[u8], options: DecodeOptions) -> Result<Item, DecodeError> {
    let raw = RawItem::from_line(line)?.as_bytes();
    let start = raw.as_ptr().addr() - line.as_ptr().addr();
    item(raw, options).map_err(|error| error.shifted(start))
}

/// Reads something that is all that there is.
fn whole<T>(
    bytes: &[u8],
    options: DecodeOptions,
    read: impl FnOnce(&mut Cursor<'_>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut cursor = Cursor::with_options(bytes, options);
    let read = read(&mut cursor).and_then(|value| end(&mut cursor).map(|()| value));
    read.map_err(|error| error.quoting(bytes))
}

impl AttributeValue {
    /// Reads one value in DynamoDB JSON: `{"S":"a"}`.
    ///
    /// # Errors
    /// As [`Item::from_dynamodb_json`].
    ///
    /// ```
    /// use ddbkit_codec::AttributeValue;
    ///
    /// assert_eq!(AttributeValue::from_dynamodb_json(br#"{"S":"a"}"#)?, "a".into());
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    pub fn from_dynamodb_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        whole(bytes, DecodeOptions::default(), |cursor| value(cursor, 1))
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
                Ok(value) => attributes.push((name.into(), value)),
                Err(error) => return Err(error.under_name(&name)),
            }
            if !cursor.take(b',') {
                cursor.expect(b'}')?;
                break;
            }
        }
    }
    keep_last(&mut attributes, cursor)?;
    Ok(Item::from_unique(attributes))
}

/// Which attributes have a name that comes again behind them.
pub(crate) fn repeated(attributes: &[(Name, AttributeValue)]) -> HashSet<usize> {
    /// Up to here comparing all pairs is faster than hashing the names.
    const FEW: usize = 16;
    if attributes.len() <= FEW {
        let later =
            |n: usize, name: &str| attributes.iter().skip(n + 1).any(|(own, _)| own == name);
        let names = attributes.iter().enumerate();
        names.filter(|(n, (name, _))| later(*n, name)).map(|(n, _)| n).collect()
    } else {
        let mut seen = HashSet::with_capacity(attributes.len());
        let names = attributes.iter().enumerate().rev();
        names.filter(|(_, (name, _))| !seen.insert(name.as_str())).map(|(n, _)| n).collect()
    }
}

/// Of attributes with one name the last counts.
fn keep_last(
    attributes: &mut Vec<(Name, AttributeValue)>,
    cursor: &Cursor<'_>,
) -> Result<(), DecodeError> {
    let repeated = repeated(attributes);
    let Some((_, (name, _))) = attributes.iter().enumerate().find(|(n, _)| repeated.contains(n))
    else {
        return Ok(());
    };
    if cursor.options().duplicates == Duplicates::Refuse {
        return Err(cursor.error(DecodeErrorKind::DuplicateName).under_name(name));
    }
    let mut n = 0;
    attributes.retain(|_| {
        n += 1;
        !repeated.contains(&(n - 1))
    });
    Ok(())
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
    let mut found: Option<(&[u8], AttributeValue)> = None;
    while !cursor.take(b'}') {
        let at = cursor.offset();
        let tag = cursor.raw_string()?.0;
        cursor.expect(b':')?;
        if !TAGS.contains(&tag) {
            return Err(DecodeError::new(DecodeErrorKind::UnknownType, at));
        }
        // Beside the type, members that are null count for nothing, as in the service. With the
        // name of the type they would take the value away again.
        let is_null = cursor.take_word("null");
        let value = if is_null { None } else { Some(typed(cursor, tag, at, level)?) };
        if found.as_ref().is_some_and(|(first, _)| value.is_some() || *first == tag) {
            return Err(DecodeError::new(DecodeErrorKind::SeveralTypes, at));
        }
        found = found.or(value.map(|value| (tag, value)));
        if !cursor.take(b',') {
            cursor.expect(b'}')?;
            break;
        }
        if cursor.peek() == Some(b'}') {
            return Err(cursor.unexpected());
        }
    }
    let (_, value) = found.ok_or_else(|| DecodeError::new(DecodeErrorKind::UnknownType, start))?;
    Ok(value)
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
        b"L" | b"M" if level == LEVELS => return Err(cursor.error(DecodeErrorKind::TooDeep)),
        b"L" => AttributeValue::L(list(cursor, level)?),
        b"M" => {
            if cursor.peek() != Some(b'{') {
                return Err(form(cursor));
            }
            AttributeValue::M(map(cursor, level + 1)?)
        }
        b"SS" => AttributeValue::Ss(set(cursor, "SS", text)?),
        b"NS" => AttributeValue::Ns(set(cursor, "NS", number)?),
        b"BS" => AttributeValue::Bs(set(cursor, "BS", binary)?),
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
    let is_bare = matches!(cursor.peek(), Some(b'-' | b'0'..=b'9'));
    let text = if is_bare && cursor.options().bare_numbers == BareNumbers::Accept {
        cursor.word().to_owned()
    } else {
        text(cursor)?
    };
    Number::parse(&text).map_err(|error| DecodeError::new(error.kind(), at))
}

fn binary(cursor: &mut Cursor<'_>) -> Result<Vec<u8>, DecodeError> {
    cursor.skip_whitespace();
    let at = cursor.offset();
    let text = text(cursor)?;
    let wrong = || DecodeError::new(DecodeErrorKind::InvalidBase64, at);
    let bytes = decode_base64(text.as_bytes()).ok_or_else(wrong)?;
    let is_exact = || STANDARD.encode(&bytes) == text;
    if cursor.options().spare_bits == SpareBits::Refuse && !is_exact() {
        return Err(wrong());
    }
    Ok(bytes)
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
    tag: &str,
    member: impl Fn(&mut Cursor<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    cursor.skip_whitespace();
    let at = cursor.offset();
    let members = elements(cursor, |cursor, index| {
        member(cursor).map_err(|error| error.under_index(index).under_set(tag))
    })?;
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

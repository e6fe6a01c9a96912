//! Strings, numbers and binaries as they stand in the text, already checked.
#![allow(clippy::inline_always, reason = "walking a tape is a hot loop")]

use crate::{Name, Number, json};
use std::borrow::Cow;
use std::fmt;

/// A string that borrows from what it was read from.
#[derive(Clone, Copy)]
pub struct TextRef<'a> {
    raw: &'a str,
    escapes: Escapes,
}

/// The escapes that a string was written with.
///
/// A word wide, as are the tags below: what is returned by value is copied in words, and a word that
/// was written as single bytes makes the processor wait.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
enum Escapes {
    None,
    Json,
    #[cfg(feature = "ion")]
    Ion,
}

impl<'a> TextRef<'a> {
    #[inline(always)]
    pub(crate) fn of_json(raw: &'a str, has_escapes: bool) -> Self {
        Self { raw, escapes: if has_escapes { Escapes::Json } else { Escapes::None } }
    }

    #[cfg(feature = "ion")]
    #[inline(always)]
    pub(crate) fn of_ion(raw: &'a str, has_escapes: bool) -> Self {
        Self { raw, escapes: if has_escapes { Escapes::Ion } else { Escapes::None } }
    }

    #[inline(always)]
    fn is_escaped(self) -> bool {
        self.escapes != Escapes::None
    }

    /// The string. It is only copied where it was written with escapes.
    #[inline(always)]
    #[must_use]
    pub fn get(&self) -> Cow<'a, str> {
        if self.is_escaped() { Cow::Owned(self.unescaped()) } else { Cow::Borrowed(self.raw) }
    }

    /// The string where it needs no copy: it was written without escapes.
    #[inline(always)]
    #[must_use]
    pub fn as_borrowed(&self) -> Option<&'a str> {
        (!self.is_escaped()).then_some(self.raw)
    }

    /// How many bytes the string has in UTF-8.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a length in bytes, not of a collection")]
    pub fn len(&self) -> usize {
        if self.is_escaped() { self.unescaped().len() } else { self.raw.len() }
    }

    /// Whether this is the string.
    #[inline(always)]
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        if self.is_escaped() { self.unescaped() == text } else { self.raw == text }
    }

    #[cold]
    fn unescaped(&self) -> String {
        match self.escapes {
            Escapes::None => self.raw.to_owned(),
            // The escapes were checked when the text was read.
            Escapes::Json => json::unescape(self.raw).unwrap_or_default(),
            #[cfg(feature = "ion")]
            Escapes::Ion => {
                crate::ion::unescape(self.raw, crate::Surrogates::Refuse).unwrap_or_default()
            }
        }
    }

    #[inline(always)]
    pub(crate) fn into_name(self) -> Name {
        match self.raw {
            _ if self.is_escaped() => self.unescaped().into(),
            // Faster by a tenth of the whole than leaving it to `new` to find out.
            short if short.len() <= Name::INLINE_CAP => Name::new_inline(short),
            long => Name::new(long),
        }
    }

    #[inline(always)]
    pub(crate) fn into_string(self) -> String {
        if self.is_escaped() { self.unescaped() } else { self.raw.to_owned() }
    }
}

impl fmt::Debug for TextRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl fmt::Display for TextRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.get())
    }
}

impl PartialEq<str> for TextRef<'_> {
    fn eq(&self, other: &str) -> bool {
        self.is(other)
    }
}

impl PartialEq<&str> for TextRef<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.is(other)
    }
}

/// A number that borrows from what it was read from.
#[derive(Clone, Copy)]
pub struct NumberRef<'a>(RawNumber<'a>);

#[derive(Clone, Copy)]
#[repr(usize)]
enum RawNumber<'a> {
    Plain(&'a str),
    /// Ion text that is not what DynamoDB would write: with an exponent, or zeros that say nothing.
    #[cfg(feature = "ion")]
    IonText(&'a str),
    #[cfg(feature = "ion")]
    IonBinary(crate::ion::Decimal<'a>),
}

impl<'a> NumberRef<'a> {
    #[inline(always)]
    pub(crate) fn new(raw: &'a str) -> Self {
        Self(RawNumber::Plain(raw))
    }

    #[cfg(feature = "ion")]
    #[inline(always)]
    pub(crate) fn unusual(raw: &'a str) -> Self {
        Self(RawNumber::IonText(raw))
    }

    #[cfg(feature = "ion")]
    #[inline(always)]
    pub(crate) fn of_decimal(raw: crate::ion::Decimal<'a>) -> Self {
        Self(RawNumber::IonBinary(raw))
    }

    /// The number as decimal text: as it was written in JSON, in normal form from Ion.
    #[inline(always)]
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        match self.0 {
            RawNumber::Plain(raw) => Cow::Borrowed(raw),
            #[cfg(feature = "ion")]
            RawNumber::IonText(raw) => crate::ion::plain_of_text(raw),
            #[cfg(feature = "ion")]
            RawNumber::IonBinary(raw) => {
                let text = crate::number::PlainText::of(raw.normal());
                Cow::Owned(text.as_str().to_owned())
            }
        }
    }

    /// The number as a value.
    #[inline(always)]
    #[must_use]
    pub fn to_number(&self) -> Number {
        #[cfg(feature = "ion")]
        if let RawNumber::IonBinary(raw) = self.0 {
            return Number::of_parts(raw.normal());
        }
        Number::keep(&self.text())
    }

    /// The number as `coefficient * 10^exponent`, the coefficient without zeros behind: what other
    /// types for decimals are made from. The coefficient has 38 digits at most.
    ///
    /// ```
    /// use ddbkit_codec::{Tape, ValueRef};
    ///
    /// let mut tape = Tape::new();
    /// let item = tape.read_dynamodb_json(br#"{"n":{"N":"-12.50"}}"#)?;
    /// let Some(ValueRef::N(number)) = item.get("n") else { panic!("no number") };
    /// assert_eq!(number.decimal_parts(), (-125, -1));
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn decimal_parts(&self) -> (i128, i32) {
        #[cfg(feature = "ion")]
        if let RawNumber::IonBinary(raw) = self.0
            && let Some((negative, coefficient, exponent)) = raw.short()
            && !coefficient.is_multiple_of(10)
        {
            let coefficient = i128::from(coefficient);
            return (if negative { -coefficient } else { coefficient }, exponent);
        }
        self.any_decimal_parts()
    }

    /// Apart, so that the way of the usual number is short.
    #[inline(never)]
    fn any_decimal_parts(&self) -> (i128, i32) {
        let parts = match self.0 {
            #[cfg(feature = "ion")]
            RawNumber::IonBinary(raw) => raw.normal(),
            _ => Number::keep(&self.text()).parts(),
        };
        // 38 digits are less than half of what 128 bits hold.
        let coefficient = i128::try_from(parts.coefficient).unwrap_or_default();
        (if parts.negative { -coefficient } else { coefficient }, parts.exponent)
    }
}

impl fmt::Debug for NumberRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl fmt::Display for NumberRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// A binary that borrows from what it was read from; it is decoded when it is asked for.
#[derive(Clone, Copy)]
pub struct BinaryRef<'a>(RawBinary<'a>);

#[derive(Clone, Copy)]
#[repr(usize)]
enum RawBinary<'a> {
    Base64(&'a str),
    #[cfg(feature = "ion")]
    Bytes(&'a [u8]),
}

impl<'a> BinaryRef<'a> {
    #[inline(always)]
    pub(crate) fn new(base64: &'a str) -> Self {
        Self(RawBinary::Base64(base64))
    }

    #[cfg(feature = "ion")]
    #[inline(always)]
    pub(crate) fn of_bytes(bytes: &'a [u8]) -> Self {
        Self(RawBinary::Bytes(bytes))
    }

    /// How many bytes the binary has.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.0 {
            RawBinary::Base64(text) => {
                let padding = text.bytes().rev().take_while(|byte| *byte == b'=').count();
                (text.len() / 4 * 3).saturating_sub(padding)
            }
            #[cfg(feature = "ion")]
            RawBinary::Bytes(bytes) => bytes.len(),
        }
    }

    /// Whether the binary has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes.
    #[inline(always)]
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        match self.0 {
            // The Base64 was checked when it was read.
            RawBinary::Base64(text) => json::decode_base64(text.as_bytes()).unwrap_or_default(),
            #[cfg(feature = "ion")]
            RawBinary::Bytes(bytes) => bytes.to_vec(),
        }
    }
}

impl fmt::Debug for BinaryRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

//! A place in JSON text, and the tokens behind it.

use crate::{DecodeError, DecodeErrorKind, DecodeOptions, Surrogates};
use memchr::memchr2;

/// Reads JSON from front to back.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    options: DecodeOptions,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self::with_options(bytes, DecodeOptions::default())
    }

    pub(crate) fn with_options(bytes: &'a [u8], options: DecodeOptions) -> Self {
        Self { bytes, at: 0, options }
    }

    pub(crate) fn options(&self) -> DecodeOptions {
        self.options
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    pub(crate) fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.at)
    }

    /// An error at what comes next: the end, or something that does not belong.
    pub(crate) fn unexpected(&self) -> DecodeError {
        let kind = match self.bytes.get(self.at) {
            Some(_) => DecodeErrorKind::Syntax,
            None => DecodeErrorKind::UnexpectedEnd,
        };
        self.error(kind)
    }

    /// The bytes from one offset up to here.
    pub(crate) fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// The next byte that is no whitespace.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        self.skip_whitespace();
        self.bytes.get(self.at).copied()
    }

    /// Steps over this byte if it comes next.
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), DecodeError> {
        if self.take(byte) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// Steps over one byte that was looked at.
    pub(crate) fn step(&mut self) {
        self.at += 1;
    }

    /// Steps over bytes that were looked at.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Steps over what is no bracket, string or separator: a number, `true`, or nonsense.
    pub(crate) fn skip_word(&mut self) {
        let length =
            self.rest().iter().take_while(|byte| !b"{}[]\",: \t\n\r".contains(byte)).count();
        self.at += length;
    }

    /// The text of what is no bracket, string or separator.
    pub(crate) fn word(&mut self) -> &'a str {
        self.skip_whitespace();
        let start = self.at;
        self.skip_word();
        std::str::from_utf8(self.since(start)).unwrap_or_default()
    }

    /// Steps over `true`, `false` or `null` if it comes next.
    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        self.skip_whitespace();
        let found = self.rest().starts_with(word.as_bytes());
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// The raw inside of the string that comes next, and whether it has escapes. Checks that it is
    /// closed and has no control characters, nothing more.
    pub(crate) fn raw_string(&mut self) -> Result<(&'a [u8], bool), DecodeError> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            match memchr2(b'"', b'\\', self.rest()) {
                None => {
                    self.at = self.bytes.len();
                    return Err(self.unexpected());
                }
                Some(n) => self.at += n,
            }
            if self.bytes.get(self.at) == Some(&b'"') {
                let inside = self.since(start);
                if let Some(n) = inside.iter().position(|byte| *byte < 0x20) {
                    return Err(DecodeError::new(DecodeErrorKind::Syntax, start + n));
                }
                self.at += 1;
                return Ok((inside, escaped));
            }
            escaped = true;
            self.at = (self.at + 2).min(self.bytes.len());
        }
    }

    /// The text of the string that comes next.
    pub(crate) fn string(&mut self) -> Result<String, DecodeError> {
        self.skip_whitespace();
        let start = self.at + 1;
        let (inside, escaped) = self.raw_string()?;
        let text = std::str::from_utf8(inside).map_err(|error| {
            DecodeError::new(DecodeErrorKind::Encoding, start + error.valid_up_to())
        })?;
        if escaped {
            unescape_as(text, self.options.surrogates).map_err(|error| error.shifted(start))
        } else {
            Ok(text.to_owned())
        }
    }
}

/// Resolves the escapes of the inside of a JSON string.
pub(crate) fn unescape(text: &str) -> Result<String, DecodeError> {
    unescape_as(text, Surrogates::Refuse)
}

fn unescape_as(text: &str, surrogates: Surrogates) -> Result<String, DecodeError> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let offset = text.len() - escape.len() - 1;
        let wrong = || DecodeError::new(DecodeErrorKind::Syntax, offset);
        let mut after = escape.chars();
        let c = match after.next().ok_or_else(wrong)? {
            c @ ('"' | '\\' | '/') => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (c, behind) = unicode(after.as_str(), surrogates)
                    .map_err(|kind| DecodeError::new(kind, offset))?;
                rest = behind;
                out.push(c);
                continue;
            }
            _ => return Err(wrong()),
        };
        out.push(c);
        rest = after.as_str();
    }
    out.push_str(rest);
    Ok(out)
}

/// The character of the four digits behind `\u`, and of a second escape where it is half a pair.
fn unicode(text: &str, surrogates: Surrogates) -> Result<(char, &str), DecodeErrorKind> {
    let (first, rest) = four_digits(text).ok_or(DecodeErrorKind::Syntax)?;
    if let Some(c) = char::from_u32(first.into()) {
        return Ok((c, rest));
    }
    // Half of a surrogate pair says nothing without the other half.
    if let Some((second, behind)) = rest.strip_prefix("\\u").and_then(four_digits)
        && let Some(Ok(c)) = char::decode_utf16([first, second]).next()
    {
        return Ok((c, behind));
    }
    match surrogates {
        Surrogates::Refuse => Err(DecodeErrorKind::Encoding),
        Surrogates::Replace => Ok((char::REPLACEMENT_CHARACTER, rest)),
    }
}

fn four_digits(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten().map(|code| (code, rest))
}

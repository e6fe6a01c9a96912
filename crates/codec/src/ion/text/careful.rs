//! All of Ion text that DynamoDB's use of it can need: comments, long strings, escapes, symbols in
//! quotes, local symbol tables.

use crate::ion::symbols::Symbols;
use crate::ion::text::fast::is_in_word;
use crate::ion::text::strings::unescape;
use crate::ion::tree::{Ion, Node};
use crate::json::decode_base64;
use crate::{DecodeError, DecodeErrorKind, DecodeOptions, SpareBits};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Deeper than any item is, with the frame and the list around it.
const LEVELS: usize = 40;

/// A place in Ion text.
pub(super) struct Parser<'a> {
    text: &'a str,
    at: usize,
    options: DecodeOptions,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, at: usize, options: DecodeOptions) -> Self {
        Self { text, at, options }
    }

    pub(super) fn offset(&self) -> usize {
        self.at
    }

    fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.at)
    }

    pub(super) fn unexpected(&self) -> DecodeError {
        let is_end = self.at >= self.text.len();
        self.error(if is_end { DecodeErrorKind::UnexpectedEnd } else { DecodeErrorKind::Syntax })
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over white space and comments.
    pub(super) fn skip_space(&mut self) -> Result<(), DecodeError> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find(['\n', '\r']).unwrap_or(trimmed.len());
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                let Some(end) = comment.find("*/") else {
                    self.at = self.text.len();
                    return Err(self.unexpected());
                };
                self.at += end + "/**/".len();
            } else {
                return Ok(());
            }
        }
    }

    /// Steps over this text if it comes next, behind white space.
    pub(super) fn take(&mut self, text: &str) -> Result<bool, DecodeError> {
        self.skip_space()?;
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        Ok(found)
    }

    /// Whether this text comes next, behind white space.
    pub(super) fn peek(&mut self, text: &str) -> Result<bool, DecodeError> {
        self.skip_space()?;
        Ok(self.rest().starts_with(text))
    }

    /// Steps over `$ion_1_0` if that comes next and is no more than a version marker.
    pub(super) fn take_version(&mut self) -> Result<bool, DecodeError> {
        self.skip_space()?;
        let start = self.at;
        let is_word = self.identifier() == "$ion_1_0";
        let behind = self.at;
        let is_version = is_word && !self.peek("::")?;
        self.at = if is_version { behind } else { start };
        Ok(is_version)
    }

    /// Whether more text could belong to the value that was just read: `::` behind a word, or the
    /// next piece of a long string.
    pub(super) fn may_go_on(&mut self) -> bool {
        let is_cut_off = self.skip_space().is_err();
        is_cut_off || ["::", "'''", "//", "/*"].iter().any(|next| next.starts_with(self.rest()))
    }

    pub(super) fn is_at_end(&mut self) -> Result<bool, DecodeError> {
        self.skip_space()?;
        Ok(self.at >= self.text.len())
    }

    /// The next value with its annotations.
    pub(super) fn value(&mut self, symbols: &Symbols, level: usize) -> Result<Node, DecodeError> {
        self.skip_space()?;
        if level > LEVELS {
            return Err(self.error(DecodeErrorKind::TooDeep));
        }
        let mut annotations = Vec::new();
        let at = self.at;
        loop {
            let value = match self.byte().ok_or_else(|| self.unexpected())? {
                b'"' => Ion::String(self.quoted(b'"')?),
                b'\'' if self.rest().starts_with("'''") => Ion::String(self.long_string()?),
                b'\'' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => {
                    let start = self.at;
                    let (symbol, is_quoted) = self.symbol(symbols)?;
                    if self.take("::")? {
                        if !is_quoted && is_keyword(&symbol) {
                            return Err(DecodeError::new(DecodeErrorKind::Syntax, start));
                        }
                        annotations.push(symbol);
                        self.skip_space()?;
                        continue;
                    }
                    self.word(symbol, is_quoted)?
                }
                b'-' | b'0'..=b'9' => self.number()?,
                b'{' if self.rest().starts_with("{{") => self.lob()?,
                b'{' => self.structure(symbols, level)?,
                b'[' => self.list(symbols, level)?,
                b'(' => return Err(self.error(DecodeErrorKind::ForeignType)),
                b'+' => self.infinity()?,
                _ => return Err(self.unexpected()),
            };
            return Ok(Node { annotations, value, at });
        }
    }

    /// What a symbol without quotes is as a value.
    fn word(&mut self, symbol: String, is_quoted: bool) -> Result<Ion, DecodeError> {
        if is_quoted {
            return Ok(Ion::Symbol(symbol));
        }
        Ok(match symbol.as_str() {
            "true" => Ion::Bool(true),
            "false" => Ion::Bool(false),
            "nan" => Ion::Foreign,
            "null" => {
                let typed = self.byte() == Some(b'.');
                if typed {
                    self.at += 1;
                    let name = self.identifier();
                    let known = [
                        "null",
                        "bool",
                        "int",
                        "float",
                        "decimal",
                        "timestamp",
                        "string",
                        "symbol",
                        "blob",
                        "clob",
                        "struct",
                        "list",
                        "sexp",
                    ];
                    if !known.contains(&name) {
                        return Err(self.error(DecodeErrorKind::Syntax));
                    }
                    Ion::Null { typed: name != "null" }
                } else {
                    Ion::Null { typed: false }
                }
            }
            _ => Ion::Symbol(symbol),
        })
    }

    fn identifier(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.bytes().position(|byte| !is_in_word(byte));
        let identifier = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.at += identifier.len();
        identifier
    }

    /// A symbol, and whether it stands in quotes.
    fn symbol(&mut self, symbols: &Symbols) -> Result<(String, bool), DecodeError> {
        if self.byte() == Some(b'\'') {
            return self.quoted(b'\'').map(|symbol| (symbol, true));
        }
        let at = self.at;
        let name = self.identifier();
        let number = name.strip_prefix('$').filter(|id| !id.is_empty());
        match number.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())) {
            Some(id) => {
                let known = id.parse().ok().and_then(|id| symbols.get(id));
                let unknown = || DecodeError::new(DecodeErrorKind::UnknownSymbol, at);
                Ok((known.ok_or_else(unknown)?.to_owned(), true))
            }
            None => Ok((name.to_owned(), false)),
        }
    }

    /// The text in quotes that comes next.
    fn quoted(&mut self, quote: u8) -> Result<String, DecodeError> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut end = start;
        loop {
            match bytes.get(end) {
                Some(b'\\') => end += 2,
                // Other control characters need an escape, but ion_rs writes them without.
                Some(b'\n' | b'\r') => {
                    return Err(DecodeError::new(DecodeErrorKind::Syntax, end));
                }
                Some(byte) if *byte == quote => break,
                Some(_) => end += 1,
                None => {
                    self.at = self.text.len();
                    return Err(self.unexpected());
                }
            }
        }
        self.at = end + 1;
        let raw = self.text.get(start..end).unwrap_or_default();
        unescape(raw, self.options.surrogates).map_err(|error| error.shifted(start))
    }

    /// Pieces in three quotes, which belong together.
    fn long_string(&mut self) -> Result<String, DecodeError> {
        let mut text = String::new();
        while self.take("'''")? {
            let start = self.at;
            let mut end = start;
            loop {
                let rest = self.text.get(end..).unwrap_or_default();
                if rest.starts_with("'''") {
                    break;
                }
                let mut chars = rest.chars();
                match chars.next() {
                    Some('\\') => end += 1 + chars.next().map_or(0, char::len_utf8),
                    Some(c) => end += c.len_utf8(),
                    None => {
                        self.at = self.text.len();
                        return Err(self.unexpected());
                    }
                }
            }
            let raw = self.text.get(start..end).unwrap_or_default().replace("\r\n", "\n");
            let piece = unescape(&raw.replace('\r', "\n"), self.options.surrogates);
            text += &piece.map_err(|error| error.shifted(start))?;
            self.at = end + 3;
        }
        Ok(text)
    }

    /// An integer or decimal; floats and timestamps are foreign.
    fn number(&mut self) -> Result<Ion, DecodeError> {
        let at = self.at;
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-._:".contains(c)));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.at += word.len();
        let wrong = || DecodeError::new(DecodeErrorKind::InvalidNumber, at);
        // Ion wants something else between a number and a comment.
        if self.byte() == Some(b'/') {
            return Err(wrong());
        }
        let magnitude = word.strip_prefix('-').unwrap_or(word);
        let digits = magnitude.bytes().take_while(u8::is_ascii_digit).count();
        if magnitude.get(digits..).is_some_and(|rest| rest.starts_with(['-', 'T'])) && digits == 4
            || magnitude.contains(':')
        {
            return Ok(Ion::Foreign);
        }
        if magnitude == "inf" {
            return Ok(Ion::Foreign);
        }
        if let Some(digits) = magnitude.strip_prefix("0x").or(magnitude.strip_prefix("0X")) {
            return radix(word, digits, 16).ok_or_else(wrong);
        }
        if let Some(digits) = magnitude.strip_prefix("0b").or(magnitude.strip_prefix("0B")) {
            return radix(word, digits, 2).ok_or_else(wrong);
        }
        if magnitude.contains(['e', 'E']) {
            return Ok(Ion::Foreign);
        }
        // Underscores stand between digits, and nothing begins with a zero but zero.
        let bytes = magnitude.as_bytes();
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let underscores = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_');
        let between = |(n, _): (usize, &u8)| {
            n > 0 && is_digit(bytes.get(n - 1)) && is_digit(bytes.get(n + 1))
        };
        let has_leading_zero =
            bytes.first() == Some(&b'0') && matches!(bytes.get(1), Some(b'0'..=b'9' | b'_'));
        let starts_well = is_digit(bytes.first()) && !has_leading_zero;
        if !starts_well || !underscores.into_iter().all(between) {
            return Err(wrong());
        }
        Ok(Ion::Number(word.replace('_', "").replace(['d', 'D'], "E")))
    }

    /// `+inf` is a float.
    fn infinity(&mut self) -> Result<Ion, DecodeError> {
        if self.take("+inf")? { Ok(Ion::Foreign) } else { Err(self.unexpected()) }
    }

    /// A blob; clobs are foreign.
    fn lob(&mut self) -> Result<Ion, DecodeError> {
        self.at += "{{".len();
        let start = self.at;
        let rest = self.rest();
        if rest.trim_ascii_start().starts_with(['"', '\'']) {
            return Err(self.error(DecodeErrorKind::ForeignType));
        }
        let Some(len) = rest.find("}}") else {
            self.at = self.text.len();
            return Err(self.unexpected());
        };
        let text: String = rest.get(..len).unwrap_or_default().split_ascii_whitespace().collect();
        self.at += len + "}}".len();
        let wrong = || DecodeError::new(DecodeErrorKind::InvalidBase64, start);
        let bytes = decode_base64(text.as_bytes()).ok_or_else(wrong)?;
        if self.options.spare_bits == SpareBits::Refuse && STANDARD.encode(&bytes) != text {
            return Err(wrong());
        }
        Ok(Ion::Blob(bytes))
    }

    fn list(&mut self, symbols: &Symbols, level: usize) -> Result<Ion, DecodeError> {
        self.at += 1;
        let mut nodes = Vec::new();
        while !self.take("]")? {
            nodes.push(self.value(symbols, level + 1)?);
            if !self.take(",")? {
                if self.take("]")? {
                    break;
                }
                return Err(self.unexpected());
            }
        }
        Ok(Ion::List(nodes))
    }

    fn structure(&mut self, symbols: &Symbols, level: usize) -> Result<Ion, DecodeError> {
        self.at += 1;
        let mut fields = Vec::new();
        while !self.take("}")? {
            let name = self.field_name(symbols)?;
            if !self.take(":")? {
                return Err(self.unexpected());
            }
            let node = self.value(symbols, level + 1).map_err(|error| error.under_name(&name))?;
            fields.push((name, node));
            if !self.take(",")? {
                if self.take("}")? {
                    break;
                }
                return Err(self.unexpected());
            }
        }
        Ok(Ion::Struct(fields))
    }

    fn field_name(&mut self, symbols: &Symbols) -> Result<String, DecodeError> {
        self.skip_space()?;
        match self.byte() {
            Some(b'"') => self.quoted(b'"'),
            Some(b'\'') if self.rest().starts_with("'''") => self.long_string(),
            Some(b'\'' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$') => {
                let (name, is_quoted) = self.symbol(symbols)?;
                if !is_quoted && is_keyword(&name) {
                    return Err(self.error(DecodeErrorKind::Syntax));
                }
                Ok(name)
            }
            _ => Err(self.unexpected()),
        }
    }
}

/// Whether a word without quotes is a value and can be no symbol.
fn is_keyword(word: &str) -> bool {
    ["null", "true", "false", "nan"].contains(&word)
}

/// An integer that is not written in decimal digits, if it has as few as items can hold. Underscores
/// stand between digits.
fn radix(word: &str, digits: &str, radix: u32) -> Option<Ion> {
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_digit(radix));
    if !digits.split('_').all(is_number) {
        return None;
    }
    let magnitude = u128::from_str_radix(&digits.replace('_', ""), radix).ok()?;
    let sign = if word.starts_with('-') { "-" } else { "" };
    Some(Ion::Number(format!("{sign}{magnitude}")))
}

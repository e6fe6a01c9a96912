//! The escapes of Ion text.

use crate::json::fast::Odd;
use crate::json::strings;
use crate::scan::{byte, special};
use crate::{DecodeError, DecodeErrorKind, Surrogates};

/// Resolves the escapes of the inside of a string or quoted symbol.
pub(crate) fn unescape(text: &str, surrogates: Surrogates) -> Result<String, DecodeError> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let offset = text.len() - escape.len() - 1;
        let (c, behind) =
            escaped(escape, surrogates).map_err(|kind| DecodeError::new(kind, offset))?;
        out.extend(c);
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

/// What an escape stands for, without its `\`, and what is behind it. A line end that is escaped
/// stands for nothing.
fn escaped(text: &str, surrogates: Surrogates) -> Result<(Option<char>, &str), DecodeErrorKind> {
    let mut chars = text.chars();
    let c = match chars.next().ok_or(DecodeErrorKind::UnexpectedEnd)? {
        c @ ('"' | '\\' | '/' | '\'' | '?') => c,
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' => '\t',
        'n' => '\n',
        'f' => '\u{c}',
        'r' => '\r',
        'v' => '\u{b}',
        '\n' => return Ok((None, chars.as_str())),
        '\r' => return Ok((None, chars.as_str().strip_prefix('\n').unwrap_or(chars.as_str()))),
        'x' => return code(chars.as_str(), 2, surrogates),
        'u' => return code(chars.as_str(), 4, surrogates),
        'U' => return code(chars.as_str(), 8, surrogates),
        _ => return Err(DecodeErrorKind::Syntax),
    };
    Ok((Some(c), chars.as_str()))
}

/// The character of so many digits, and of a second escape where it is half a surrogate pair.
fn code(
    text: &str,
    digits: usize,
    surrogates: Surrogates,
) -> Result<(Option<char>, &str), DecodeErrorKind> {
    let (first, rest) = hex(text, digits).ok_or(DecodeErrorKind::Syntax)?;
    if let Some(c) = char::from_u32(first) {
        return Ok((Some(c), rest));
    }
    let second = rest.strip_prefix("\\u").and_then(|rest| hex(rest, 4));
    if let Some((second, behind)) = second
        && let (Ok(first), Ok(second)) = (u16::try_from(first), u16::try_from(second))
        && let Some(Ok(c)) = char::decode_utf16([first, second]).next()
    {
        return Ok((Some(c), behind));
    }
    match surrogates {
        Surrogates::Replace if first < 0xe000 => Ok((Some(char::REPLACEMENT_CHARACTER), rest)),
        _ => Err(DecodeErrorKind::Encoding),
    }
}

fn hex(text: &str, digits: usize) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(digits)?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten().map(|code| (code, rest))
}

/// Where the string whose first escape, or other special byte, is at `at` has its closing quote.
#[cold]
#[inline(never)]
pub(super) fn end_of_escaped(bytes: &[u8], mut at: usize) -> Result<usize, Odd> {
    let start = at;
    loop {
        match byte(bytes, at) {
            b'"' => break,
            // Whatever is escaped is no closing quote; what it is is looked at below.
            b'\\' if byte(bytes, at + 1) >= b' ' => at = special(bytes, at + 2),
            _ => return Err(Odd),
        }
    }
    let raw = std::str::from_utf8(bytes.get(start..at).unwrap_or_default()).map_err(|_| Odd)?;
    unescape(raw, Surrogates::Refuse).map(|_| at).map_err(|_| Odd)
}

/// A signature of a string that was checked, as if it had been written without escapes.
pub(super) fn signature(bytes: &[u8], at: usize, end: usize, escaped: bool) -> u32 {
    if !escaped {
        return strings::signature(bytes, at, end);
    }
    let raw = std::str::from_utf8(bytes.get(at..end).unwrap_or_default()).unwrap_or_default();
    let text = unescape(raw, Surrogates::Refuse).unwrap_or_default();
    strings::signature(text.as_bytes(), 0, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_ion() {
        let text = |raw: &str| unescape(raw, Surrogates::Refuse);
        let all = r#"\"\\\/\'\?\0\a\b\t\n\f\r\v\x41\u00e9\U0001f600\ud83d\ude00"#;
        let expected = "\"\\/'?\0\u{7}\u{8}\t\n\u{c}\r\u{b}A\u{e9}\u{1f600}\u{1f600}";
        assert_eq!(text(all).unwrap(), expected);
        assert_eq!(text("a\\\nb\\\r\nc").unwrap(), "abc");
        for wrong in [r"\z", r"\x4", r"\u12g4", r"\U00110000", r"\ud800", "\\"] {
            assert!(text(wrong).is_err(), "{wrong}");
        }
    }
}

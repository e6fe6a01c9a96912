//! Lines of Amazon Ion.

use ddbkit_codec::ion::IonTextReader;
use ddbkit_codec::{DecodeError, Item, Tape};

/// The item of a line, where it is an item in its frame, `$ion_1_0 {Item:{...}}`.
pub(super) fn item(line: &[u8]) -> Result<Option<Item>, DecodeError> {
    let mut tape = Tape::new();
    let item = IonTextReader::new(line).next_item(&mut tape)?.map(|item| item.to_item());
    Ok(item.filter(|_| is_framed(line)))
}

/// Whether the first value is a struct whose first field is `Item` and a struct. The codec takes a
/// struct without the frame for the item itself; imports do not.
fn is_framed(line: &[u8]) -> bool {
    let mut text = line.trim_ascii_start();
    while let Some(rest) = text.strip_prefix(b"$ion_1_0") {
        text = rest.trim_ascii_start();
    }
    let field = || {
        let text = text.strip_prefix(b"{")?.trim_ascii_start();
        let names = [&b"Item"[..], b"'Item'", b"\"Item\""];
        let text = names.iter().find_map(|name| text.strip_prefix(*name))?.trim_ascii_start();
        Some(text.strip_prefix(b":")?.trim_ascii_start().starts_with(b"{"))
    };
    field().unwrap_or_default()
}

/// Whether a number of a line is an integer of Ion. Imports refuse those, which Ion tells apart from
/// decimals: `1` is an integer, `1.` and `1d0` are decimals.
pub(super) fn has_integer(line: &[u8]) -> bool {
    let mut rest = line;
    while let Some((first, behind)) = rest.split_first() {
        rest = match first {
            b'"' | b'\'' => after_quote(behind, *first),
            // Base64 of a blob has digits that are no numbers.
            b'{' if behind.first() == Some(&b'{') => memchr::memmem::find(behind, b"}}")
                .and_then(|end| behind.get(end + 2..))
                .unwrap_or_default(),
            byte if is_word(*byte) => {
                let length = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
                let (word, behind) = rest.split_at(length);
                if is_integer(word) {
                    return true;
                }
                behind
            }
            _ => behind,
        };
    }
    false
}

fn after_quote(text: &[u8], quote: u8) -> &[u8] {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            byte if *byte == quote => return text.get(at + 1..).unwrap_or_default(),
            _ => at += 1,
        }
    }
    &[]
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_$.-+".contains(&byte)
}

/// Digits and what may stand in an integer; anything else makes a word, a decimal or a timestamp.
fn is_integer(word: &[u8]) -> bool {
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    digits.first().is_some_and(u8::is_ascii_digit)
        && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_without_its_frame_is_none() {
        for (line, is_there) in [
            ("$ion_1_0 {Item:{pk:\"a\"}}", true),
            (" $ion_1_0 { 'Item' : {pk:\"a\"}}", true),
            ("{pk:\"a\"}", false),
            ("{Item:5.}", false),
            ("$ion_1_0", false),
        ] {
            assert_eq!(item(line.as_bytes()).unwrap().is_some(), is_there, "{line}");
        }
        assert!(item(b"{Item:{pk:2026-01-01}}").is_err());
    }

    #[test]
    fn integers_are_told_from_decimals() {
        for (line, is_there) in [
            ("$ion_1_0 {Item:{id:1}}", true),
            ("$ion_1_0 {Item:{id:-12,a:\"x\"}}", true),
            ("$ion_1_0 {Item:{l:[1.,2]}}", true),
            ("$ion_1_0 {Item:{id:1.,b:6d2,c:2.5,d:-1d-3}}", false),
            ("$ion_1_0 {Item:{s:\"id:1 \\\" 2\",'a 3':true,B:{{MTIz}},n:null}}", false),
            ("$ion_1_0 {Item:{a1:\"x\",_2:false}}", false),
        ] {
            assert_eq!(has_integer(line.as_bytes()), is_there, "{line}");
        }
    }
}

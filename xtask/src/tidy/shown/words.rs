//! Words and brackets in Rust code.

/// `text` without the `<...>` that it begins with.
pub(super) fn past_generics(text: &str) -> &str {
    let mut depth = 0;
    let mut before = ' ';
    for (at, char) in text.char_indices() {
        match char {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return if at == 0 { text } else { text.get(at + 1..).unwrap_or_default() };
        }
        before = char;
    }
    text
}

/// The words of some code.
pub(super) fn identifiers(code: &str) -> impl Iterator<Item = &str> {
    let words = code.split(|char| !is_word(char));
    words.filter(|word| word.starts_with(|first: char| !first.is_ascii_digit()))
}

pub(super) fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

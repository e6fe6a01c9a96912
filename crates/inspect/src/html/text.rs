//! Text that comes out of a table.

use maud::{Markup, html};
use std::fmt::Write;

/// The most characters that are shown of one text: enough to know a key by, and few enough that a name
/// of 64 KB does not become the page.
const MAX_CHARS: usize = 160;

/// The text in its own direction, so that it cannot turn what stands around it.
pub(super) fn raw(text: &str) -> Markup {
    html! {
        bdi.raw { (visible(text)) }
        @if let Some(left_out) = left_out(text) {
            " " span.muted { "(" (super::number::counted(left_out, "character", "characters")) " more)" }
        }
    }
}

/// The first characters of the text, and those that nobody sees by their numbers: control characters,
/// and what turns, joins or hides other text.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars().take(MAX_CHARS) {
        if is_hidden(character) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "{}", character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    if left_out(text).is_some() {
        shown.push('…');
    }
    shown
}

fn left_out(text: &str) -> Option<u64> {
    let more = text.chars().skip(MAX_CHARS).count();
    u64::try_from(more).ok().filter(|more| *more > 0)
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        let html = raw(r#"</script><img src=x onerror="alert('1')">&amp;"#).into_string();
        assert_eq!(
            html,
            "<bdi class=\"raw\">&lt;/script&gt;&lt;img src=x onerror=&quot;alert('1')&quot;&gt;&amp;amp;</bdi>"
        );
    }

    #[test]
    fn what_turns_or_hides_text_is_told() {
        assert_eq!(visible("a\u{202e}b\0\u{200b}\n"), r"a\u{202e}b\u{0}\u{200b}\u{a}");
        // Arabic, and a family that is held together by joiners, are text like other text.
        for text in ["مرحبا", "👨\u{200d}👩\u{200d}👧", "日本", "é"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        let html = raw(&"é".repeat(1024)).into_string();
        assert!(html.contains(&format!("{}…</bdi>", "é".repeat(MAX_CHARS))), "{html}");
        assert!(html.contains("(864\u{a0}characters more)"), "{html}");
        assert!(!raw(&"x".repeat(MAX_CHARS)).into_string().contains("more"));
    }
}

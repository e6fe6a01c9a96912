//! The page as a browser parses it: escaped, well formed, and the same for few items and many.

mod document;
mod sample;

use super::HtmlReport;
use crate::Profile;
use document::Document;

fn html(profile: &Profile) -> String {
    let mut page = Vec::new();
    HtmlReport::new(profile).write_to(&mut page).unwrap();
    String::from_utf8(page).unwrap()
}

/// Texts that try to get out of where they stand.
const HOSTILE: [&str; 8] = [
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "</title></svg><a href=javascript:alert(1)>",
    "<!-- --> ]]> &lt;b&gt; &#60;",
    "\u{202e}gnp.exe\u{2066}\u{0}\r\n",
    "😀 مرحبا 日本",
];

#[test]
fn hostile_text_changes_nothing_but_text() {
    let plain = Document::parse(&html(&sample::with_text("PLAIN")));
    let places = plain.text.matches("PLAIN").count();
    assert!(places >= 9);
    for text in HOSTILE {
        let document = Document::parse(&html(&sample::with_text(text)));
        assert_eq!(document.errors, [""; 0], "{text}");
        assert_eq!(document.tags, plain.tags, "{text}");
        assert_eq!(document.attribute_names, plain.attribute_names, "{text}");
        let shown = super::text::visible(text);
        assert_eq!(document.text.matches(&shown).count(), places, "{text}");
    }
}

#[test]
fn a_name_of_two_kilobytes_does_not_become_the_page() {
    let page = html(&sample::with_text(&"n".repeat(2048)));
    assert_eq!(Document::parse(&page).errors, [""; 0]);
    assert!(page.contains("(1,888\u{a0}characters more)") && !page.contains(&"n".repeat(161)));
}

#[test]
fn pages_are_well_formed_and_load_nothing() {
    for items in [0, 1, 2, 10_000_000_000] {
        let page = html(&if items == 0 { sample::empty() } else { sample::of_items(items) });
        let document = Document::parse(&page);
        assert_eq!(document.errors, [""; 0], "{items} items");
        for word in
            ["http://", "https://", "url(", "@import", "<script", "<link", " src=", " style="]
        {
            assert!(!page.contains(word), "{word} in the page of {items} items");
        }
        for number in ["NaN", "inf", "-0.00"] {
            assert!(!page.contains(number), "{number} in the page of {items} items");
        }
        assert!(page.contains("Content-Security-Policy") && page.contains("default-src 'none'"));
        assert_eq!(document.repeated_ids(), [""; 0]);
        assert_eq!(document.links_to_nowhere(), [""; 0]);
    }
}

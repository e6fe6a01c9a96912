//! The code of examples that are compiled: in docs, on pages that are docs, in the folders `examples`.

use std::collections::HashSet;

use super::super::files::TextFile;
use super::words::{identifiers, past_generics};

/// What the examples say that have to do with one crate.
#[derive(Debug, Default)]
pub(super) struct Shown {
    words: HashSet<String>,
    /// `name` of `.name(` and of `.name::<`.
    calls: HashSet<String>,
    /// `Type::name`.
    paths: HashSet<String>,
}

impl Shown {
    /// Of the examples that name the crate, and those of the facade, which has all of them.
    pub(super) fn of(package: &str, examples: &[String]) -> Self {
        let mut shown = Self::default();
        let package = package.replace('-', "_");
        for example in examples {
            let mut names = identifiers(example);
            if names.any(|name| name == package || name == "ddbkit") {
                shown.add(&visible(example));
            }
        }
        shown
    }

    fn add(&mut self, code: &str) {
        self.words.extend(identifiers(code).map(str::to_owned));
        for after in code.split('.').skip(1) {
            let name = identifiers(after).next().unwrap_or_default();
            let behind = after.strip_prefix(name).unwrap_or_default();
            if behind.starts_with('(') || behind.starts_with("::<") {
                self.calls.insert(name.to_owned());
            }
        }
        let code = without_turbofish(code);
        let parts: Vec<&str> = code.split("::").collect();
        for pair in parts.windows(2) {
            let (before, after) = (pair[0], pair[1]);
            let owner = before.rsplit(|char: char| !char.is_alphanumeric() && char != '_').next();
            let name = identifiers(after).next().filter(|name| after.starts_with(name));
            if let (Some(owner), Some(name)) = (owner, name) {
                self.paths.insert(format!("{owner}::{name}"));
            }
        }
    }

    pub(super) fn has_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Whether `Type::name` is called, as a method or by its path.
    pub(super) fn has_call(&self, method: &str) -> bool {
        let name = method.rsplit("::").next().unwrap_or(method);
        self.paths.contains(method) || self.calls.contains(name)
    }
}

/// `A::new` for `A::<B>::new`.
fn without_turbofish(code: &str) -> String {
    let mut parts = code.split("::<");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + past_generics(&format!("<{part}")))
}

/// The text of every example.
pub(super) fn examples(files: &[TextFile]) -> Vec<String> {
    let of_crates = files.iter().filter(|file| file.path.starts_with("crates/"));
    let sources = of_crates.filter(|file| file.is_rust());
    let mut examples = Vec::new();
    for source in sources {
        if source.path.contains("/examples/") {
            examples.push(source.text.clone());
        } else if source.path.contains("/src/") {
            examples.extend(blocks(source.text.lines().map(doc_line)));
            let pages =
                included(source).filter_map(|page| files.iter().find(|file| file.path == page));
            examples.extend(pages.flat_map(|page| blocks(page.text.lines().map(Some))));
        }
    }
    examples
}

pub(super) fn doc_line(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?;
    Some(text.strip_prefix(' ').unwrap_or(text))
}

/// The pages that are part of the docs of a source file.
fn included(source: &TextFile) -> impl Iterator<Item = String> {
    let paths =
        source.text.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let pages = paths.filter(|path| path.rsplit('.').next() == Some("md"));
    pages.map(|page| {
        let mut folders: Vec<&str> = source.path.split('/').collect();
        folders.pop();
        for part in page.split('/') {
            if part == ".." {
                folders.pop();
            } else {
                folders.push(part);
            }
        }
        folders.join("/")
    })
}

/// The code blocks that rustdoc compiles. `None` is a line that is no text, and ends a block.
pub(super) fn blocks<'a>(lines: impl Iterator<Item = Option<&'a str>>) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in lines {
        open = match (line, open) {
            (None, _) => None,
            (Some(line), None) => {
                let tags = line.trim_start().strip_prefix("```");
                tags.map(|tags| (tags.split(',').all(is_compiled), String::new()))
            }
            (Some(line), Some((is_compiled, code))) if line.trim() == "```" => {
                blocks.extend(is_compiled.then_some(code));
                None
            }
            (Some(line), Some((is_compiled, code))) => {
                Some((is_compiled, format!("{code}{line}\n")))
            }
        };
    }
    blocks
}

fn is_compiled(tag: &str) -> bool {
    matches!(tag.trim(), "" | "rust" | "no_run" | "should_panic")
}

/// What a reader of an example sees being used: no hidden lines, no imports, no remarks.
fn visible(example: &str) -> String {
    let mut code = String::new();
    let mut in_import = false;
    for line in example.lines() {
        let start = line.trim_start();
        in_import |= start.starts_with("use ") || start.starts_with("pub use ");
        let is_hidden = start == "#" || start.starts_with("# ");
        if !in_import && !is_hidden && !start.starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
        in_import &= !line.trim_end().ends_with(';');
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Shown {
        let file = TextFile { path: "crates/x/src/lib.rs".to_owned(), text: text.to_owned() };
        Shown::of("ddbkit-x", &examples(&[file]))
    }

    #[test]
    fn what_an_example_uses_is_shown() {
        let shown = shown(
            "/// ```\n/// use ddbkit_x::{Only,\n///     Imported};\n/// # Hidden::new();\n/// // Remark\n\
                           /// let a = A::<u8>::new(B::of(1));\n/// a.go::<C>(d.field);\n/// ```\npub struct Code;\n",
        );
        for word in ["A", "B", "C", "field"] {
            assert!(shown.has_word(word), "{word}: {shown:?}");
        }
        for word in ["Only", "Imported", "Hidden", "Remark", "Code"] {
            assert!(!shown.has_word(word), "{word}: {shown:?}");
        }
        assert!(shown.has_call("A::new") && shown.has_call("B::of") && shown.has_call("Any::go"));
        assert!(!shown.has_call("Other::of") && !shown.has_call("D::field"));
    }

    #[test]
    fn what_is_not_compiled_shows_nothing() {
        for tag in ["ignore", "text", "console", "json", "rust,ignore"] {
            assert!(
                !shown(&format!("/// ```{tag}\n/// ddbkit_x::A\n/// ```\n")).has_word("A"),
                "{tag}"
            );
        }
        assert!(!shown("/// ```\n/// other_crate::A\n/// ```\n").has_word("A"));
        assert!(!shown("let ddbkit_x = A;\n").has_word("A"));
        assert!(shown("/// ```rust,no_run\n/// ddbkit::x::A\n/// ```\n").has_word("A"));
    }

    #[test]
    fn a_page_that_is_included_is_read() {
        let file =
            |path: &str, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
        let source = file("crates/x/src/lib.rs", "#[doc = include_str!(\"../../../docs/x.md\")]\n");
        let page = file("docs/x.md", "# X\n```rust\nddbkit_x::A\n```\n");
        assert_eq!(examples(&[source, page]), ["ddbkit_x::A\n"]);
    }
}

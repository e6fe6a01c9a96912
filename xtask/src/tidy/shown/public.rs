//! The public items of a source file. The lint `unreachable_pub` sees to it that what is `pub` is public.

use super::super::files::TextFile;
use super::examples::{blocks, doc_line};
use super::words::{identifiers, is_word, past_generics};

/// What a person looks up by its name.
#[derive(Debug, PartialEq)]
pub(super) struct PublicItem {
    /// `Item`, `function`, `Item::method`.
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Whether an example stands in its own docs.
    pub(super) has_example: bool,
    /// The names in the type that a function gives.
    pub(super) gives: Vec<String>,
    /// `PATH:LINE`.
    pub(super) place: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// A struct, an enum, a trait, an alias.
    Type,
    Function,
    Method,
    /// A method that reads a field, or sets one on the way to something else: told by its name, as fields are.
    Field,
}

pub(super) fn items(file: &TextFile) -> Vec<PublicItem> {
    let lines: Vec<&str> = file.text.lines().take_while(|line| *line != "#[cfg(test)]").collect();
    let mut owner = String::new();
    let mut docs = Vec::new();
    let mut items = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let head = || declaration(&lines[index..]);
        let code = line.trim_start();
        if code.starts_with("///") {
            docs.push(*line);
        } else if code.is_empty() {
            docs.clear();
        }
        if code.starts_with("impl ") || code.starts_with("impl<") {
            owner = implemented(&head());
        }
        let Some((keyword, _)) = code.strip_prefix("pub ").and_then(keyword) else { continue };
        let head = head();
        let Some((_, rest)) = head.split_once(&format!("{keyword} ")) else { continue };
        let name = identifiers(rest).next().unwrap_or_default();
        let is_method = keyword == "fn" && code != *line;
        items.push(PublicItem {
            name: if is_method { format!("{owner}::{name}") } else { name.to_owned() },
            kind: match keyword {
                "fn" if is_method && is_field(name, &head, rest) => Kind::Field,
                "fn" if is_method => Kind::Method,
                "fn" => Kind::Function,
                _ => Kind::Type,
            },
            has_example: !blocks(docs.drain(..).map(doc_line)).is_empty(),
            gives: match given(rest).filter(|_| keyword == "fn") {
                Some(given) => {
                    identifiers(&given.replace("Self", &owner)).map(str::to_owned).collect()
                }
                None => Vec::new(),
            },
            place: format!("{}:{}", file.path, index + 1),
        });
    }
    items
}

/// The word that says what is declared, behind those that say how, and what follows.
fn keyword(code: &str) -> Option<(&str, &str)> {
    let (word, rest) = code.split_once(' ')?;
    match word {
        "async" | "const" | "unsafe" => keyword(rest),
        "fn" | "struct" | "enum" | "trait" | "type" => Some((word, rest)),
        _ => None,
    }
}

/// From the first line to the one that ends the head of what is declared, as one line.
fn declaration(lines: &[&str]) -> String {
    let last = lines.iter().position(|line| line.ends_with(['{', ';', '}']));
    let head = lines.iter().take(last.map_or(1, |last| last + 1)).map(|line| line.trim());
    head.collect::<Vec<_>>().join(" ")
}

/// The type of an `impl`.
fn implemented(head: &str) -> String {
    let head = head.split(" where ").next().unwrap_or(head).trim_end_matches(['{', '}', ' ']);
    let after_impl = past_generics(head.trim_start_matches("impl"));
    let of = after_impl.rsplit(" for ").next().unwrap_or(after_impl);
    let path = of.split('<').next().unwrap_or(of);
    identifiers(path).last().unwrap_or_default().to_owned()
}

/// What a function gives, from its name on.
fn given(rest: &str) -> Option<&str> {
    let (_, given) = past_arguments(rest)?.1.split_once("-> ")?;
    given.split(" where ").next().map(|given| given.trim_end_matches(['{', ';', ' ']))
}

/// What stands between the parentheses of a function, and what follows them.
fn past_arguments(rest: &str) -> Option<(&str, &str)> {
    let name = rest.find(|char: char| !is_word(char))?;
    let open = past_generics(&rest[name..]).strip_prefix('(')?;
    let mut depth = 1;
    let close = open.find(|char| {
        depth += i32::from(char == '(') - i32::from(char == ')');
        depth == 0
    })?;
    Some((open[..close].trim(), &open[close + 1..]))
}

fn is_field(name: &str, head: &str, rest: &str) -> bool {
    let Some((arguments, _)) = past_arguments(rest) else { return false };
    let (receiver, others) = arguments.split_once(',').unwrap_or((arguments, ""));
    let given = given(rest).unwrap_or_default();
    let sets =
        matches!((receiver, given), ("mut self" | "self", "Self") | ("&mut self", "&mut Self"));
    let is_made = head.contains("async fn ")
        || given.is_empty()
        || given.starts_with("Result")
        || given.starts_with("impl ")
        || name.starts_with("to_")
        || name.starts_with("into_");
    let is_copied = given.starts_with(|first: char| first.is_lowercase() || first == '&');
    let reads = others.trim().is_empty()
        && !is_made
        && (receiver == "&self" || receiver == "self" && is_copied);
    sets || reads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, Kind, String)> {
        let file = TextFile { path: "x.rs".to_owned(), text: text.to_owned() };
        items(&file).into_iter().map(|item| (item.name, item.kind, item.gives.join(" "))).collect()
    }

    fn one(text: &str) -> (String, Kind, String) {
        found(text).remove(0)
    }

    #[test]
    fn what_is_declared_is_found_with_its_owner() {
        let text = "pub struct A<T>(T);\nimpl<T: From<B>> x::A<T> {\n    pub async fn go(\n        &self,\n        to: u8,\n    ) \
                    -> Result<C, D> {\n    }\n}\npub(crate) fn b() {}\npub const C: u8 = 1;\npub const fn d() {}\n";
        let expected = [
            ("A", Kind::Type, ""),
            ("A::go", Kind::Method, "Result C D"),
            ("d", Kind::Function, ""),
        ];
        assert_eq!(
            found(text),
            expected.map(|(name, kind, gives)| (name.into(), kind, gives.into()))
        );
        assert_eq!(found("//! x\n#[cfg(test)]\npub struct A;\n"), []);
    }

    #[test]
    fn an_example_belongs_to_the_item_below_it() {
        let text = "/// A.\n///\n/// ```\n/// a();\n/// ```\n#[must_use]\npub fn a() {\n}\n/// ```text\n/// ```\npub struct B;\n";
        let file = TextFile { path: "x.rs".to_owned(), text: text.to_owned() };
        let found: Vec<_> = items(&file).iter().map(|item| item.has_example).collect();
        assert_eq!(found, [true, false]);
    }

    #[test]
    fn the_owner_is_the_last_name_of_the_type() {
        let owner = |head: &str| implemented(head);
        assert_eq!(owner("impl<'a, F: Fn(u8) -> u8> a::b::Scan<'a, F> {"), "Scan");
        assert_eq!(owner("impl<T> From<T> for Item<T> where T: X {"), "Item");
        assert_eq!(owner("impl ValueRef<'_> {"), "ValueRef");
    }

    #[test]
    fn a_method_that_reads_or_sets_a_field_is_a_field() {
        let kind = |code: &str| one(&format!("impl A {{\n    pub {code} {{\n")).1;
        for code in [
            "fn name(&self) -> &str",
            "fn number(self) -> u8",
            "fn with_name(mut self, name: &str) -> Self",
            "fn name(&mut self, name: &str) -> &mut Self",
        ] {
            assert_eq!(kind(code), Kind::Field, "{code}");
        }
        for code in [
            "fn new() -> Self",
            "async fn name(&self) -> &str",
            "fn name(&self) -> Result<&str, Error>",
            "fn get(&self, name: &str) -> Option<&str>",
            "fn finish(self) -> Report",
            "fn to_json(&self) -> String",
            "fn clear(&mut self)",
        ] {
            assert_eq!(kind(code), Kind::Method, "{code}");
        }
    }

    #[test]
    fn what_a_function_gives_are_the_names_in_its_type() {
        assert_eq!(one("pub fn a<F: Fn(u8) -> B>(f: F) -> Option<Vec<C>> {").2, "Option Vec C");
        assert_eq!(one("impl A {\n    pub fn new() -> Self {").2, "A");
    }
}

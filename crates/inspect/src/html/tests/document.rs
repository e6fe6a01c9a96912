//! What a browser's parser makes of a page: its elements in order, its text, and its complaints.

use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, ParseOpts, QualName, parse_document};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;

#[derive(Default)]
pub(super) struct Document {
    /// Names of elements in the order in which they begin.
    pub(super) tags: Vec<String>,
    /// `name` of each attribute of each element.
    pub(super) attribute_names: Vec<String>,
    /// All text, that of titles and styles as well.
    pub(super) text: String,
    pub(super) errors: Vec<String>,
    ids: Vec<String>,
    links: Vec<String>,
}

impl Document {
    pub(super) fn parse(html: &str) -> Self {
        let mut options = ParseOpts::default();
        options.tokenizer.exact_errors = true;
        options.tree_builder.exact_errors = true;
        parse_document(Sink::default(), options).one(html)
    }

    pub(super) fn repeated_ids(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        self.ids.iter().map(String::as_str).filter(|id| !seen.insert(*id)).collect()
    }

    /// Links that do not lead to an element of the page.
    pub(super) fn links_to_nowhere(&self) -> Vec<&str> {
        let leads = |link: &&str| {
            link.strip_prefix('#').is_some_and(|id| self.ids.iter().any(|other| other == id))
        };
        self.links.iter().map(String::as_str).filter(|link| !leads(link)).collect()
    }
}

/// Nodes are numbers, and only the names of elements are kept: what is asked is what there is, not
/// where it hangs.
#[derive(Default)]
struct Sink {
    /// Never moved, because the parser borrows them.
    names: RefCell<Vec<&'static QualName>>,
    document: RefCell<Document>,
}

impl Sink {
    fn text(&self, child: NodeOrText<usize>) {
        if let NodeOrText::AppendText(text) = child {
            self.document.borrow_mut().text.push_str(&text);
        }
    }

    fn node(&self, name: QualName) -> usize {
        let mut names = self.names.borrow_mut();
        // A test leaks a few names, and needs no arena.
        names.push(Box::leak(Box::new(name)));
        names.len()
    }

    fn nameless(&self) -> usize {
        self.node(QualName::new(None, "".into(), "".into()))
    }
}

impl TreeSink for Sink {
    type Handle = usize;
    type Output = Document;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> Document {
        self.document.into_inner()
    }

    fn parse_error(&self, message: Cow<'static, str>) {
        self.document.borrow_mut().errors.push(message.into_owned());
    }

    fn get_document(&self) -> usize {
        0
    }

    fn elem_name<'a>(&'a self, target: &'a usize) -> &'a QualName {
        self.names.borrow()[*target - 1]
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> usize {
        let mut document = self.document.borrow_mut();
        document.tags.push(name.local.to_string());
        for attribute in attributes {
            let value = attribute.value.to_string();
            match &*attribute.name.local {
                "id" => document.ids.push(value),
                "href" => document.links.push(value),
                _ => {}
            }
            document.attribute_names.push(attribute.name.local.to_string());
        }
        drop(document);
        self.node(name)
    }

    fn create_comment(&self, _: StrTendril) -> usize {
        self.document.borrow_mut().tags.push("<!--".to_owned());
        self.nameless()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> usize {
        self.nameless()
    }

    fn append(&self, _: &usize, child: NodeOrText<usize>) {
        self.text(child);
    }

    fn append_before_sibling(&self, _: &usize, child: NodeOrText<usize>) {
        self.text(child);
    }

    fn append_based_on_parent_node(&self, _: &usize, _: &usize, child: NodeOrText<usize>) {
        self.text(child);
    }

    fn get_template_contents(&self, target: &usize) -> usize {
        *target
    }

    fn same_node(&self, a: &usize, b: &usize) -> bool {
        a == b
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn add_attrs_if_missing(&self, _: &usize, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &usize) {}
    fn reparent_children(&self, _: &usize, _: &usize) {}
}

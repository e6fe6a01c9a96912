//! The path of an attribute.

use super::Placeholders;

/// Where a value is in an item: an attribute, or something within one.
///
/// Every name is taken as it is, with dots, spaces or reserved words in it: all become placeholders.
///
/// ```
/// use ddbkit_table::attr;
///
/// let city = attr("orders").at(0).key("address").key("city");
/// let with_a_dot = attr("v1.0");
/// # let _ = (city, with_a_dot);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    attribute: String,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    At(usize),
}

/// The attribute of this name.
pub fn attr(name: impl Into<String>) -> Path {
    Path { attribute: name.into(), steps: Vec::new() }
}

impl Path {
    /// The value of this key, in a map.
    #[must_use]
    pub fn key(mut self, name: impl Into<String>) -> Self {
        self.steps.push(Step::Key(name.into()));
        self
    }

    /// The element at this place, in a list; the first is at 0.
    #[must_use]
    pub fn at(mut self, index: usize) -> Self {
        self.steps.push(Step::At(index));
        self
    }

    /// The name of the attribute, if all of it is meant.
    #[cfg(feature = "offload")]
    pub(crate) fn whole_attribute(&self) -> Option<&str> {
        self.steps.is_empty().then_some(self.attribute.as_str())
    }

    pub(crate) fn render(&self, placeholders: &mut Placeholders) -> String {
        let mut text = placeholders.name(&self.attribute);
        for step in &self.steps {
            match step {
                Step::Key(name) => {
                    text.push('.');
                    text.push_str(&placeholders.name(name));
                }
                Step::At(index) => text.push_str(&format!("[{index}]")),
            }
        }
        text
    }
}

impl<N: Into<String>> From<N> for Path {
    fn from(name: N) -> Self {
        attr(name)
    }
}

/// The projection expression of these; `None` for all attributes.
pub(crate) fn projection(paths: &[Path], placeholders: &mut Placeholders) -> Option<String> {
    let texts: Vec<_> = paths.iter().map(|path| path.render(placeholders)).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

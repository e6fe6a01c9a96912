//! What a tape shows: items, values, lists and sets that borrow from the text.
#![allow(clippy::inline_always, reason = "walking a tape is a hot loop")]

use super::node::{Kind, Node};
use super::scalar::{BinaryRef, NumberRef, TextRef};
use super::source::Source;
use std::fmt;
use std::marker::PhantomData;

/// Nodes side by side, and the text that they point into.
#[derive(Clone, Copy)]
pub(crate) struct Nodes<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) list: &'a [Node],
    /// How many values are left.
    pub(crate) count: usize,
}

impl<'a> Nodes<'a> {
    /// Takes the next node off.
    #[inline(always)]
    pub(crate) fn take(&mut self) -> Option<Node> {
        let (node, rest) = self.list.split_first()?;
        self.list = rest;
        Some(*node)
    }

    /// Takes off what is inside a container whose node was just taken.
    #[inline(always)]
    pub(crate) fn inside(&mut self, container: Node) -> Self {
        let (inside, rest) = self.list.split_at(container.inside().min(self.list.len()));
        self.list = rest;
        Nodes { source: self.source, list: inside, count: container.count() }
    }

    #[inline(always)]
    fn value(&mut self) -> Option<ValueRef<'a>> {
        let node = self.take()?;
        self.count = self.count.saturating_sub(1);
        Some(match node.kind() {
            Kind::S | Kind::Name => ValueRef::S(self.source.text(node)),
            Kind::N => ValueRef::N(self.source.number(node)),
            Kind::B => ValueRef::B(self.source.binary(node)),
            Kind::True => ValueRef::Bool(true),
            Kind::False => ValueRef::Bool(false),
            Kind::Null => ValueRef::Null,
            Kind::M => ValueRef::M(ItemRef(self.inside(node))),
            Kind::L => ValueRef::L(ListRef(self.inside(node))),
            Kind::Ss => ValueRef::Ss(SetRef::new(self.inside(node))),
            Kind::Ns => ValueRef::Ns(SetRef::new(self.inside(node))),
            Kind::Bs => ValueRef::Bs(SetRef::new(self.inside(node))),
        })
    }

    #[inline(always)]
    fn attribute(&mut self) -> Option<(TextRef<'a>, ValueRef<'a>)> {
        let name = self.take()?;
        Some((self.source.text(name), self.value()?))
    }
}

/// An attribute value that borrows from what it was read from. Every part of it was checked when
/// it was read.
#[derive(Clone, Copy, Debug)]
// The tag and the boolean lie beside each other in a word of their own. Where the boolean has its place
// in the first word of the others, that word is written as bytes, and reading it makes the processor
// wait: a tenth of the time of visiting all values.
#[repr(u8)]
pub enum ValueRef<'a> {
    /// String.
    S(TextRef<'a>),
    /// Number.
    N(NumberRef<'a>),
    /// Binary.
    B(BinaryRef<'a>),
    /// Boolean.
    Bool(bool),
    /// Null.
    Null,
    /// List.
    L(ListRef<'a>),
    /// Map.
    M(ItemRef<'a>),
    /// String set.
    Ss(SetRef<'a, TextRef<'a>>),
    /// Number set.
    Ns(SetRef<'a, NumberRef<'a>>),
    /// Binary set.
    Bs(SetRef<'a, BinaryRef<'a>>),
}

/// An item, or a map within one, that borrows from what it was read from.
///
/// ```
/// use ddbkit_codec::{Tape, ValueRef};
///
/// let mut tape = Tape::new();
/// let item = tape.read_dynamodb_json(br#"{"pk":{"S":"a"},"at":{"M":{"lat":{"N":"1.5"}}}}"#)?;
/// assert_eq!(item.len(), 2);
/// let Some(ValueRef::M(place)) = item.get("at") else { panic!("no map") };
/// let Some(ValueRef::N(latitude)) = place.get("lat") else { panic!("no number") };
/// assert_eq!(latitude.text(), "1.5");
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct ItemRef<'a>(pub(crate) Nodes<'a>);

impl<'a> ItemRef<'a> {
    /// How many attributes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.count
    }

    /// Whether there are no attributes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.count == 0
    }

    /// The value of an attribute. Values on the way are stepped over, not looked into.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<ValueRef<'a>> {
        self.iter().find(|(own, _)| own.is(name)).map(|(_, value)| value)
    }

    /// The attributes in the order in which they were read.
    #[inline(always)]
    #[must_use]
    pub fn iter(&self) -> Attributes<'a> {
        Attributes(self.0)
    }
}

impl<'a> IntoIterator for ItemRef<'a> {
    type Item = (TextRef<'a>, ValueRef<'a>);
    type IntoIter = Attributes<'a>;
    fn into_iter(self) -> Attributes<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &ItemRef<'a> {
    type Item = (TextRef<'a>, ValueRef<'a>);
    type IntoIter = Attributes<'a>;
    fn into_iter(self) -> Attributes<'a> {
        self.iter()
    }
}

impl fmt::Debug for ItemRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(*self).finish()
    }
}

/// The attributes of an [`ItemRef`].
#[derive(Clone)]
pub struct Attributes<'a>(Nodes<'a>);

impl<'a> Iterator for Attributes<'a> {
    type Item = (TextRef<'a>, ValueRef<'a>);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.attribute()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.count, Some(self.0.count))
    }
}

impl ExactSizeIterator for Attributes<'_> {}

impl fmt::Debug for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

/// A list that borrows from what it was read from.
///
/// ```
/// use ddbkit_codec::{ListRef, SetRef, Tape, TextRef, ValueRef};
///
/// let mut tape = Tape::new();
/// let text = br#"{"l":{"L":[{"S":"a"},{"B":"AQI="}]},"tags":{"SS":["x","y"]}}"#;
/// let item = tape.read_dynamodb_json(text)?;
///
/// let has_a = |list: ListRef| list.iter().any(|value| matches!(value, ValueRef::S(s) if s.is("a")));
/// let longest = |set: SetRef<TextRef>| set.iter().map(|text| text.len()).max();
/// for (name, value) in item.iter() {
///     match value {
///         ValueRef::L(list) => {
///             assert!(has_a(list));
///             let Some(ValueRef::B(binary)) = list.iter().nth(1) else { panic!("no binary") };
///             assert_eq!(binary.to_vec(), [1, 2]);
///             assert_eq!(list.to_vec().len(), 2); // values of their own
///         }
///         ValueRef::Ss(tags) => assert_eq!(longest(tags), Some(1)),
///         other => panic!("{name} is {:?}", other.to_value()),
///     }
/// }
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct ListRef<'a>(pub(crate) Nodes<'a>);

impl<'a> ListRef<'a> {
    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.count
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.count == 0
    }

    /// The elements in their order.
    #[inline(always)]
    #[must_use]
    pub fn iter(&self) -> Elements<'a> {
        Elements(self.0)
    }
}

impl<'a> IntoIterator for ListRef<'a> {
    type Item = ValueRef<'a>;
    type IntoIter = Elements<'a>;
    fn into_iter(self) -> Elements<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &ListRef<'a> {
    type Item = ValueRef<'a>;
    type IntoIter = Elements<'a>;
    fn into_iter(self) -> Elements<'a> {
        self.iter()
    }
}

impl fmt::Debug for ListRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

/// The elements of a [`ListRef`].
#[derive(Clone)]
pub struct Elements<'a>(Nodes<'a>);

impl<'a> Iterator for Elements<'a> {
    type Item = ValueRef<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<ValueRef<'a>> {
        self.0.value()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.count, Some(self.0.count))
    }
}

impl ExactSizeIterator for Elements<'_> {}

impl fmt::Debug for Elements<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// A set of strings, numbers or binaries that borrows from what it was read from. It has at least
/// one member, and none twice.
#[derive(Clone, Copy)]
pub struct SetRef<'a, T>(pub(crate) Nodes<'a>, PhantomData<T>);

impl<'a, T: 'a> SetRef<'a, T> {
    pub(crate) fn new(nodes: Nodes<'a>) -> Self {
        Self(nodes, PhantomData)
    }

    /// How many members there are: never zero.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a set is never empty")]
    pub fn len(&self) -> usize {
        self.0.count
    }

    #[inline(always)]
    fn members(&self, member: impl Fn(Source<'a>, Node) -> T) -> impl ExactSizeIterator<Item = T> {
        let source = self.0.source;
        self.0.list.iter().map(move |node| member(source, *node))
    }
}

impl<'a> SetRef<'a, TextRef<'a>> {
    /// The members in the order in which they were read.
    #[inline(always)]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = TextRef<'a>> {
        self.members(Source::text)
    }
}

impl<'a> SetRef<'a, NumberRef<'a>> {
    /// The members in the order in which they were read.
    #[inline(always)]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = NumberRef<'a>> {
        self.members(Source::number)
    }
}

impl<'a> SetRef<'a, BinaryRef<'a>> {
    /// The members in the order in which they were read.
    #[inline(always)]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = BinaryRef<'a>> {
        self.members(Source::binary)
    }
}

impl<T> fmt::Debug for SetRef<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a set of {}", self.0.count)
    }
}

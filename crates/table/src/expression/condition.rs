//! Conditions and filters.

use super::{Operand, Path, Placeholders, Raw, Size};
use ddbkit_codec::AttributeValue;

/// What must be true of an item: the condition of a write, or the filter of a read.
///
/// ```
/// use ddbkit_table::{Condition, attr};
///
/// let may_run = attr("status").eq("waiting")
///     .and(attr("attempts").lt(3).or(attr("attempts").not_exists()))
///     .and(attr("tags").contains("nightly").not())
///     .and(attr("payload").size().le(attr("limit")));
/// # let _: Condition = may_run;
/// ```
///
/// Conditions of every kind, as the filter of a scan:
///
/// ```
/// use ddbkit_codec::Item;
/// use ddbkit_table::{AttributeType, Condition, KeySchema, Operand, Table, attr};
/// use futures::TryStreamExt;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = ddbkit_local::LocalDynamoDb::start().await?;
/// # let client = server.client();
/// # let (control, keys) = (ddbkit_flow::Control::new(), KeySchema::with_range("customer", "number"));
/// # let admin = ddbkit_table::admin::TableAdmin::new(client.clone());
/// # let key = ddbkit_codec::rules::Key::partition("customer", ddbkit_codec::rules::KeyType::S);
/// # let key = key.sort("number", ddbkit_codec::rules::KeyType::N);
/// # admin.create(&ddbkit_table::admin::NewTable::new("Orders", key), &control).await?;
/// # admin.wait_until_ready("Orders", &control).await?;
/// let orders = Table::<Item>::with_keys(client, "Orders", keys);
/// let text = br#"{"customer":{"S":"a"},"number":{"N":"7"},"state":{"S":"paid"},"cents":{"N":"995"}}"#;
/// orders.put(&Item::from_dynamodb_json(text)?).send().await?;
///
/// let larger_than = |other: Operand| attr("cents").gt(other);
/// let all_true: [Condition; 6] = [
///     attr("state").is_in(["paid", "sent"]),
///     attr("state").begins_with("pa"),
///     attr("state").size().between(1, 4),
///     attr("note").not_exists(),
///     attr("number").is_type(AttributeType::N),
///     larger_than(900.into()).and(larger_than(attr("number").into())),
/// ];
/// for condition in all_true {
///     let found = orders.scan().filter(condition).items(&control);
///     assert_eq!(found.try_collect::<Vec<_>>().await?.len(), 1);
/// }
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Condition(Node);

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Comparison(Operand, &'static str, Operand),
    Between(Operand, Operand, Operand),
    In(Operand, Vec<Operand>),
    Function(&'static str, Path, Option<Operand>),
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Raw(Raw),
}

/// The type of an attribute, for [`Path::is_type`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeType {
    /// String.
    S,
    /// Number.
    N,
    /// Binary.
    B,
    /// Boolean.
    Bool,
    /// Null.
    Null,
    /// List.
    L,
    /// Map.
    M,
    /// String set.
    Ss,
    /// Number set.
    Ns,
    /// Binary set.
    Bs,
}

impl AttributeType {
    fn name(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
            Self::Bool => "BOOL",
            Self::Null => "NULL",
            Self::L => "L",
            Self::M => "M",
            Self::Ss => "SS",
            Self::Ns => "NS",
            Self::Bs => "BS",
        }
    }
}

impl Condition {
    /// Both are true.
    #[must_use]
    pub fn and(self, other: impl Into<Self>) -> Self {
        let other = other.into().0;
        Self(match self.0 {
            Node::All(mut all) => {
                all.push(other);
                Node::All(all)
            }
            node => Node::All(vec![node, other]),
        })
    }

    /// One of them is true, or both.
    #[must_use]
    pub fn or(self, other: impl Into<Self>) -> Self {
        let other = other.into().0;
        Self(match self.0 {
            Node::Any(mut any) => {
                any.push(other);
                Node::Any(any)
            }
            node => Node::Any(vec![node, other]),
        })
    }

    /// It is not true.
    #[must_use]
    #[allow(
        clippy::should_implement_trait,
        reason = "beside `and` and `or`, which are no operators"
    )]
    pub fn not(self) -> Self {
        Self(Node::Not(Box::new(self.0)))
    }

    /// Both, where there may be one before.
    pub(crate) fn and_to(self, before: &mut Option<Self>) {
        *before = Some(match before.take() {
            Some(before) => before.and(self),
            None => self,
        });
    }

    pub(crate) fn render(&self, placeholders: &mut Placeholders) -> String {
        self.0.render(placeholders)
    }
}

impl Node {
    fn render(&self, placeholders: &mut Placeholders) -> String {
        match self {
            Self::Comparison(left, operator, right) => {
                let left = left.render(placeholders);
                format!("{left} {operator} {}", right.render(placeholders))
            }
            Self::Between(operand, low, high) => {
                let (operand, low) = (operand.render(placeholders), low.render(placeholders));
                format!("{operand} BETWEEN {low} AND {}", high.render(placeholders))
            }
            Self::In(operand, all) => {
                let operand = operand.render(placeholders);
                let all: Vec<_> = all.iter().map(|one| one.render(placeholders)).collect();
                format!("{operand} IN ({})", all.join(", "))
            }
            Self::Function(name, path, None) => format!("{name}({})", path.render(placeholders)),
            Self::Function(name, path, Some(operand)) => {
                let path = path.render(placeholders);
                format!("{name}({path}, {})", operand.render(placeholders))
            }
            Self::All(all) => joined(all, " AND ", placeholders),
            Self::Any(any) => joined(any, " OR ", placeholders),
            Self::Not(node) => format!("NOT ({})", node.render(placeholders)),
            Self::Raw(raw) => {
                placeholders.raw(raw);
                raw.text.clone()
            }
        }
    }
}

fn joined(nodes: &[Node], between: &str, placeholders: &mut Placeholders) -> String {
    let texts = nodes.iter().map(|node| format!("({})", node.render(placeholders)));
    texts.collect::<Vec<_>>().join(between)
}

impl From<Raw> for Condition {
    fn from(raw: Raw) -> Self {
        Self(Node::Raw(raw))
    }
}

/// The comparisons, of what a path leads to and of its size.
macro_rules! comparisons {
    ($($of:ty),*) => {$(
        impl $of {
            /// It is there and equal.
            #[must_use]
            #[allow(clippy::should_implement_trait, reason = "gives a condition, no answer")]
            pub fn eq(self, other: impl Into<Operand>) -> Condition {
                Condition(Node::Comparison(self.into(), "=", other.into()))
            }

            /// It is not equal, or not there.
            #[must_use]
            #[allow(clippy::should_implement_trait, reason = "gives a condition, no answer")]
            pub fn ne(self, other: impl Into<Operand>) -> Condition {
                Condition(Node::Comparison(self.into(), "<>", other.into()))
            }

            /// It is of the same type and smaller.
            #[must_use]
            #[allow(clippy::should_implement_trait, reason = "gives a condition, no answer")]
            pub fn lt(self, other: impl Into<Operand>) -> Condition {
                Condition(Node::Comparison(self.into(), "<", other.into()))
            }

            /// It is of the same type and not larger.
            #[must_use]
            #[allow(clippy::should_implement_trait, reason = "gives a condition, no answer")]
            pub fn le(self, other: impl Into<Operand>) -> Condition {
                Condition(Node::Comparison(self.into(), "<=", other.into()))
            }

            /// It is of the same type and larger.
            #[must_use]
            #[allow(clippy::should_implement_trait, reason = "gives a condition, no answer")]
            pub fn gt(self, other: impl Into<Operand>) -> Condition {
                Condition(Node::Comparison(self.into(), ">", other.into()))
            }

            /// It is of the same type and not smaller.
            #[must_use]
            #[allow(clippy::should_implement_trait, reason = "gives a condition, no answer")]
            pub fn ge(self, other: impl Into<Operand>) -> Condition {
                Condition(Node::Comparison(self.into(), ">=", other.into()))
            }

            /// It is of the same type and between the two, or one of them.
            #[must_use]
            pub fn between(
                self,
                low: impl Into<Operand>,
                high: impl Into<Operand>,
            ) -> Condition {
                Condition(Node::Between(self.into(), low.into(), high.into()))
            }

            /// It is one of these, of which `DynamoDB` takes 1 to 100.
            #[must_use]
            pub fn is_in<O: Into<Operand>>(self, all: impl IntoIterator<Item = O>) -> Condition {
                Condition(Node::In(self.into(), all.into_iter().map(Into::into).collect()))
            }
        }
    )*};
}

comparisons!(Path, Size);

impl Path {
    /// There is something, be it NULL.
    #[must_use]
    pub fn exists(self) -> Condition {
        Condition(Node::Function("attribute_exists", self, None))
    }

    /// There is nothing, not even NULL.
    #[must_use]
    pub fn not_exists(self) -> Condition {
        Condition(Node::Function("attribute_not_exists", self, None))
    }

    /// It is of this type.
    #[must_use]
    pub fn is_type(self, attribute_type: AttributeType) -> Condition {
        let name = AttributeValue::from(attribute_type.name());
        Condition(Node::Function("attribute_type", self, Some(name.into())))
    }

    /// It is a string or binary that begins with this.
    #[must_use]
    pub fn begins_with(self, prefix: impl Into<Operand>) -> Condition {
        Condition(Node::Function("begins_with", self, Some(prefix.into())))
    }

    /// It is a string with this in it, or a set or list with this member.
    #[must_use]
    pub fn contains(self, part: impl Into<Operand>) -> Condition {
        Condition(Node::Function("contains", self, Some(part.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{attr, raw};
    use super::*;

    fn text(condition: impl Into<Condition>) -> String {
        condition.into().render(&mut Placeholders::default())
    }

    #[test]
    fn every_form_is_written_as_the_service_reads_it() {
        let a = || attr("a");
        assert_eq!(text(a().eq(1)), "#_0 = :_0");
        assert_eq!(text(a().ne("x")), "#_0 <> :_0");
        assert_eq!(text(a().lt(attr("b"))), "#_0 < #_1");
        assert_eq!(text(a().size().ge(attr("b").size())), "size(#_0) >= size(#_1)");
        assert_eq!(text(a().between(1, 2)), "#_0 BETWEEN :_0 AND :_1");
        assert_eq!(text(a().is_in(["x", "y"])), "#_0 IN (:_0, :_1)");
        assert_eq!(text(a().exists()), "attribute_exists(#_0)");
        assert_eq!(text(a().not_exists()), "attribute_not_exists(#_0)");
        assert_eq!(text(a().is_type(AttributeType::Ss)), "attribute_type(#_0, :_0)");
        assert_eq!(text(a().begins_with("x")), "begins_with(#_0, :_0)");
        assert_eq!(text(a().contains("x")), "contains(#_0, :_0)");
    }

    #[test]
    fn what_belongs_together_stands_in_parentheses() {
        let (a, b, c) = (attr("a").eq(1), attr("b").gt(2), attr("c").le(3));
        let any = a.clone().and(b.clone().or(c.clone()));
        assert_eq!(text(any), "(#_0 = :_0) AND ((#_1 > :_1) OR (#_2 <= :_2))");
        let all = a.and(b).and(c).not();
        assert_eq!(text(all), "NOT ((#_0 = :_0) AND (#_1 > :_1) AND (#_2 <= :_2))");
    }

    #[test]
    fn a_text_is_one_condition_among_others() {
        let due = raw("a = :a OR b = :a").value(":a", 1);
        assert_eq!(
            text(attr("c").exists().and(due)),
            "(attribute_exists(#_0)) AND (a = :a OR b = :a)"
        );
    }
}

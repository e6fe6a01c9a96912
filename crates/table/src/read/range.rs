//! What the sort keys of a query are to be.

use crate::expression::{Condition, attr};
use ddbkit_codec::AttributeValue;

/// A range of sort keys.
///
/// ```
/// use ddbkit_table::Range;
///
/// let november = Range::begins_with("2026-11-");
/// let working_hours = Range::between(900, 1700);
/// # let _ = (november, working_hours);
/// ```
///
/// ```
/// use ddbkit_codec::Item;
/// use ddbkit_table::{KeySchema, Range, Table};
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
/// for number in 1..=5 {
///     let mut order = Item::from_iter([("customer", "a")]);
///     order.insert("number", number);
///     orders.put(&order).send().await?;
/// }
/// for (range, count) in [(Range::gt(2), 3), (Range::le(2), 2), (Range::between(2, 4), 3)] {
///     let found = orders.query("a").range(range).project::<Item>(["number"]).items();
///     assert_eq!(found.try_collect::<Vec<_>>().await?.len(), count);
/// }
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Range(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Eq(AttributeValue),
    Lt(AttributeValue),
    Le(AttributeValue),
    Gt(AttributeValue),
    Ge(AttributeValue),
    Between(AttributeValue, AttributeValue),
    BeginsWith(AttributeValue),
}

impl Range {
    /// This one.
    pub fn eq(value: impl Into<AttributeValue>) -> Self {
        Self(Kind::Eq(value.into()))
    }

    /// Those before it.
    pub fn lt(value: impl Into<AttributeValue>) -> Self {
        Self(Kind::Lt(value.into()))
    }

    /// Those up to it.
    pub fn le(value: impl Into<AttributeValue>) -> Self {
        Self(Kind::Le(value.into()))
    }

    /// Those after it.
    pub fn gt(value: impl Into<AttributeValue>) -> Self {
        Self(Kind::Gt(value.into()))
    }

    /// Those from it on.
    pub fn ge(value: impl Into<AttributeValue>) -> Self {
        Self(Kind::Ge(value.into()))
    }

    /// Those from one to another, both among them.
    pub fn between(low: impl Into<AttributeValue>, high: impl Into<AttributeValue>) -> Self {
        Self(Kind::Between(low.into(), high.into()))
    }

    /// Strings and binaries that begin with this.
    pub fn begins_with(prefix: impl Into<AttributeValue>) -> Self {
        Self(Kind::BeginsWith(prefix.into()))
    }

    pub(super) fn of(self, name: &str) -> Condition {
        let key = attr(name);
        match self.0 {
            Kind::Eq(value) => key.eq(value),
            Kind::Lt(value) => key.lt(value),
            Kind::Le(value) => key.le(value),
            Kind::Gt(value) => key.gt(value),
            Kind::Ge(value) => key.ge(value),
            Kind::Between(low, high) => key.between(low, high),
            Kind::BeginsWith(prefix) => key.begins_with(prefix),
        }
    }
}

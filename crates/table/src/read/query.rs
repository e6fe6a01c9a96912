//! The items of one partition key.

use super::fetch::Source;
use super::request::{Kind, read};
use super::{Page, Range, ReadRequest};
use crate::expression::{Placeholders, attr};
use crate::table::Core;
use crate::{KeySchema, Table, TableError};
use ddbkit_codec::AttributeValue;
use ddbkit_flow::Control;
use futures::stream::BoxStream;
use serde::de::DeserializeOwned;

/// What a query says beside what all reads say.
#[derive(Clone, Debug)]
pub struct Query {
    hash: AttributeValue,
    range: Option<Range>,
    descending: bool,
}

impl<T> Table<T> {
    /// Reads the items with this partition key, in the order of their sort keys.
    ///
    /// ```no_run
    /// use ddbkit_table::Range;
    /// use futures::TryStreamExt;
    /// # async fn example<T: ddbkit_table::Model + Send + 'static>(
    /// #     orders: ddbkit_table::Table<T>,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    ///
    /// let newest: Vec<_> = orders
    ///     .query("customer#1")
    ///     .range(Range::ge(1_000))
    ///     .descending()
    ///     .limit(10)
    ///     .items()
    ///     .try_collect()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn query(&self, hash: impl Into<AttributeValue>) -> ReadRequest<T, Query> {
        let query = Query { hash: hash.into(), range: None, descending: false };
        ReadRequest::new(&self.core, query)
    }
}

impl<T> ReadRequest<T, Query> {
    /// Reads those alone whose sort key is in this range.
    pub fn range(mut self, range: Range) -> Self {
        self.kind.range = Some(range);
        self
    }

    /// Begins with the last sort key.
    pub fn descending(mut self) -> Self {
        self.kind.descending = true;
        self
    }
}

impl<T: DeserializeOwned + Send + 'static> ReadRequest<T, Query> {
    /// The items, read page by page while they are taken. Memory: one page.
    ///
    /// An item that is no `T` is an error of kind [`Decode`](crate::TableErrorKind::Decode) in its
    /// place, and the stream goes on; any other error is its end.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::TableErrorKind::InvalidInput) when there is a range and no sort key;
    /// [`NotFound`](crate::TableErrorKind::NotFound) when there is no such table; what calls may give.
    #[must_use]
    pub fn items(self) -> BoxStream<'static, Result<T, TableError>> {
        read(self, &Control::new()).items()
    }

    /// The pages, each read when it is taken.
    ///
    /// # Errors
    /// As [`items`](Self::items); items that cannot be read are errors within their page.
    #[must_use]
    pub fn pages(self) -> BoxStream<'static, Result<Page<T>, TableError>> {
        read(self, &Control::new()).typed()
    }
}

impl Kind for Query {
    fn sources(
        self,
        core: &Core,
        keys: &KeySchema,
        placeholders: &mut Placeholders,
    ) -> Result<Vec<Source>, TableError> {
        let mut key_condition = attr(keys.hash_name()).eq(self.hash).render(placeholders);
        match (self.range, keys.range_name()) {
            (None, _) => {}
            (Some(range), Some(name)) => {
                key_condition.push_str(" AND ");
                key_condition.push_str(&range.of(name).render(placeholders));
            }
            (Some(_), None) => {
                let message = format!("a query of {} has a range and no sort key", core.table());
                return Err(TableError::input(message));
            }
        }
        Ok(vec![Source::Query { key_condition, descending: self.descending }])
    }
}

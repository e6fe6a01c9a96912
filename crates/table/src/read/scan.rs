//! All items.

use super::fetch::Source;
use super::request::{Kind, read};
use super::{Page, ReadRequest};
use crate::expression::Placeholders;
use crate::table::Core;
use crate::{KeySchema, Table, TableError};
use ddbkit_flow::Control;
use futures::stream::BoxStream;
use serde::de::DeserializeOwned;
use std::num::NonZeroU32;

/// What a scan says beside what all reads say.
#[derive(Clone, Debug)]
pub struct Scan {
    segments: NonZeroU32,
}

impl<T> Table<T> {
    /// Reads all items, in no order.
    ///
    /// ```no_run
    /// use ddbkit_flow::Control;
    /// use ddbkit_table::attr;
    /// use futures::TryStreamExt;
    /// # async fn example<T: ddbkit_table::Model + Send + 'static>(
    /// #     orders: ddbkit_table::Table<T>,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    ///
    /// let control = Control::new();
    /// let mut open = orders.scan().filter(attr("status").eq("open")).items(&control);
    /// while let Some(order) = open.try_next().await? {
    ///     // One page is in memory at a time.
    /// #   drop(order);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn scan(&self) -> ReadRequest<T, Scan> {
        ReadRequest::new(&self.core, Scan { segments: NonZeroU32::MIN })
    }
}

impl<T> ReadRequest<T, Scan> {
    /// Reads so many segments of the table side by side, which takes the memory of so many pages.
    pub fn segments(mut self, segments: NonZeroU32) -> Self {
        self.kind.segments = segments;
        self
    }
}

impl<T: DeserializeOwned + Send + 'static> ReadRequest<T, Scan> {
    /// The items, read page by page while they are taken. Memory: one page of each segment, 1 MB of
    /// attributes each.
    ///
    /// An item that is no `T` is an error of kind [`Decode`](crate::TableErrorKind::Decode) in its
    /// place, and the stream goes on; any other error is its end.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::TableErrorKind::InvalidInput) when a parallel scan is to start at a key;
    /// [`NotFound`](crate::TableErrorKind::NotFound) when there is no such table;
    /// [`Canceled`](crate::TableErrorKind::Canceled); what calls may give.
    #[must_use]
    pub fn items(self, control: &Control) -> BoxStream<'static, Result<T, TableError>> {
        read(self, control).items()
    }

    /// The pages, each read when it is taken.
    ///
    /// # Errors
    /// As [`items`](Self::items); items that cannot be read are errors within their page.
    #[must_use]
    pub fn pages(self, control: &Control) -> BoxStream<'static, Result<Page<T>, TableError>> {
        read(self, control).typed()
    }
}

impl Kind for Scan {
    fn sources(
        self,
        _: &Core,
        _: &KeySchema,
        _: &mut Placeholders,
    ) -> Result<Vec<Source>, TableError> {
        let total = self.segments.get();
        if total == 1 {
            return Ok(vec![Source::Scan { segment: None }]);
        }
        Ok((0..total).map(|number| Source::Scan { segment: Some((number, total)) }).collect())
    }
}

//! One request of a query or a scan.

use super::typed::{Attributes, RawPage};
use crate::TableError;
use crate::expression::Rendered;
use crate::table::Core;
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use ddbkit_codec::Item;
use ddbkit_flow::{CapacityLimiter, Control, ProgressEvent, consumed_units};
use std::num::NonZeroU32;
use std::sync::Arc;

/// What is read by requests that follow each other.
pub(super) enum Source {
    /// The items of one partition key.
    Query { key_condition: String, descending: bool },
    /// All items, or those of a segment: its number, and of how many.
    Scan { segment: Option<(u32, u32)> },
}

impl Source {
    pub(super) fn segment(&self) -> Option<u32> {
        match self {
            Self::Scan { segment } => segment.map(|(number, _)| number),
            Self::Query { .. } => None,
        }
    }
}

/// What all requests of a read need.
pub(super) struct Fetcher {
    pub(super) core: Arc<Core>,
    pub(super) index: Option<String>,
    pub(super) key_names: Vec<String>,
    pub(super) projection: Option<String>,
    pub(super) filter: Option<String>,
    pub(super) rendered: Rendered,
    pub(super) limit: Option<u64>,
    pub(super) page_size: Option<NonZeroU32>,
    pub(super) start_at: Option<Item>,
    pub(super) consistent: bool,
    pub(super) limiter: CapacityLimiter,
    pub(super) control: Control,
}

impl Fetcher {
    /// Reads the page of `source` behind `start`; `given` items were read before.
    pub(super) async fn page(
        &self,
        source: &Source,
        start: Option<Attributes>,
        given: u64,
    ) -> Result<RawPage, TableError> {
        self.limiter.ready().await;
        let limit = self.items_to_read(given);
        let mut page = match source {
            Source::Query { key_condition, descending } => {
                self.query(key_condition, *descending, start, limit).await
            }
            Source::Scan { segment } => self.scan(*segment, start, limit).await,
        }?;
        page.segment = source.segment();
        self.limiter.charge(page.consumed);
        self.control.emit(&ProgressEvent::Consumed(page.consumed));
        self.control.emit(&ProgressEvent::Advanced { items: page.scanned_count, bytes: 0 });
        Ok(page)
    }

    /// What the request says of the number of items. With a filter it is not known how many have to be
    /// read for those that are wanted.
    fn items_to_read(&self, given: u64) -> Option<i32> {
        let wanted = self.limit.filter(|_| self.filter.is_none());
        let wanted = wanted.map(|limit| limit.saturating_sub(given).max(1));
        let page = self.page_size.map(|items| u64::from(items.get()));
        let least = wanted.into_iter().chain(page).min()?;
        Some(i32::try_from(least).unwrap_or(i32::MAX))
    }

    async fn query(
        &self,
        key_condition: &str,
        descending: bool,
        start: Option<Attributes>,
        limit: Option<i32>,
    ) -> Result<RawPage, TableError> {
        let query = self.core.client.query().table_name(&self.core.name);
        let query = query
            .key_condition_expression(key_condition)
            .scan_index_forward(!descending)
            .set_index_name(self.index.clone())
            .set_projection_expression(self.projection.clone())
            .set_filter_expression(self.filter.clone())
            .set_expression_attribute_names(self.rendered.names.clone())
            .set_expression_attribute_values(self.rendered.values.clone())
            .set_exclusive_start_key(start)
            .set_limit(limit)
            .consistent_read(self.consistent)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = query.send().await;
        let answer = answer
            .map_err(|error| TableError::call(format!("querying {}", self.place()), error))?;
        let consumed = answer.consumed_capacity;
        Ok(raw_page(
            answer.items,
            answer.last_evaluated_key,
            answer.scanned_count,
            consumed.as_ref(),
        ))
    }

    async fn scan(
        &self,
        segment: Option<(u32, u32)>,
        start: Option<Attributes>,
        limit: Option<i32>,
    ) -> Result<RawPage, TableError> {
        let as_sdk = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let scan = self.core.client.scan().table_name(&self.core.name);
        let scan = scan
            .set_segment(segment.map(|(number, _)| as_sdk(number)))
            .set_total_segments(segment.map(|(_, total)| as_sdk(total)))
            .set_index_name(self.index.clone())
            .set_projection_expression(self.projection.clone())
            .set_filter_expression(self.filter.clone())
            .set_expression_attribute_names(self.rendered.names.clone())
            .set_expression_attribute_values(self.rendered.values.clone())
            .set_exclusive_start_key(start)
            .set_limit(limit)
            .consistent_read(self.consistent)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = scan.send().await;
        let answer = answer
            .map_err(|error| TableError::call(format!("scanning {}", self.place()), error))?;
        let consumed = answer.consumed_capacity;
        Ok(raw_page(
            answer.items,
            answer.last_evaluated_key,
            answer.scanned_count,
            consumed.as_ref(),
        ))
    }

    fn place(&self) -> String {
        match &self.index {
            Some(index) => format!("index {index:?} of {}", self.core.table()),
            None => self.core.table(),
        }
    }
}

fn raw_page(
    items: Option<Vec<Attributes>>,
    last_key: Option<Attributes>,
    scanned_count: i32,
    consumed: Option<&ConsumedCapacity>,
) -> RawPage {
    RawPage {
        items: items.unwrap_or_default(),
        last_key,
        segment: None,
        scanned_count: u64::try_from(scanned_count).unwrap_or_default(),
        consumed: consumed_units(consumed),
    }
}

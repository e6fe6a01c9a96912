//! One page of a Scan, its items as export lines.

use crate::raw::page::{Page, PageSlot};
use crate::raw::session::Session;
use crate::{Selection, TransferError, TransferErrorKind};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use std::collections::HashMap;

/// How often a page is asked for again after the SDK's own attempts are used up. The waits double
/// up to ten seconds, so a table that throttles hard is given minutes.
const ATTEMPTS: u32 = 20;

/// Where in which scan the next page is.
pub(crate) struct ScanRequest<'a> {
    pub(crate) segment: u32,
    pub(crate) total_segments: u32,
    pub(crate) consistent_read: bool,
    pub(crate) selection: &'a Selection,
    /// The most items to evaluate, `None` for a page of 1 MB.
    pub(crate) limit: Option<u32>,
    pub(crate) exclusive_start_key: Option<HashMap<String, AttributeValue>>,
}

impl Session {
    /// Asks for one page, waiting for capacity first and retrying what may pass.
    pub(crate) async fn scan(&self, request: &ScanRequest<'_>) -> Result<Page, TransferError> {
        let mut attempt = 0;
        loop {
            self.limiter.ready().await;
            let page = if request.selection.is_query() {
                self.query_once(request).await
            } else {
                self.scan_once(request).await
            };
            let error = match page {
                Ok(page) => return Ok(page),
                Err(error) => error,
            };
            // A first request that finds nobody is a wrong endpoint, not a passing fault: the
            // SDK has tried several times by then.
            let never_answered = error.kind() == TransferErrorKind::Connection
                && request.exclusive_start_key.is_none();
            if !error.kind().may_pass() || never_answered || attempt == ATTEMPTS {
                return Err(error);
            }
            tokio::time::sleep(self.retry.delay(attempt)).await;
            attempt += 1;
        }
    }

    async fn scan_once(&self, request: &ScanRequest<'_>) -> Result<Page, TransferError> {
        let number = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        let slot = PageSlot::default();
        let carried = slot.clone();
        let selection = request.selection;
        let answer = self
            .client
            .scan()
            .table_name(&*self.table)
            .set_index_name(selection.index_name.clone())
            .segment(number(request.segment))
            .total_segments(number(request.total_segments))
            .consistent_read(request.consistent_read)
            .set_limit(request.limit.map(number))
            .set_exclusive_start_key(request.exclusive_start_key.clone())
            .set_filter_expression(selection.filter_expression.clone())
            .set_projection_expression(selection.projection_expression.clone())
            .set_expression_attribute_names(selection.sdk_names())
            .set_expression_attribute_values(selection.sdk_values())
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .customize()
            .config_override(self.overrides())
            .mutate_request(move |http| http.add_extension(carried.clone()))
            .send()
            .await
            .map_err(|error| {
                let (table, segment) = (&self.table, request.segment);
                TransferError::call(
                    format_args!("scan of table {table}, segment {segment}"),
                    &error,
                )
            })?;
        let consumed = self.charge(answer.consumed_capacity());
        let page = slot.page(answer.items.unwrap_or_default(), answer.count)?;
        Ok(page.ending(answer.scanned_count, consumed, answer.last_evaluated_key))
    }
}

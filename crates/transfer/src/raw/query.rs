//! One page of a Query, its items as export lines.

use crate::TransferError;
use crate::raw::page::{Page, PageSlot};
use crate::raw::scan::ScanRequest;
use crate::raw::session::Session;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

impl Session {
    /// Asks for one page of the query that the selection describes.
    pub(super) async fn query_once(
        &self,
        request: &ScanRequest<'_>,
    ) -> Result<Page, TransferError> {
        let slot = PageSlot::default();
        let carried = slot.clone();
        let selection = request.selection;
        let limit = request.limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX));
        let answer = self
            .client
            .query()
            .table_name(&*self.table)
            .set_index_name(selection.index_name.clone())
            .set_key_condition_expression(selection.key_condition_expression.clone())
            .consistent_read(request.consistent_read)
            .set_limit(limit)
            .set_exclusive_start_key(request.exclusive_start_key.clone())
            .set_filter_expression(selection.filter_expression.clone())
            .set_projection_expression(selection.projection_expression.clone())
            .set_expression_attribute_names(selection.sdk_names())
            .set_expression_attribute_values(selection.sdk_values())
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .customize()
            .config_override(self.overrides())
            .mutate_request(move |http| http.add_extension(carried.clone()))
            .send()
            .await
            .map_err(|error| {
                TransferError::call(format_args!("query of table {}", self.table), &error)
            })?;
        let consumed = self.charge(answer.consumed_capacity());
        let page = slot.page(answer.items.unwrap_or_default(), answer.count)?;
        Ok(page.ending(answer.scanned_count, consumed, answer.last_evaluated_key))
    }
}

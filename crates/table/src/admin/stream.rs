//! The stream of a table.

use super::TableAdmin;
use crate::{TableError, TableErrorKind};
use aws_sdk_dynamodb::types::{StreamSpecification, StreamViewType};
use ddbkit_flow::Control;

impl TableAdmin {
    /// Switches the stream of a table on, with records that show these images.
    ///
    /// # Errors
    /// [`NotFound`](TableErrorKind::NotFound) when the table is not there,
    /// [`TableExists`](TableErrorKind::TableExists) when it is busy with another change, and what `DynamoDB`
    /// refuses: a stream that is on has to be switched off first to change what it shows.
    pub async fn enable_stream(
        &self,
        table: &str,
        view: StreamViewType,
        control: &Control,
    ) -> Result<(), TableError> {
        let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(view);
        self.set_stream(table, stream.build(), control).await
    }

    /// Switches the stream of a table off. Its records can be read for 24 hours.
    ///
    /// # Errors
    /// As for [`enable_stream`](Self::enable_stream).
    pub async fn disable_stream(&self, table: &str, control: &Control) -> Result<(), TableError> {
        let stream = StreamSpecification::builder().stream_enabled(false);
        self.set_stream(table, stream.build(), control).await
    }

    async fn set_stream(
        &self,
        table: &str,
        stream: Result<StreamSpecification, aws_sdk_dynamodb::error::BuildError>,
        control: &Control,
    ) -> Result<(), TableError> {
        let stream = stream.map_err(|error| {
            TableError::new(TableErrorKind::InvalidInput, format!("stream: {error}"))
        })?;
        control.check()?;
        let call = self.client.update_table().table_name(table).stream_specification(stream);
        let answer = call.send().await;
        answer.map(drop).map_err(|error| {
            TableError::call(format_args!("change of the stream of table {table}"), error)
        })
    }
}

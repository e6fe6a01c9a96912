//! The names of tables.

use super::TableAdmin;
use crate::TableError;
use futures::{Stream, TryStreamExt, stream};

impl TableAdmin {
    /// The names of all tables of the account in the region of the client, in the order of the
    /// alphabet. Memory is one page of a hundred names.
    ///
    /// # Errors
    /// The stream ends with the error of a page that `DynamoDB` refuses.
    pub fn list(&self) -> impl Stream<Item = Result<String, TableError>> + Send + 'static {
        /// What is asked for next.
        enum Next {
            Page(Option<String>),
            Nothing,
        }
        let client = self.client.clone();
        let pages = stream::try_unfold(Next::Page(None), move |next| {
            let client = client.clone();
            async move {
                let Next::Page(after) = next else { return Ok(None) };
                let call = client.list_tables().set_exclusive_start_table_name(after);
                let answer = call.send().await;
                let answer = answer.map_err(|error| TableError::call("list of tables", error))?;
                let next = answer.last_evaluated_table_name.map(|name| Next::Page(Some(name)));
                let names =
                    stream::iter(answer.table_names.unwrap_or_default().into_iter().map(Ok));
                Ok::<_, TableError>(Some((names, next.unwrap_or(Next::Nothing))))
            }
        });
        pages.try_flatten()
    }
}

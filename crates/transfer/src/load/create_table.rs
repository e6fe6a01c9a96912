//! Makes the table that a dump describes, and knows it again after a kill.

use crate::load::state::{LoadState, Ownership};
use crate::raw::Session;
use crate::table::{TableInfo, wait_until_active};
use crate::{TransferError, TransferErrorKind};
use ddbkit_export::TableDescriptor;

/// Creates the table as described and waits until it is active. A table that is there is refused,
/// unless an earlier run of this load made it.
pub(crate) async fn create_table(
    session: &Session,
    descriptor: &TableDescriptor,
    state: Option<&LoadState>,
) -> Result<(TableInfo, Ownership), TransferError> {
    let input = descriptor.to_create_table_input(&session.table).map_err(|error| {
        let message = "the description of the table cannot be turned into a request";
        TransferError::caused(TransferErrorKind::Source, message, error)
    })?;
    let what = format!("creation of table {}", session.table);
    let created = input.send_with(&session.client).await;
    let created = created.map_err(|error| TransferError::call(&what, &error));
    let exists = match (created, state) {
        (Ok(_), _) => None,
        (Err(error), Some(state))
            if state.is_resumed() && error.kind() == TransferErrorKind::TableExists =>
        {
            Some((error, state))
        }
        (Err(error), _) => return Err(error),
    };
    let table = wait_until_active(session).await?;
    match exists {
        None => Ok((table, Ownership::Certain)),
        Some((error, state)) => match state.ownership(&table) {
            Ownership::None => Err(error),
            ownership => Ok((table, ownership)),
        },
    }
}

//! Makes the table that a dump describes.

use crate::raw::Session;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::types::TimeToLiveSpecification;
use ddbkit_export::{AfterCreation, TableDescriptor};

/// Creates the table as described. Refuses when it is there.
pub(crate) async fn create_table(
    session: &Session,
    descriptor: &TableDescriptor,
    not_applied: &mut Vec<String>,
) -> Result<(), TransferError> {
    let input = descriptor.to_create_table_input(&session.table).map_err(|error| {
        let message = "the description of the table cannot be turned into a request";
        TransferError::caused(TransferErrorKind::Source, message, error)
    })?;
    let what = format!("creation of table {}", session.table);
    let call = input.send_with(&session.client).await;
    call.map_err(|error| TransferError::call(&what, &error))?;
    for setting in &descriptor.not_covered {
        not_applied.push(format!("{setting}: not part of creating a table"));
    }
    Ok(())
}

/// Sets what is set after the data is in: TTL would delete items while they are loaded. What the
/// server refuses is listed, because the data is more than the settings.
pub(crate) async fn apply_after_load(
    session: &Session,
    descriptor: &TableDescriptor,
    not_applied: &mut Vec<String>,
) {
    for step in descriptor.after_creation() {
        let AfterCreation::TimeToLive(time_to_live) = step else { continue };
        let attribute = &time_to_live.attribute_name;
        let specification =
            TimeToLiveSpecification::builder().attribute_name(attribute).enabled(true).build();
        let result = match specification {
            Ok(specification) => {
                let call = session.client.update_time_to_live().table_name(&*session.table);
                let call = call.time_to_live_specification(specification).send().await;
                call.map(drop)
                    .map_err(|error| TransferError::call("UpdateTimeToLive", &error).to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = result {
            not_applied.push(format!("time to live on {attribute}: {error}"));
        }
    }
}

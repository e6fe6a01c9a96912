//! The export and the import that the service makes itself.

use super::stage::{BUCKET, EXPORTS, IMPORTED, Stage, TABLE};
use crate::error::Failure;
use crate::output::count;
use aws_sdk_dynamodb::types::{InputFormat, PointInTimeRecoverySpecification};
use ddbkit::export::jobs::{
    ExportJob, ExportScope, ImportJob, ImportParameters, ImportSource, WaitOptions, table_arn,
    table_descriptor,
};
use ddbkit::export::{Compression, VerifyOptions, verify};
use ddbkit::flow::Control;
use std::time::Duration;

/// The jobs of the demo end at once.
const WAIT: WaitOptions =
    WaitOptions { interval: Duration::from_millis(20), timeout: Some(Duration::from_mins(1)) };

/// Exports the table, verifies the files, and imports them into a new one.
pub(super) async fn export_and_import(stage: &Stage) -> Result<String, Failure> {
    let (client, control) = (stage.dynamodb(), Control::new());
    recovery(&client).await.map_err(|error| Failure::other(error.to_string()))?;
    let arn = table_arn(&client, TABLE).await?;
    let start = ExportJob::start(&client, arn, BUCKET, ExportScope::Now).s3_prefix(EXPORTS);
    let started = start.send().await?;
    let export = ExportJob::wait(&client, &started.arn, WAIT, &control).await?;
    let reader = export.open(stage.exports()).await?;
    let report = verify(&reader, &VerifyOptions::default(), &stage.control).await?;
    if let Some(fault) = report.faults().first() {
        return Err(Failure::other(format!("the export has a fault: {fault}")));
    }
    let source = ImportSource {
        s3_bucket: BUCKET.to_owned(),
        s3_bucket_owner: None,
        s3_key_prefix: format!("{EXPORTS}/AWSDynamoDB/{}/data/", export.short_id()),
        format: InputFormat::DynamodbJson,
        compression: Compression::Gzip,
    };
    let like = table_descriptor(&client, TABLE).await?;
    let table = ImportParameters::from_descriptor(&like, IMPORTED)?.table;
    let started = ImportJob::start(&client, source, table).send().await?;
    let import = ImportJob::wait(&client, &started.arn, WAIT, &control).await?;
    let (out, back) = (count(report.items()), count(import.imported_item_count));
    Ok(format!("{out} items exported, {back} imported"))
}

/// Exports need point-in-time recovery.
async fn recovery(client: &aws_sdk_dynamodb::Client) -> Result<(), aws_sdk_dynamodb::Error> {
    let on = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true);
    let update = client.update_continuous_backups().table_name(TABLE);
    update.point_in_time_recovery_specification(on.build()?).send().await?;
    Ok(())
}

//! What an import is asked for, checked as the service checks it: before there is a job.

use crate::jobs::Refused;
use crate::jobs::answer::{member, required};
use ddbkit_export::Compression;
use serde_json::Value;

/// A request that can be served.
pub(super) struct ImportRequest {
    pub(super) table: String,
    /// The input of `CreateTable`: the parameters of an import have the same members.
    pub(super) create_table: Value,
    pub(super) bucket: String,
    pub(super) prefix: String,
    pub(super) compression: Compression,
}

impl ImportRequest {
    pub(super) fn check(request: &Value) -> Result<Self, Refused> {
        let part = |name: &str| {
            let missing = || Refused::validation(format!("{name} must not be null"));
            request.get(name).filter(|value| value.is_object()).ok_or_else(missing)
        };
        let source = part("S3BucketSource")?;
        let create_table = part("TableCreationParameters")?.clone();
        let format = required(request, "InputFormat")?;
        let has_options = request.get("InputFormatOptions").is_some_and(|one| !one.is_null());
        match format {
            "DYNAMODB_JSON" | "ION" if has_options => {
                let message = "InputFormatOptions must not be given for this InputFormat";
                return Err(Refused::validation(message));
            }
            "DYNAMODB_JSON" => {}
            "ION" | "CSV" => return Err(Refused::unsupported(&format!("imports of {format}"))),
            _ => return Err(Refused::validation(format!("InputFormat {format} is not known"))),
        }
        // Lists as the service has none: it would be refused, not left out.
        if create_table.get("LocalSecondaryIndexes").is_some() {
            return Err(Refused::validation("LocalSecondaryIndexes are not imported"));
        }
        Ok(Self {
            table: required(&create_table, "TableName")?.to_owned(),
            create_table,
            bucket: required(source, "S3Bucket")?.to_owned(),
            prefix: member(source, "S3KeyPrefix").unwrap_or_default().to_owned(),
            compression: match member(request, "InputCompressionType") {
                None | Some("NONE") => Compression::None,
                Some("GZIP") => Compression::Gzip,
                Some("ZSTD") => Compression::Zstd,
                Some(other) => {
                    let message = format!("InputCompressionType {other} is not known");
                    return Err(Refused::validation(message));
                }
            },
        })
    }
}

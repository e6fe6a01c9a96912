//! What is to be done when the service refuses a job, or a job fails.

use crate::exit::{self, Exit};
use crate::hints;
use ddbkit::export::ExportErrorKind;

/// The exit code; none for errors that are not about jobs.
pub(crate) fn exit(kind: &ExportErrorKind) -> Option<Exit> {
    match kind {
        ExportErrorKind::Refused(_)
        | ExportErrorKind::JobFailed(_)
        | ExportErrorKind::JobNotFound
        | ExportErrorKind::InvalidAnswer => Some(exit::REFUSED),
        ExportErrorKind::Credentials | ExportErrorKind::Connection => Some(exit::ENVIRONMENT),
        ExportErrorKind::InvalidRequest => Some(exit::USAGE),
        _ => None,
    }
}

/// What to do about it.
pub(crate) fn hint(kind: &ExportErrorKind) -> Option<&'static str> {
    match kind {
        ExportErrorKind::Refused(code) => refusal(code),
        ExportErrorKind::JobFailed(failure) => failure.code.as_deref().and_then(failed),
        ExportErrorKind::JobNotFound => {
            Some("DynamoDB knows jobs of the last 90 days, in one region")
        }
        ExportErrorKind::JobStillRuns => Some(
            "it goes on without this program; `ddbkit export wait` or `import wait` looks again",
        ),
        ExportErrorKind::Credentials => Some(hints::CREDENTIALS),
        ExportErrorKind::Connection => Some(hints::CONNECTION),
        _ => None,
    }
}

/// By the code of a refusal.
fn refusal(code: &str) -> Option<&'static str> {
    Some(match code {
        "PointInTimeRecoveryUnavailableException" => {
            "switch it on: aws dynamodb update-continuous-backups --table-name TABLE \
             --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true; `ddbkit dump` \
             does without"
        }
        "TableNotFoundException" | "ResourceNotFoundException" => hints::NAME,
        "InvalidExportTimeException" => {
            "times must lie within point-in-time recovery; changes are exported for 15 minutes to 24 \
             hours"
        }
        "ExportConflictException" | "ImportConflictException" => {
            "this --client-token is that of another request; leave it out or take another"
        }
        "ResourceInUseException" => "an import makes a new table; `ddbkit load` writes into one",
        "LimitExceededException" => "too many jobs at a time: wait until some of them have ended",
        "UnknownOperationException" => {
            "this server has no native exports; `ddbkit dump` needs none"
        }
        _ => return None,
    })
}

/// By the code of a failure.
fn failed(code: &str) -> Option<&'static str> {
    Some(match code {
        "S3NoSuchBucket" => "check the name of the bucket; it must be there when the job starts",
        "S3AccessDenied" => {
            "an export needs s3:PutObject, s3:PutObjectAcl and s3:AbortMultipartUpload, an import \
             s3:GetObject and s3:ListBucket; a bucket of another account needs --bucket-owner"
        }
        _ => return None,
    })
}

//! What to do about failures that many commands have.

use crate::error::is_local;
use ddbkit::store::{StoreError, StoreErrorKind};

pub(crate) const NAME: &str =
    "check the name, the region (--region) and the endpoint (--endpoint-url)";
pub(crate) const CREDENTIALS: &str = "set AWS_PROFILE or --profile, or log in with `aws sso login`";
pub(crate) const CONNECTION: &str = "check the region, --endpoint-url, AWS_ENDPOINT_URL_DYNAMODB, \
                                     AWS_ENDPOINT_URL and the network";
pub(crate) const PLACE: &str =
    "name the folder that holds AWSDynamoDB/, or the folder of the export";
pub(crate) const NO_SPACE: &str = "free some space there";
pub(crate) const DAMAGED: &str =
    "`ddbkit verify` names all that is damaged; fetch these files again, or dump again";

/// When a store fails.
pub(crate) fn store(error: &StoreError) -> Option<&'static str> {
    Some(match error.kind() {
        StoreErrorKind::NoSuchBucket => {
            "check the name of the bucket and AWS_ENDPOINT_URL_S3; it must be there"
        }
        StoreErrorKind::AccessDenied if !is_local(error) => {
            "check who is asking (--profile), and the rights: docs/reference/iam.md has those of each \
             command"
        }
        StoreErrorKind::Credentials => CREDENTIALS,
        StoreErrorKind::Unavailable => "check the region, AWS_ENDPOINT_URL_S3 and the network",
        StoreErrorKind::NoSpace => NO_SPACE,
        _ => return None,
    })
}

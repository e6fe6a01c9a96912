//! Items that DynamoDB would delete again.

use crate::load::warnings::Warnings;
use crate::raw::Session;
use crate::{LoadBuilder, TransferError};
use aws_sdk_dynamodb::types::TimeToLiveStatus;
use ddbkit_codec::{AttributeValue, RawItem};
use ddbkit_export::TableDescriptor;
use std::time::{Duration, SystemTime};

/// What happens to items whose time to live has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expired {
    /// They are written and counted; DynamoDB deletes them again.
    #[default]
    Load,
    /// They are left out and counted.
    Skip,
    /// They go to the rejects file.
    Reject,
}

impl Expired {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Skip => "skip",
            Self::Reject => "reject",
        }
    }
}

/// DynamoDB deletes nothing that expired longer ago, so that a wrong unit of time destroys nothing.
const LONGEST_AGO: Duration = Duration::from_hours(5 * 365 * 24);

/// Tells expired items by the rules of time to live: the attribute is a number, the seconds since
/// 1970 after which the item has expired.
pub(crate) struct Expiry {
    attribute: String,
    pub(crate) mode: Expired,
    now: f64,
}

impl Expiry {
    /// By the time to live of the table; none where it is off. For a table that the load creates it
    /// is that of its description, which is turned on when the data is in.
    ///
    /// # Errors
    /// When the work is cancelled.
    pub(crate) async fn of(
        session: &Session,
        options: &LoadBuilder,
        created: Option<&TableDescriptor>,
        warnings: &Warnings,
    ) -> Result<Option<Self>, TransferError> {
        let attribute = match created {
            Some(descriptor) => descriptor.time_to_live.clone().map(|ttl| ttl.attribute_name),
            None => attribute_of(session, warnings).await?,
        };
        let mode = options.expired;
        if attribute.is_none() && mode != Expired::Load {
            let table = &session.table;
            warnings.add(format!("time to live of table {table} is off: no item expires"));
        }
        let now = options.now.unwrap_or_else(SystemTime::now);
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        Ok(attribute.map(|attribute| Self { attribute, mode, now }))
    }

    pub(crate) fn is_expired(&self, item: &RawItem<'_>) -> bool {
        // What cannot be read is told where the item is read for its key.
        let Ok(Some(json)) = item.attribute(&self.attribute) else { return false };
        let Ok(AttributeValue::N(seconds)) = AttributeValue::from_dynamodb_json(json) else {
            return false;
        };
        let seconds = seconds.to_f64();
        seconds < self.now && self.now - seconds <= LONGEST_AGO.as_secs_f64()
    }

    /// Why the item is rejected.
    pub(crate) fn reason(&self) -> String {
        format!("the item has expired by its attribute {}", self.attribute)
    }
}

async fn attribute_of(
    session: &Session,
    warnings: &Warnings,
) -> Result<Option<String>, TransferError> {
    let call = session.client.describe_time_to_live().table_name(&*session.table);
    let description = match session.control().run(call.send()).await? {
        Ok(answer) => answer.time_to_live_description,
        Err(error) => {
            let error = TransferError::call("DescribeTimeToLive", &error);
            warnings.add(format!("expired items are not told from others: {error}"));
            None
        }
    };
    let on = [TimeToLiveStatus::Enabled, TimeToLiveStatus::Enabling];
    let description = description
        .filter(|found| found.time_to_live_status().is_some_and(|status| on.contains(status)));
    Ok(description.and_then(|description| description.attribute_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_the_last_five_years_are_expired() {
        let now = 1_800_000_000_f64;
        let expiry = Expiry { attribute: "ttl".to_owned(), mode: Expired::Load, now };
        let is_expired = |item: &str| {
            let item = format!(r#"{{"Item":{{"pk":{{"S":"a"}}{item}}}}}"#);
            expiry.is_expired(&RawItem::from_line(item.as_bytes()).unwrap())
        };
        assert!(is_expired(r#","ttl":{"N":"1799999999"}"#));
        assert!(is_expired(r#","ttl":{"N":"1799999999.5"}"#));
        assert!(is_expired(r#","ttl":{"N":"1.79e9"}"#));
        for lives in [
            "",
            r#","ttl":{"N":"1800000000"}"#,
            r#","ttl":{"N":"1900000000"}"#,
            // Milliseconds, another type, too long ago.
            r#","ttl":{"N":"1799999999000"}"#,
            r#","ttl":{"S":"1799999999"}"#,
            r#","ttl":{"N":"1600000000"}"#,
            r#","ttl":{"N":"0"}"#,
            r#","m":{"M":{"ttl":{"N":"1799999999"}}}"#,
        ] {
            assert!(!is_expired(lives), "{lives}");
        }
    }
}

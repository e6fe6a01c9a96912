//! What kind of change a record is.

use super::ArchiveRecord;
use ddbkit_codec::{AttributeValue, EventName, UserIdentity};

/// What kind of change a record is, as far as an archive is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RecordClass {
    /// The item was deleted by time to live, in this region.
    TtlDelete,
    /// Perhaps the item was deleted by time to live in another region of a global table: nothing
    /// in the stream tells it from a user who deletes an item that has expired.
    ProbableTtlDelete,
    /// A user deleted the item.
    UserDelete,
    /// The item is new.
    Insert,
    /// The item was changed.
    Modify,
}

/// What is done with deletes that may be replicas of deletes by time to live.
///
/// In a global table a delete by time to live is marked as such only in the region where the item
/// expired; where it is replicated to, it looks like the delete of a user (AWS docs, "`DynamoDB`
/// Streams and Time to Live"). The certain way is an archive in each region that items are written
/// in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Replicated {
    /// They count as deletes by users.
    #[default]
    Left,
    /// Deletes without an identity whose item had expired, by the value of this attribute, count
    /// as [`RecordClass::ProbableTtlDelete`].
    Guessed {
        /// The TTL attribute.
        attribute: String,
    },
}

impl ArchiveRecord {
    /// What kind of change this is.
    #[must_use]
    pub fn class(&self, replicated: &Replicated) -> RecordClass {
        match self.event_name {
            EventName::Insert => return RecordClass::Insert,
            EventName::Modify => return RecordClass::Modify,
            EventName::Remove => {}
        }
        if self.user_identity.as_ref().is_some_and(is_time_to_live) {
            return RecordClass::TtlDelete;
        }
        match replicated {
            Replicated::Guessed { attribute }
                if self.user_identity.is_none()
                    && self.expiry(attribute).is_some_and(|at| at <= self.created) =>
            {
                RecordClass::ProbableTtlDelete
            }
            _ => RecordClass::UserDelete,
        }
    }

    /// When the item was to expire, in seconds since 1970: the whole part of the number in the TTL
    /// attribute of the old image. `None` where there is no image, no such attribute, or one that
    /// is no number from 0 on.
    #[must_use]
    pub fn expiry(&self, attribute: &str) -> Option<u64> {
        let Some(AttributeValue::N(number)) = self.old_image.as_ref()?.get(attribute) else {
            return None;
        };
        let text = number.to_string();
        let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
        whole.parse().ok()
    }
}

fn is_time_to_live(user: &UserIdentity) -> bool {
    user.kind == "Service" && user.principal_id == "dynamodb.amazonaws.com"
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit_codec::{Item, Number};

    fn delete(ttl: impl Into<AttributeValue>) -> ArchiveRecord {
        let mut record =
            ArchiveRecord::new("1", EventName::Remove, "1".parse().unwrap(), 1_000_000);
        let mut item = Item::new();
        item.insert("ttl", ttl);
        record.old_image = Some(item);
        record
    }

    fn number(text: &str) -> AttributeValue {
        AttributeValue::N(text.parse::<Number>().unwrap())
    }

    #[test]
    fn replicated_deletes_are_guessed_only_when_asked_for() {
        let guess = Replicated::Guessed { attribute: "ttl".to_owned() };
        let expired = delete(number("999999.5"));
        assert_eq!(expired.class(&Replicated::Left), RecordClass::UserDelete);
        assert_eq!(expired.class(&guess), RecordClass::ProbableTtlDelete);
        // Not yet expired: that was a user for certain.
        assert_eq!(delete(number("1000001")).class(&guess), RecordClass::UserDelete);
        let mut by_service = expired;
        by_service.user_identity =
            Some(UserIdentity { kind: "Service".into(), principal_id: "other".into() });
        assert_eq!(by_service.class(&guess), RecordClass::UserDelete);
    }

    #[test]
    fn an_expiry_that_is_no_number_is_none() {
        assert_eq!(delete(number("1479499000")).expiry("ttl"), Some(1_479_499_000));
        assert_eq!(delete(AttributeValue::S("1479499000".into())).expiry("ttl"), None);
        assert_eq!(delete(number("-5")).expiry("ttl"), None);
        assert_eq!(delete(number("1")).expiry("other"), None);
    }
}

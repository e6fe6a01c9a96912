//! The mark of a TTL deletion in a stream record.

use bytes::Bytes;
use memchr::memmem;

/// What the embedded database writes; SDKs look for upper-case member names and see nothing here.
const EMBEDDED: &[u8] =
    br#""userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}"#;
/// What the service writes (API reference of `DynamoDB` Streams, `Identity`).
const SERVICE: &[u8] =
    br#""userIdentity":{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"}"#;

/// Rewrites the identities of a `GetRecords` answer; `None` when there is none to rewrite.
///
/// The bytes searched for cannot stand in an item: there the quotes of a string are escaped, and an
/// attribute named `userIdentity` has a type descriptor for its only member.
pub(super) fn corrected(body: &[u8]) -> Option<Bytes> {
    let first = memmem::find(body, EMBEDDED)?;
    let mut corrected = Vec::with_capacity(body.len());
    let mut rest = body;
    let mut next = Some(first);
    while let Some(at) = next {
        corrected.extend_from_slice(&rest[..at]);
        corrected.extend_from_slice(SERVICE);
        rest = &rest[at + EMBEDDED.len()..];
        next = memmem::find(rest, EMBEDDED);
    }
    corrected.extend_from_slice(rest);
    Some(corrected.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identity_is_rewritten_and_nothing_else() {
        let lower = std::str::from_utf8(EMBEDDED).unwrap();
        let upper = std::str::from_utf8(SERVICE).unwrap();
        let body = format!(r#"{{"Records":[{{{lower}}},{{"eventName":"INSERT"}},{{{lower}}}]}}"#);
        let wanted = format!(r#"{{"Records":[{{{upper}}},{{"eventName":"INSERT"}},{{{upper}}}]}}"#);
        assert_eq!(corrected(body.as_bytes()).unwrap(), wanted);
        assert!(corrected(wanted.as_bytes()).is_none());
        assert!(corrected(br#"{"userIdentity":{"S":"Service"}}"#).is_none());
    }
}

//! Whom a prefix belongs to.

use crate::{KeySchema, OffloadError, OffloadErrorKind, Timing};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

/// The name of the manifest under its prefix.
pub const MANIFEST_NAME: &str = "_owner.json";

/// The version of manifests that this code writes, and the newest that it reads.
pub const MANIFEST_VERSION: u64 = 1;

/// How often a conditional write that S3 calls a conflict, or that another writer won, is tried again.
const ATTEMPTS: u32 = 8;

/// Whom a prefix belongs to: the object `_owner.json` in it.
///
/// Written before the first attribute is offloaded, so that the collector of one table never deletes
/// the objects of another, and no writer has a longer deadline than the collector waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ownership {
    /// The version of the manifest.
    pub version: u64,
    /// The ARN of the table.
    pub table_arn: String,
    /// The name of the table.
    pub table_name: String,
    /// The key of the table.
    pub key_schema: KeySchema,
    /// The attributes that were ever configured to be offloaded.
    pub attributes: BTreeSet<String>,
    /// The times that all writers and the collector keep.
    #[serde(flatten, with = "seconds")]
    pub timing: Timing,
    /// When the prefix was claimed, RFC 3339.
    pub created: String,
}

/// A manifest and the `ETag` on which its replacement is conditional.
struct Stored {
    ownership: Ownership,
    etag: Option<String>,
}

impl Ownership {
    /// The ownership of a table that is claimed now.
    #[must_use]
    pub fn new(
        table_arn: impl Into<String>,
        table_name: impl Into<String>,
        key_schema: KeySchema,
        timing: Timing,
        now: SystemTime,
    ) -> Self {
        let created = jiff::Timestamp::try_from(now).unwrap_or_default();
        Self {
            version: MANIFEST_VERSION,
            table_arn: table_arn.into(),
            table_name: table_name.into(),
            key_schema,
            attributes: BTreeSet::new(),
            timing,
            created: format!("{created:.0}"),
        }
    }

    /// Claims a prefix: writes the manifest where there is none, else adopts the one of the same table.
    ///
    /// Attributes are added to those of the manifest, and a longer grace replaces a shorter one. The
    /// grace never shrinks, and the deadline is the one that was claimed first: writers with a longer
    /// one could be overtaken by a collector that does not know of them. What is returned is what
    /// holds.
    ///
    /// # Errors
    /// [`ForeignPrefix`](OffloadErrorKind::ForeignPrefix) when the prefix belongs to another table,
    /// [`GraceTooShort`](OffloadErrorKind::GraceTooShort) when the times are not safe, alone or with
    /// those of the manifest, [`UnsupportedVersion`](OffloadErrorKind::UnsupportedVersion) when a newer
    /// version wrote it, [`S3`](OffloadErrorKind::S3) when S3 fails.
    pub async fn claim(
        &self,
        s3: &Client,
        bucket: &str,
        prefix: &str,
    ) -> Result<Self, OffloadError> {
        self.timing.validate()?;
        for _ in 0..ATTEMPTS {
            let there = read_stored(s3, bucket, prefix).await?;
            let (merged, etag) = match there {
                None => (self.clone(), None),
                Some(stored) => {
                    let merged = self.merged_into(&stored.ownership, bucket, prefix)?;
                    if merged == stored.ownership {
                        return Ok(merged);
                    }
                    (merged, Some(stored.etag.unwrap_or_default()))
                }
            };
            if merged.put(s3, bucket, prefix, etag).await? {
                return Ok(merged);
            }
        }
        Err(OffloadError::new(
            OffloadErrorKind::S3,
            format!("{} keeps being changed by others: try again", place(bucket, prefix)),
        ))
    }

    /// Reads the manifest of a prefix.
    ///
    /// # Errors
    /// [`ForeignPrefix`](OffloadErrorKind::ForeignPrefix) when there is none or it cannot be read as one,
    /// [`UnsupportedVersion`](OffloadErrorKind::UnsupportedVersion) when a newer version wrote it,
    /// [`S3`](OffloadErrorKind::S3) when S3 fails.
    pub async fn read(s3: &Client, bucket: &str, prefix: &str) -> Result<Self, OffloadError> {
        let stored = read_stored(s3, bucket, prefix).await?;
        stored.map(|stored| stored.ownership).ok_or_else(|| {
            OffloadError::new(
                OffloadErrorKind::ForeignPrefix,
                format!("there is no {}: no table owns this prefix", place(bucket, prefix)),
            )
        })
    }

    /// What the manifest becomes when this writer joins.
    fn merged_into(&self, there: &Self, bucket: &str, prefix: &str) -> Result<Self, OffloadError> {
        if (&there.table_arn, &there.table_name) != (&self.table_arn, &self.table_name)
            || there.key_schema != self.key_schema
        {
            return Err(OffloadError::new(
                OffloadErrorKind::ForeignPrefix,
                format!(
                    "{} says that the prefix belongs to {}: take another prefix",
                    place(bucket, prefix),
                    there.table_arn
                ),
            ));
        }
        let (ours, theirs) = (&self.timing, &there.timing);
        if ours.write_deadline > theirs.write_deadline
            || ours.request_lifetime > theirs.request_lifetime
            || ours.clock_skew > theirs.clock_skew
        {
            return Err(OffloadError::new(
                OffloadErrorKind::GraceTooShort,
                format!(
                    "{} holds a shorter write deadline, request lifetime or clock skew: keep to it",
                    place(bucket, prefix)
                ),
            ));
        }
        let mut merged = there.clone();
        merged.attributes.extend(self.attributes.iter().cloned());
        merged.timing.grace = theirs.grace.max(ours.grace);
        Ok(merged)
    }

    /// Writes the manifest if none is there, or if that with the `ETag` still is; says whether it did.
    async fn put(
        &self,
        s3: &Client,
        bucket: &str,
        prefix: &str,
        replaces: Option<String>,
    ) -> Result<bool, OffloadError> {
        let text = serde_json::to_vec_pretty(self).map_err(|error| {
            OffloadError::caused(
                OffloadErrorKind::S3,
                "a manifest cannot be written as JSON",
                error,
            )
        })?;
        let is_new = replaces.is_none();
        let put = s3
            .put_object()
            .bucket(bucket)
            .key(key(prefix))
            .content_type("application/json")
            .set_if_none_match(is_new.then(|| "*".to_owned()))
            .set_if_match(replaces)
            .body(ByteStream::from(text));
        match put.send().await {
            Ok(_) => Ok(true),
            // Somebody else was first, or our own request that seemed to fail: the next read tells.
            Err(error) if lost_race(&error) => Ok(false),
            Err(error) => {
                let what = format!("writing {}", place(bucket, prefix));
                Err(OffloadError::s3(what, error))
            }
        }
    }
}

fn lost_race<E: ProvideErrorMetadata>(
    error: &SdkError<E, aws_sdk_s3::config::http::HttpResponse>,
) -> bool {
    let status = error.raw_response().map(|response| response.status().as_u16());
    matches!(status, Some(404 | 409 | 412)) && error.code() != Some("NoSuchBucket")
}

fn key(prefix: &str) -> String {
    match prefix.trim_matches('/') {
        "" => MANIFEST_NAME.to_owned(),
        prefix => format!("{prefix}/{MANIFEST_NAME}"),
    }
}

fn place(bucket: &str, prefix: &str) -> String {
    format!("s3://{bucket}/{}", key(prefix))
}

async fn read_stored(
    s3: &Client,
    bucket: &str,
    prefix: &str,
) -> Result<Option<Stored>, OffloadError> {
    let what = || format!("reading {}", place(bucket, prefix));
    let answer = match s3.get_object().bucket(bucket).key(key(prefix)).send().await {
        Ok(answer) => answer,
        Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
            return Ok(None);
        }
        Err(error) => return Err(OffloadError::s3(what(), error)),
    };
    let etag = answer.e_tag.clone();
    let body = answer.body.collect().await.map_err(|error| {
        OffloadError::caused(OffloadErrorKind::S3, format!("{} failed", what()), error)
    })?;
    let ownership = parse(&body.into_bytes()).map_err(|error| match error {
        Unreadable::Newer(version) => OffloadError::new(
            OffloadErrorKind::UnsupportedVersion,
            format!("{} is of version {version}: update this program", place(bucket, prefix)),
        ),
        Unreadable::Nonsense(error) => OffloadError::caused(
            OffloadErrorKind::ForeignPrefix,
            format!("{} cannot be read as a manifest", place(bucket, prefix)),
            error,
        ),
    })?;
    Ok(Some(Stored { ownership, etag }))
}

#[derive(Debug)]
enum Unreadable {
    Newer(u64),
    Nonsense(serde_json::Error),
}

fn parse(text: &[u8]) -> Result<Ownership, Unreadable> {
    #[derive(Deserialize)]
    struct Version {
        version: u64,
    }
    // The version first: what else a newer manifest holds is not known.
    let version = serde_json::from_slice::<Version>(text).map_err(Unreadable::Nonsense)?.version;
    if version > MANIFEST_VERSION {
        return Err(Unreadable::Newer(version));
    }
    serde_json::from_slice(text).map_err(Unreadable::Nonsense)
}

/// Times as seconds, which people can read in the bucket.
mod seconds {
    use super::{Deserialize, Duration, Serialize, Timing};
    use serde::{Deserializer, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Seconds {
        #[serde(rename = "grace_seconds")]
        grace: f64,
        #[serde(rename = "write_deadline_seconds")]
        write_deadline: f64,
        #[serde(rename = "request_lifetime_seconds")]
        request_lifetime: f64,
        #[serde(rename = "clock_skew_seconds")]
        clock_skew: f64,
    }

    pub(super) fn serialize<S: Serializer>(timing: &Timing, to: S) -> Result<S::Ok, S::Error> {
        let seconds = Seconds {
            grace: timing.grace.as_secs_f64(),
            write_deadline: timing.write_deadline.as_secs_f64(),
            request_lifetime: timing.request_lifetime.as_secs_f64(),
            clock_skew: timing.clock_skew.as_secs_f64(),
        };
        seconds.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timing, D::Error> {
        let seconds = Seconds::deserialize(from)?;
        let duration =
            |seconds| Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom);
        Ok(Timing {
            grace: duration(seconds.grace)?,
            write_deadline: duration(seconds.write_deadline)?,
            request_lifetime: duration(seconds.request_lifetime)?,
            clock_skew: duration(seconds.clock_skew)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyAttribute, KeyAttributeType};

    fn ownership() -> Ownership {
        let hash = KeyAttribute { name: "pk".into(), attribute_type: KeyAttributeType::S };
        let schema = KeySchema { hash, range: None };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let timing = Timing { grace: Duration::from_millis(7_200_500), ..Timing::default() };
        Ownership::new("arn:aws:dynamodb:r:1:table/t", "t", schema, timing, now)
    }

    #[test]
    fn form_is_the_documented_one() {
        let text = serde_json::to_string(&ownership()).unwrap();
        assert_eq!(
            text,
            r#"{"version":1,"table_arn":"arn:aws:dynamodb:r:1:table/t","table_name":"t","key_schema":{"hash":{"name":"pk","type":"S"}},"attributes":[],"grace_seconds":7200.5,"write_deadline_seconds":3600.0,"request_lifetime_seconds":900.0,"clock_skew_seconds":300.0,"created":"2001-09-09T01:46:40Z"}"#
        );
        assert_eq!(parse(text.as_bytes()).unwrap(), ownership());
    }

    #[test]
    fn newer_manifest_is_known_by_its_version_alone() {
        let text = br#"{"version":2,"something":"else"}"#;
        assert!(matches!(parse(text), Err(Unreadable::Newer(2))));
        assert!(matches!(parse(b"{}"), Err(Unreadable::Nonsense(_))));
        let negative = serde_json::to_string(&ownership()).unwrap().replace("3600.0", "-1.0");
        assert!(matches!(parse(negative.as_bytes()), Err(Unreadable::Nonsense(_))));
    }

    #[test]
    fn who_joins_adds_attributes_and_grace_and_takes_nothing_away() {
        let there = Ownership { attributes: ["a".to_owned()].into(), ..ownership() };
        let timing = Timing { grace: Duration::from_secs(1_000_000), ..Timing::default() };
        let ours = Ownership { attributes: ["b".to_owned()].into(), timing, ..ownership() };
        let merged = ours.merged_into(&there, "bucket", "p").unwrap();
        assert_eq!(merged.attributes, ["a".to_owned(), "b".to_owned()].into());
        assert_eq!(merged.timing.grace, timing.grace);
        let back = there.merged_into(&merged, "bucket", "p").unwrap();
        assert_eq!(back, merged);
    }

    #[test]
    fn another_table_and_a_longer_deadline_are_refused() {
        let refused = |change: fn(&mut Ownership)| {
            let mut ours = ownership();
            change(&mut ours);
            ours.merged_into(&ownership(), "bucket", "p").unwrap_err().kind()
        };
        let foreign = OffloadErrorKind::ForeignPrefix;
        assert_eq!(refused(|own| own.table_arn.push('x')), foreign);
        assert_eq!(refused(|own| own.key_schema.hash.name.push('x')), foreign);
        assert_eq!(refused(|own| own.timing.write_deadline *= 2), OffloadErrorKind::GraceTooShort);
    }
}

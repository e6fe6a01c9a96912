//! Where a store is, as people write it.

use crate::{StoreError, StoreErrorKind};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A directory, or a prefix in an S3 bucket.
///
/// ```
/// use ddbkit_store::Location;
///
/// let location: Location = "s3://backups/orders".parse()?;
/// assert_eq!(location, Location::S3 { bucket: "backups".into(), prefix: "orders".into() });
/// assert_eq!(location.join("today").to_string(), "s3://backups/orders/today");
/// assert_eq!("/var/backups".parse::<Location>()?, Location::Directory("/var/backups".into()));
/// # Ok::<(), ddbkit_store::StoreError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A directory.
    Directory(PathBuf),
    /// A prefix in a bucket, without slashes at its ends; empty for the whole bucket.
    S3 {
        /// The bucket.
        bucket: String,
        /// The prefix.
        prefix: String,
    },
}

impl Location {
    /// The location below this one.
    #[must_use]
    pub fn join(&self, below: &str) -> Self {
        match self {
            Self::Directory(path) => Self::Directory(path.join(below)),
            Self::S3 { bucket, prefix } => {
                let prefix = match prefix.as_str() {
                    "" => below.to_owned(),
                    prefix => format!("{prefix}/{below}"),
                };
                Self::S3 { bucket: bucket.clone(), prefix }
            }
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) => path.display().fmt(f),
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

impl FromStr for Location {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let refuse = |why: &str| {
            let message = format!("{text:?} is no location: {why}");
            Err(StoreError::new(StoreErrorKind::InvalidLocation, message))
        };
        if text.is_empty() {
            return refuse("it is empty");
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            // `s3:/bucket` would quietly become a folder of that name.
            let lower = text.to_ascii_lowercase();
            if lower.starts_with("s3:") {
                return refuse("a bucket is written s3://bucket/prefix");
            }
            return Ok(Self::Directory(text.into()));
        };
        if scheme != "s3" {
            return refuse("only directories and s3://bucket/prefix are known");
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if !is_bucket(bucket) {
            return refuse("a bucket has 3 to 255 letters, digits, dots, hyphens or underscores");
        }
        let prefix = prefix.trim_matches('/').to_owned();
        if prefix.split('/').any(str::is_empty) && !prefix.is_empty() {
            return refuse("the prefix has an empty part");
        }
        Ok(Self::S3 { bucket: bucket.to_owned(), prefix })
    }
}

/// The characters of old and new buckets, and of access points; the service knows the rest.
fn is_bucket(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (3..=255).contains(&name.len()) && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_and_not_taken_for_folders() {
        for bad in [
            "",
            "s3:/bucket",
            "S3:bucket",
            "s3://",
            "s3:///x",
            "s3://ab",
            "s3://a b/c",
            "http://bucket",
            "file:///tmp",
            "s3://bucket/a//b",
        ] {
            let error = bad.parse::<Location>().unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::InvalidLocation, "{bad}");
        }
    }

    #[test]
    fn slashes_at_the_ends_of_a_prefix_say_nothing() {
        for text in ["s3://bucket/a/b", "s3://bucket/a/b/", "s3://bucket//a/b"] {
            let location: Location = text.parse().unwrap();
            assert_eq!(location.to_string(), "s3://bucket/a/b", "{text}");
        }
        assert_eq!("s3://bucket/".parse::<Location>().unwrap().to_string(), "s3://bucket");
    }
}

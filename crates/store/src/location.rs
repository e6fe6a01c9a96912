//! Where a store is, as people write it.

use crate::{StoreError, StoreErrorKind, key};
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
    /// The location below this one; slashes at the ends say nothing.
    #[must_use]
    pub fn join(&self, below: &str) -> Self {
        let below = below.trim_matches('/');
        match self {
            _ if below.is_empty() => self.clone(),
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
        let Some((scheme, rest)) = text.split_once(':').filter(|(scheme, _)| is_scheme(scheme))
        else {
            return Ok(Self::Directory(text.into()));
        };
        // `s3:/bucket` would quietly become a folder of that name.
        let is_s3 = scheme.eq_ignore_ascii_case("s3");
        let Some(rest) = rest.strip_prefix("//").filter(|_| scheme == "s3" || !is_s3) else {
            if is_s3 {
                return refuse("a bucket is written s3://bucket/prefix, in lower case");
            }
            return Ok(Self::Directory(text.into()));
        };
        if scheme == "file" {
            return refuse("a directory is written as its path, without file://");
        }
        if !is_s3 {
            return refuse("only directories and s3://bucket/prefix are known");
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return refuse("the bucket is missing");
        }
        if !is_bucket(bucket) {
            return refuse(
                "a bucket has 3 to 63 letters, digits, dots, hyphens or underscores (old ones to 255)",
            );
        }
        let prefix = prefix.trim_matches('/').to_owned();
        if !prefix.is_empty() && key::check(&prefix).is_err() {
            return refuse("no object can have such a prefix");
        }
        Ok(Self::S3 { bucket: bucket.to_owned(), prefix })
    }
}

fn is_scheme(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(inside)
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
        for (bad, why) in [
            ("", "it is empty"),
            ("s3:/bucket", "is written s3://bucket/prefix"),
            ("s3:bucket", "is written s3://bucket/prefix"),
            ("S3://bucket", "in lower case"),
            ("s3://", "the bucket is missing"),
            ("s3:///x", "the bucket is missing"),
            ("s3://ab", "3 to 63"),
            ("s3://a b/c", "3 to 63"),
            ("http://bucket", "only directories"),
            ("file:///tmp", "without file://"),
            ("s3://bucket/a//b", "such a prefix"),
            ("s3://bucket/../b", "such a prefix"),
        ] {
            let error = bad.parse::<Location>().unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::InvalidLocation, "{bad}");
            let text = error.to_string();
            assert!(text.starts_with(&format!("{bad:?}")) && text.contains(why), "{text}");
        }
    }

    #[test]
    fn everything_else_is_a_path() {
        for path in ["/var/x", "x", ".", "./s3://b", "C:\\x", "10:30/x", "a:b"] {
            let location: Location = path.parse().unwrap();
            assert_eq!(location, Location::Directory(path.into()));
            assert_eq!(location.to_string(), path);
        }
    }

    #[test]
    fn joining_stays_below() {
        for text in ["s3://bucket/a", "/a"] {
            let location: Location = text.parse().unwrap();
            assert_eq!(location.join("/b/").to_string(), format!("{text}/b"));
            assert_eq!(location.join(""), location);
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

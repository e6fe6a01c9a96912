//! Which keys can be those of objects.

use crate::{StoreError, StoreErrorKind};

/// Names that begin so are the directory store's own.
pub(crate) const RESERVED: &str = ".ddbkit-store-";

/// What S3 takes, in bytes of UTF-8.
const LONGEST: usize = 1024;

/// Checks a key: parts between slashes, none of them empty, `.` or `..`, no control characters, at
/// most 1,024 bytes. Such a key means the same in a directory, in memory and in S3, can be shown in
/// a listing of S3, which is XML, and never leads out of the store.
pub(crate) fn check(key: &str) -> Result<(), StoreError> {
    let refuse = |why| refused(key, why);
    if key.len() > LONGEST {
        return refuse("it has more than 1,024 bytes");
    }
    if key.chars().any(char::is_control) {
        return refuse("it has a control character");
    }
    for part in key.split('/') {
        match part {
            "" => return refuse("it has an empty part"),
            "." | ".." => return refuse("it has a part that stands for a folder"),
            _ if part.starts_with(RESERVED) => {
                return refuse("it has a name that the store keeps for itself");
            }
            _ => {}
        }
    }
    Ok(())
}

/// Checks a prefix: its whole parts as those of a key, while the last may be the beginning of a
/// name, or empty.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), StoreError> {
    match prefix.rsplit_once('/') {
        _ if prefix.chars().any(char::is_control) => refused(prefix, "it has a control character"),
        Some((folders, _)) => check(folders),
        None => Ok(()),
    }
}

fn refused(key: &str, why: &str) -> Result<(), StoreError> {
    let message = format!("{key:?} is no key of an object: {why}");
    Err(StoreError::new(StoreErrorKind::InvalidKey, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_inside_and_mean_one_thing() {
        let longest = "k".repeat(LONGEST);
        for good in
            ["a", "a/b.json.gz", "sp ace/ü€😀+%25&=?#.txt", "_started", "..a", "a./b", &longest]
        {
            assert!(check(good).is_ok(), "{good}");
        }
        let too_long = "k".repeat(LONGEST + 1);
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            "..",
            "a/../b",
            "./a",
            "a\0b",
            "a\nb",
            &too_long,
            ".ddbkit-store-tmp/x",
        ] {
            let error = check(bad).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::InvalidKey, "{bad}");
            assert!(error.to_string().starts_with(&format!("{bad:?} is no key")), "{error}");
        }
    }

    #[test]
    fn prefixes_stay_inside_and_may_end_within_a_name() {
        for good in ["", "a", "a/", "a/b", ".", "..", "a/.."] {
            assert!(check_prefix(good).is_ok(), "{good}");
        }
        for bad in ["/", "../", "../a", "a/../b", "a//", ".ddbkit-store-tmp/", "a\0"] {
            let error = check_prefix(bad).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::InvalidKey, "{bad}");
        }
    }
}

//! Which keys can be those of objects.

use crate::{StoreError, StoreErrorKind};

/// Checks a key: parts between slashes, none of them empty, `.` or `..`, no NUL. Such a key means
/// the same in a directory, in memory and in S3, and never leads out of the store.
pub(crate) fn check(key: &str) -> Result<(), StoreError> {
    let refuse = |why: &str| {
        let message = format!("{key:?} is no key of an object: {why}");
        Err(StoreError::new(StoreErrorKind::InvalidKey, message))
    };
    if key.contains('\0') {
        return refuse("it has a NUL");
    }
    for part in key.split('/') {
        match part {
            "" => return refuse("it has an empty part"),
            "." | ".." => return refuse("it has a part that stands for a folder"),
            _ if part.starts_with(RESERVED) => {
                return refuse("it has the name of a temporary file");
            }
            _ => {}
        }
    }
    Ok(())
}

/// Names that begin so are the directory store's own.
pub(crate) const RESERVED: &str = ".ddbkit-store-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_inside_and_mean_one_thing() {
        for good in ["a", "a/b.json.gz", "sp ace/ü€😀+%25&=?#.txt", "_started", "..a", "a./b"]
        {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\0b", ".ddbkit-store-tmp/x"] {
            let error = check(bad).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::InvalidKey, "{bad}");
        }
    }
}

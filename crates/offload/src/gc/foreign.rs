//! Objects of `pynamodb_mate` under our prefix.

/// Whether a key has the form of `pynamodb_mate`'s large attributes:
/// `.../pk=../attr=../md5=<32 hexadecimal digits>`.
pub(super) fn is_foreign_key(key: &str) -> bool {
    let Some((rest, md5)) = key.rsplit_once("/md5=") else { return false };
    let starts = rest.starts_with("pk=") || rest.contains("/pk=");
    starts
        && rest.contains("/attr=")
        && md5.len() == 32
        && md5.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What such keys start with under a prefix.
pub(super) fn foreign_shard(prefix: &str) -> String {
    if prefix.is_empty() { "pk=".to_owned() } else { format!("{prefix}/pk=") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_pynamodb_mate_are_known_by_their_form() {
        let md5 = "0123456789abcdef0123456789abcdef";
        assert!(is_foreign_key(&format!("p/pk=a/sk=b/attr=body/md5={md5}")));
        assert!(is_foreign_key(&format!("pk=a/attr=body/md5={md5}")));
        for other in ["p/pk=a/attr=b", "p/ab/md5=0", "attr=x"] {
            assert!(!is_foreign_key(other), "{other}");
        }
        assert!(format!("p/pk=a/attr=b/md5={md5}").starts_with(&foreign_shard("p")));
    }
}

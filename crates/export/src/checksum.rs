//! The two checksums of the layout: base64 MD5 and the `-1` entity tag.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use std::fmt::Write as _;

/// An MD5 that is fed piece by piece.
#[derive(Clone, Default)]
pub(crate) struct Md5Hasher(Md5);

impl Md5Hasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> Md5Sum {
        Md5Sum(self.0.finalize().into())
    }
}

/// A finished MD5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Md5Sum([u8; 16]);

impl Md5Sum {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut hasher = Md5Hasher::default();
        hasher.update(bytes);
        hasher.finish()
    }

    /// As `md5Checksum` and the `.md5` files have it: 24 characters of base64, no newline.
    pub(crate) fn to_base64(self) -> String {
        STANDARD.encode(self.0)
    }

    /// The entity tag that S3 gives to an upload of one part: hex MD5 of the raw MD5, and `-1`.
    pub(crate) fn one_part_etag(self) -> String {
        let mut etag = String::with_capacity(34);
        for byte in Self::of(&self.0).0 {
            let _ = write!(etag, "{byte:02x}");
        }
        etag + "-1"
    }
}

/// How many parts an entity tag of the form `<32 hex digits>-<parts>` was uploaded in.
pub(crate) fn parts_of_etag(etag: &str) -> Option<u32> {
    let (hash, parts) = etag.split_once('-')?;
    let is_hash = hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hash { parts.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The empty gzip member that AWS writes, with the checksums that stand in its manifests.
    #[test]
    fn values_of_a_real_empty_file() {
        let empty = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0";
        let sum = Md5Sum::of(empty);
        assert_eq!(sum.to_base64(), "FjvgqIxwymKf1RbbqtrZag==");
        assert_eq!(sum.one_part_etag(), "7deb4078f238dd87d6af0538152c04e9-1");
    }

    #[test]
    fn parts_are_read_from_multipart_tags_only() {
        assert_eq!(parts_of_etag("7deb4078f238dd87d6af0538152c04e9-1"), Some(1));
        assert_eq!(parts_of_etag("7deb4078f238dd87d6af0538152c04e9-17"), Some(17));
        assert_eq!(parts_of_etag("7deb4078f238dd87d6af0538152c04e9"), None);
        assert_eq!(parts_of_etag("x-1"), None);
        assert_eq!(parts_of_etag("7deb4078f238dd87d6af0538152c04e9-"), None);
    }
}

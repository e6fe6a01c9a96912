//! The checksums that S3 knows of an object's bytes.

use hyper::HeaderMap;
use s3s::S3Result;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::Checksum as _;
use s3s::dto::Checksum;
use serde::{Deserialize, Serialize};

/// Base64 checksums by algorithm; those that nobody asked for are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Checksums {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) crc32: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) crc32c: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) crc64nvme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sha1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
}

/// The five checksum members, which inputs and outputs of S3 share by name only.
macro_rules! checksums_of {
    ($input:expr) => {
        $crate::s3::checksums::Checksums {
            crc32: $input.checksum_crc32.take(),
            crc32c: $input.checksum_crc32c.take(),
            crc64nvme: $input.checksum_crc64nvme.take(),
            sha1: $input.checksum_sha1.take(),
            sha256: $input.checksum_sha256.take(),
        }
    };
}

/// Puts checksums into an output.
macro_rules! put_checksums {
    ($checksums:expr => $output:expr) => {{
        let checksums = $checksums;
        $output.checksum_crc32.clone_from(&checksums.crc32);
        $output.checksum_crc32c.clone_from(&checksums.crc32c);
        $output.checksum_crc64nvme.clone_from(&checksums.crc64nvme);
        $output.checksum_sha1.clone_from(&checksums.sha1);
        $output.checksum_sha256.clone_from(&checksums.sha256);
    }};
}

pub(super) use {checksums_of, put_checksums};

/// What an upload says of its body.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// Base64 of the MD5.
    pub(super) content_md5: Option<String>,
    pub(super) checksums: Checksums,
    /// Names of the checksum headers that follow the body, from `x-amz-trailer`.
    announced: Vec<String>,
}

impl Claims {
    pub(super) fn new(
        content_md5: Option<String>,
        checksums: Checksums,
        headers: &HeaderMap,
    ) -> Self {
        let trailer = headers.get("x-amz-trailer").and_then(|value| value.to_str().ok());
        let announced = trailer.unwrap_or_default().split(',');
        Self {
            content_md5,
            checksums,
            announced: announced.map(|name| name.trim().to_ascii_lowercase()).collect(),
        }
    }

    /// A hasher of each algorithm that the upload names.
    pub(super) fn hasher(&self) -> ChecksumHasher {
        let wants = |claim: &Option<String>, header: &str| {
            claim.is_some() || self.announced.iter().any(|name| name == header)
        };
        let claims = &self.checksums;
        ChecksumHasher {
            crc32: wants(&claims.crc32, "x-amz-checksum-crc32").then(s3s::crypto::Crc32::new),
            crc32c: wants(&claims.crc32c, "x-amz-checksum-crc32c").then(s3s::crypto::Crc32c::new),
            crc64nvme: wants(&claims.crc64nvme, "x-amz-checksum-crc64nvme")
                .then(s3s::crypto::Crc64Nvme::new),
            sha1: wants(&claims.sha1, "x-amz-checksum-sha1").then(s3s::crypto::Sha1::new),
            sha256: wants(&claims.sha256, "x-amz-checksum-sha256").then(s3s::crypto::Sha256::new),
        }
    }

    /// Takes the claims that came after the body.
    pub(super) fn add_trailers(&mut self, trailers: &HeaderMap) {
        let value = |name: &str| {
            let value = trailers.get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let claims = &mut self.checksums;
        for (claim, name) in [
            (&mut claims.crc32, "x-amz-checksum-crc32"),
            (&mut claims.crc32c, "x-amz-checksum-crc32c"),
            (&mut claims.crc64nvme, "x-amz-checksum-crc64nvme"),
            (&mut claims.sha1, "x-amz-checksum-sha1"),
            (&mut claims.sha256, "x-amz-checksum-sha256"),
        ] {
            if claim.is_none() {
                *claim = value(name);
            }
        }
    }

    /// Compares the claims with what was received.
    pub(super) fn check(&self, md5: &[u8; 16], received: Checksum) -> S3Result<Checksums> {
        if let Some(claimed) = &self.content_md5 {
            use base64::Engine as _;
            let claimed = base64::engine::general_purpose::STANDARD
                .decode(claimed)
                .map_err(|_| s3s::s3_error!(InvalidDigest))?;
            if claimed != md5 {
                return Err(s3s::s3_error!(BadDigest));
            }
        }
        let mut received = received;
        let received = checksums_of!(received);
        if received != self.checksums {
            return Err(s3s::s3_error!(BadDigest));
        }
        Ok(received)
    }
}

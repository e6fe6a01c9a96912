//! The small documents that ddbkit adds in `_ddbkit/`, outside of what AWS's layout names.

use crate::time;
use ddbkit_codec::ContentDigest;
use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// How a run ended that did not complete: `_ddbkit/state.json`.
///
/// `{"version":1,"state":"failed","message":"...","time":"2026-01-14T10:18:50.622Z"}`. A run that
/// was interrupted leaves none; it is unfinished and can be resumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunState {
    /// The version of the document, 1.
    #[serde(default = "version_1")]
    pub version: u32,
    /// `failed`; later versions may know more.
    pub state: String,
    /// One line for people.
    #[serde(default)]
    pub message: String,
    /// When this was found.
    #[serde(with = "time::serde_text")]
    pub time: SystemTime,
}

impl RunState {
    /// The document of a run that failed for `message` at `time`.
    ///
    /// ```
    /// use ddbkit_export::RunState;
    /// use std::time::SystemTime;
    ///
    /// let state = RunState::failed("the table is gone", SystemTime::UNIX_EPOCH);
    /// assert!(state.is_failed() && state.to_json().contains(r#""state":"failed""#));
    /// ```
    #[must_use]
    pub fn failed(message: impl Into<String>, time: SystemTime) -> Self {
        Self { version: 1, state: "failed".to_owned(), message: message.into(), time }
    }

    /// Whether the run is known to have failed.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.state == "failed"
    }

    /// The document as it is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The digest of all items of an export: `_ddbkit/digest.json`.
///
/// `{"version":1,"algorithm":"blake3-256-sum","count":3,"digest":"<64 hex digits>"}`. It does not
/// depend on the order of the items or on which file holds which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DigestFile {
    /// The version of the document and of the canonical form that is digested.
    pub version: u32,
    /// The algorithm, [`ContentDigest::ALGORITHM`].
    pub algorithm: String,
    /// Items digested.
    pub count: u64,
    /// The digest in hex.
    pub digest: String,
}

impl DigestFile {
    /// The document for a digest.
    #[must_use]
    pub fn new(digest: &ContentDigest) -> Self {
        Self {
            version: ContentDigest::VERSION,
            algorithm: ContentDigest::ALGORITHM.to_owned(),
            count: digest.count(),
            digest: digest.to_hex(),
        }
    }

    /// Whether this version can compute a digest to compare with this one.
    #[must_use]
    pub fn is_comparable(&self) -> bool {
        self.version == ContentDigest::VERSION && self.algorithm == ContentDigest::ALGORITHM
    }

    /// The document as it is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn version_1() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_failed_run_is_written_and_read() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_768_385_930_622);
        let state = RunState::failed("table was deleted", time);
        let json = r#"{"version":1,"state":"failed","message":"table was deleted","time":"2026-01-14T10:18:50.622Z"}"#;
        assert_eq!(state.to_json(), json);
        assert_eq!(serde_json::from_str::<RunState>(json).unwrap(), state);
    }

    #[test]
    fn states_of_later_versions_are_not_taken_for_failures() {
        let json = r#"{"state":"paused","time":"2026-01-14T10:18:50.622Z","more":1}"#;
        assert!(!serde_json::from_str::<RunState>(json).unwrap().is_failed());
    }

    #[test]
    fn a_digest_of_another_algorithm_is_not_compared() {
        let mut file = DigestFile::new(&ContentDigest::default());
        assert!(file.is_comparable());
        file.algorithm = "md5".to_owned();
        assert!(!file.is_comparable());
    }
}

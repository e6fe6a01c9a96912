//! The name of an export.

use crate::{ExportError, ExportErrorKind};
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// The largest time that 14 digits hold, in milliseconds since 1970 (the year 5138).
const MAX_MILLIS: u64 = 99_999_999_999_999;

/// The identifier of one export: 14 digits of milliseconds since 1970, `-`, 8 hex digits.
///
/// `DynamoDB` names a full export after its `startTime` and uses the identifier as the folder below
/// `AWSDynamoDB/` and as the last segment of the `exportArn`. Ordered by time.
///
/// ```
/// use ddbkit_export::ExportId;
/// use std::time::{Duration, SystemTime};
///
/// let start = SystemTime::UNIX_EPOCH + Duration::from_millis(1_768_385_930_622);
/// let id = ExportId::generate(start, 0xefd1_a093);
/// assert_eq!(id.to_string(), "01768385930622-efd1a093");
/// assert_eq!("01768385930622-efd1a093".parse::<ExportId>()?.start_time(), start);
/// # Ok::<(), ddbkit_export::ExportError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExportId {
    millis: u64,
    suffix: u32,
}

impl ExportId {
    /// The identifier of an export that starts at `start`; `random` keeps two exports of one
    /// millisecond apart.
    ///
    /// A time before 1970 counts as 1970, one after the year 5138 as the last that fits.
    #[must_use]
    pub fn generate(start: SystemTime, random: u32) -> Self {
        let millis = start.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(MAX_MILLIS).min(MAX_MILLIS)
        });
        Self { millis, suffix: random }
    }

    /// When the export started, exact to the millisecond.
    #[must_use]
    pub fn start_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(self.millis)
    }
}

impl fmt::Display for ExportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}-{:08x}", self.millis, self.suffix)
    }
}

impl fmt::Debug for ExportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExportId({self})")
    }
}

impl FromStr for ExportId {
    type Err = ExportError;

    fn from_str(text: &str) -> Result<Self, ExportError> {
        parse(text).ok_or_else(|| {
            ExportError::new(ExportErrorKind::InvalidExportId, format!("export id {text:?}"))
                .detail("14 digits, '-' and 8 lower-case hex digits are expected")
        })
    }
}

fn parse(text: &str) -> Option<ExportId> {
    let (millis, suffix) = text.split_once('-')?;
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let shaped = millis.len() == 14
        && millis.bytes().all(|b| b.is_ascii_digit())
        && suffix.len() == 8
        && suffix.bytes().all(is_hex);
    if !shaped {
        return None;
    }
    Some(ExportId { millis: millis.parse().ok()?, suffix: u32::from_str_radix(suffix, 16).ok()? })
}

impl serde::Serialize for ExportId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ExportId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_and_parse_agree() {
        for text in
            ["01768385930622-efd1a093", "00000000000000-00000000", "99999999999999-ffffffff"]
        {
            assert_eq!(text.parse::<ExportId>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_shapes_are_refused() {
        for text in [
            "",
            "-",
            "data",
            "1768385930622-efd1a093",
            "01768385930622-EFD1A093",
            "01768385930622-efd1a09",
            "+1768385930622-efd1a093",
            "01768385930622-efd1a093/",
            "01768385930622-+fd1a093",
            "0176838593062\u{0662}-efd1a093",
        ] {
            assert!(text.parse::<ExportId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn times_that_do_not_fit_are_clamped() {
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(ExportId::generate(before, 1).to_string(), "00000000000000-00000001");
        let after = SystemTime::UNIX_EPOCH + Duration::from_secs(200_000_000_000);
        assert_eq!(ExportId::generate(after, 1).to_string(), "99999999999999-00000001");
    }

    #[test]
    fn sub_millisecond_parts_are_cut() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_999_999);
        assert_eq!(ExportId::generate(start, 0).to_string(), "00000000000001-00000000");
    }
}

//! Where everything of an archive lies.

mod descriptor;
mod documents;
mod meta;

pub use descriptor::{ArchiveCompression, ArchiveDescriptor};
pub use documents::{
    ClosedShard, GapCause, GapRecord, SeedRecord, SeedShard, Sidecar, SidecarLine,
};
pub use meta::FileMeta;

use ddbkit_codec::SequenceNumber;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The names of the objects of one stream in an archive.
///
/// ```text
/// _archive.json                                      what the archive is; written once
/// data/dt=2026-11-21/hh=14/<label>-<shard>-<anchor>.json.gz
/// _meta/<label>/<shard>/<anchor>-<16 hex digits>.json   the lines of a data file, one by one
/// _shards/<label>/seed.json                          the shards with which the archive began
/// _shards/<label>/<shard>.json                       a shard that is archived to its end
/// _gaps/<label>/<shard>/<after>.json                 records that were, or may have been, lost
/// _blobs/<2 hex digits>/<sha256>                     the values to which items point in S3, each once
/// ```
///
/// A data file is the commit of its records. Its name follows from the stream, the shard and the
/// anchor alone, which is the last record of the file before (`start` for the first one), and it is
/// written if absent: of all workers that archive behind one anchor, one wins and the others go on
/// behind what it wrote. The hour in its name is that of the anchor record, or that at which the
/// shard began, by its id; never that of a clock.
///
/// The sidecar of a data file is written *before* it, under a name that has the SHA-256 of the data
/// file in it (the first 16 digits), so that the sidecar of every data file is there. What a crash
/// between the two leaves, or a worker that lost, is a sidecar without a data file, which tells
/// nothing and harms nothing.
///
/// ```
/// use ddbkit_archive::{ArchiveCompression, ArchiveLayout};
///
/// let layout = ArchiveLayout::new("2026-11-20T08:12:03.123");
/// let shard = "shardId-00000001795203220156-bf0f7ecd";
/// assert_eq!(
///     layout.data_key(shard, None, None, ArchiveCompression::Gzip),
///     "data/dt=2026-11-20/hh=19/\
///      2026-11-20T08-12-03.123-shardId-00000001795203220156-bf0f7ecd-start.json.gz"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveLayout {
    label: String,
}

/// The name of the object that says what the archive is.
pub const ARCHIVE_KEY: &str = "_archive.json";

/// What data files begin with.
pub const DATA_PREFIX: &str = "data/";

/// What the values begin with to which archived items point; all streams have one.
pub const VALUES_PREFIX: &str = "_blobs/";

/// What stands in names for "before the first record".
const START: &str = "start";

/// What the seeds and closing records of all streams begin with.
pub(crate) const SHARDS_PREFIX: &str = "_shards/";

/// What the key of a seed ends with.
pub(crate) const SEED: &str = "/seed.json";

impl ArchiveLayout {
    /// The names for the stream of this label (`StreamLabel` of `DescribeStream`).
    #[must_use]
    pub fn new(label: &str) -> Self {
        Self { label: safe(label) }
    }

    /// The label as it stands in names: what is no letter, digit, dot, hyphen or underscore is a
    /// hyphen.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The key of the data file behind an anchor.
    ///
    /// `anchor_created` is the time of the anchor record in seconds since 1970, as the lease and the
    /// metadata of the file before have it.
    #[must_use]
    pub fn data_key(
        &self,
        shard: &str,
        anchor: Option<&SequenceNumber>,
        anchor_created: Option<u64>,
        compression: ArchiveCompression,
    ) -> String {
        let created = anchor_created.unwrap_or_else(|| shard_created(shard) / 1000);
        format!(
            "{DATA_PREFIX}{}/{}-{}-{}.{}",
            hour(created),
            self.label,
            safe(shard),
            name_of(anchor),
            compression.extension()
        )
    }

    /// The key of the sidecar of the data file behind an anchor with this SHA-256, in hex.
    ///
    /// What else lies in an archive:
    ///
    /// ```
    /// use ddbkit_archive::{ArchiveLayout, shard_created};
    ///
    /// let layout = ArchiveLayout::new("2026-11-20T08:12:03.123");
    /// let shard = "shardId-00000001795203220156-bf0f7ecd";
    /// let sidecar = layout.sidecar_key(shard, None, &"ab".repeat(32));
    /// assert!(sidecar.starts_with(&layout.sidecars_prefix(shard)));
    /// assert!(sidecar.ends_with("start-abababababababab.json"));
    /// assert!(layout.gap_key(shard, None).starts_with(&layout.gaps_prefix()));
    /// assert!(layout.closed_key(shard).starts_with(&layout.shards_prefix()));
    /// assert_eq!(shard_created(shard), 1_795_203_220_156);
    /// ```
    #[must_use]
    pub fn sidecar_key(
        &self,
        shard: &str,
        anchor: Option<&SequenceNumber>,
        sha256: &str,
    ) -> String {
        let digest = sha256.get(..16).unwrap_or(sha256);
        format!("{}{}-{digest}.json", self.sidecars_prefix(shard), name_of(anchor))
    }

    /// What the keys of all sidecars of a shard begin with.
    #[must_use]
    pub fn sidecars_prefix(&self, shard: &str) -> String {
        format!("_meta/{}/{}/", self.label, safe(shard))
    }

    /// The key of the note that records behind this one are missing.
    #[must_use]
    pub fn gap_key(&self, shard: &str, after: Option<&SequenceNumber>) -> String {
        format!("{}{}/{}.json", self.gaps_prefix(), safe(shard), name_of(after))
    }

    /// What the keys of all gaps of the stream begin with.
    #[must_use]
    pub fn gaps_prefix(&self) -> String {
        format!("_gaps/{}/", self.label)
    }

    /// The key of the list of shards with which the archive of the stream began.
    #[must_use]
    pub fn seed_key(&self) -> String {
        format!("{SHARDS_PREFIX}{}{SEED}", self.label)
    }

    /// The key of the closing record of a shard.
    #[must_use]
    pub fn closed_key(&self, shard: &str) -> String {
        format!("{}{}.json", self.shards_prefix(), safe(shard))
    }

    /// What the keys of the seed and of all closing records of the stream begin with.
    #[must_use]
    pub fn shards_prefix(&self) -> String {
        format!("{SHARDS_PREFIX}{}/", self.label)
    }
}

/// When a shard began, in milliseconds since 1970, by its id; 0 where the id has another form.
#[must_use]
pub fn shard_created(shard: &str) -> u64 {
    let digits = shard.split('-').nth(1).filter(|digits| digits.len() == 20);
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

fn name_of(number: Option<&SequenceNumber>) -> &str {
    number.map_or(START, SequenceNumber::as_str)
}

fn safe(name: &str) -> String {
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().map(|c| if in_name(c) { c } else { '-' }).collect()
}

/// The partition of a time in seconds since 1970, in UTC.
fn hour(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|at| Timestamp::from_second(at).ok());
    let time = time.unwrap_or(Timestamp::MAX).to_zoned(TimeZone::UTC);
    time.strftime("dt=%Y-%m-%d/hh=%H").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARD: &str = "shardId-00000001795203220156-bf0f7ecd";

    fn number(text: &str) -> SequenceNumber {
        text.parse().unwrap()
    }

    #[test]
    fn the_hour_is_that_of_the_anchor() {
        let layout = ArchiveLayout::new("a:b/../c");
        assert_eq!(layout.label(), "a-b-..-c");
        let anchor = number("4421584500000000017450439092");
        let key =
            layout.data_key(SHARD, Some(&anchor), Some(1_479_499_740), ArchiveCompression::None);
        assert_eq!(
            key,
            format!("data/dt=2016-11-18/hh=20/a-b-..-c-{SHARD}-4421584500000000017450439092.json")
        );
        let zstd = layout.data_key("odd id", None, None, ArchiveCompression::Zstd);
        assert_eq!(zstd, "data/dt=1970-01-01/hh=00/a-b-..-c-odd-id-start.json.zst");
    }

    #[test]
    fn everything_else_lies_beside_the_data() {
        let layout = ArchiveLayout::new("l");
        let sha = "0123456789abcdef0123";
        assert_eq!(
            layout.sidecar_key(SHARD, None, sha),
            format!("_meta/l/{SHARD}/start-0123456789abcdef.json")
        );
        assert_eq!(layout.gap_key(SHARD, Some(&number("7"))), format!("_gaps/l/{SHARD}/7.json"));
        assert_eq!(layout.closed_key(SHARD), format!("_shards/l/{SHARD}.json"));
        assert_eq!(layout.seed_key(), "_shards/l/seed.json");
    }

    #[test]
    fn a_shard_id_tells_when_the_shard_began() {
        assert_eq!(shard_created(SHARD), 1_795_203_220_156);
        // The embedded server's ids have no time.
        assert_eq!(shard_created("shardId-00000001-table"), 0);
        assert_eq!(shard_created(""), 0);
    }
}

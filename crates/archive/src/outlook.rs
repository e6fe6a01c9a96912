//! How long a shard has until it loses records.

use crate::{LeaseState, shard_created};
use std::time::Duration;

/// How a shard stands at a moment. Both are `None` where nothing can be lost any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outlook {
    /// How far the archive is behind.
    pub(crate) lag: Option<Duration>,
    /// How long it takes until the stream may lose records that are not archived.
    pub(crate) until_loss: Option<Duration>,
}

impl Outlook {
    /// `since` and `now` are in seconds since 1970.
    pub(crate) fn of(state: LeaseState, since: u64, now: u64, retention: Duration) -> Self {
        let lag = Duration::from_secs(now.saturating_sub(since));
        let is_open = state == LeaseState::Open;
        Self {
            lag: is_open.then_some(lag),
            until_loss: is_open.then_some(retention.saturating_sub(lag)),
        }
    }
}

/// From when on records of a shard may be in no file, in seconds since 1970: from where it is covered
/// to, or before its first record since the shard is there, or since the archive is.
pub(crate) fn open_since(shard: &str, covered: Option<u64>, began: u64) -> u64 {
    covered.unwrap_or_else(|| began.max(shard_created(shard) / 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_runs_out_and_not_below_zero() {
        let day = Duration::from_hours(24);
        let at = |now| Outlook::of(LeaseState::Open, 1000, now, day);
        assert_eq!(at(1060).lag, Some(Duration::from_mins(1)));
        assert_eq!(at(1060).until_loss, Some(Duration::from_mins(24 * 60 - 1)));
        assert_eq!(at(1000 + 90_000).until_loss, Some(Duration::ZERO));
        assert_eq!(at(0).lag, Some(Duration::ZERO), "a clock that is behind");
        assert_eq!(Outlook::of(LeaseState::Drained, 1000, 90_000, day).until_loss, None);
    }

    #[test]
    fn before_the_first_record_the_later_beginning_counts() {
        let shard = "shardId-00000001795203220156-bf0f7ecd";
        assert_eq!(open_since(shard, None, 7), 1_795_203_220);
        assert_eq!(open_since(shard, None, 1_900_000_000), 1_900_000_000);
        assert_eq!(open_since(shard, Some(9), 1_900_000_000), 9);
    }
}

//! How a job is waited for.

use crate::error::Failure;
use clap::Args;
use ddbkit::export::jobs::WaitOptions;
use jiff::{Span, SpanRelativeTo};
use std::time::Duration;

/// From one look to the next, and how long at most.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct WaitArgs {
    /// Time from one look at the job to the next [default: 10s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) interval: Option<Duration>,
    /// Stop waiting after this time, like 2h; the job runs on [default: wait to its end]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
}

impl From<WaitArgs> for WaitOptions {
    fn from(args: WaitArgs) -> Self {
        let default = Self::default();
        Self { interval: args.interval.unwrap_or(default.interval), timeout: args.timeout }
    }
}

impl WaitArgs {
    /// How to wait, where that is wanted. Times without a wait would be passed over in silence.
    pub(crate) fn when(self, is_wanted: bool) -> Result<Option<WaitOptions>, Failure> {
        if !is_wanted && (self.interval.is_some() || self.timeout.is_some()) {
            return Err(Failure::usage("--interval and --timeout are for --wait"));
        }
        Ok(is_wanted.then(|| self.into()))
    }
}

/// A time as people write it: `90s`, `1h 30m`, `30d`. A day has 24 hours; months and years have no one
/// length and are refused.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let time = text.parse::<Span>();
    let time = time.and_then(|time| time.to_duration(SpanRelativeTo::days_are_24_hours()));
    let time = time.map_err(|_| "no time; write it like 10s, 1h 30m or 30d".to_owned())?;
    match Duration::try_from(time) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err("must be more than zero".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let days = [("30d", 2_592_000.0), ("30 days", 2_592_000.0), ("1w 1d", 691_200.0)];
        for (text, seconds) in
            [("10s", 10.0), ("1h 30m", 5_400.0), ("50ms", 0.05)].into_iter().chain(days)
        {
            assert_eq!(duration(text), Ok(Duration::from_secs_f64(seconds)), "{text}");
        }
        for wrong in ["", "10", "0s", "-1s", "soon", "1 month", "1y"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}

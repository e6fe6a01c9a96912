//! How a job is waited for.

use clap::Args;
use ddbkit::export::jobs::WaitOptions;
use jiff::SignedDuration;
use std::time::Duration;

/// From one look to the next, and how long at most.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct WaitArgs {
    /// Time from one look at the job to the next, like 10s
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    pub(crate) interval: Duration,
    /// Stop waiting after this time, like 2h; the job runs on [default: wait to its end]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
}

impl From<WaitArgs> for WaitOptions {
    fn from(args: WaitArgs) -> Self {
        Self { interval: args.interval, timeout: args.timeout }
    }
}

/// A time as people write it: `90s`, `1h 30m`.
fn duration(text: &str) -> Result<Duration, String> {
    let time: SignedDuration =
        text.parse().map_err(|_| "no time; write it like 10s or 1h 30m".to_owned())?;
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
        for (text, seconds) in [("10s", 10.0), ("1h 30m", 5_400.0), ("50ms", 0.05)] {
            assert_eq!(duration(text), Ok(Duration::from_secs_f64(seconds)), "{text}");
        }
        for wrong in ["", "10", "0s", "-1s", "soon"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}

//! Pacing and control of long DynamoDB work.
//!
//! Small pieces that every long operation of ddbkit shares:
//!
//! * [`Pace`]: how much capacity to use, as units or as a share of what there is;
//! * [`CapacityLimiter`]: waits while the work is in debt, charged with what DynamoDB says it
//!   consumed, in [`CapacityUnits`] (halves exist);
//! * [`RetryPolicy`]: how long to wait before a partial batch is sent again;
//! * [`Looks`]: the pauses between looks at something that is being made;
//! * [`Control`]: cancellation, shared by everyone who works on one operation;
//! * [`Progress`]: events for whoever draws a bar or counts;
//! * [`Clock`]: the time of day, for those who are given one.
//!
//! With the feature `aws-sdk-dynamodb` it also reads what DynamoDB answers: the capacity that a table has
//! and that a request consumed, whether a table can be used, what an error code means.
//!
//! Nothing here touches the network or the environment, and time comes through `tokio::time` or a
//! [`Clock`], so tests run in paused or moved time.
//!
//! ```
//! use ddbkit_flow::{CapacityLimiter, CapacityUnits};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), ddbkit_flow::InvalidCapacity> {
//! let limiter = CapacityLimiter::per_second(CapacityUnits::new(100.0)?);
//! limiter.ready().await; // not in debt yet: passes at once
//! limiter.charge(CapacityUnits::new(250.0)?); // the page cost 2.5 seconds of capacity
//! let before = tokio::time::Instant::now();
//! limiter.ready().await; // waits until the debt is paid
//! assert!(before.elapsed().as_secs_f64() > 1.4);
//! # Ok(())
//! # }
//! ```

mod capacity;
mod clock;
mod control;
#[cfg(feature = "aws-sdk-dynamodb")]
mod dynamodb;
mod limiter;
mod looks;
mod pace;
mod progress;
mod retry;

pub use capacity::{CapacityUnits, InvalidCapacity};
pub use clock::{Clock, SystemClock};
pub use control::{Cancelled, Control};
#[cfg(feature = "aws-sdk-dynamodb")]
pub use dynamodb::{
    CallFailure, CallFailureKind, Capacity, Readiness, THROTTLES, consumed_by_index, consumed_units,
};
pub use limiter::CapacityLimiter;
pub use looks::Looks;
pub use pace::{CapacityLimits, InvalidPace, Pace, PaceTaken, Share};
pub use progress::{Progress, ProgressEvent};
pub use retry::RetryPolicy;

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;

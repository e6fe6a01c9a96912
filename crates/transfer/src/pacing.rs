//! From what DynamoDB says of a table to the pace of the work on it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::TableDescription;
use ddbkit_flow::{Capacity, CapacityLimiter, Pace, PaceTaken};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// How often the limits of the table are asked for again: autoscaling changes them within minutes.
const REFRESH: Duration = Duration::from_mins(1);

/// The pace of other work on a table, taken as dumps and loads take theirs: what a share comes to is asked
/// of `DescribeTable` every minute, because autoscaling changes it. Dropping it ends that.
///
/// ```
/// use ddbkit_flow::{Capacity, CapacityUnits, Control, Pace};
/// use ddbkit_transfer::TablePace;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let servers = ddbkit_testkit::backend().await;
/// # let key = || ddbkit_testkit::KeySchema::hash("pk", aws_sdk_dynamodb::types::ScalarAttributeType::S);
/// # let (client, control) = (servers.dynamodb.clone(), Control::new());
/// # let orders = servers.table("orders", key()).await;
/// let described = client.describe_table().table_name(&orders).send().await?.table.unwrap();
/// let hundred = Pace::PerSecond(CapacityUnits::new(100.0)?);
/// let pace = TablePace::start(client, &described, Capacity::Write, hundred);
///
/// // Before each request of the work, and after its answer.
/// pace.limiter().ready().await;
/// pace.limiter().charge(CapacityUnits::new(12.5)?);
/// assert_eq!(pace.limiter().rate(), CapacityUnits::new(100.0).ok());
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Debug)]
pub struct TablePace {
    limiter: CapacityLimiter,
    _refresh: Option<Refresh>,
}

impl TablePace {
    /// Takes the pace that is asked for of a table that was described. To be called in a Tokio runtime.
    #[must_use]
    pub fn start(
        client: Client,
        table: &TableDescription,
        capacity: Capacity,
        asked: Pace,
    ) -> Self {
        let pacing = Pacing { capacity, asked, budget: NonZeroU32::MIN };
        let limiter = CapacityLimiter::unlimited();
        limiter.set_limits(&pacing.taken(table).limits);
        let name = table.table_name().unwrap_or_default().into();
        let refresh = Refresh::start(client, name, limiter.clone(), pacing);
        Self { limiter, _refresh: refresh }
    }

    /// The limiter that keeps it.
    #[must_use]
    pub fn limiter(&self) -> CapacityLimiter {
        self.limiter.clone()
    }
}

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pacing {
    pub(crate) capacity: Capacity,
    pub(crate) asked: Pace,
    /// How many processes share the budget.
    pub(crate) budget: NonZeroU32,
}

impl Pacing {
    pub(crate) fn taken(&self, table: &TableDescription) -> PaceTaken {
        let limits = self.asked.limits(&self.capacity.of(table), self.budget);
        PaceTaken { asked: self.asked, budget: self.budget, limits }
    }
}

/// Asks for the limits of the table now and then, until it is dropped.
#[derive(Debug)]
pub(crate) struct Refresh(tokio::task::AbortHandle);

impl Refresh {
    /// Starts, where a change of the table changes the pace.
    pub(crate) fn start(
        client: Client,
        table: Arc<str>,
        limiter: CapacityLimiter,
        pacing: Pacing,
    ) -> Option<Self> {
        if !matches!(pacing.asked, Pace::Share(_)) {
            return None;
        }
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(REFRESH).await;
                // Without an answer the limits that are known stay.
                let answer = client.describe_table().table_name(&*table).send().await;
                if let Some(table) = answer.ok().and_then(|answer| answer.table) {
                    limiter.set_limits(&pacing.taken(&table).limits);
                }
            }
        });
        Some(Self(task.abort_handle()))
    }
}

impl Drop for Refresh {
    fn drop(&mut self) {
        self.0.abort();
    }
}

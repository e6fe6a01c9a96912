//! A DynamoDB client with the raw path, pacing and counting put on.

use crate::pacing::{Pacing, Refresh};
use crate::raw::http_client::{InspectingClient, OnThrottle};
use crate::segments::Segments;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Builder, Config, SharedHttpClient};
use aws_sdk_dynamodb::types::{ConsumedCapacity, TableDescription};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use ddbkit_flow::{
    CapacityLimiter, CapacityLimits, CapacityUnits, Control, PaceTaken, ProgressEvent, RetryPolicy,
    consumed_by_index,
};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// How often writes are sent again while DynamoDB takes nothing of them. The waits double up to ten
/// seconds, so that is some minutes; as long as anything is taken, it goes on for ever.
pub(crate) const WRITE_ATTEMPTS: u32 = 30;

/// What all workers of one operation share: the client, the limiter, the counters.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) table: Arc<str>,
    pub(crate) limiter: CapacityLimiter,
    pub(crate) retry: RetryPolicy,
    http: InspectingClient,
    counters: Arc<Counters>,
    pacing: Pacing,
    control: Control,
}

#[derive(Default)]
struct Counters {
    throttles: AtomicU64,
    consumed: Mutex<Consumed>,
    refused: Mutex<CapacityUnits>,
    reads: Mutex<CapacityUnits>,
    segments: Segments,
    /// Known when the table has been described.
    pace: OnceLock<(PaceTaken, Option<Refresh>)>,
}

#[derive(Default)]
struct Consumed {
    total: CapacityUnits,
    indexes: BTreeMap<String, CapacityUnits>,
}

impl Session {
    pub(crate) fn new(client: Client, table: &str, pacing: Pacing, control: &Control) -> Self {
        let limiter = CapacityLimiter::unlimited();
        let counters = Arc::new(Counters::default());
        let on_throttle: OnThrottle = {
            let (counters, limiter, control) = (counters.clone(), limiter.clone(), control.clone());
            Arc::new(move || {
                counters.throttles.fetch_add(1, Ordering::Relaxed);
                limiter.throttled();
                control.emit(&ProgressEvent::Throttled);
            })
        };
        let inner = client.config().http_client().unwrap_or_else(default_http_client);
        let http = InspectingClient::new(inner, on_throttle);
        let retry = RetryPolicy::default();
        let (table, control) = (table.into(), control.clone());
        Self { client, table, limiter, retry, http, counters, pacing, control }
    }

    /// What a single operation overrides: the HTTP client, nothing else.
    pub(crate) fn overrides(&self) -> Builder {
        Config::builder().http_client(self.http.clone())
    }

    /// Takes the pace from what DynamoDB says of the table, when it is described for the first time.
    pub(crate) fn pace(&self, table: &TableDescription) {
        self.counters.pace.get_or_init(|| {
            let taken = self.pacing.taken(table);
            self.limiter.set_limits(&taken.limits);
            self.control.emit(&ProgressEvent::Paced(taken.clone()));
            let (client, name) = (self.client.clone(), self.table.clone());
            (taken, Refresh::start(client, name, self.limiter.clone(), self.pacing))
        });
    }

    /// The pace at the start.
    pub(crate) fn pace_taken(&self) -> PaceTaken {
        let Pacing { asked, budget, .. } = self.pacing;
        let unknown = || {
            let limits = asked.limits(&CapacityLimits::default(), budget);
            PaceTaken { asked, budget, limits }
        };
        self.counters.pace.get().map_or_else(unknown, |(taken, _)| taken.clone())
    }

    /// Charges what an answer says it consumed: local indexes with their table, global ones each for
    /// itself.
    pub(crate) fn charge(&self, consumed: Option<&ConsumedCapacity>) -> CapacityUnits {
        let Some(consumed) = consumed else { return CapacityUnits::ZERO };
        let total = self.limiter.charge_answer(consumed);
        for (name, units) in consumed_by_index(consumed) {
            let mut consumed = self.consumption();
            match consumed.indexes.get_mut(name) {
                Some(sum) => *sum += units,
                None => drop(consumed.indexes.insert(name.to_owned(), units)),
            }
        }
        self.count(total);
        total
    }

    fn count(&self, units: CapacityUnits) {
        self.consumption().total += units;
        self.control.emit(&ProgressEvent::Consumed(units));
    }

    fn consumption(&self) -> MutexGuard<'_, Consumed> {
        self.counters.consumed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn segments(&self) -> &Segments {
        &self.counters.segments
    }

    /// Charges a put whose condition was false. DynamoDB counts it as it counts a put over that
    /// item, by the larger of both (Developer Guide, "DynamoDB read and write operations"), but its
    /// answer is an error that says nothing of capacity: so these units are computed, and are kept
    /// apart from what DynamoDB says. Indexes are not written then.
    pub(crate) fn charge_refused(&self, units: f64) {
        let Ok(units) = CapacityUnits::new(units) else { return };
        self.limiter.charge(units);
        *self.counters.refused.lock().unwrap_or_else(PoisonError::into_inner) += units;
        self.control.emit(&ProgressEvent::Consumed(units));
    }

    /// What puts consumed whose condition was false, as computed.
    pub(crate) fn consumed_by_refused(&self) -> CapacityUnits {
        *self.counters.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts what an answer says that a read consumed, in work that paces its writes.
    #[cfg(feature = "offload")]
    pub(crate) fn count_read(&self, consumed: Option<&ConsumedCapacity>) {
        let units = ddbkit_flow::consumed_units(consumed);
        *self.counters.reads.lock().unwrap_or_else(PoisonError::into_inner) += units;
    }

    /// What such reads consumed.
    pub(crate) fn consumed_by_reads(&self) -> CapacityUnits {
        *self.counters.reads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn control(&self) -> &Control {
        &self.control
    }

    /// The same session under another control, for workers that stop together.
    pub(crate) fn under(&self, control: &Control) -> Self {
        Self { control: control.clone(), ..self.clone() }
    }

    pub(crate) fn consumed(&self) -> CapacityUnits {
        self.consumption().total
    }

    pub(crate) fn consumed_by_index(&self) -> BTreeMap<String, CapacityUnits> {
        self.consumption().indexes.clone()
    }

    pub(crate) fn throttles(&self) -> u64 {
        self.counters.throttles.load(Ordering::Relaxed)
    }
}

/// The client that the SDK takes by default, for callers whose configuration names none.
fn default_http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc))
        .build_https()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::config::BehaviorVersion;
    use aws_sdk_dynamodb::types::{
        Capacity as Used, GlobalSecondaryIndexDescription, ProvisionedThroughputDescription,
    };
    use ddbkit_flow::{Capacity, Pace};
    use std::num::NonZeroU32;
    use std::time::Duration;
    use tokio::time::Instant;

    /// 100,000 units for the table, 100 for its index.
    fn description() -> TableDescription {
        let throughput =
            |units| ProvisionedThroughputDescription::builder().write_capacity_units(units).build();
        let index = GlobalSecondaryIndexDescription::builder().index_name("by-date");
        TableDescription::builder()
            .provisioned_throughput(throughput(100_000))
            .global_secondary_indexes(index.provisioned_throughput(throughput(100)).build())
            .build()
    }

    #[tokio::test]
    async fn writes_to_an_index_count_against_its_own_limit() {
        let config = Config::builder().behavior_version(BehaviorVersion::latest()).build();
        let (asked, budget) = (Pace::default(), NonZeroU32::MIN);
        let pacing = Pacing { capacity: Capacity::Write, asked, budget };
        let session = Session::new(Client::from_conf(config), "T", pacing, &Control::new());
        session.pace(&description());
        let used = |units| Used::builder().capacity_units(units).build();
        let consumed = ConsumedCapacity::builder()
            .capacity_units(65.0)
            .table(used(25.0))
            .local_secondary_indexes("local", used(15.0))
            .global_secondary_indexes("by-date", used(25.0))
            .build();
        session.charge(Some(&consumed));
        let units = |n| CapacityUnits::new(n).unwrap();
        assert_eq!(session.consumed(), units(65.0));
        assert_eq!(session.consumed_by_index()["by-date"], units(25.0));
        // Half a second for the index at half of its 100; the table alone would not wait.
        let start = Instant::now();
        session.limiter.ready().await;
        assert!(start.elapsed() >= Duration::from_millis(400), "{:?}", start.elapsed());
    }
}

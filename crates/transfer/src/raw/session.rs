//! A DynamoDB client with the raw path, pacing and counting put on.

use crate::raw::http_client::{InspectingClient, OnThrottle};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Builder, Config, SharedHttpClient};
use aws_sdk_dynamodb::types::ConsumedCapacity;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use ddbkit_flow::{CapacityLimiter, CapacityUnits, Control, ProgressEvent, RetryPolicy};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What all workers of one operation share: the client, the limiter, the counters.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) table: Arc<str>,
    pub(crate) limiter: CapacityLimiter,
    pub(crate) retry: RetryPolicy,
    http: InspectingClient,
    counters: Arc<Counters>,
    control: Control,
}

#[derive(Default)]
struct Counters {
    throttles: AtomicU64,
    consumed: Mutex<CapacityUnits>,
    refused: Mutex<CapacityUnits>,
}

impl Session {
    pub(crate) fn new(
        client: Client,
        table: &str,
        limiter: CapacityLimiter,
        control: &Control,
    ) -> Self {
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
        Self { client, table, limiter, retry, http, counters, control }
    }

    /// What a single operation overrides: the HTTP client, nothing else.
    pub(crate) fn overrides(&self) -> Builder {
        Config::builder().http_client(self.http.clone())
    }

    /// Charges what an answer says it consumed.
    pub(crate) fn charge(&self, consumed: Option<&ConsumedCapacity>) -> CapacityUnits {
        let units = consumed.and_then(ConsumedCapacity::capacity_units).unwrap_or_default();
        let Ok(units) = CapacityUnits::new(units) else { return CapacityUnits::ZERO };
        self.limiter.charge(units);
        *self.counters.consumed.lock().unwrap_or_else(PoisonError::into_inner) += units;
        self.control.emit(&ProgressEvent::Consumed(units));
        units
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

    pub(crate) fn control(&self) -> &Control {
        &self.control
    }

    /// The same session under another control, for workers that stop together.
    pub(crate) fn under(&self, control: &Control) -> Self {
        Self { control: control.clone(), ..self.clone() }
    }

    pub(crate) fn consumed(&self) -> CapacityUnits {
        *self.counters.consumed.lock().unwrap_or_else(PoisonError::into_inner)
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

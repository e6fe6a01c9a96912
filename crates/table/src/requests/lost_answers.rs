//! Whether an attempt of a request may have been carried out although it failed.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use hyper_util::client::legacy::Error as ClientError;
use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Watches the attempts that the SDK makes of one request. Whoever sent a conditional write twice does
/// not know which of the two made its condition false.
#[derive(Clone, Debug, Default)]
pub(crate) struct LostAnswers(Arc<AtomicBool>);

impl LostAnswers {
    /// Whether an attempt ended without an answer that says it was not carried out.
    pub(crate) fn is_any(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Intercept for LostAnswers {
    fn name(&self) -> &'static str {
        "LostAnswers"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // A 4xx says that nothing was done; a 5xx, or no whole answer, says nothing.
        let refused = context.response().is_some_and(|answer| answer.status().is_client_error());
        let is_known = match context.output_or_error() {
            Some(Ok(_)) => true,
            Some(Err(error)) => refused || error.as_connector_error().is_some_and(never_connected),
            None => refused,
        };
        if !is_known {
            self.0.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Whether there was no connection to send the request on: the name was not found, nobody listens, the
/// handshake failed. The SDK does not tell (1.5 of its HTTP client never calls `never_connected`, and what
/// that notes cannot be read), but the client below it does. Another HTTP client tells nothing, and its
/// failures count as lost answers.
fn never_connected(error: &ConnectorError) -> bool {
    let mut causes = std::iter::successors(error.source(), |error| (*error).source());
    causes.any(|cause| cause.downcast_ref().is_some_and(ClientError::is_connect))
}

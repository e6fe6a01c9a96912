//! Whether an attempt of a request may have been carried out although it failed.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
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
        let is_done = matches!(context.output_or_error(), Some(Ok(_)));
        if !refused && !is_done {
            self.0.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

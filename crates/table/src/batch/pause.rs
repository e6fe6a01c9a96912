//! What `DynamoDB` leaves unprocessed is sent again, after a pause.

use crate::table::Core;
use crate::{TableError, TableErrorKind};
use ddbkit_flow::{CapacityLimiter, Control, ProgressEvent, RetryPolicy};

/// How often in a row `DynamoDB` may take nothing of a request.
const ATTEMPTS_WITHOUT_PROGRESS: u32 = 10;

/// How a batch is paced and watched.
pub(super) struct Pace {
    pub(super) limiter: CapacityLimiter,
    pub(super) control: Control,
    attempt: u32,
}

impl Pace {
    pub(super) fn new(limiter: CapacityLimiter, control: &Control) -> Self {
        Self { limiter, control: control.clone(), attempt: 0 }
    }

    /// Waits before `left` of `sent` are sent again: they are a throttle in another form.
    pub(super) async fn pause(
        &mut self,
        core: &Core,
        sent: usize,
        left: usize,
    ) -> Result<(), TableError> {
        self.attempt = if left < sent { 0 } else { self.attempt + 1 };
        if left == 0 {
            return Ok(());
        }
        if self.attempt > ATTEMPTS_WITHOUT_PROGRESS {
            let table = core.table();
            let message = format!("{left} items of a batch of {table} stay unprocessed: try later");
            return Err(TableError::new(TableErrorKind::Throttled, message));
        }
        self.limiter.throttled();
        self.control.emit(&ProgressEvent::Throttled);
        let delay = RetryPolicy::default().delay(self.attempt);
        Ok(self.control.run(tokio::time::sleep(delay)).await?)
    }
}

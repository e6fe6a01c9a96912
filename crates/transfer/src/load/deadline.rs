//! Writes of items that point to new objects.

use crate::{TransferError, TransferErrorKind};
use tokio::time::{Instant, timeout_at};

/// Carries out a write before the deadline of the objects that its items point to. The collector may take
/// them for garbage some time after; the load ends then, and the same load copies them again.
pub(crate) async fn before<T>(
    deadline: Option<Instant>,
    write: impl Future<Output = Result<T, TransferError>>,
) -> Result<T, TransferError> {
    let Some(deadline) = deadline else { return write.await };
    // A write that is dropped may have been carried out. That is as good: it was in time.
    timeout_at(deadline, write).await.unwrap_or_else(|_| {
        let message = "DynamoDB took no item with new objects within the write deadline of their \
                       prefix: load again, with less in flight";
        Err(TransferError::new(TransferErrorKind::Throttled, message))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_write_that_would_be_too_late_is_dropped() {
        let write = |seconds| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Ok(seconds)
        };
        let deadline = Some(Instant::now() + Duration::from_secs(10));
        assert_eq!(before(deadline, write(5)).await.unwrap(), 5);
        let error = before(deadline, write(60)).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Throttled, "{error}");
        assert_eq!(before(None, write(60)).await.unwrap(), 60);
    }
}

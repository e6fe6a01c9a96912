//! Waiting for workers that fail and stop together.

use crate::{TransferError, TransferErrorKind};
use ddbkit_flow::Control;
use tokio::task::{JoinError, JoinSet};

/// Adds up what the workers did. The first failure cancels the rest, is waited out, and is the
/// error: the interruptions that it causes elsewhere are not.
pub(crate) async fn join_all<T: 'static, A>(
    mut workers: JoinSet<Result<T, TransferError>>,
    control: &Control,
    mut sum: A,
    mut add: impl FnMut(&mut A, T),
) -> Result<A, TransferError> {
    let mut failure: Option<TransferError> = None;
    while let Some(joined) = workers.join_next().await {
        let error = match joined.map_err(|error| died(&error)).and_then(|result| result) {
            Ok(done) => {
                add(&mut sum, done);
                continue;
            }
            Err(error) => error,
        };
        control.cancel();
        let interrupted = TransferErrorKind::Interrupted;
        if failure.as_ref().is_none_or(|first| first.kind() == interrupted) {
            failure = Some(error);
        }
    }
    failure.map_or(Ok(sum), Err)
}

/// A worker that panicked is a defect of ours, told as an error so that the dump is marked failed.
pub(crate) fn died(error: &JoinError) -> TransferError {
    TransferError::new(TransferErrorKind::Internal, format!("a worker died: {error}"))
}

//! The handle by which a long operation is watched and stopped.

use crate::{Progress, ProgressEvent};
use std::fmt;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Cancels a long operation and passes on its progress.
///
/// Clones share one state: keep one, give the other to the operation. Every long operation of
/// ddbkit looks at it between two requests and leaves something from which the work can go on.
///
/// ```
/// let control = ddbkit_flow::Control::new();
/// let seen_by_the_work = control.clone();
/// control.cancel();
/// assert!(seen_by_the_work.check().is_err());
/// ```
#[derive(Clone, Default)]
pub struct Control {
    token: CancellationToken,
    progress: Option<Arc<dyn Progress>>,
}

impl Control {
    /// A control that nobody watches and that is not cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same control with `progress` told of every event.
    #[must_use]
    pub fn with_progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// A control that is cancelled with this one, and can be cancelled without it.
    ///
    /// An operation gives one to its workers so that the first failure stops the others.
    #[must_use]
    pub fn child(&self) -> Self {
        Self { token: self.token.child_token(), progress: self.progress.clone() }
    }

    /// A control that is cancelled with this one and tells nobody of its events: for a part of the work
    /// whose progress the whole tells itself.
    #[must_use]
    pub fn unwatched(&self) -> Self {
        Self { token: self.token.child_token(), progress: None }
    }

    /// Asks the operation to stop at its next safe point. Cannot be undone.
    pub fn cancel(&self) {
        self.token.cancel();
    }

    /// Whether [`Control::cancel`] was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Waits until the operation is cancelled.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use ddbkit_flow::Control;
    ///
    /// let control = Control::new();
    /// let watcher = tokio::spawn({
    ///     let control = control.clone();
    ///     async move {
    ///         control.cancelled().await;
    ///         "closed"
    ///     }
    /// });
    /// control.cancel();
    /// assert_eq!(watcher.await.unwrap(), "closed");
    /// # }
    /// ```
    pub async fn cancelled(&self) {
        self.token.cancelled().await;
    }

    /// Returns at once, with an error once the operation is cancelled.
    ///
    /// # Errors
    /// [`Cancelled`] after [`Control::cancel`].
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    /// Runs `work` until it is done or the operation is cancelled; the work is then dropped where
    /// it waits, so give only work that may be dropped there.
    ///
    /// # Errors
    /// [`Cancelled`] when the operation was cancelled first.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> Result<T, Cancelled> {
        self.token.run_until_cancelled(work).await.ok_or(Cancelled)
    }

    /// Passes an event to whoever watches.
    pub fn emit(&self, event: &ProgressEvent) {
        if let Some(progress) = &self.progress {
            progress.on_event(event);
        }
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("cancelled", &self.is_cancelled())
            .field("watched", &self.progress.is_some())
            .finish_non_exhaustive()
    }
}

/// The operation was cancelled through its [`Control`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the operation was cancelled")
    }
}

impl std::error::Error for Cancelled {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Seen(Mutex<Vec<ProgressEvent>>);

    impl Progress for Seen {
        fn on_event(&self, event: &ProgressEvent) {
            self.0.lock().unwrap().push(event.clone());
        }
    }

    #[test]
    fn a_child_stops_with_its_parent_and_alone() {
        let parent = Control::new();
        let (first, second) = (parent.child(), parent.child());
        first.cancel();
        assert!(!parent.is_cancelled() && !second.is_cancelled());
        let unwatched = parent.unwatched();
        parent.cancel();
        assert_eq!(second.check(), Err(Cancelled));
        assert_eq!(unwatched.check(), Err(Cancelled));
    }

    #[test]
    fn events_reach_the_watcher_through_children() {
        let seen = Arc::new(Seen::default());
        let control = Control::new().with_progress(seen.clone());
        control.child().emit(&ProgressEvent::Throttled);
        control.unwatched().emit(&ProgressEvent::Throttled);
        assert_eq!(*seen.0.lock().unwrap(), [ProgressEvent::Throttled]);
    }

    #[tokio::test]
    async fn work_is_dropped_when_cancelled() {
        let control = Control::new();
        control.cancel();
        assert_eq!(control.run(std::future::pending::<()>()).await, Err(Cancelled));
    }
}

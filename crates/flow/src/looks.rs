//! Looking again and again until something is there.

use crate::{Cancelled, Control, ProgressEvent, RetryPolicy};
use std::time::Duration;
use tokio::time::Instant;

/// From one look to the next: soon at first, because small things are made in seconds.
const PAUSES: RetryPolicy = RetryPolicy::new(Duration::from_millis(100), Duration::from_secs(5));

/// The pauses between looks at something that someone else makes, like a new table. Tells what is waited
/// for, once for each thing.
///
/// ```
/// use ddbkit_flow::{Control, Looks};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), ddbkit_flow::Cancelled> {
/// let control = Control::new();
/// let mut looks = Looks::new(&control);
/// let mut states = ["CREATING", "CREATING", "ACTIVE"].into_iter();
/// while let Some(state) = states.next().filter(|state| *state != "ACTIVE") {
///     looks.wait_for(format!("status {state} of table Orders")).await?;
/// }
/// assert!(looks.elapsed().as_millis() >= 150);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Looks<'a> {
    control: &'a Control,
    started: Instant,
    count: u32,
    told: Option<String>,
}

impl<'a> Looks<'a> {
    /// Begins: the first look is the caller's.
    #[must_use]
    pub fn new(control: &'a Control) -> Self {
        Self { control, started: Instant::now(), count: 0, told: None }
    }

    /// How long it has been waited.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Waits before the next look, between 50 ms at first and 5 s.
    ///
    /// # Errors
    /// [`Cancelled`] when the operation was cancelled.
    pub async fn wait_for(&mut self, what: String) -> Result<(), Cancelled> {
        if self.told.as_ref() != Some(&what) {
            self.control.emit(&ProgressEvent::Waiting(what.clone()));
            self.told = Some(what);
        }
        self.control.run(tokio::time::sleep(PAUSES.delay(self.count))).await?;
        self.count = self.count.saturating_add(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Progress;
    use std::sync::{Arc, Mutex};

    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    impl Progress for Told {
        fn on_event(&self, event: &ProgressEvent) {
            if let ProgressEvent::Waiting(what) = event {
                self.0.lock().unwrap().push(what.clone());
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_thing_is_told_once_and_pauses_grow_to_five_seconds() {
        let told = Arc::new(Told::default());
        let control = Control::new().with_progress(told.clone());
        let mut looks = Looks::new(&control);
        for what in ["a", "a", "b", "b", "a"] {
            looks.wait_for(what.to_owned()).await.unwrap();
        }
        assert_eq!(*told.0.lock().unwrap(), ["a", "b", "a"]);
        let five = looks.elapsed().as_millis();
        assert!((1_550..=3_110).contains(&five), "{five}");
        for _ in 0..10 {
            let before = Instant::now();
            looks.wait_for("a".to_owned()).await.unwrap();
            assert!(before.elapsed() <= Duration::from_millis(5_001));
        }
        control.cancel();
        assert!(looks.wait_for("a".to_owned()).await.is_err());
    }
}

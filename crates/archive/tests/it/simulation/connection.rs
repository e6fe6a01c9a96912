//! What lies between a worker and everything that it talks to.

use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ddbkit_testkit::streams::FakeStreams;
use fastrand::Rng;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

/// The time of the fake stream is tokio's, which a test has paused.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) streams: Arc<FakeStreams>,
    start: Instant,
    begin: std::time::SystemTime,
}

impl World {
    pub(crate) fn new(streams: FakeStreams) -> Self {
        let begin = streams.now();
        Self { streams: Arc::new(streams), start: Instant::now(), begin }
    }

    /// Brings the stream to the time of tokio.
    pub(crate) fn now(&self) -> std::time::SystemTime {
        let now = self.begin + self.start.elapsed();
        self.streams.advance_to(now);
        now
    }
}

impl ddbkit_archive::Clock for World {
    fn now(&self) -> std::time::SystemTime {
        World::now(self)
    }
}

/// How much goes wrong between a worker and the rest.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trouble {
    /// After how many calls the worker is killed, before or after the call has its effect.
    pub(crate) killed_after: Option<u32>,
    /// At which call it stands still, and for how long.
    pub(crate) frozen_at: Option<(u32, Duration)>,
    /// Of a thousand calls, how many fail without an effect, and how many have one and no answer.
    pub(crate) failures: u32,
    /// Of a thousand calls, at how many the worker stands still for long, and then goes on.
    pub(crate) freezes: u32,
}

/// The calls of one worker.
#[derive(Debug)]
pub(crate) struct Connection {
    world: World,
    trouble: Trouble,
    state: Mutex<State>,
    dead: AtomicBool,
    killed: Notify,
}

#[derive(Debug)]
struct State {
    random: Rng,
    calls: u32,
    frozen_until: Instant,
}

/// What becomes of a call.
enum Fate {
    Answered,
    Fails,
    AnswerLost,
}

impl Connection {
    pub(crate) fn new(world: World, seed: u64, trouble: Trouble) -> Arc<Self> {
        let state = State { random: Rng::with_seed(seed), calls: 0, frozen_until: Instant::now() };
        let (dead, killed) = (AtomicBool::new(false), Notify::new());
        Arc::new(Self { world, trouble, state: Mutex::new(state), dead, killed })
    }

    /// Makes a call, or not.
    pub(crate) async fn call<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        failed: impl Fn() -> E,
    ) -> Result<T, E> {
        let (delay, kill, fate) = self.begin();
        sleep(delay).await;
        if kill == Some(false) {
            self.kill();
        }
        self.stand_still().await;
        if matches!(fate, Fate::Fails) {
            return Err(failed());
        }
        self.world.now();
        let answer = call.await;
        if kill == Some(true) {
            self.kill();
        }
        self.stand_still().await;
        if matches!(fate, Fate::AnswerLost) { Err(failed()) } else { answer }
    }

    /// Whether the worker is killed at this call, and if so whether after its effect.
    fn begin(&self) -> (Duration, Option<bool>, Fate) {
        let mut state = self.state.lock().unwrap();
        let delay = Duration::from_millis(state.random.u64(1..80));
        state.calls += 1;
        let kill = (self.trouble.killed_after == Some(state.calls)).then(|| state.random.bool());
        let mut frozen = (state.random.u32(0..1000) < self.trouble.freezes)
            .then(|| Duration::from_secs(state.random.u64(10..3 * 3600)));
        if let Some((at, time)) = self.trouble.frozen_at
            && state.calls == at
        {
            frozen = Some(time);
        }
        if let Some(time) = frozen {
            state.frozen_until = Instant::now() + time;
        }
        let fate = match state.random.u32(0..1000) < self.trouble.failures {
            true if state.random.bool() => Fate::Fails,
            true => Fate::AnswerLost,
            false => Fate::Answered,
        };
        (delay, kill, fate)
    }

    async fn stand_still(&self) {
        if self.dead.load(Ordering::Relaxed) {
            pending::<()>().await;
        }
        let until = self.state.lock().unwrap().frozen_until;
        sleep_until(until).await;
    }

    pub(crate) fn kill(&self) {
        self.dead.store(true, Ordering::Relaxed);
        self.killed.notify_one();
    }

    /// Comes back when the worker is killed.
    pub(crate) async fn killed(&self) {
        self.killed.notified().await;
    }
}

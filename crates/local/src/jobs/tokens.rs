//! Client tokens, by which a request that is sent again starts nothing anew.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

/// How long the service remembers a token.
const REMEMBERED: Duration = Duration::from_hours(8);

/// The jobs that tokens have started. Only requests that started a job are here, so one that was
/// refused does not use up its token.
#[derive(Default)]
pub(super) struct Tokens(HashMap<String, Used>);

#[derive(Clone)]
pub(super) struct Used {
    pub(super) arn: String,
    at: SystemTime,
}

impl Tokens {
    /// The job that a request with this token has started a short while ago.
    pub(super) fn job(&self, token: &str, now: SystemTime) -> Option<&str> {
        let used = self.0.get(token)?;
        let age = now.duration_since(used.at).unwrap_or_default();
        (age < REMEMBERED).then_some(used.arn.as_str())
    }

    pub(super) fn remember(&mut self, token: String, arn: String, now: SystemTime) {
        self.0.insert(token, Used { arn, at: now });
    }
}

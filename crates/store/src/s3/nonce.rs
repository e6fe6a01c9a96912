//! Telling a write of our own from somebody else's.
//!
//! A conditional write whose answer was lost is repeated by the SDK, and the repetition fails: the
//! object is there. Every such write carries a random number in its metadata; if the object that is
//! in the way carries it, the first attempt was the winner.

use super::S3Backend;
use crate::backend::Backend;
use crate::{Condition, ETag, PutOptions, StoreError, StoreErrorKind};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// The name of the metadata.
pub(super) const NONCE: &str = "ddbkit-nonce";

/// How often a write that S3 calls a conflict is repeated when nobody's object is there.
const ATTEMPTS: u32 = 5;

/// The random number of a conditional write; none for one without a condition.
#[derive(Debug)]
pub(super) struct Nonce(Option<String>);

impl Nonce {
    pub(super) fn for_condition(condition: &Condition) -> Self {
        if *condition == Condition::Always { Self(None) } else { Self::random() }
    }

    /// A number for a write that may be asked about later whatever its condition.
    pub(super) fn random() -> Self {
        Self(Some(format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))))
    }

    /// The metadata with the number in it.
    pub(super) fn with(
        &self,
        metadata: &BTreeMap<String, String>,
    ) -> Option<HashMap<String, String>> {
        let own = self.0.iter().map(|nonce| (NONCE.to_owned(), nonce.clone()));
        let all: HashMap<_, _> =
            metadata.iter().map(|(name, value)| (name.clone(), value.clone())).chain(own).collect();
        (!all.is_empty()).then_some(all)
    }

    /// Runs a conditional write to a true answer.
    pub(super) async fn write<F: Future<Output = Result<ETag, StoreError>>>(
        &self,
        backend: &S3Backend,
        key: &str,
        write: impl Fn() -> F,
    ) -> Result<ETag, StoreError> {
        let mut attempt = 0;
        loop {
            let error = match write().await {
                Ok(etag) => return Ok(etag),
                Err(error) => error,
            };
            let may_be_ours = error.kind() == StoreErrorKind::PreconditionFailed
                || super::error::is_unknown_upload(&error);
            if self.0.is_none() || !may_be_ours {
                return Err(error);
            }
            if let Some(etag) = self.own(backend, key).await? {
                return Ok(etag);
            }
            // 409: another write was under way, and may have failed.
            if !super::error::is_conflict(&error) || attempt == ATTEMPTS {
                return Err(error);
            }
            attempt += 1;
            tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
        }
    }

    /// The tag of the object, if this very write made it.
    async fn own(&self, backend: &S3Backend, key: &str) -> Result<Option<ETag>, StoreError> {
        let answer = backend.client.head_object().bucket(&backend.bucket).key(key).send().await;
        let answer =
            answer.map_err(|error| super::error::failed("read", &backend.describe(key), &error));
        let Some(answer) = super::error::not_found_as_none(answer)? else { return Ok(None) };
        let mut pairs = answer.metadata().into_iter().flatten();
        let carried = pairs.find(|(name, _)| name.eq_ignore_ascii_case(NONCE));
        let is_own = carried.map(|(_, nonce)| nonce) == self.0.as_ref();
        Ok(is_own.then(|| super::tag(answer.e_tag())))
    }
}

/// The nonce is ours alone: a caller cannot set it.
pub(super) fn without_nonce(mut options: PutOptions) -> PutOptions {
    options.metadata.remove(NONCE);
    options
}

//! Telling a write of our own from somebody else's.
//!
//! A write whose answer was lost is repeated by the SDK, and the repetition fails: with a condition
//! the object is in the way, and an upload that was completed is gone. Such a write carries a random
//! number in its metadata; if the object that is there carries it, the first attempt was the winner.

use super::S3Backend;
use super::error::{Failure, failed, found};
use crate::backend::Backend;
use crate::object::NONCE;
use crate::{ETag, StoreError};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// How often a write that S3 calls a conflict is repeated when nobody's object is there.
const ATTEMPTS: u32 = 5;

/// The random number of one write.
#[derive(Debug)]
pub(super) struct Nonce(String);

impl Nonce {
    pub(super) fn random() -> Self {
        Self(format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)))
    }

    /// Runs the write that carries this number to a true answer.
    pub(super) async fn settle<F>(
        &self,
        backend: &S3Backend,
        key: &str,
        write: impl Fn() -> F + Send,
    ) -> Result<ETag, StoreError>
    where
        F: Future<Output = Result<ETag, Failure>> + Send,
    {
        let mut conflict: Option<Failure> = None;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let failure = match write().await {
                Ok(etag) => return Ok(etag),
                Err(failure) if !may_be_done(&failure) => return Err(failure.into_error()),
                Err(failure) => failure,
            };
            match self.find(backend, key).await {
                Ok(Some(etag)) => return Ok(etag),
                Ok(None) => {}
                Err(_) if failure.is_uncertain() => return Err(failure.into_error()),
                Err(unknown) => {
                    let object = backend.describe(key);
                    let message = format!("cannot tell who has written {object}");
                    let unknown = unknown.into_error();
                    return Err(StoreError::new(unknown.kind(), message).caused_by(unknown));
                }
            }
            if !failure.is_conflict() || attempt == ATTEMPTS {
                // S3 gives up an upload that had a conflict, so the conflict is what happened.
                let first = conflict.filter(|_| failure.is_upload_gone());
                return Err(first.unwrap_or(failure).into_error());
            }
            // The other write may have failed in turn.
            conflict = Some(failure);
            tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
        }
    }

    /// The tag of the object, if the write of this number made it.
    async fn find(&self, backend: &S3Backend, key: &str) -> Result<Option<ETag>, Failure> {
        let answer = backend.client.head_object().bucket(&backend.bucket).key(key).send().await;
        let answer = answer.map_err(|error| failed("read", &backend.describe(key), error));
        let Some(answer) = found(answer)? else { return Ok(None) };
        let mut pairs = answer.metadata().into_iter().flatten();
        let carried = pairs.find(|(name, _)| name.eq_ignore_ascii_case(NONCE));
        let is_own = carried.is_some_and(|(_, nonce)| *nonce == self.0);
        Ok(is_own.then(|| super::tag(answer.e_tag())))
    }
}

/// Whether the failure can be that of a repetition, or its write can have been done.
fn may_be_done(failure: &Failure) -> bool {
    failure.is_precondition()
        || failure.is_conflict()
        || failure.is_upload_gone()
        || failure.is_uncertain()
}

/// The metadata with the number in it.
pub(super) fn with_nonce(
    metadata: &BTreeMap<String, String>,
    nonce: Option<&Nonce>,
) -> Option<HashMap<String, String>> {
    let own = nonce.map(|nonce| (NONCE.to_owned(), nonce.0.clone()));
    let given = metadata.iter().map(|(name, value)| (name.clone(), value.clone()));
    let all: HashMap<_, _> = given.chain(own).collect();
    (!all.is_empty()).then_some(all)
}

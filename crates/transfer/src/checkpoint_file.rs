//! The one object by which work goes on after a kill.

use crate::{TransferError, TransferErrorKind};
use ddbkit_store::{Condition, ETag, PutOptions, Store, StoreErrorKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How often a checkpoint is written: what was done since is done again after a kill.
const EVERY: Duration = Duration::from_secs(1);

/// Writes how far work came.
///
/// No closure: a future that holds a borrowing async closure is not known to be `Send`, and nobody could
/// spawn the work.
pub(crate) trait Save {
    fn save(&mut self) -> impl Future<Output = Result<(), TransferError>> + Send;
}

/// Does work and writes its checkpoint now and then. Work is that of tasks, which go on
/// while the checkpoint is written.
///
/// A write that was begun is waited for: one that is dropped may be there or not, and the next would
/// be taken for that of another process.
pub(crate) async fn saving_meanwhile(
    work: impl Future<Output = Result<(), TransferError>>,
    checkpoint: &mut impl Save,
) -> Result<(), TransferError> {
    let mut work = Box::pin(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(EVERY) => checkpoint.save().await?,
        }
    }
}

/// A checkpoint in a store. Of two processes that go on with the same work the one that writes second
/// is told.
pub(crate) struct CheckpointFile<T> {
    store: Store,
    key: String,
    etag: ETag,
    work: &'static str,
    pub(crate) content: T,
}

impl<T: Serialize + DeserializeOwned> CheckpointFile<T> {
    /// Takes up what an earlier run left, and says so, or begins with `fresh`. `differs` names what
    /// makes other work of the earlier one; `work` is how messages call it, in one word.
    pub(crate) async fn open(
        store: Store,
        key: &str,
        work: &'static str,
        fresh: T,
        differs: impl FnOnce(&T, &T) -> Option<&'static str>,
    ) -> Result<(Self, bool), TransferError> {
        let key = key.to_owned();
        let (bytes, found) = match store.get(&key).await {
            Ok((meta, bytes)) => (bytes, meta.etag),
            Err(error) if error.kind() == StoreErrorKind::NotFound => {
                let etag = put(&store, &key, work, &fresh, Condition::IfAbsent).await?;
                return Ok((Self { store, key, etag, work, content: fresh }, false));
            }
            Err(error) => {
                let message = format!("{} cannot be read", store.describe(&key));
                return Err(TransferError::caused(TransferErrorKind::Options, message, error));
            }
        };
        let content: T = serde_json::from_slice(&bytes).map_err(|error| {
            let message = format!("{} is no checkpoint of this kind of work", store.describe(&key));
            TransferError::caused(TransferErrorKind::Options, message, error)
        })?;
        if let Some(what) = differs(&fresh, &content) {
            let place = store.describe(&key);
            let message = format!(
                "{place} is the checkpoint of another {work}: its {what} differs; finish that \
                 {work}, or give this one another place for its state"
            );
            return Err(TransferError::new(TransferErrorKind::Options, message));
        }
        // Written at once, so that of two that go on with the same the second is told.
        let etag = put(&store, &key, work, &content, Condition::IfMatch(found)).await?;
        Ok((Self { store, key, etag, work, content }, true))
    }

    pub(crate) async fn write(&mut self) -> Result<(), TransferError> {
        let condition = Condition::IfMatch(self.etag.clone());
        self.etag = put(&self.store, &self.key, self.work, &self.content, condition).await?;
        Ok(())
    }

    /// The work is done, or did nothing: nothing is left of it.
    pub(crate) async fn remove(self) -> Result<(), TransferError> {
        self.store.delete(&self.key).await.map_err(|error| {
            let message = format!("{} cannot be deleted", self.store.describe(&self.key));
            TransferError::caused(TransferErrorKind::Destination, message, error)
        })
    }
}

async fn put(
    store: &Store,
    key: &str,
    work: &str,
    content: &impl Serialize,
    condition: Condition,
) -> Result<ETag, TransferError> {
    // Texts, numbers and flags under text keys always serialize.
    let json = serde_json::to_string_pretty(content).unwrap_or_default() + "\n";
    let options = PutOptions { condition, ..PutOptions::default() };
    store.put(key, json.into(), options).await.map_err(|error| {
        let place = store.describe(key);
        if error.kind() == StoreErrorKind::PreconditionFailed {
            let message =
                format!("{place} was changed by another {work} that runs on the same state");
            return TransferError::new(TransferErrorKind::Options, message);
        }
        let message = format!("the checkpoint {place} cannot be written");
        TransferError::caused(TransferErrorKind::Destination, message, error)
    })
}

//! Writing a file so that it is there whole or not at all.

use super::lock::take_turn;
use super::tag::{stamp, tag};
use super::temporary::Temporary;
use super::{
    blocking, cannot, create_folders, is_missing, metadata, remove_empty_folders, sync_folder,
};
use crate::backend::{BoxFuture, Upload};
use crate::{Condition, ETag, PutOptions, StoreError, StoreErrorKind};
use bytes::Bytes;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An object under its temporary name.
#[derive(Debug)]
pub(super) struct Draft {
    root: Arc<Path>,
    key: String,
    options: PutOptions,
    temporary: Temporary,
}

impl Draft {
    pub(super) fn begin(
        root: Arc<Path>,
        key: String,
        options: PutOptions,
    ) -> Result<Self, StoreError> {
        let temporary = Temporary::create(&root)?;
        Ok(Self { root, key, options, temporary })
    }

    fn target(&self) -> PathBuf {
        self.root.join(&self.key)
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let written = self.temporary.file.write_all(bytes);
        written.map_err(|error| cannot("write", &self.target(), error))
    }

    /// Gives the file its name, if the condition holds. What decides stands under the lock.
    pub(super) fn publish(self) -> Result<ETag, StoreError> {
        let (root, target) = (&*self.root, self.target());
        let failed = |error| cannot("write", &target, error);
        let (etag, is_told_apart) = stamp(&self.temporary.file).map_err(failed)?;
        self.temporary.file.sync_all().map_err(failed)?;

        // Without locks the file system still decides about creating; replacing needs a turn.
        let turn = take_turn(root);
        if matches!(self.options.condition, Condition::IfMatch(_)) {
            if let Err(error) = turn {
                let why = "the file system has no locks, which a condition needs";
                return Err(unsupported(&target, why).caused_by(error));
            }
            if !is_told_apart {
                return Err(unsupported(&target, "the times of the file system are too coarse"));
            }
        }
        let existing = match fs::metadata(&target) {
            Ok(existing) if existing.is_dir() => {
                return Err(failed(ErrorKind::IsADirectory.into()));
            }
            Ok(existing) => Some(tag(&existing)),
            Err(error) if is_missing(&error) => None,
            Err(error) => return Err(failed(error)),
        };
        let describe = || target.display().to_string();
        self.options.condition.check(existing.as_ref(), describe)?;
        let folder = target.parent().unwrap_or(root);
        let placed = create_folders(folder)
            .and_then(|()| metadata::write(root, &self.key, &etag, &self.options.metadata))
            .and_then(|()| self.place(&target, turn.is_ok()));
        // Of a write that failed, nothing stays: no folder, no metadata.
        if placed.is_err() {
            remove_empty_folders(root, folder);
            metadata::tidy(root, &self.key, existing.as_ref());
        }
        placed?;
        sync_folder(folder)?;
        metadata::tidy(root, &self.key, Some(&etag));
        Ok(etag)
    }

    /// Gives the file its name. To create, unless that is taken: a link fails where a rename would
    /// replace what a program without the lock has made.
    fn place(&self, target: &Path, has_turn: bool) -> Result<(), StoreError> {
        let rename = || {
            let renamed = fs::rename(&self.temporary.path, target);
            renamed.map_err(|error| cannot("write", target, error))
        };
        if self.options.condition != Condition::IfAbsent {
            return rename();
        }
        let error = match fs::hard_link(&self.temporary.path, target) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match error.kind() {
            ErrorKind::AlreadyExists => {
                let message = format!("{} is there already", target.display());
                Err(StoreError::new(StoreErrorKind::PreconditionFailed, message))
            }
            // A file system without links, as on memory sticks: the lock has to do.
            ErrorKind::Unsupported | ErrorKind::PermissionDenied if has_turn => rename(),
            _ => Err(cannot("write", target, error)),
        }
    }
}

fn unsupported(target: &Path, why: &str) -> StoreError {
    let message = format!("cannot write {}: {why}", target.display());
    StoreError::new(StoreErrorKind::Unsupported, message)
}

/// An object that is written piece by piece.
#[derive(Debug)]
pub(super) struct DirectoryUpload {
    path: PathBuf,
    /// Taken while a write runs on its thread; what never comes back is lost.
    draft: Option<Draft>,
}

impl DirectoryUpload {
    pub(super) fn new(draft: Draft) -> Self {
        Self { path: draft.target(), draft: Some(draft) }
    }

    fn take(&mut self) -> Result<Draft, StoreError> {
        self.draft.take().ok_or_else(|| {
            let message = format!("cannot write {}: an earlier write failed", self.path.display());
            StoreError::new(StoreErrorKind::Io, message)
        })
    }
}

impl Upload for DirectoryUpload {
    fn write(&mut self, bytes: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let mut draft = self.take()?;
            let written = blocking(move || draft.write(&bytes).map(|()| draft));
            self.draft = Some(written.await?);
            Ok(())
        })
    }

    fn finish(mut self: Box<Self>) -> BoxFuture<'static, Result<ETag, StoreError>> {
        Box::pin(async move {
            let draft = self.take()?;
            blocking(move || draft.publish()).await
        })
    }

    fn abort(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(blocking(move || {
            drop(self);
            Ok(())
        }))
    }
}

/// Deletes a file and the folders that are empty then: a folder is nothing in a store of objects.
pub(super) fn remove(root: &Path, key: &str) -> Result<(), StoreError> {
    let path = root.join(key);
    match fs::metadata(&path) {
        Ok(file) if file.is_dir() => return Ok(()),
        Err(error) if is_missing(&error) => return Ok(()),
        // A link that leads nowhere can be deleted as well.
        _ => {}
    }
    let _turn = take_turn(root);
    match fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if is_missing(&error) => return Ok(()),
        Err(error) => return Err(cannot("delete", &path, error)),
    }
    metadata::tidy(root, key, None);
    if let Some(folder) = path.parent() {
        sync_folder(folder)?;
        remove_empty_folders(root, folder);
    }
    Ok(())
}

//! Taking turns among all writers of one root, in this process and in others.
//!
//! The turn is an advisory lock on a file that is there only while somebody has or awaits it. A
//! killed holder loses the lock with its life; the file that it leaves is taken over.

use crate::key::RESERVED;
use std::fs::{self, File};
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Held until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    /// The lock goes when the file is closed, which is after the name is gone.
    _file: File,
    path: PathBuf,
}

/// Waits for a turn. The root must be there.
pub(super) fn take_turn(root: &Path) -> Result<Turn> {
    let path = root.join(format!("{RESERVED}lock"));
    loop {
        // Opened for writing because network file systems lock no other file.
        let file = File::options().create(true).truncate(false).write(true).open(&path)?;
        match file.lock() {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        // The holder before may have removed the name while this one waited; a lock on a file
        // without a name keeps nobody out.
        if is_at(&file, &path)? {
            return Ok(Turn { _file: file, path });
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    match fs::metadata(path) {
        Ok(named) => Ok((ours.dev(), ours.ino()) == (named.dev(), named.ino())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> Result<bool> {
    Ok(true)
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Without a number of the file, who waits could not tell; there the file stays.
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn one_at_a_time_and_nothing_is_left() {
        let root = tempfile::tempdir().unwrap();
        let (inside, turns) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let _turn = take_turn(root.path()).unwrap();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        turns.fetch_add(1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(turns.into_inner(), 400);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), usize::from(cfg!(not(unix))));
    }

    #[test]
    fn what_a_killed_holder_left_is_taken_over() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(".ddbkit-store-lock"), "").unwrap();
        drop(take_turn(root.path()).unwrap());
    }
}

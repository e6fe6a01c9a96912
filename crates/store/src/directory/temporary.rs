//! Files under names of their own until they are objects.

use super::{cannot, create_folders};
use crate::StoreError;
use crate::key::RESERVED;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What nobody has written to for so long, and nobody holds, is what a killed program left.
const STALE: Duration = Duration::from_hours(1);

/// Another writer removes the folder when it is empty, at worst each time that this one made it.
const ATTEMPTS: u32 = 100;

/// Removes itself unless it became the object.
#[derive(Debug)]
pub(super) struct Temporary {
    pub(super) path: PathBuf,
    pub(super) file: File,
}

pub(super) fn folder(root: &Path) -> PathBuf {
    root.join(format!("{RESERVED}tmp"))
}

impl Temporary {
    pub(super) fn create(root: &Path) -> Result<Self, StoreError> {
        let folder = folder(root);
        let path = folder.join(format!("{:016x}", fastrand::u64(..)));
        let mut attempt = 0;
        loop {
            create_folders(&folder)?;
            match File::create_new(&path) {
                Ok(file) => {
                    // A sign of life for `remove_stale`; without locks it removes nothing.
                    let _ = file.try_lock();
                    return Ok(Self { path, file });
                }
                Err(error) if error.kind() == ErrorKind::NotFound && attempt < ATTEMPTS => {
                    attempt += 1;
                }
                Err(error) => return Err(cannot("write", &path, error)),
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename there is nothing under this name. The folder goes when it is empty.
        let _ = fs::remove_file(&self.path);
        if let Some(folder) = self.path.parent() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Removes what killed programs left; what cannot be removed does no harm.
pub(super) fn remove_stale(root: &Path) {
    let Ok(entries) = fs::read_dir(folder(root)) else { return };
    for entry in entries.flatten() {
        let age = entry.metadata().and_then(|file| file.modified()).map(|time| time.elapsed());
        if !matches!(age, Ok(Ok(age)) if age > STALE) {
            continue;
        }
        let path = entry.path();
        let Ok(file) = File::options().write(true).open(&path) else { continue };
        if file.try_lock().is_ok() {
            drop(Temporary { path, file });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    fn age(file: &File) {
        file.set_modified(SystemTime::now() - 2 * STALE).unwrap();
    }

    #[test]
    fn only_what_is_old_and_nobodys_is_removed() {
        let root = tempfile::tempdir().unwrap();
        let in_use = Temporary::create(root.path()).unwrap();
        age(&in_use.file);
        let stale = folder(root.path()).join("stale");
        age(&File::create(&stale).unwrap());
        let young = folder(root.path()).join("young");
        File::create(&young).unwrap();

        remove_stale(root.path());
        assert!(!stale.exists() && young.exists() && in_use.path.exists());
        fs::remove_file(young).unwrap();
        drop(in_use);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }
}

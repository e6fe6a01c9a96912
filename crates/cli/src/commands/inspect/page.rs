//! The report as a page for a browser.

use crate::error::Failure;
use ddbkit::inspect::{HtmlReport, Profile};
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// A page that is there when it is whole. Its place is tried before anything is read.
pub(super) struct Page {
    path: PathBuf,
    file: NamedTempFile,
}

impl Page {
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        // As any other new file; the mask of the process takes away what it does.
        let mut file = Builder::new();
        let file = file
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder.unwrap_or(Path::new(".")));
        let file = file.map_err(|error| cannot(path, &error))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Writes it in place of what is there.
    pub(super) fn write(self, profile: &Profile) -> Result<(), Failure> {
        let Self { path, mut file } = self;
        let mut page = Vec::new();
        let written = HtmlReport::new(profile).write_to(&mut page);
        let written = written.and_then(|()| file.write_all(&page));
        written.map_err(|error| cannot(&path, &error))?;
        file.persist(&path).map_err(|error| cannot(&path, &error.error))?;
        Ok(())
    }
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::other(format!("{} cannot be written: {error}", path.display()))
}

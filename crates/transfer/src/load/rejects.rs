//! The lines that could not be written.

use crate::load::item::Place;
use crate::{TransferError, TransferErrorKind};
use serde::Serialize;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;

/// Two files that grow together: the refused lines as they stood in the source, which can be
/// loaded again as they are, and for each line the reason.
pub(crate) struct Rejects {
    path: Option<PathBuf>,
    /// More than so many are an error.
    most: u64,
    count: AtomicU64,
    files: Mutex<Option<(File, File)>>,
    /// The first reasons, where nothing is written.
    noted: Option<Mutex<Vec<String>>>,
}

/// How many reasons are noted.
const NOTED: usize = 20;

#[derive(Serialize)]
struct Reason<'a> {
    source: &'a str,
    line: u64,
    error: &'a str,
}

impl Rejects {
    pub(crate) fn new(path: Option<PathBuf>, most: Option<u64>) -> Self {
        let most = most.unwrap_or(u64::MAX);
        Self { path, most, count: AtomicU64::new(0), files: Mutex::new(None), noted: None }
    }

    /// Writes nothing, but notes the first reasons.
    pub(crate) fn noting() -> Self {
        Self { noted: Some(Mutex::default()), ..Self::new(None, None) }
    }

    /// The reasons that were noted.
    pub(crate) fn into_noted(self) -> Vec<String> {
        self.noted.map(Mutex::into_inner).unwrap_or_default()
    }

    /// Sets a line aside. Without a file the reason becomes the error of the load.
    pub(crate) async fn add(
        &self,
        line: &[u8],
        place: &Place,
        error: &str,
    ) -> Result<(), TransferError> {
        if let Some(noted) = &self.noted {
            let mut noted = noted.lock().await;
            if noted.len() < NOTED {
                noted.push(format!("{place}: {error}"));
            }
            return Ok(());
        }
        let Some(path) = &self.path else {
            let message = format!("{place}: {error}");
            return Err(TransferError::new(TransferErrorKind::Source, message));
        };
        let reason = Reason { source: &place.file, line: place.line, error };
        self.write(path, line, &reason).await.map_err(|error| {
            let message = format!("the rejects file {} cannot be written", path.display());
            TransferError::caused(TransferErrorKind::Destination, message, error)
        })?;
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        if count <= self.most {
            return Ok(());
        }
        let (path, most) = (path.display(), self.most);
        let message = format!(
            "more than {most} lines were rejected, and stand in {path}; the last is {place}: {error}"
        );
        Err(TransferError::new(TransferErrorKind::TooManyRejects, message))
    }

    async fn write(&self, path: &Path, line: &[u8], reason: &Reason<'_>) -> io::Result<()> {
        let mut files = self.files.lock().await;
        let (lines, reasons) = match &mut *files {
            Some(files) => files,
            none => {
                let reasons = File::create_new(reasons_path(path)).await?;
                none.insert((File::create_new(path).await?, reasons))
            }
        };
        let mut text = serde_json::to_vec(reason)?;
        text.push(b'\n');
        reasons.write_all(&text).await?;
        reasons.flush().await?;
        lines.write_all(&[line, b"\n"].concat()).await?;
        lines.flush().await
    }

    /// The file of the refused lines, where there are any.
    pub(crate) async fn finish(self) -> Result<Option<PathBuf>, TransferError> {
        let Some((lines, reasons)) = self.files.into_inner() else { return Ok(None) };
        for file in [lines, reasons] {
            file.sync_all().await.map_err(|error| {
                let message = "the rejects file cannot be written";
                TransferError::caused(TransferErrorKind::Destination, message, error)
            })?;
        }
        Ok(self.path)
    }
}

/// `rejects.json` has its reasons in `rejects.json.errors.jsonl`.
fn reasons_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".errors.jsonl");
    name.into()
}

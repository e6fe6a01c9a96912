//! The lines that could not be written.

use crate::load::item::Place;
use crate::{TransferError, TransferErrorKind};
use memchr::memchr_iter;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncBufReadExt, AsyncSeekExt, AsyncWriteExt, BufReader};
use tokio::sync::Mutex;

/// What earlier runs of the same work had set aside when they were interrupted, of the lines that are
/// not looked at again.
///
/// ```
/// # use ddbkit_transfer::LoadReport;
/// /// Whether everything is in the table, whichever run it was that wrote it.
/// fn is_whole(report: &LoadReport) -> bool {
///     report.rejected + report.rejected_earlier.lines == 0
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EarlierRejects {
    /// How many lines.
    pub lines: u64,
    /// The files in which they are, as those runs were told to name them. That of this run may be among
    /// them.
    pub files: Vec<PathBuf>,
}

impl EarlierRejects {
    /// As checkpoints have it.
    pub(crate) fn new(lines: u64, files: &BTreeSet<String>) -> Self {
        Self { lines, files: files.iter().map(PathBuf::from).collect() }
    }
}

/// The name of a rejects file for a checkpoint, whose names are text.
pub(crate) fn shown(file: Option<&Path>) -> Option<String> {
    file.map(|file| file.to_string_lossy().into_owned())
}

/// Two files that grow together: the refused lines as they stood in the source, which can be
/// loaded again as they are, and for each line the reason.
pub(crate) struct Rejects {
    path: Option<PathBuf>,
    /// More than so many are an error.
    most: u64,
    count: AtomicU64,
    files: Mutex<Option<Files>>,
    /// The first reasons, where nothing is written.
    noted: Option<Mutex<Vec<String>>>,
}

struct Files {
    lines: File,
    reasons: File,
    /// Whether all that was written would outlive the machine.
    is_synced: bool,
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

    /// Makes sure that the files can be made, before anything is written to the table. Work that goes
    /// on goes on with the files that it finds; those of anything else are left alone.
    pub(crate) async fn prepare(&self, goes_on: bool) -> Result<(), TransferError> {
        let Some(path) = &self.path else { return Ok(()) };
        let wrong = |what: &str| {
            let message = format!("the rejects file {} {what}", path.display());
            Err(TransferError::new(TransferErrorKind::Options, message))
        };
        let is_folder = |meta: io::Result<std::fs::Metadata>| meta.is_ok_and(|meta| meta.is_dir());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if is_folder(fs::metadata(path).await) {
            return wrong("is a folder: name a file that is not there yet");
        }
        if let Some(folder) = folder
            && !is_folder(fs::metadata(folder).await)
        {
            return wrong("would be in a folder that is not there");
        }
        let known = [fs::metadata(path).await, fs::metadata(reasons_path(path)).await];
        if known.iter().all(Result::is_err) {
            return Ok(());
        }
        if !goes_on {
            return wrong("is there already: name another, or move it away with its reasons");
        }
        *self.files.lock().await = Some(Files::again(path).await.map_err(|e| failed(path, e))?);
        Ok(())
    }

    /// What earlier runs rejected counts too where there is a limit.
    pub(crate) fn counting_from(&self, earlier: &EarlierRejects) {
        self.count.store(earlier.lines, Ordering::Relaxed);
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
        self.write(path, line, &reason).await.map_err(|error| failed(path, error))?;
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
        let Files { lines, reasons, is_synced } = match &mut *files {
            Some(files) => files,
            none => {
                let reasons = File::create_new(reasons_path(path)).await?;
                let lines = File::create_new(path).await?;
                none.insert(Files { lines, reasons, is_synced: false })
            }
        };
        *is_synced = false;
        let mut text = serde_json::to_vec(reason)?;
        text.push(b'\n');
        reasons.write_all(&text).await?;
        reasons.flush().await?;
        lines.write_all(&[line, b"\n"].concat()).await?;
        lines.flush().await
    }

    /// Whether there is no file, neither of this run nor of one that it goes on with.
    pub(crate) async fn is_empty(&self) -> bool {
        self.files.lock().await.is_none()
    }

    /// What was rejected outlives the machine from here on, so that it may be noted as settled.
    pub(crate) async fn sync(&self) -> Result<(), TransferError> {
        let mut files = self.files.lock().await;
        let (Some(files), Some(path)) = (&mut *files, &self.path) else { return Ok(()) };
        if !files.is_synced {
            for file in [&files.lines, &files.reasons] {
                file.sync_all().await.map_err(|error| failed(path, error))?;
            }
            files.is_synced = true;
        }
        Ok(())
    }

    /// The file of the refused lines, where there are any.
    pub(crate) async fn finish(self) -> Result<Option<PathBuf>, TransferError> {
        self.sync().await?;
        Ok(self.files.into_inner().and(self.path))
    }
}

impl Files {
    /// The files of an earlier run. It may have been killed before a line had its reason and itself in
    /// them; such a line is not settled, and comes again.
    async fn again(path: &Path) -> io::Result<Self> {
        let open = |path: PathBuf| async move {
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).await
        };
        let (mut lines, mut reasons) =
            (open(path.to_owned()).await?, open(reasons_path(path)).await?);
        let whole =
            up_to(&mut lines, u64::MAX).await?.0.min(up_to(&mut reasons, u64::MAX).await?.0);
        for file in [&mut lines, &mut reasons] {
            let end = up_to(file, whole).await?.1;
            file.set_len(end).await?;
            file.seek(io::SeekFrom::Start(end)).await?;
        }
        Ok(Self { lines, reasons, is_synced: false })
    }
}

/// How many whole lines a file has, `most` at most, and the byte behind them.
async fn up_to(file: &mut File, most: u64) -> io::Result<(u64, u64)> {
    file.seek(io::SeekFrom::Start(0)).await?;
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let (mut count, mut end, mut read) = (0, 0, 0);
    loop {
        let part = reader.fill_buf().await?;
        if part.is_empty() || count == most {
            return Ok((count, end));
        }
        for at in memchr_iter(b'\n', part) {
            if count < most {
                (count, end) = (count + 1, read + at as u64 + 1);
            }
        }
        let length = part.len();
        read += length as u64;
        reader.consume(length);
    }
}

fn failed(path: &Path, error: io::Error) -> TransferError {
    let message = format!("the rejects file {} cannot be written", path.display());
    TransferError::caused(TransferErrorKind::Destination, message, error)
}

/// `rejects.json` has its reasons in `rejects.json.errors.jsonl`.
fn reasons_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".errors.jsonl");
    name.into()
}

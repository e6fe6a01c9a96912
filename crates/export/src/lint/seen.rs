//! Keys that are there twice, found in bounded memory.
//!
//! A digest of 128 bits for each key goes to one of 128 files by some of its bits. A file that fits in
//! memory is sorted, one that does not is dealt out to 128 files again by the next bits.

use super::report::{Finding, FindingKind, LintReport};
use crate::{ExportError, ExportErrorKind};
use ddbkit_codec::{Item, item_digest};
use ddbkit_flow::Control;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

/// Few enough to be open at once where a process may have 256 files.
const BUCKETS: usize = 128;
const BITS: u32 = 7;
/// A record: digest of the key, half of that of the item, where the name stands, the line.
const RECORD: usize = 40;
/// How many records are held at once: 40 MiB.
const AT_ONCE: u64 = 1 << 20;

/// An item that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    key: u128,
    /// Where the name of the object stands among the names, and the line in the object.
    place: (u64, u64),
    content: u64,
}

impl Seen {
    pub(super) fn new(key: &Item, item: &Item, name: u64, line: u64) -> Self {
        let (key, content) = (item_digest(key), item_digest(item));
        Self {
            key: u128::from_be_bytes(first(&key)),
            place: (name, line),
            content: u64::from_be_bytes(first(&content)),
        }
    }

    fn bucket(&self, level: u32) -> usize {
        // Seven bits always fit.
        usize::try_from((self.key >> (BITS * level)) % BUCKETS as u128).unwrap_or_default()
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.key.to_be_bytes())?;
        out.write_all(&self.content.to_be_bytes())?;
        out.write_all(&self.place.0.to_be_bytes())?;
        out.write_all(&self.place.1.to_be_bytes())
    }

    fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        if from.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut key = [0; 16];
        let mut words = [[0; 8]; 3];
        from.read_exact(&mut key)?;
        for word in &mut words {
            from.read_exact(word)?;
        }
        let [content, name, line] = words.map(u64::from_be_bytes);
        Ok(Some(Self { key: u128::from_be_bytes(key), place: (name, line), content }))
    }
}

fn first<const N: usize>(digest: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.iter_mut().zip(digest).for_each(|(byte, digit)| *byte = *digit);
    bytes
}

/// The keys that were seen, on disk.
pub(super) struct SeenKeys {
    folder: TempDir,
    buckets: Vec<Mutex<BufWriter<File>>>,
    names: Mutex<(BufWriter<File>, u64)>,
}

impl SeenKeys {
    /// Makes a folder of its own in the scratch folder.
    pub(super) fn create(scratch: &Path) -> Result<Self, ExportError> {
        let create = || {
            let folder = tempfile::Builder::new().prefix("ddbkit-lint-").tempdir_in(scratch)?;
            let buckets = create_buckets(folder.path(), "0")?.into_iter().map(Mutex::new);
            let names = BufWriter::new(File::create_new(folder.path().join("names"))?);
            Ok(Self { buckets: buckets.collect(), names: Mutex::new((names, 0)), folder })
        };
        create().map_err(|error| failed(scratch, error))
    }

    /// Keeps the name of an object and gives its place.
    pub(super) fn name(&self, object: &str) -> Result<u64, ExportError> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, at) = &mut *names;
        let place = *at;
        // A name may have line breaks, so its length stands before it.
        let length = object.len() as u64;
        let written = file.write_all(&length.to_be_bytes());
        let written = written.and_then(|()| file.write_all(object.as_bytes()));
        *at += 8 + length;
        written.map(|()| place).map_err(|error| failed(self.folder.path(), error))
    }

    pub(super) fn add(&self, records: &[Seen]) -> Result<(), ExportError> {
        let add = |record: &Seen| {
            let Some(file) = self.buckets.get(record.bucket(0)) else { return Ok(()) };
            record.write(&mut *file.lock().unwrap_or_else(PoisonError::into_inner))
        };
        records.iter().try_for_each(add).map_err(|error| failed(self.folder.path(), error))
    }
}

/// Compares all keys and puts those that are there twice into the report, which it completes.
pub(super) async fn find_duplicates(
    seen: SeenKeys,
    mut report: LintReport,
    control: &Control,
) -> Result<LintReport, ExportError> {
    let control = control.clone();
    let folder = seen.folder.path().to_owned();
    let stopped = folder.clone();
    let compared = tokio::task::spawn_blocking(move || {
        let compared = compare_all(seen, AT_ONCE, &control, &mut report);
        compared.map_err(|error| match control.check() {
            Err(_) => ExportError::new(ExportErrorKind::Cancelled, folder.display().to_string()),
            Ok(()) => failed(&folder, error),
        })?;
        Ok(report)
    });
    compared.await.map_err(|error| {
        ExportError::new(ExportErrorKind::Interrupted, stopped.display().to_string())
            .caused_by(error)
    })?
}

fn compare_all(
    seen: SeenKeys,
    at_once: u64,
    control: &Control,
    report: &mut LintReport,
) -> io::Result<()> {
    let SeenKeys { folder, buckets, names } = seen;
    let mut open = Vec::with_capacity(BUCKETS);
    for file in buckets {
        open.push(file.into_inner().unwrap_or_else(PoisonError::into_inner));
    }
    close(open)?;
    let (names, _) = names.into_inner().unwrap_or_else(PoisonError::into_inner);
    close(vec![names])?;
    let names = File::open(folder.path().join("names"))?;
    let mut comparison = Comparison { folder: folder.path(), names, at_once, control, report };
    for bucket in 0..BUCKETS {
        comparison.bucket(&path(folder.path(), "0", bucket), 1)?;
    }
    Ok(())
}

/// The comparison of all keys.
struct Comparison<'a> {
    folder: &'a Path,
    names: File,
    at_once: u64,
    control: &'a Control,
    report: &'a mut LintReport,
}

impl Comparison<'_> {
    /// Compares the keys of a file, whose bits below `level` are the same.
    fn bucket(&mut self, file: &Path, level: u32) -> io::Result<()> {
        self.control.check().map_err(io::Error::other)?;
        let records = std::fs::metadata(file)?.len() / RECORD as u64;
        let mut reader = BufReader::new(File::open(file)?);
        if records > self.at_once && BITS * level < u128::BITS {
            let stem = format!("{level}");
            let mut buckets = create_buckets(self.folder, &stem)?;
            while let Some(record) = Seen::read(&mut reader)? {
                if let Some(bucket) = buckets.get_mut(record.bucket(level)) {
                    record.write(bucket)?;
                }
            }
            close(buckets)?;
            drop(reader);
            std::fs::remove_file(file)?;
            for bucket in 0..BUCKETS {
                self.bucket(&path(self.folder, &stem, bucket), level + 1)?;
            }
            return Ok(());
        }
        if records > self.at_once {
            // All bits are the same: this is one key, a great many times.
            let mut group = Group::default();
            while let Some(record) = Seen::read(&mut reader)? {
                group.add(record);
            }
            self.report(&group)?;
        } else {
            let mut all = Vec::with_capacity(usize::try_from(records).unwrap_or_default());
            while let Some(record) = Seen::read(&mut reader)? {
                all.push(record);
            }
            all.sort_unstable();
            for equal in all.chunk_by(|a, b| a.key == b.key).filter(|equal| equal.len() > 1) {
                let mut group = Group::default();
                for record in equal {
                    group.add(*record);
                }
                self.report(&group)?;
            }
        }
        drop(reader);
        std::fs::remove_file(file)
    }

    fn report(&mut self, group: &Group) -> io::Result<()> {
        let (Some(first), Some(second)) = (group.first, group.second) else { return Ok(()) };
        self.report.duplicates += group.count - 1;
        let (object, other) = (self.name(second.place.0)?, self.name(first.place.0)?);
        let same = format!("the key of {other}:{}", first.place.1);
        let times = match group.count {
            2 => String::new(),
            count => format!(", {count} times in all"),
        };
        let (kind, why) = if group.is_equal {
            (FindingKind::RepeatedItem, "the contents are equal, and each is counted")
        } else {
            (FindingKind::DuplicateKey, "an arbitrary one stays, without error or log")
        };
        let finding = Finding::new(kind, object, format!("{same} again{times}: {why}"));
        self.report.find(finding.at_line(second.place.1));
        Ok(())
    }

    fn name(&mut self, at: u64) -> io::Result<String> {
        self.names.seek(SeekFrom::Start(at))?;
        let mut length = [0; 8];
        self.names.read_exact(&mut length)?;
        let mut name = Vec::new();
        (&self.names).take(u64::from_be_bytes(length)).read_to_end(&mut name)?;
        Ok(String::from_utf8_lossy(&name).into_owned())
    }
}

/// Items of one key.
#[derive(Default)]
struct Group {
    count: u64,
    first: Option<Seen>,
    second: Option<Seen>,
    is_equal: bool,
}

impl Group {
    fn add(&mut self, record: Seen) {
        self.is_equal =
            self.first.is_none_or(|first| self.is_equal && first.content == record.content);
        self.count += 1;
        let mut found: Vec<Seen> =
            self.first.into_iter().chain(self.second).chain([record]).collect();
        found.sort_unstable_by_key(|seen| seen.place);
        self.first = found.first().copied();
        self.second = found.get(1).copied();
    }
}

fn create_buckets(folder: &Path, stem: &str) -> io::Result<Vec<BufWriter<File>>> {
    let create = |bucket| Ok(BufWriter::new(File::create_new(path(folder, stem, bucket))?));
    (0..BUCKETS).map(create).collect()
}

fn close(files: Vec<BufWriter<File>>) -> io::Result<()> {
    files
        .into_iter()
        .try_for_each(|file| file.into_inner().map(drop).map_err(io::IntoInnerError::into_error))
}

fn path(folder: &Path, stem: &str, bucket: usize) -> PathBuf {
    folder.join(format!("keys-{stem}-{bucket}"))
}

fn failed(folder: &Path, error: io::Error) -> ExportError {
    ExportError::new(ExportErrorKind::Scratch, folder.display().to_string()).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Compression;
    use crate::lint::InputFormat;

    fn found(keys: impl IntoIterator<Item = u32>, at_once: u64) -> LintReport {
        let scratch = tempfile::tempdir().unwrap();
        let seen = SeenKeys::create(scratch.path()).unwrap();
        let name = seen.name("data/a.json").unwrap();
        for (line, key) in (1..).zip(keys) {
            let key: Item = [("pk", key.to_string())].into_iter().collect();
            seen.add(&[Seen::new(&key, &key, name, line)]).unwrap();
        }
        let mut report = LintReport::new(InputFormat::Csv, Compression::None, 100);
        compare_all(seen, at_once, &Control::new(), &mut report).unwrap();
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
        report.sorted()
    }

    #[test]
    fn every_key_that_is_there_twice_is_found_however_little_is_held() {
        let keys = || (0..400).chain([7, 399, 7]);
        for at_once in [1 << 20, 4] {
            let report = found(keys(), at_once);
            assert_eq!(report.duplicates, 3, "{at_once}");
            let lines: Vec<_> = report.findings.iter().map(|finding| finding.line).collect();
            assert_eq!(lines, [Some(401), Some(402)], "{at_once}");
            assert_eq!(
                report.findings[0].to_string(),
                "data/a.json:401: the key of data/a.json:8 again, 3 times in all: the contents are \
                 equal, and each is counted"
            );
        }
        assert_eq!(found(0..400, 3).duplicates, 0);
    }

    #[test]
    fn one_key_a_great_many_times_needs_no_memory() {
        assert_eq!(found(std::iter::repeat_n(5, 300), 10).duplicates, 299);
    }
}

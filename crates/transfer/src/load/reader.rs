//! Takes lines from a source to the lanes of their keys.

use crate::Shard;
use crate::budget::ItemBudget;
use crate::load::frontier::{Frontiers, Ticket};
use crate::load::given::unreadable;
use crate::load::item::{Place, QueuedItem};
use crate::load::items::{self, ItemSource, SourceItem};
use crate::load::lane_queue::Groups;
use crate::load::record;
use crate::load::writing::{Looked, Writing};
use crate::workers::died;
use crate::{TransferError, TransferErrorKind};
use bytes::Bytes;
use ddbkit_codec::lines::{LineBatch, LineError, LineReader};
use ddbkit_export::{DataFile, ExportReader, ReadOptions};
use ddbkit_flow::ProgressEvent;
use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

/// How many data files are read at the same time.
const FILES_AT_ONCE: usize = 4;

/// How many lines are settled together: the frontier moves in steps of these.
const LINES_A_TICKET: u64 = 64;

/// Where the lines come from.
pub(crate) enum Source {
    Export(Arc<ExportFiles>),
    Stream(Box<dyn Read + Send>, Arc<str>),
    Items(Box<dyn ItemSource>),
}

/// What the lines of a source are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lines {
    /// Items.
    Items,
    /// Records of an incremental export.
    Records,
}

/// The data files of an export, each read by one of the readers.
pub(crate) struct ExportFiles {
    reader: ExportReader,
    shard: Option<Shard>,
    next: AtomicUsize,
}

impl ExportFiles {
    fn next(&self) -> Option<&DataFile> {
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let file = self.reader.files().get(index)?;
            if self.shard.is_none_or(|shard| shard.has(index)) {
                return Some(file);
            }
        }
    }
}

impl Source {
    pub(crate) fn export(reader: ExportReader, shard: Option<Shard>) -> Self {
        Self::Export(Arc::new(ExportFiles { reader, shard, next: AtomicUsize::new(0) }))
    }

    pub(crate) fn stream(reader: impl Read + Send + 'static, name: &str) -> Self {
        Self::Stream(Box::new(reader), name.into())
    }

    /// The export that it is.
    #[cfg(feature = "offload")]
    pub(crate) fn reader(&self) -> Option<&ExportReader> {
        match self {
            Self::Export(files) => Some(&files.reader),
            Self::Stream(..) | Self::Items(_) => None,
        }
    }

    /// Starts the tasks that read. When the last one ends, the lanes end.
    pub(crate) fn spawn_readers(
        self,
        router: Router,
        tasks: &mut JoinSet<Result<(), TransferError>>,
    ) {
        match self {
            Self::Export(files) => {
                let readers = FILES_AT_ONCE.min(files.reader.files().len());
                for _ in 0..readers {
                    tasks.spawn(read_files(files.clone(), router.clone()));
                }
            }
            Self::Stream(reader, name) => {
                tasks.spawn(read_stream(reader, name, router));
            }
            Self::Items(source) => {
                tasks.spawn(items::read(source, router));
            }
        }
    }
}

async fn read_files(files: Arc<ExportFiles>, router: Router) -> Result<(), TransferError> {
    while let Some(file) = files.next() {
        let name: Arc<str> = file.data_file_s3_key.as_str().into();
        let lines = files.reader.read_file(file, ReadOptions::default()).await;
        let mut lines = lines.map_err(unreadable)?;
        while let Some(batch) = router.control_run(lines.next()).await?.map_err(unreadable)? {
            let lines = batch.first_line..batch.first_line + batch.lines;
            if !router.route(&name, &batch.bytes, lines, |line| batch.refusal(line)).await? {
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn read_stream(
    reader: Box<dyn Read + Send>,
    name: Arc<str>,
    router: Router,
) -> Result<(), TransferError> {
    let (sender, mut batches) = mpsc::channel(1);
    let reading = tokio::task::spawn_blocking(move || read_all(reader, &sender));
    while let Some((bytes, lines)) = router.control_run(batches.recv()).await? {
        if !router.route(&name, &bytes, lines, |_| None).await? {
            return Ok(());
        }
    }
    let read = reading.await.map_err(|error| died(&error))?;
    read.map_err(|error| {
        let message = format!("{name} cannot be read");
        TransferError::caused(TransferErrorKind::Source, message, error)
    })
}

/// Reads until the end, or until nobody takes the lines any more.
fn read_all(
    reader: Box<dyn Read + Send>,
    batches: &mpsc::Sender<(Bytes, Range<u64>)>,
) -> Result<(), LineError> {
    let mut lines = LineReader::new(reader);
    loop {
        let mut batch = LineBatch::default();
        if !lines.next_batch(&mut batch)? {
            return Ok(());
        }
        let numbers = batch.first_line..batch.first_line + batch.lines;
        if batches.blocking_send((batch.bytes.into(), numbers)).is_err() {
            return Ok(());
        }
    }
}

/// Sends each line to the lane of its key.
#[derive(Clone)]
pub(crate) struct Router {
    writing: Arc<Writing>,
    lanes: Vec<mpsc::Sender<Vec<QueuedItem>>>,
    memory: Arc<Semaphore>,
    budget: Arc<ItemBudget>,
    frontiers: Arc<Frontiers>,
}

impl Router {
    pub(crate) fn new(
        writing: Arc<Writing>,
        lanes: Vec<mpsc::Sender<Vec<QueuedItem>>>,
        memory: Arc<Semaphore>,
        budget: Arc<ItemBudget>,
        frontiers: Arc<Frontiers>,
    ) -> Self {
        Self { writing, lanes, memory, budget, frontiers }
    }

    pub(super) async fn control_run<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, TransferError> {
        Ok(self.writing.control().run(work).await?)
    }

    /// Routes a batch of lines but those that are refused already; whether more are wanted.
    async fn route<'a>(
        &self,
        name: &Arc<str>,
        lines: &Bytes,
        numbers: Range<u64>,
        refusal: impl Fn(u64) -> Option<&'a str>,
    ) -> Result<bool, TransferError> {
        let settled = self.frontiers.settled(name);
        if numbers.end <= settled + 1 {
            self.resumed(numbers.end - numbers.start, lines.len());
            return Ok(true);
        }
        let permit = self.control_run(self.memory.clone().acquire_owned()).await?;
        let memory = Arc::new(permit.map_err(|_| TransferError::interrupted())?);
        let begin = |first: u64| {
            let last = (first + LINES_A_TICKET).min(numbers.end);
            (last, self.frontiers.begin(name, first..last, memory.clone()))
        };
        let unsettled = numbers.clone().zip(cut(lines)).filter(|(number, _)| *number > settled);
        let pointers = self.writing.look_at_pointers(lines, unsettled);
        let mut pointers = self.control_run(pointers).await??;
        let (mut end, mut ticket) = begin(numbers.start.max(settled + 1));
        let mut groups = Groups::new(&self.lanes);
        for (number, line) in numbers.clone().zip(cut(lines)) {
            if number == end {
                ticket.settle();
                (end, ticket) = begin(number);
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            if number <= settled {
                self.resumed(1, line.len());
                continue;
            }
            if self.budget.take(1) == 0 {
                groups.flush().await?;
                return Ok(false);
            }
            self.writing.tally.read.add(1);
            self.writing.tally.json_bytes.add(line.len() as u64 + 1);
            let place = Place { file: name.clone(), line: number };
            let line = lines.slice_ref(line);
            let refused = refusal(number).map(str::to_owned);
            let (line, refused) = after_look(line, refused, pointers.remove(&number));
            match refused.map_or_else(|| self.queued(&line, &place, &ticket), Err) {
                Ok(Some(item)) => groups.add(item).await?,
                Ok(None) => self.writing.tally.skipped_expired.add(1),
                Err(why) => self.writing.reject_line(&line, &place, &ticket, &why).await?,
            }
        }
        groups.flush().await?;
        ticket.settle();
        Ok(true)
    }

    /// Routes items that have places of their own; whether more are wanted. `numbers` counts them.
    pub(super) async fn route_items(
        &self,
        items: Vec<SourceItem>,
        numbers: Range<u64>,
    ) -> Result<bool, TransferError> {
        let permit = self.control_run(self.memory.clone().acquire_owned()).await?;
        let memory = Arc::new(permit.map_err(|_| TransferError::interrupted())?);
        let ticket = self.frontiers.begin(&"items".into(), numbers, memory);
        let mut groups = Groups::new(&self.lanes);
        let items: Vec<_> = items.into_iter().map(SourceItem::into_parts).collect();
        let mut pointers = HashMap::new();
        for (number, (_, text, _)) in (0..).zip(&items) {
            // Texts of other tools lie apart: each is a batch.
            let line = std::iter::once((number, &text[..]));
            let refused = self.writing.look_at_pointers(text, line);
            pointers.extend(self.control_run(refused).await??);
        }
        for (number, (place, text, refused)) in (0..).zip(items) {
            if self.budget.take(1) == 0 {
                groups.flush().await?;
                return Ok(false);
            }
            let (text, refused) = after_look(text, refused, pointers.remove(&number));
            self.writing.tally.read.add(1);
            self.writing.tally.json_bytes.add(text.len() as u64 + 1);
            let queued = refused.map_or_else(|| self.queued(&text, &place, &ticket), Err);
            match queued {
                Ok(Some(item)) => groups.add(item).await?,
                Ok(None) => self.writing.tally.skipped_expired.add(1),
                Err(why) => self.writing.reject_line(&text, &place, &ticket, &why).await?,
            }
        }
        groups.flush().await?;
        ticket.settle();
        Ok(true)
    }

    /// Lines that an earlier run settled.
    fn resumed(&self, lines: u64, bytes: usize) {
        self.writing.tally.resumed.add(lines);
        let event = ProgressEvent::Advanced { items: lines, bytes: bytes as u64 };
        self.writing.control().emit(&event);
    }

    /// The item on its way; none when it is left out.
    fn queued(
        &self,
        line: &Bytes,
        place: &Place,
        ticket: &Arc<Ticket>,
    ) -> Result<Option<QueuedItem>, String> {
        if self.writing.lines == Lines::Records {
            return record::queued(&self.writing.keys, line, place, ticket).map(Some);
        }
        let (item, key) = self.writing.keys.of_line(line)?;
        if !self.writing.takes_expired(&item)? {
            return Ok(None);
        }
        let (json, spread) = (line.slice_ref(item.as_bytes()), key.spread());
        let (line, place) = (line.clone(), place.clone());
        ticket.add();
        let ticket = ticket.clone();
        let (deadline, change) = (None, None);
        Ok(Some(QueuedItem { line, json, key, spread, place, deadline, ticket, change }))
    }
}

/// The line that is written, and why it is not.
fn after_look(
    line: Bytes,
    refused: Option<String>,
    looked: Option<Looked>,
) -> (Bytes, Option<String>) {
    match (refused, looked) {
        (None, Some(Ok(line))) => (line, None),
        (None, Some(Err(why))) => (line, Some(why)),
        (refused, _) => (line, refused),
    }
}

/// The lines without their ends. What stands behind the last end is a line too.
fn cut(lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'\n', lines).chain(std::iter::once(lines.len()));
    let mut start = 0;
    ends.filter_map(move |end| {
        let line = lines.get(start..end);
        start = end + 1;
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_as_split_cuts_them() {
        for text in ["", "\n", "a", "a\n", "a\nbc", "a\n\nbc\n"] {
            let expected: Vec<_> = text.as_bytes().split(|byte| *byte == b'\n').collect();
            assert_eq!(cut(text.as_bytes()).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }
}

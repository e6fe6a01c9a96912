//! The list of what may be deleted, as a file of JSON lines: a head that says for what it was made, a
//! line for each object, an end that proves that the list is whole.

use super::objects::ListedObject;
use crate::{OffloadError, OffloadErrorKind};
use ddbkit_store::{ObjectReader, ObjectWriter, PutOptions, Store, StoreErrorKind};
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// The version that is written, and the newest that is read.
const VERSION: u64 = 1;
/// Bytes that are gathered before they are written.
const BUFFER: usize = 256 * 1024;
/// The longest line: a key of 1,024 bytes, in the worst case all escaped.
const MAX_LINE: usize = 16 * 1024;

/// What a plan was made for. Applying it elsewhere, or with a shorter grace, is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPin {
    /// The ARN of the table.
    pub table_arn: String,
    /// The bucket.
    pub bucket: String,
    /// The prefix, without slashes at its ends.
    pub prefix: String,
    /// The time of the mark by the clock of S3.
    #[serde(with = "rfc3339")]
    pub mark_time: SystemTime,
    /// Only objects that were older than this at the time of the mark are in the plan.
    #[serde(rename = "grace_seconds", with = "seconds")]
    pub grace: Duration,
    /// Whether objects that `pynamodb_mate` wrote are in it.
    pub writers_stopped: bool,
}

impl PlanPin {
    /// Objects that were written later are no candidates.
    pub(super) fn written_before(&self) -> SystemTime {
        self.mark_time.checked_sub(self.grace).unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    ddbkit_offload_plan: u64,
    id: String,
    #[serde(flatten)]
    pin: PlanPin,
}

/// An object that may be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedObject {
    /// Its key.
    pub key: String,
    /// Its length in bytes.
    pub size: u64,
    /// When it was written.
    #[serde(with = "rfc3339")]
    pub modified: SystemTime,
}

impl From<ListedObject> for PlannedObject {
    fn from(object: ListedObject) -> Self {
        Self { key: object.key, size: object.size, modified: object.modified }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    #[serde(rename = "end")]
    last: bool,
    objects: u64,
    bytes: u64,
}

pub(super) struct PlanWriter {
    writer: ObjectWriter,
    buffer: Vec<u8>,
    objects: u64,
    bytes: u64,
}

impl PlanWriter {
    pub(super) async fn create(
        store: &Store,
        name: &str,
        pin: &PlanPin,
    ) -> Result<Self, OffloadError> {
        let options = PutOptions {
            content_type: Some("application/x-ndjson".to_owned()),
            ..PutOptions::default()
        };
        let writer = store.writer(name, options).await?;
        let mut plan = Self { writer, buffer: vec![], objects: 0, bytes: 0 };
        let id = uuid::Uuid::now_v7().to_string();
        plan.line(&Head { ddbkit_offload_plan: VERSION, id, pin: pin.clone() }).await?;
        Ok(plan)
    }

    pub(super) async fn push(&mut self, object: &PlannedObject) -> Result<(), OffloadError> {
        self.objects += 1;
        self.bytes += object.size;
        self.line(object).await
    }

    async fn line(&mut self, line: &impl Serialize) -> Result<(), OffloadError> {
        serde_json::to_writer(&mut self.buffer, line).map_err(|error| {
            OffloadError::caused(OffloadErrorKind::Io, "a line of the plan has no JSON", error)
        })?;
        self.buffer.push(b'\n');
        if self.buffer.len() >= BUFFER {
            let full = std::mem::take(&mut self.buffer);
            self.writer.write(full.into()).await?;
        }
        Ok(())
    }

    /// Makes the plan visible.
    pub(super) async fn finish(mut self) -> Result<(), OffloadError> {
        self.line(&End { last: true, objects: self.objects, bytes: self.bytes }).await?;
        self.writer.write(std::mem::take(&mut self.buffer).into()).await?;
        self.writer.finish().await?;
        Ok(())
    }

    pub(super) async fn abort(self) -> Result<(), OffloadError> {
        Ok(self.writer.abort().await?)
    }
}

/// Reads a plan; only its head and the lines that were not taken yet are held.
pub(super) struct PlanReader {
    reader: ObjectReader,
    name: String,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were taken.
    taken: usize,
    pub(super) id: String,
    pub(super) pin: PlanPin,
    /// Objects given, or passed over.
    pub(super) objects: u64,
    bytes: u64,
    ended: bool,
}

impl PlanReader {
    /// Opens a plan, after a look at its end.
    pub(super) async fn open(store: &Store, name: &str) -> Result<Self, OffloadError> {
        let reader = store.read(name).await.map_err(|error| {
            let kind = if error.kind() == StoreErrorKind::NotFound {
                OffloadErrorKind::InvalidInput
            } else {
                OffloadErrorKind::Store
            };
            OffloadError::caused(kind, format!("the plan {name:?} cannot be opened"), error)
        })?;
        let size = reader.meta().size;
        let tail = store.read_range(name, size.saturating_sub(MAX_LINE as u64)..size).await?;
        let last =
            tail.strip_suffix(b"\n").and_then(|tail| tail.split(|byte| *byte == b'\n').next_back());
        let is_whole = last.is_some_and(|line| serde_json::from_slice::<End>(line).is_ok());
        let pin = PlanPin {
            table_arn: String::new(),
            bucket: String::new(),
            prefix: String::new(),
            mark_time: SystemTime::UNIX_EPOCH,
            grace: Duration::ZERO,
            writers_stopped: false,
        };
        let mut plan = Self {
            reader,
            name: name.to_owned(),
            buffer: vec![],
            taken: 0,
            id: String::new(),
            pin,
            objects: 0,
            bytes: 0,
            ended: false,
        };
        let line = plan.line().await?;
        let version = serde_json::from_slice::<serde_json::Value>(&line).ok();
        match version.as_ref().and_then(|head| head.get("ddbkit_offload_plan")?.as_u64()) {
            Some(VERSION) => {}
            Some(newer) if newer > VERSION => {
                return Err(OffloadError::new(
                    OffloadErrorKind::UnsupportedVersion,
                    format!("the plan {name:?} is of version {newer}: update this program"),
                ));
            }
            _ => return Err(plan.damaged("does not start as a plan does")),
        }
        if !is_whole {
            return Err(plan.damaged("has no end: make it again"));
        }
        let head = serde_json::from_slice::<Head>(&line);
        let head = head.map_err(|_| plan.damaged("does not start as a plan does"))?;
        (plan.id, plan.pin) = (head.id, head.pin);
        Ok(plan)
    }

    fn damaged(&self, how: &str) -> OffloadError {
        let message = format!("the plan {:?} {how}", self.name);
        OffloadError::new(OffloadErrorKind::InvalidInput, message)
    }

    /// The next line, empty at the end.
    async fn line(&mut self) -> Result<Vec<u8>, OffloadError> {
        loop {
            let rest = self.buffer.get(self.taken..).unwrap_or_default();
            if let Some(end) = memchr(rest) {
                let line = rest.get(..end).unwrap_or_default().to_vec();
                self.taken += end + 1;
                return Ok(line);
            }
            if rest.len() > MAX_LINE {
                return Err(self.damaged("has a line that is too long"));
            }
            self.buffer.drain(..self.taken);
            self.taken = 0;
            match self.reader.next_chunk().await? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None => return Ok(std::mem::take(&mut self.buffer)),
            }
        }
    }

    /// The next object, `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<PlannedObject>, OffloadError> {
        if self.ended {
            return Ok(None);
        }
        let line = self.line().await?;
        if let Ok(object) = serde_json::from_slice::<PlannedObject>(&line) {
            self.objects += 1;
            self.bytes += object.size;
            return Ok(Some(object));
        }
        match serde_json::from_slice::<End>(&line) {
            Ok(end) if end.last && (end.objects, end.bytes) == (self.objects, self.bytes) => {
                self.ended = true;
                Ok(None)
            }
            _ => {
                let line = self.objects + 2;
                Err(self.damaged(&format!("is damaged in line {line}")))
            }
        }
    }
}

fn memchr(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n')
}

/// Times as people read them.
pub(super) mod rfc3339 {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::time::SystemTime;

    pub(in crate::gc) fn text(time: SystemTime) -> String {
        jiff::Timestamp::try_from(time).map(|time| time.to_string()).unwrap_or_default()
    }

    pub(in crate::gc) fn serialize<S: Serializer>(
        time: &SystemTime,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(&text(*time))
    }

    pub(in crate::gc) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<SystemTime, D::Error> {
        let text = String::deserialize(from)?;
        let time = text.parse::<jiff::Timestamp>().map_err(D::Error::custom)?;
        Ok(time.into())
    }
}

mod seconds {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::time::Duration;

    pub(in crate::gc) fn serialize<S: Serializer>(
        time: &Duration,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_f64(time.as_secs_f64())
    }

    pub(in crate::gc) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(from)?).map_err(D::Error::custom)
    }
}

//! Verify: whether every pointer of a table resolves.

use super::collector::GarbageCollector;
use super::objects::{head, length_of};
use super::pointers::{Found, SdkItem, visit};
use crate::{BlobPointer, Encoding, ItemKey, OffloadError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use ddbkit_flow::{Control, ProgressEvent};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::Write;

/// Objects that are looked at at once.
const LOOKS: usize = 32;
/// Problems that a report shows; all are counted.
const SHOWN: usize = 1000;

/// How pointers are verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// Also read every object and compare its SHA-256 with that of the pointer.
    pub hashes: bool,
}

/// What is wrong with a pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// Its object is gone.
    Dangling,
    /// Its object has another length than the pointer says.
    Length,
    /// Its object has other bytes than the pointer says.
    Hash,
    /// It leads to an object of another item or place: the collector does not keep that for it.
    Foreign,
    /// It bears the mark of a pointer and cannot be read.
    Unreadable,
}

/// A pointer that does not resolve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The owner of the item: the hash of its table and key.
    pub owner: String,
    /// The attribute of the item in which the pointer is.
    pub attribute: String,
    /// The key of the object, empty where it cannot be read.
    pub object: String,
}

/// What `verify` found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Items that were scanned.
    pub items: u64,
    /// Read capacity units that the scan consumed.
    pub read_units: f64,
    /// Pointers that were found.
    pub pointers: u64,
    /// Bytes of values that they stand for.
    pub bytes: u64,
    /// Pointers that do not resolve.
    pub bad: u64,
    /// The first thousand of them.
    pub problems: Vec<Problem>,
}

/// A pointer, and where it stands.
struct Place {
    key: ItemKey,
    attribute: String,
    pointer: Result<BlobPointer, OffloadError>,
}

pub(super) async fn verify(
    collector: &GarbageCollector,
    options: &VerifyOptions,
    control: &Control,
) -> Result<VerifyReport, OffloadError> {
    let mut report = VerifyReport::default();
    let mut pages = std::pin::pin!(collector.scan().pages());
    while let Some(page) = control.run(pages.next()).await? {
        let page = page?;
        report.items += page.items.len() as u64;
        report.read_units += page.read_units;
        let mut places = Vec::new();
        for item in &page.items {
            pointers_of(collector, item, &mut places)?;
        }
        report.pointers += places.len() as u64;
        let looks = stream::iter(places).map(|place| async move {
            let len = place.pointer.as_ref().map_or(0, |pointer| pointer.len);
            Ok::<_, OffloadError>((len, look(collector, place, options.hashes).await?))
        });
        let looks = looks.buffer_unordered(LOOKS).try_collect::<Vec<_>>();
        for (len, problem) in control.run(looks).await?? {
            report.bytes += len;
            report.bad += u64::from(problem.is_some());
            if report.problems.len() < SHOWN {
                report.problems.extend(problem);
            }
        }
        control.emit(&ProgressEvent::Advanced { items: page.items.len() as u64, bytes: 0 });
    }
    Ok(report)
}

fn pointers_of(
    collector: &GarbageCollector,
    item: &SdkItem,
    places: &mut Vec<Place>,
) -> Result<(), OffloadError> {
    let key = ItemKey::of_item(&collector.ownership.table_name, &collector.key_schema, item)?;
    for (attribute, value) in item {
        visit(value, &mut |found| {
            if let Found::Pointer(pointer) = found {
                let (key, attribute) = (key.clone(), attribute.clone());
                places.push(Place { key, attribute, pointer });
            }
            Ok(())
        })?;
    }
    Ok(())
}

async fn look(
    collector: &GarbageCollector,
    place: Place,
    hashes: bool,
) -> Result<Option<Problem>, OffloadError> {
    let owner = place.key.owner();
    let problem = |kind, object: &str| {
        let (owner, attribute) = (owner.to_string(), place.attribute.clone());
        Ok(Some(Problem { kind, owner, attribute, object: object.to_owned() }))
    };
    let Ok(pointer) = &place.pointer else { return problem(ProblemKind::Unreadable, "") };
    let found = resolve(collector, pointer, hashes).await?;
    if found == Some(ProblemKind::Dangling) && has_moved(collector, &place.key, pointer).await? {
        return Ok(None);
    }
    let is_own =
        pointer.bucket == collector.bucket && collector.layout.owner(&pointer.key) == Some(owner);
    match found.or((!is_own).then_some(ProblemKind::Foreign)) {
        Some(kind) => problem(kind, &pointer.key),
        None => Ok(None),
    }
}

/// Whether an item points elsewhere by now: it was written after its page was read.
async fn has_moved(
    collector: &GarbageCollector,
    key: &ItemKey,
    pointer: &BlobPointer,
) -> Result<bool, OffloadError> {
    let get = collector.dynamodb.get_item().table_name(key.table()).consistent_read(true);
    let item = get.set_key(Some(key.to_sdk())).send().await;
    let item =
        item.map_err(|error| OffloadError::dynamodb(format_args!("reading {key}"), error))?.item;
    let mut is_there = false;
    for value in item.iter().flat_map(|item| item.values()) {
        visit(value, &mut |found| {
            if let Found::Pointer(Ok(now)) = found {
                is_there |= now.key == pointer.key;
            }
            Ok(())
        })?;
    }
    Ok(!is_there)
}

async fn resolve(
    collector: &GarbageCollector,
    pointer: &BlobPointer,
    hashes: bool,
) -> Result<Option<ProblemKind>, OffloadError> {
    let BlobPointer { bucket, key, .. } = pointer;
    let Some(head) = head(&collector.s3, bucket, key).await? else {
        return Ok(Some(ProblemKind::Dangling));
    };
    if length_of(&head) != Some(pointer.stored_len) {
        return Ok(Some(ProblemKind::Length));
    }
    if !hashes {
        return Ok(None);
    }
    let what = || format!("reading s3://{bucket}/{key}");
    let body = match collector.s3.get_object().bucket(bucket).key(key).send().await {
        Ok(answer) => answer.body,
        Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
            return Ok(Some(ProblemKind::Dangling));
        }
        Err(error) => return Err(OffloadError::s3(what(), error)),
    };
    let is_right = has_hash(body, pointer).await.map_err(|error| {
        OffloadError::caused(crate::OffloadErrorKind::S3, format!("{} failed", what()), error)
    })?;
    Ok((!is_right).then_some(ProblemKind::Hash))
}

/// Takes the bytes of a value: counts and hashes them, and no more of them than the pointer says.
struct Hashed {
    sha256: Sha256,
    left: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or_else(|| std::io::Error::other("the value is longer than that"))?;
        self.sha256.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Reads a body piece by piece, and says whether it is the value of the pointer.
async fn has_hash(
    mut body: ByteStream,
    pointer: &BlobPointer,
) -> Result<bool, aws_sdk_s3::primitives::ByteStreamError> {
    let hashed = Hashed { sha256: Sha256::new(), left: pointer.len };
    let mut plain = match pointer.encoding {
        Encoding::Zstd => match zstd::stream::write::Decoder::new(hashed) {
            Ok(decoder) => Value::Zstd(Box::new(decoder)),
            Err(_) => return Ok(false),
        },
        _ => Value::Plain(hashed),
    };
    while let Some(chunk) = body.next().await {
        let chunk = chunk?;
        let taken = match &mut plain {
            Value::Plain(hashed) => hashed.write_all(&chunk),
            Value::Zstd(decoder) => decoder.write_all(&chunk),
        };
        if taken.is_err() {
            return Ok(false);
        }
    }
    let hashed = match plain {
        Value::Plain(hashed) => hashed,
        Value::Zstd(mut decoder) => {
            if decoder.flush().is_err() {
                return Ok(false);
            }
            decoder.into_inner()
        }
    };
    Ok(hashed.left == 0 && hashed.sha256.finalize()[..] == pointer.sha256)
}

enum Value {
    Plain(Hashed),
    Zstd(Box<zstd::stream::write::Decoder<'static, Hashed>>),
}

//! The values in S3 to which archived items point.

use super::report::{ArchiveFaultKind as Fault, ArchiveVerifyReport as Report};
use crate::sink::values::item_of;
use crate::{ArchiveError, LineFormat, Sidecar, VALUES_PREFIX};
use ddbkit_codec::lines::LineBatch;
use ddbkit_offload::copy::BlobFolder;
use ddbkit_offload::{BlobPointer, OffloadErrorKind, is_pointer_text};
use ddbkit_store::Store;
use std::collections::BTreeSet;

/// A pointer that an archived item has.
#[derive(Debug)]
pub(super) struct Pointing {
    line: u64,
    attribute: String,
    /// Why it is none, when it cannot be read.
    pointer: Result<BlobPointer, String>,
    /// The archiver says that its value is lost.
    is_lost: bool,
}

/// The pointers of a file whose values were archived with it.
pub(super) fn pointing(
    batch: &LineBatch,
    format: LineFormat,
    sidecar: Option<&Sidecar>,
) -> Vec<Pointing> {
    let mut all = Vec::new();
    let Some(sidecar) = sidecar.filter(|sidecar| sidecar.with_values) else { return all };
    for (line, about) in batch.iter().zip(&sidecar.lines) {
        if !is_pointer_text(line.bytes) {
            continue;
        }
        // A line that has no item is told of where lines are.
        let Ok(item) = item_of(line.bytes, format) else { continue };
        for (attribute, value) in item.iter() {
            let Some(pointer) = BlobPointer::from_attribute(value) else { continue };
            all.push(Pointing {
                line: line.number,
                attribute: attribute.to_owned(),
                pointer: pointer.map_err(|error| error.to_string()),
                is_lost: about.lost_values.iter().any(|lost| lost == attribute),
            });
        }
    }
    all
}

/// Proves values by their SHA-256, each once.
pub(super) struct Values {
    folder: BlobFolder,
    /// The names of those that are proven.
    proven: BTreeSet<String>,
}

impl Values {
    pub(super) fn of(store: &Store) -> Self {
        Self { folder: BlobFolder::new(store.subtree(VALUES_PREFIX)), proven: BTreeSet::new() }
    }

    /// Proves the values of a file.
    pub(super) async fn check(
        &mut self,
        file: &str,
        pointing: Vec<Pointing>,
        report: &mut Report,
    ) -> Result<(), ArchiveError> {
        for Pointing { line, attribute, pointer, is_lost } in pointing {
            let why = match pointer {
                Err(why) => Err(why),
                Ok(pointer) => self.prove(&pointer, report).await?,
            };
            let Err(why) = why else { continue };
            let place = format!("line {line}, attribute {attribute:?}");
            if is_lost {
                let detail = format!("{place}: its value was lost before it could be archived");
                report.fault(Fault::LostValue, file, detail);
            } else {
                report.fault(Fault::Value, file, format!("{place}: {why}"));
            }
        }
        Ok(())
    }

    async fn prove(
        &mut self,
        pointer: &BlobPointer,
        report: &mut Report,
    ) -> Result<Result<(), String>, ArchiveError> {
        let name = BlobFolder::name_of(pointer);
        if self.proven.contains(&name) {
            return Ok(Ok(()));
        }
        match self.folder.prove(pointer).await {
            Ok(bytes) => {
                self.proven.insert(name);
                report.values += 1;
                report.value_bytes += bytes;
                Ok(Ok(()))
            }
            Err(error) if matches!(error.kind(), OffloadErrorKind::Store) => {
                let message = "a value in the archive cannot be read";
                Err(ArchiveError::new(crate::ArchiveErrorKind::Store, message).caused_by(error))
            }
            Err(error) => Ok(Err(error.to_string())),
        }
    }
}

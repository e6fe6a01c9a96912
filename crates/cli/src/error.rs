//! Errors for the person at the terminal: one line, a hint where there is one, the exit code.

use crate::exit::{self, Exit};
use crate::hints;
use crate::job_errors;
use aws_sdk_s3::error::ErrorMetadata;
use ddbkit::columnar::{ColumnarError, ColumnarErrorKind};
use ddbkit::export::{ExportError, ExportErrorKind, MergeRefusal};
use ddbkit::foreign::{ForeignError, ForeignErrorKind};
use ddbkit::store::{StoreError, StoreErrorKind};
use ddbkit::table::{TableError, TableErrorKind};
use ddbkit::transfer::{TransferError, TransferErrorKind};
use std::error::Error as StdError;
use std::fmt;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    hint: Option<&'static str>,
    /// The same command can never succeed.
    is_final: bool,
    goes_on: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None, is_final: false, goes_on: false }
    }

    /// The command line is wrong in a way that the parser does not see.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(exit::USAGE, message)
    }

    /// The environment is wrong.
    pub(crate) fn environment(message: impl Into<String>) -> Self {
        Self::new(exit::ENVIRONMENT, message)
    }

    /// The service refuses, or did not do what it was asked for.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(exit::REFUSED, message)
    }

    /// Anything else.
    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::new(exit::OTHER, message)
    }

    /// What a library of ours says.
    pub(crate) fn of_library(exit: Exit, message: String, hint: Option<&'static str>) -> Self {
        Self { hint, ..Self::new(exit, message) }
    }

    /// The same, because the program was asked to stop.
    pub(crate) fn stopped(self, exit: Exit) -> Self {
        Self { goes_on: self.goes_on, ..Self::new(exit, "interrupted") }
    }

    /// Says that the same command goes on, where it does: not after a mistake in the command line.
    pub(crate) fn resumable(mut self, is_resumable: bool) -> Self {
        self.goes_on = is_resumable && !self.is_final && self.exit != exit::USAGE;
        self
    }

    pub(crate) fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// What to do about it.
    pub(crate) fn hints(&self) -> impl Iterator<Item = &'static str> {
        let again = "the same command goes on from where this one stopped";
        self.hint.into_iter().chain(self.goes_on.then_some(again))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// An error with its causes on one line. A cause that says what was said before is left out.
pub(crate) fn line(error: &(dyn StdError + 'static)) -> String {
    let mut line = String::new();
    let mut causes: Vec<_> = causes(error).collect();
    // Where there was no answer the innermost cause has the facts ("connection refused"); what the
    // layers of the SDK say between says nothing. Where S3 answered, its words were told before.
    let layers = causes.iter().position(|error| {
        let table: Option<&TableError> = error.downcast_ref();
        error.is::<StoreError>()
            || table.is_some_and(|error| error.kind() == TableErrorKind::Connection)
    });
    if let Some(at) = layers {
        let behind = causes.split_off(at + 1);
        causes.extend(behind.last().filter(|error| !error.is::<ErrorMetadata>()));
    }
    for cause in causes {
        let text = cause.to_string().replace('\n', " ");
        if line.is_empty() {
            line = text;
        } else if !line.ends_with(&text) {
            line = format!("{line}: {text}");
        }
    }
    line
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        use TransferErrorKind as Kind;
        let exit = match error.kind() {
            Kind::Interrupted => exit::INTERRUPTED,
            Kind::Credentials | Kind::Connection => exit::ENVIRONMENT,
            Kind::TableNotFound
            | Kind::TableExists
            | Kind::AccessDenied
            | Kind::Throttled
            | Kind::Service => exit::REFUSED,
            Kind::Options => exit::USAGE,
            Kind::TooManyRejects => exit::PARTLY,
            // A store that refuses is told by its own error.
            _ => store_cause(&error).map_or(exit::OTHER, exit_of_store),
        };
        let hint = match error.kind() {
            Kind::TableNotFound => Some(hints::NAME),
            Kind::TableExists => Some("leave out --create-table to load into the table"),
            Kind::Credentials => Some(hints::CREDENTIALS),
            Kind::Connection => Some(hints::CONNECTION),
            Kind::Throttled => Some("set a rate with --read-capacity or --write-capacity"),
            Kind::IncrementalExport => Some("put it onto a table with `ddbkit apply`"),
            Kind::FullExport => Some("load it with `ddbkit load`, then apply what came after it"),
            Kind::OtherTable => Some("a table that was made anew under its name is another one"),
            Kind::KeySchemaMismatch => Some("load into a table that has the key of the items"),
            Kind::TooManyRejects => {
                Some("look at the rejects; a larger --max-errors lets more pass")
            }
            Kind::Source if is_damaged(&error) => Some(hints::DAMAGED),
            _ => hint_of_store(&error),
        };
        let is_final = matches!(
            error.kind(),
            Kind::TableNotFound
                | Kind::TableExists
                | Kind::IncrementalExport
                | Kind::FullExport
                | Kind::OtherTable
                | Kind::KeySchemaMismatch
                | Kind::TooManyRejects
        ) || store_cause(&error)
            .is_some_and(|error| error.kind() == StoreErrorKind::NoSuchBucket);
        Self { hint, is_final, ..Self::new(exit, line(&error)) }
    }
}

/// Files of the export are not what they were.
fn is_damaged(error: &TransferError) -> bool {
    let export = error.source().and_then(|error| error.downcast_ref::<ExportError>());
    export.is_some_and(|error| damaged_file(error.kind()))
}

fn damaged_file(kind: &ExportErrorKind) -> bool {
    use ExportErrorKind as Kind;
    matches!(
        kind,
        Kind::InvalidManifest
            | Kind::MissingDataFile
            | Kind::CorruptDataFile
            | Kind::ChecksumMismatch
            | Kind::EtagMismatch
            | Kind::ItemCountMismatch
    )
}

pub(crate) fn hint_of_store(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    store_cause(error).map_or_else(|| is_full(error).then_some(hints::NO_SPACE), hints::store)
}

/// A stream went to a file, and its disk is full.
fn is_full(error: &(dyn StdError + 'static)) -> bool {
    causes(error)
        .filter_map(|error| error.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::StorageFull)
}

pub(crate) fn store_cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a StoreError> {
    causes(error).find_map(|error| error.downcast_ref())
}

/// The error, what caused it, and so on.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// The file system failed, and no service.
pub(crate) fn is_local(error: &StoreError) -> bool {
    error.source().is_some_and(<dyn StdError>::is::<std::io::Error>)
}

pub(crate) fn exit_of_store(error: &StoreError) -> Exit {
    match error.kind() {
        StoreErrorKind::Credentials | StoreErrorKind::Unavailable => exit::ENVIRONMENT,
        StoreErrorKind::AccessDenied if is_local(error) => exit::OTHER,
        StoreErrorKind::NoSuchBucket | StoreErrorKind::AccessDenied | StoreErrorKind::Refused => {
            exit::REFUSED
        }
        _ => exit::OTHER,
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        let exit = match error.kind() {
            ExportErrorKind::SeveralExports(_) => exit::USAGE,
            kind => job_errors::exit(kind)
                .unwrap_or_else(|| store_cause(&error).map_or(exit::OTHER, exit_of_store)),
        };
        let hint = match error.kind() {
            ExportErrorKind::Unfinished { .. } => {
                Some("it is not whole: run the dump again, or wait until the export has completed")
            }
            ExportErrorKind::SeveralExports(_) => {
                Some("name one of them: <source>/AWSDynamoDB/<id>; `ddbkit info` lists them")
            }
            ExportErrorKind::NotMergeable(MergeRefusal::UnknownKeys) => Some(
                "--key HASH[,RANGE] names the key of the table, --key-of TABLE asks DynamoDB for it",
            ),
            ExportErrorKind::NotMergeable(MergeRefusal::Gap) => {
                Some("export that window too, and merge it with the others")
            }
            ExportErrorKind::NotMergeable(MergeRefusal::Overlap) => Some(
                "name the incremental exports one by one, those whose windows follow each other",
            ),
            ExportErrorKind::NotMergeable(MergeRefusal::BaseTooOld | MergeRefusal::BaseTooNew) => {
                Some("the windows have to reach from the base to the end that is wanted")
            }
            ExportErrorKind::Scratch => {
                Some("--scratch DIR names a folder with room for all that is merged")
            }
            ExportErrorKind::NotDeletable => {
                Some("look at it with `ddbkit info`, and delete it by hand if it is what you mean")
            }
            ExportErrorKind::NotFound => Some(hints::PLACE),
            kind if damaged_file(kind) => Some(hints::DAMAGED),
            kind => job_errors::hint(kind).or_else(|| hint_of_store(&error)),
        };
        Self { hint, ..Self::new(exit, line(&error)) }
    }
}

impl From<ForeignError> for Failure {
    fn from(error: ForeignError) -> Self {
        let (exit, hint) = match error.kind() {
            ForeignErrorKind::SeveralTables | ForeignErrorKind::NoSuchTable => {
                (exit::USAGE, Some("name one of them with --source-table"))
            }
            ForeignErrorKind::Cancelled => (exit::INTERRUPTED, None),
            _ => {
                let store = store_cause(&error);
                (store.map_or(exit::OTHER, exit_of_store), store.and_then(hints::store))
            }
        };
        Self { hint, ..Self::new(exit, line(&error)) }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match error.kind() {
            StoreErrorKind::InvalidLocation => exit::USAGE,
            _ => exit_of_store(&error),
        };
        Self { hint: hints::store(&error), ..Self::new(exit, line(&error)) }
    }
}

impl From<ColumnarError> for Failure {
    fn from(error: ColumnarError) -> Self {
        let hint = match error.kind() {
            ColumnarErrorKind::TooManyColumns => {
                Some("give the columns that are wanted with --schema")
            }
            _ => hint_of_store(&error),
        };
        Self { hint, ..Self::other(line(&error)) }
    }
}

impl From<ddbkit_local::LocalError> for Failure {
    fn from(error: ddbkit_local::LocalError) -> Self {
        Self::other(line(&error))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::other(line(&error))
    }
}

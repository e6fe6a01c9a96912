//! Errors for the person at the terminal: one line, a hint where there is one, the exit code.

use crate::exit::{self, Exit};
use crate::job_errors;
use ddbkit::columnar::{ColumnarError, ColumnarErrorKind};
use ddbkit::export::{ExportError, ExportErrorKind, MergeRefusal};
use ddbkit::foreign::{ForeignError, ForeignErrorKind};
use ddbkit::store::{StoreError, StoreErrorKind};
use ddbkit::transfer::{TransferError, TransferErrorKind};
use std::error::Error as StdError;
use std::fmt;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    hint: Option<&'static str>,
    goes_on: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None, goes_on: false }
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
        self.goes_on = is_resumable && self.exit != exit::USAGE;
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
    let mut causes: Vec<_> =
        std::iter::successors(Some(error), |error| (*error).source()).collect();
    // Where there was no answer the innermost cause has the facts ("connection refused"); what the
    // layers of the SDK say between says nothing.
    let no_answer = causes.iter().position(|error| {
        let store: Option<&StoreError> = error.downcast_ref();
        store.is_some_and(|error| error.kind() == StoreErrorKind::Unavailable)
    });
    if let Some(at) = no_answer {
        let behind = causes.split_off(at + 1);
        causes.extend(behind.last());
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
            _ => store_cause(&error).map_or(exit::OTHER, |error| exit_of_store(error.kind())),
        };
        let hint = match error.kind() {
            Kind::TableNotFound => {
                Some("check the name, the region (--region) and the endpoint (--endpoint-url)")
            }
            Kind::TableExists => Some("leave out --create-table to load into the table"),
            Kind::Credentials => {
                Some("set AWS_PROFILE or --profile, or log in with `aws sso login`")
            }
            Kind::Connection => Some(
                "check --endpoint-url, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL and the network",
            ),
            Kind::Throttled => Some("set a rate with --read-capacity or --write-capacity"),
            Kind::Destination if is_full(&error) => Some("free some space there"),
            Kind::IncrementalExport => Some("put it onto a table with `ddbkit apply`"),
            Kind::FullExport => Some("load it with `ddbkit load`, then apply what came after it"),
            Kind::OtherTable => Some("a table that was made anew under its name is another one"),
            Kind::KeySchemaMismatch => Some("load into a table that has the key of the items"),
            _ => None,
        };
        Self { hint, ..Self::new(exit, line(&error)) }
    }
}

fn is_full(error: &TransferError) -> bool {
    store_cause(error).is_some_and(|error| error.kind() == StoreErrorKind::NoSpace)
}

pub(crate) fn store_cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a StoreError> {
    std::iter::successors(Some(error), |error| (*error).source())
        .find_map(|error| error.downcast_ref())
}

pub(crate) fn exit_of_store(kind: StoreErrorKind) -> Exit {
    match kind {
        StoreErrorKind::Credentials | StoreErrorKind::Unavailable => exit::ENVIRONMENT,
        StoreErrorKind::NoSuchBucket | StoreErrorKind::Refused => exit::REFUSED,
        _ => exit::OTHER,
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        let exit = job_errors::exit(error.kind()).unwrap_or_else(|| {
            store_cause(&error).map_or(exit::OTHER, |error| exit_of_store(error.kind()))
        });
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
            kind => job_errors::hint(kind),
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
            ForeignErrorKind::Store(kind) => (exit_of_store(kind), None),
            _ => (exit::OTHER, None),
        };
        Self { hint, ..Self::new(exit, line(&error)) }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match error.kind() {
            StoreErrorKind::InvalidLocation => exit::USAGE,
            kind => exit_of_store(kind),
        };
        Self::new(exit, line(&error))
    }
}

impl From<ColumnarError> for Failure {
    fn from(error: ColumnarError) -> Self {
        let hint = match error.kind() {
            ColumnarErrorKind::TooManyColumns => {
                Some("give the columns that are wanted with --schema")
            }
            _ => None,
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

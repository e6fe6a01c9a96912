//! The error of this crate.

use std::path::Path;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What a local server could not do.
///
/// Only starting a server and steering it can fail; what a client asks of a running server fails
/// in the client, with the service's own errors.
#[derive(Debug)]
pub struct LocalError {
    kind: LocalErrorKind,
    what: String,
    source: Option<Source>,
}

/// The kind of a [`LocalError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LocalErrorKind {
    /// No listener on the loopback interface, or no thread to serve it.
    Start,
    /// The directory or the database file cannot be read or written.
    Storage,
    /// The request was refused by the server.
    Refused,
    /// The server was started in a way that does not have this ability.
    Unsupported,
}

impl LocalError {
    pub(crate) fn start(what: &str, source: impl Into<Source>) -> Self {
        Self { kind: LocalErrorKind::Start, what: what.to_owned(), source: Some(source.into()) }
    }

    pub(crate) fn storage(what: &str, path: &Path, source: impl Into<Source>) -> Self {
        Self {
            kind: LocalErrorKind::Storage,
            what: format!("{what} {}", path.display()),
            source: Some(source.into()),
        }
    }

    pub(crate) fn refused(what: String, source: impl Into<Source>) -> Self {
        Self { kind: LocalErrorKind::Refused, what, source: Some(source.into()) }
    }

    pub(crate) fn unsupported(what: &str) -> Self {
        Self { kind: LocalErrorKind::Unsupported, what: what.to_owned(), source: None }
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> LocalErrorKind {
        self.kind
    }
}

impl std::fmt::Display for LocalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for LocalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}

/// Where a failed file operation took place.
pub(crate) trait AtPath<T> {
    /// Turns an I/O error into a storage error that names `path`.
    fn at(self, what: &str, path: &Path) -> Result<T, LocalError>;
}

impl<T> AtPath<T> for std::io::Result<T> {
    fn at(self, what: &str, path: &Path) -> Result<T, LocalError> {
        self.map_err(|source| LocalError::storage(what, path, source))
    }
}

//! Indexes.

use crate::{KeySchema, Table, TableError};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A global or local index whose items are values of `T`: those of the table where all attributes are
/// projected, else a type that has the projected ones.
///
/// ```
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # struct Log;
/// use ddbkit_table::{Index, KeySchema};
///
/// const BY_STATUS: Index<Log> = Index::new("Status", KeySchema::new("status"));
/// ```
pub struct Index<T> {
    pub(crate) name: Cow<'static, str>,
    pub(crate) keys: KeySchema,
    model: PhantomData<fn() -> T>,
}

impl<T> Index<T> {
    /// The index of this name with these keys.
    #[must_use]
    pub const fn new(name: &'static str, keys: KeySchema) -> Self {
        Self { name: Cow::Borrowed(name), keys, model: PhantomData }
    }

    /// An index whose name is known at run time only.
    #[must_use]
    pub fn named(name: String, keys: KeySchema) -> Self {
        Self { name: Cow::Owned(name), keys, model: PhantomData }
    }

    /// The name of the index.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its key attributes.
    #[must_use]
    pub fn keys(&self) -> &KeySchema {
        &self.keys
    }
}

impl<T> Table<T> {
    /// An index of a table that was [described](Self::describe).
    ///
    /// # Errors
    /// [`InvalidInput`](crate::TableErrorKind::InvalidInput) when the description has no such index.
    pub fn index<P>(&self, name: &str) -> Result<Index<P>, TableError> {
        let Some(keys) = self.core.indexes.get(name) else {
            let there: Vec<_> = self.core.indexes.keys().map(String::as_str).collect();
            let message = format!("{} has no index {name:?}, but {there:?}", self.core.table());
            return Err(TableError::input(message));
        };
        Ok(Index::named(name.to_owned(), keys.clone()))
    }
}

impl<T> Clone for Index<T> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), keys: self.keys.clone(), model: PhantomData }
    }
}

impl<T> fmt::Debug for Index<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("name", &self.name).field("keys", &self.keys).finish()
    }
}

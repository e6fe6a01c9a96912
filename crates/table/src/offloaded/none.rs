//! Without the feature `offload`: all values are in the table.

use crate::TableError;
use crate::read::Attributes;
use crate::table::Core;
use std::future::{Ready, ready};

/// Where the values of attributes are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values(());

#[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "those of the feature need them")]
impl Values {
    pub(crate) fn hydrate(
        &self,
        _: &Core,
        item: Attributes,
        _: bool,
    ) -> Ready<Result<Option<Attributes>, TableError>> {
        ready(Ok(Some(item)))
    }

    pub(crate) fn refuse(&self, _: &str) -> Result<(), TableError> {
        Ok(())
    }
}

//! Creates tables that are not there.

use super::{NewTable, TableAdmin, TableSummary};
use crate::{TableError, TableErrorKind};
use ddbkit_flow::Control;

/// What became of a table that was to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// It is created.
    Made,
    /// It was there.
    WasThere,
}

impl TableAdmin {
    /// Creates a table unless it is there. One that is there must have the key and the indexes that are
    /// asked for, with their keys. Time to live is switched on where it is off, because a run that was
    /// killed may have got no further. Everything else of it is as whoever cares for it has set it:
    /// billing, stream, class, tags and protection are not looked at.
    ///
    /// # Errors
    /// [`Different`](TableErrorKind::Different) when the table there cannot stand for the one asked for,
    /// and as for [`create`](Self::create).
    pub async fn create_if_absent(
        &self,
        table: &NewTable,
        control: &Control,
    ) -> Result<Creation, TableError> {
        match self.create(table, control).await {
            Ok(()) => return Ok(Creation::Made),
            Err(error) if error.kind() != TableErrorKind::TableExists => return Err(error),
            Err(_) => {}
        }
        let there = self.wait_until_active(table.name(), control).await?;
        let there = TableSummary::of(&there)?;
        if let Some(difference) = difference(table, &there) {
            return Err(different(table, &difference));
        }
        let Some(wanted) = &table.time_to_live else { return Ok(Creation::WasThere) };
        match self.time_to_live(table.name()).await?.attribute() {
            Some(attribute) if attribute == wanted => {}
            Some(attribute) => {
                let difference = format!("its time to live is in {attribute:?}, not in {wanted:?}");
                return Err(different(table, &difference));
            }
            None => self.enable_time_to_live(table.name(), wanted, control).await?,
        }
        Ok(Creation::WasThere)
    }
}

fn difference(wanted: &NewTable, there: &TableSummary) -> Option<String> {
    if there.key != wanted.key {
        return Some(format!("its key is {}, not {}", there.key, wanted.key));
    }
    wanted.indexes().find_map(|(name, key)| {
        match there.indexes.iter().find(|index| index.name == name) {
            None => Some(format!("it has no index {name}")),
            Some(index) if index.key == key => None,
            Some(index) => Some(format!("the key of its index {name} is {}, not {key}", index.key)),
        }
    })
}

fn different(table: &NewTable, difference: &str) -> TableError {
    let message = format!("table {} is there, and another: {difference}", table.name());
    TableError::new(TableErrorKind::Different, message)
}

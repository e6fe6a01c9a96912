//! How far work came.

use crate::TransferError;
use crate::load::frontier::{Frontiers, Point};
use crate::load::rejects::Rejects;
use std::collections::BTreeMap;

/// What checkpoints are written from.
#[derive(Clone, Copy)]
pub(crate) struct Progress<'a> {
    pub(crate) frontiers: &'a Frontiers,
    pub(crate) rejects: &'a Rejects,
}

impl Progress<'_> {
    /// How far each file is settled. Lines that are settled because they were rejected outlive the
    /// machine from here on, as what is written to the table does.
    pub(crate) async fn points(&self) -> Result<BTreeMap<String, Point>, TransferError> {
        let points = self.frontiers.points();
        self.rejects.sync().await?;
        Ok(points)
    }

    /// Whether there is nothing to go on with.
    pub(crate) async fn is_nothing(&self) -> bool {
        let points = self.frontiers.points();
        points.values().all(|point| point.settled_line == 0) && self.rejects.is_empty().await
    }
}

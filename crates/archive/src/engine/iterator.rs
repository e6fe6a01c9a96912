//! From where a shard is read.

use super::page::{Got, Pages};
use crate::{ArchiveError, GapCause, Position};

impl Pages<'_> {
    /// An iterator at the position of the shard, or at its beginning.
    pub(super) async fn iterator(&mut self) -> Result<Got<String>, ArchiveError> {
        let known = self.shard.position().filter(|_| !self.from_horizon);
        let position = if let Some(position) = known {
            Position::AfterSequenceNumber(position)
        } else {
            self.unproven = !self.from_horizon;
            Position::TrimHorizon
        };
        let ctx = self.shard.ctx.clone();
        ctx.counters.lock().report.calls.shard_iterators += 1;
        let shard = self.shard.lease.shard.clone();
        let call = ctx.api.shard_iterator(&ctx.stream, &shard, position);
        match ctx.control.run(call).await {
            Ok(Ok(iterator)) => {
                self.shard.alive();
                Ok(Got::Some(iterator))
            }
            Ok(Err(error)) => self.refused(error).await,
            Err(_) => Ok(Got::Again),
        }
    }

    /// The oldest record that the stream has of a shard is its first one only while the shard is
    /// younger than what the stream keeps, and nothing else tells. It must be so when the first page
    /// is there, not when it was asked for: a machine may stand still between the two.
    pub(super) async fn check_beginning(&mut self) -> Result<(), ArchiveError> {
        if std::mem::take(&mut self.unproven) && self.shard.ctx.is_too_late(&self.shard.lease.shard)
        {
            self.shard.loss(GapCause::BeganTooLate).await?;
            self.from_horizon = true;
        }
        Ok(())
    }
}

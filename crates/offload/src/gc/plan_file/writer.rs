//! Writes a plan, which becomes visible whole.

use super::{End, Head, PlanPin, PlannedObject, VERSION};
use crate::{OffloadError, OffloadErrorKind};
use ddbkit_store::{ObjectWriter, PutOptions, Store};
use serde::Serialize;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 256 * 1024;

pub(in crate::gc) struct PlanWriter {
    writer: ObjectWriter,
    buffer: Vec<u8>,
    objects: u64,
    bytes: u64,
}

impl PlanWriter {
    pub(in crate::gc) async fn create(
        store: &Store,
        name: &str,
        pin: &PlanPin,
    ) -> Result<Self, OffloadError> {
        let options = PutOptions {
            content_type: Some("application/x-ndjson".to_owned()),
            ..PutOptions::default()
        };
        let writer = store.writer(name, options).await?;
        let mut plan = Self { writer, buffer: vec![], objects: 0, bytes: 0 };
        let id = uuid::Uuid::now_v7().to_string();
        plan.line(&Head { ddbkit_offload_plan: VERSION, id, pin: pin.clone() }).await?;
        Ok(plan)
    }

    pub(in crate::gc) async fn push(&mut self, object: &PlannedObject) -> Result<(), OffloadError> {
        self.objects += 1;
        self.bytes += object.size;
        self.line(object).await
    }

    async fn line(&mut self, line: &impl Serialize) -> Result<(), OffloadError> {
        serde_json::to_writer(&mut self.buffer, line).map_err(|error| {
            OffloadError::caused(OffloadErrorKind::Io, "a line of the plan has no JSON", error)
        })?;
        self.buffer.push(b'\n');
        if self.buffer.len() >= BUFFER {
            let full = std::mem::take(&mut self.buffer);
            self.writer.write(full.into()).await?;
        }
        Ok(())
    }

    /// Makes the plan visible.
    pub(in crate::gc) async fn finish(mut self) -> Result<(), OffloadError> {
        self.line(&End { last: true, objects: self.objects, bytes: self.bytes }).await?;
        self.writer.write(std::mem::take(&mut self.buffer).into()).await?;
        self.writer.finish().await?;
        Ok(())
    }

    pub(in crate::gc) async fn abort(self) -> Result<(), OffloadError> {
        Ok(self.writer.abort().await?)
    }
}

//! Texts of `pynamodb_mate` become pointers to objects that their items own.

use super::{Attributes, Change, Outcome};
use crate::adopt::{ForeignText, download};
use crate::body::{BodyOptions, UploadedBody, of_read_error};
use crate::{BlobKind, ItemKey, ItemWrite, OffloadError, Offloader};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use ddbkit_codec::{Item, rules::update_units};
use ddbkit_flow::Control;
use futures::TryStreamExt;
use std::io;

/// Takes over the objects of another library.
pub(super) struct Adopting {
    offloader: Offloader,
    kind: BlobKind,
}

impl Adopting {
    pub(super) fn new(offloader: &Offloader, kind: BlobKind) -> Self {
        Self { offloader: offloader.clone(), kind }
    }

    /// Copies through this process and not within S3: the SHA-256 of the value has to be known, and
    /// the MD5 proven, and S3 tells neither of an object that it copies.
    async fn copy(
        &self,
        key: &ItemKey,
        attribute: &str,
        foreign: &ForeignText,
        control: &Control,
    ) -> Result<UploadedBody, OffloadError> {
        let stream = control.run(Box::pin(download(&self.offloader.shared.s3, foreign))).await??;
        let options = BodyOptions { kind: self.kind, ..BodyOptions::default() };
        let body = stream.map_err(io::Error::other);
        let copied = self.offloader.upload_body(key, attribute, body, &options, control).await;
        copied.map_err(of_read_error)
    }
}

#[async_trait]
impl Change for Adopting {
    async fn apply(
        &self,
        key: &ItemKey,
        item: Attributes,
        control: &Control,
    ) -> Result<Outcome, OffloadError> {
        let mut texts = Vec::new();
        for name in self.offloader.shared.attributes.keys() {
            let Some(SdkValue::S(text)) = item.get(name) else { continue };
            let Some(foreign) = ForeignText::parse(text, name) else { continue };
            if !foreign.is_of(key, name) {
                let reason = format!("attribute {name:?} has the text of another item");
                return Ok(Outcome::Rejected(reason));
            }
            texts.push((name, text, foreign));
        }
        if texts.is_empty() {
            return Ok(Outcome::Unchanged);
        }
        let mut write = ItemWrite::update(key.to_sdk()).seen(self.offloader.seen(&item)?);
        let mut bytes = 0;
        for (number, (name, text, foreign)) in texts.iter().enumerate() {
            let uploaded = Box::pin(self.copy(key, name, foreign, control)).await?;
            bytes += uploaded.pointer.len;
            // The other library changes no rev: the text itself is the condition.
            write = write
                .condition(format!("#old{number} = :old{number}"))
                .name(format!("#old{number}"), *name)
                .value(format!(":old{number}"), SdkValue::S((*text).clone()))
                .uploaded(*name, uploaded);
        }
        let values = texts.len() as u64;
        let size = |item: Attributes| Item::try_from(item).map_or(0, |item| item.size());
        let before = size(item);
        let written = control.run(Box::pin(self.offloader.update_counted(write))).await?;
        let (written, units) = written?;
        let after = || size(written.attributes().clone());
        let units = units.unwrap_or_else(|| update_units(before, after()));
        Ok(Outcome::Changed { values, bytes, units })
    }
}

//! `ddbkit offload put`.

use super::place::{key, offloader};
use crate::args::PutArgs;
use crate::commands::Context;
use crate::config::Aws;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::bytes;
use bytes::{Bytes, BytesMut};
use ddbkit::offload::body::{BodyOptions, UploadedBody};
use ddbkit::offload::{AttributeOptions, ItemWrite, OffloadPolicy};
use futures::Stream;
use serde_json::json;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt};

/// A file is read in pieces of this size.
const PIECE: usize = 256 * 1024;

pub(crate) async fn run(context: &Context, args: PutArgs) -> Result<Exit, Failure> {
    let aws = Aws::load(&context.global).await?;
    let (table, attribute) = (&args.item.table, &args.attribute);
    let named = vec![(attribute.clone(), options(&args))];
    let key = key(&args.item.key)?;
    let (source, len) = open(&args.file).await?;
    let offloader = offloader(&aws, table, &args.objects, named, OffloadPolicy::Always).await?;
    let item_key = offloader.item_key(&key)?;
    let item = offloader.get(key.clone()).await?;
    let body = BodyOptions { kind: args.kind.into(), len, ..BodyOptions::default() };
    let control = context.watched("upload");
    let stream = pieces(source);
    let uploaded = offloader.upload_body(&item_key, attribute, stream, &body, &control).await;
    drop(control);
    let uploaded = uploaded?;
    let created = item.is_none();
    let write = match item {
        Some(item) => ItemWrite::update(key).seen(item.seen().clone()),
        None => ItemWrite::create(key),
    };
    offloader.write(write.uploaded(attribute, uploaded.clone())).await?;
    report(context, &args, &uploaded, created)?;
    Ok(DONE)
}

fn options(args: &PutArgs) -> AttributeOptions {
    let mut options = AttributeOptions::new();
    if let Some(content_type) = &args.content_type {
        options = options.content_type(content_type);
    }
    if let Some(level) = args.zstd {
        options = options.zstd(level);
    }
    for (name, value) in &args.metadata {
        options = options.metadata(name, value);
    }
    for (name, value) in &args.tag {
        options = options.tag(name, value);
    }
    if let Some(class) = &args.storage_class {
        options = options.storage_class(class.clone());
    }
    if let Some(key) = &args.sse_kms {
        options = options.sse_kms(Some(key.clone()));
    }
    options
}

type Source = Box<dyn AsyncRead + Send + Unpin>;

async fn open(file: &str) -> Result<(Source, Option<u64>), Failure> {
    if file == "-" {
        return Ok((Box::new(tokio::io::stdin()), None));
    }
    let failed = |error: io::Error| Failure::other(format!("{file} cannot be read: {error}"));
    let opened = tokio::fs::File::open(file).await.map_err(failed)?;
    let metadata = opened.metadata().await.map_err(failed)?;
    // A pipe or a device has no length.
    let len = metadata.is_file().then_some(metadata.len());
    Ok((Box::new(opened), len))
}

fn pieces(source: Source) -> impl Stream<Item = io::Result<Bytes>> + Send {
    futures::stream::try_unfold(source, |mut source| async {
        let mut piece = BytesMut::with_capacity(PIECE);
        let read = source.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| (piece.freeze(), source)))
    })
}

fn report(
    context: &Context,
    args: &PutArgs,
    uploaded: &UploadedBody,
    created: bool,
) -> io::Result<()> {
    let pointer = &uploaded.pointer;
    let sha256: String = pointer.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": "offload put",
            "table": args.item.table,
            "attribute": args.attribute,
            "created": created,
            "bucket": pointer.bucket,
            "key": pointer.key,
            "bytes": pointer.len,
            "stored_bytes": pointer.stored_len,
            "sha256": sha256,
            "parts": uploaded.parts_sent,
        });
        return context.output.json(&object, false);
    }
    let (attribute, table, size) = (&args.attribute, &args.item.table, bytes(pointer.len));
    let place = format!("s3://{}/{}", pointer.bucket, pointer.key);
    context.output.summary(&format!("Stored {attribute} of {table}, {size}, as {place}"));
    Ok(())
}

//! `ddbkit offload get`.

use super::place::key;
use crate::args::GetArgs;
use crate::commands::Context;
use crate::config::Aws;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::{Output, bytes};
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit::codec;
use ddbkit::flow::ProgressEvent;
use ddbkit::offload::body::{BodyStream, download, download_range, presign_get};
use ddbkit::offload::{BlobPointer, ItemKey, KeySchema, OffloadError, OffloadErrorKind};
use futures::StreamExt;
use serde_json::json;
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

pub(crate) async fn run(context: &Context, args: GetArgs) -> Result<Exit, Failure> {
    let aws = Aws::load(&context.global).await?;
    let reader = Reader { aws: &aws, args: &args, key: key(&args.item.key)? };
    let value = reader.value().await?;
    let pointer = match BlobPointer::from_sdk(&value) {
        Some(pointer) => pointer?,
        None => return inline(context, &args, value),
    };
    reader.check_owner(&pointer).await?;
    if let Some(expires_in) = args.presign {
        return presigned(context, &args, &aws, &pointer, expires_in).await;
    }
    // Somebody may have replaced the value since the item was read.
    let (pointer, stream) = match reader.open(&pointer).await {
        Err(error) if error.kind() == OffloadErrorKind::Dangling => {
            let moved = BlobPointer::from_sdk(&reader.value().await?).transpose()?;
            let moved = moved.filter(|moved| moved.key != pointer.key).ok_or(error)?;
            let stream = reader.open(&moved).await?;
            (moved, stream)
        }
        opened => (pointer, opened?),
    };
    let written = save(context, &args, stream).await?;
    report(context, &args, Some(&pointer), written)
}

struct Reader<'a> {
    aws: &'a Aws,
    args: &'a GetArgs,
    key: HashMap<String, AttributeValue>,
}

impl Reader<'_> {
    /// The attribute as it is in the item, read strongly.
    async fn value(&self) -> Result<AttributeValue, Failure> {
        let (table, attribute) = (&self.args.item.table, &self.args.attribute);
        let get = self.aws.dynamodb().get_item().table_name(table);
        let get = get.set_key(Some(self.key.clone())).consistent_read(true);
        let get = get.projection_expression("#a").expression_attribute_names("#a", attribute);
        let answer = get.send().await.map_err(|error| {
            Failure::refused(format!("the item cannot be read: {}", crate::error::line(&error)))
        })?;
        let item = answer.item.ok_or_else(|| {
            Failure::refused(format!("table {table} has no item {}", self.args.item.key))
        })?;
        let value = item.get(attribute).cloned();
        value.ok_or_else(|| Failure::refused(format!("the item has no attribute {attribute:?}")))
    }

    /// A pointer that was copied from another item leads to an object that may be deleted any time.
    async fn check_owner(&self, pointer: &BlobPointer) -> Result<(), Failure> {
        let table = &self.args.item.table;
        let described = self.aws.dynamodb().describe_table().table_name(table).send().await;
        let described = described.map_err(|error| {
            Failure::refused(format!("{table} cannot be described: {}", crate::error::line(&error)))
        })?;
        let schema = described.table.as_ref().and_then(KeySchema::of_table);
        let schema = schema.ok_or_else(|| Failure::refused(format!("{table} has no key")))?;
        let owner = ItemKey::of_item(table, &schema, &self.key)?.owner();
        if !owner.is_in_path(&pointer.key) {
            let message =
                "the pointer belongs to another item: its object may be deleted at any time";
            return Err(Failure::other(message));
        }
        Ok(())
    }

    async fn open(&self, pointer: &BlobPointer) -> Result<BodyStream, OffloadError> {
        match &self.args.range {
            Some(range) => download_range(&self.aws.s3(), pointer, range.0.clone()).await,
            None => download(&self.aws.s3(), pointer).await,
        }
    }
}

/// Writes the value to the place that was asked for: how many bytes.
async fn save(context: &Context, args: &GetArgs, mut stream: BodyStream) -> Result<u64, Failure> {
    let file = args.file.as_deref().unwrap_or("-");
    let control = context.watched_printing("download", file == "-");
    let mut sink = Sink::open(file)?;
    let mut written = 0;
    loop {
        let piece = control.run(stream.next()).await;
        let piece = piece.map_err(|_| Failure::other("interrupted"))?;
        let Some(piece) = piece.transpose()? else { break };
        written += piece.len() as u64;
        // A disk that is slow holds up this command only.
        tokio::task::block_in_place(|| sink.write(&piece))?;
        control.emit(&ProgressEvent::Advanced { items: 0, bytes: piece.len() as u64 });
    }
    sink.finish()?;
    Ok(written)
}

/// A file that appears when it is whole, or standard output.
enum Sink {
    File(tempfile::NamedTempFile, std::path::PathBuf),
    Stdout,
}

impl Sink {
    fn open(file: &str) -> Result<Self, Failure> {
        if file == "-" {
            return Ok(Self::Stdout);
        }
        let folder = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty());
        let temporary = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
        let temporary = temporary
            .map_err(|error| Failure::other(format!("{file} cannot be written: {error}")))?;
        Ok(Self::File(temporary, file.into()))
    }

    fn write(&mut self, piece: &[u8]) -> std::io::Result<()> {
        match self {
            Self::File(file, _) => file.write_all(piece),
            Self::Stdout => std::io::stdout().lock().write_all(piece),
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Self::File(file, path) => file.persist(&path).map(drop).map_err(|error| {
                Failure::other(format!("{} cannot be written: {}", path.display(), error.error))
            }),
            Self::Stdout => Ok(std::io::stdout().flush()?),
        }
    }
}

/// A value that is in the item.
fn inline(context: &Context, args: &GetArgs, value: AttributeValue) -> Result<Exit, Failure> {
    if args.range.is_some() || args.presign.is_some() {
        let message =
            format!("attribute {:?} is not in S3: it has no ranges and no URL", args.attribute);
        return Err(Failure::usage(message));
    }
    let bytes = match value {
        AttributeValue::S(text) => text.into_bytes(),
        AttributeValue::B(binary) => binary.into_inner(),
        other => {
            let value = codec::AttributeValue::try_from(other)
                .map_err(|error| Failure::refused(crate::error::line(&error)))?;
            let mut text = Vec::new();
            value.write_dynamodb_json(&mut text);
            text
        }
    };
    let mut sink = Sink::open(args.file.as_deref().unwrap_or("-"))?;
    sink.write(&bytes)?;
    sink.finish()?;
    report(context, args, None, bytes.len() as u64)
}

async fn presigned(
    context: &Context,
    args: &GetArgs,
    aws: &Aws,
    pointer: &BlobPointer,
    expires_in: Duration,
) -> Result<Exit, Failure> {
    let range = args.range.as_ref().map(|range| range.0.clone());
    let request = presign_get(&aws.s3(), pointer, range, expires_in).await?;
    if context.output.is_json() {
        let headers: HashMap<&str, &str> = request.headers().collect();
        let object = json!({
            "version": 1,
            "command": "offload get",
            "table": args.item.table,
            "attribute": args.attribute,
            "url": request.uri(),
            "method": request.method(),
            "headers": headers,
            "expires_seconds": expires_in.as_secs(),
            "bytes": pointer.len,
        });
        context.output.json(&object, false)?;
    } else {
        Output::data(&format!("{}\n", request.uri()))?;
        for (name, value) in request.headers() {
            context.output.notice(&format!("Send the header {name}: {value}"));
        }
    }
    Ok(DONE)
}

fn report(
    context: &Context,
    args: &GetArgs,
    pointer: Option<&BlobPointer>,
    written: u64,
) -> Result<Exit, Failure> {
    let file = args.file.as_deref().unwrap_or("-");
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": "offload get",
            "table": args.item.table,
            "attribute": args.attribute,
            "bucket": pointer.map(|pointer| &pointer.bucket),
            "key": pointer.map(|pointer| &pointer.key),
            "bytes": written,
            "proven": args.range.is_none(),
        });
        context.output.json(&object, file == "-")?;
    } else if file != "-" {
        context.output.summary(&format!("Wrote {file}, {}", bytes(written)));
    }
    Ok(DONE)
}

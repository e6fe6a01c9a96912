//! `ddbkit import start`.

use super::{end, waited};
use crate::args::{ImportStartArgs, InputFormatArg};
use crate::commands::Context;
use crate::commands::jobs::{object, print, print_started};
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use aws_sdk_dynamodb::types::InputFormat;
use ddbkit::export::jobs::{ImportJob, ImportParameters, ImportSource, table_descriptor};
use ddbkit::export::{
    Compression, DataFile, ExportKind, ExportReader, OutputFormat, TableDescriptor,
};
use ddbkit::store::Location;
use serde_json::json;

pub(super) async fn run(context: &Context, args: ImportStartArgs) -> Result<Exit, Failure> {
    let waiting = args.waiting.when(args.wait)?;
    let Location::S3 { bucket, .. } = args.source.parse()? else {
        return Err(Failure::usage("DynamoDB imports from s3://bucket/prefix only")
            .with_hint("`ddbkit load` writes the items of a directory into a table"));
    };
    let (format, compression) = (args.format, args.compression);
    let (source, described) = match (format, compression) {
        (Some(format), Some(compression)) => {
            let source = ImportSource {
                s3_key_prefix: as_it_stands(&args.source),
                s3_bucket: bucket,
                s3_bucket_owner: args.bucket_owner.clone(),
                format: match format {
                    InputFormatArg::DynamodbJson => InputFormat::DynamodbJson,
                    InputFormatArg::Ion => InputFormat::Ion,
                    InputFormatArg::Csv => InputFormat::Csv,
                },
                compression: compression.into(),
            };
            (source, None)
        }
        _ => export(context, &args, bucket).await?,
    };
    let client = Aws::load(&context.global).await?.dynamodb();
    let descriptor = match (&args.like, described) {
        (Some(table), _) => table_descriptor(&client, table).await?,
        (None, Some(descriptor)) => descriptor,
        (None, None) => {
            return Err(Failure::usage(format!(
                "{} does not say what its table was like, as native exports never do",
                args.source
            ))
            .with_hint("name a table that has its key and indexes: --like TABLE"));
        }
    };
    let parameters = ImportParameters::from_descriptor(&descriptor, &args.table)?;
    for setting in &parameters.not_restored {
        context.output.notice(&format!("warning: an import does not bring back: {setting}"));
    }
    let mut start = ImportJob::start(&client, source, parameters.table);
    if let Some(token) = args.client_token {
        start = start.client_token(token);
    }
    let job = start.send().await?;
    let object = |job: &ImportJob| {
        let mut object = object("start", job);
        object["not_restored"] = json!(parameters.not_restored);
        object
    };
    let Some(waiting) = waiting else {
        print_started(context, &job, &object(&job))?;
        return Ok(DONE);
    };
    context.output.notice(&format!("Started {}", job.arn));
    let job = waited(context, &client, &job.arn, waiting).await?;
    print(context, &job, &object(&job))?;
    end(context, job)
}

/// What stands behind the bucket. A slash at the end says that the name of a folder is complete.
fn as_it_stands(source: &str) -> String {
    let rest = source.split_once("://").map_or(source, |(_, rest)| rest);
    rest.split_once('/').map_or_else(String::new, |(_, prefix)| prefix.to_owned())
}

/// The data folder of the one export at the source, and what its table was like where it says so.
async fn export(
    context: &Context,
    args: &ImportStartArgs,
    bucket: String,
) -> Result<(ImportSource, Option<TableDescriptor>), Failure> {
    let store = config::store(&args.source.parse()?, &context.global).await?;
    let reader = ExportReader::open(store).await?;
    if reader.kind() == ExportKind::Incremental {
        let what = format!("{} is an incremental export, which is not imported", reader.describe());
        return Err(Failure::usage(what));
    }
    let Some(file) = reader.files().first() else {
        return Err(Failure::other(format!("{} has no data files", reader.describe())));
    };
    let described = reader.describe_file(file);
    let folder = described.rsplit_once('/').map_or("", |(folder, _)| folder);
    let compression = compression_of(file);
    if reader.files().iter().any(|file| compression_of(file) != compression) {
        let what = format!("the data files of {} are not all", reader.describe());
        return Err(Failure::other(format!(
            "{what} compressed alike, and an import takes one kind"
        )));
    }
    let source = ImportSource {
        s3_key_prefix: format!("{}/", as_it_stands(folder)),
        s3_bucket: bucket,
        s3_bucket_owner: args.bucket_owner.clone(),
        format: match reader.summary().output_format {
            OutputFormat::Ion => InputFormat::Ion,
            _ => InputFormat::DynamodbJson,
        },
        compression,
    };
    Ok((source, reader.descriptor().await?))
}

/// By its name, as the service and ddbkit give them.
fn compression_of(file: &DataFile) -> Compression {
    match file.file_name().rsplit('.').next() {
        Some("gz") => Compression::Gzip,
        Some("zst") => Compression::Zstd,
        _ => Compression::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_keeps_its_slash() {
        for (source, prefix) in [
            ("s3://b/a/data/", "a/data/"),
            ("s3://b/a/data", "a/data"),
            ("s3://b", ""),
            ("s3://b/", ""),
        ] {
            assert_eq!(as_it_stands(source), prefix);
        }
    }
}

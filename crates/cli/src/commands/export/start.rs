//! `ddbkit export start`.

use super::waited;
use crate::args::{ExportFormatArg, ExportStartArgs, FilterArgs, SseArg, ViewArg};
use crate::commands::Context;
use crate::commands::jobs::{object, print, print_started};
use crate::config::Aws;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use aws_sdk_dynamodb::types::{ExportViewType, FilterSpecification};
use ddbkit::codec::Item;
use ddbkit::export::OutputFormat;
use ddbkit::export::jobs::{ExportJob, ExportScope, Sse, table_arn};
use ddbkit::store::Location;
use std::collections::HashMap;

pub(super) async fn run(context: &Context, args: ExportStartArgs) -> Result<Exit, Failure> {
    let waiting = args.waiting.when(args.wait)?;
    let Location::S3 { bucket, prefix } = args.dest.parse()? else {
        return Err(Failure::usage("DynamoDB exports to s3://bucket/prefix only")
            .with_hint("`ddbkit dump` writes a table into a directory"));
    };
    let scope = scope(&args);
    let filter = filter(&args.filter)?;
    let sse = match (args.sse, args.sse_kms_key_id) {
        (None, _) => None,
        (Some(SseArg::Kms), key) => Some(Sse::Kms(key)),
        (Some(SseArg::Aes256), None) => Some(Sse::Aes256),
        (Some(SseArg::Aes256), Some(_)) => {
            return Err(Failure::usage("--sse-kms-key-id is for --sse kms"));
        }
    };
    let client = Aws::load(&context.global).await?.dynamodb();
    let table = table_arn(&client, &args.table).await?;
    let mut start = ExportJob::start(&client, table, bucket, scope).s3_prefix(&prefix).format(
        match args.format {
            ExportFormatArg::DynamodbJson => OutputFormat::DynamodbJson,
            ExportFormatArg::Ion => OutputFormat::Ion,
        },
    );
    if let Some(sse) = sse {
        start = start.sse(sse);
    }
    if let Some(owner) = args.bucket_owner {
        start = start.s3_bucket_owner(owner);
    }
    if let Some(token) = args.client_token {
        start = start.client_token(token);
    }
    if let Some(filter) = filter {
        start = start.filter(filter);
    }
    let job = start.send().await?;
    let Some(waiting) = waiting else {
        print_started(context, &job, &object("start", &job))?;
        return Ok(DONE);
    };
    context.output.notice(&format!("Started {}", job.arn));
    let job = waited(context, &client, &job.arn, waiting).await?;
    print(context, &job, &object("start", &job))?;
    job.completed()?;
    Ok(DONE)
}

fn scope(args: &ExportStartArgs) -> ExportScope {
    match (args.from, args.to, args.time) {
        (Some(from), Some(to), _) => ExportScope::Changes {
            from: from.into(),
            to: to.into(),
            view: match args.view {
                ViewArg::NewAndOldImages => ExportViewType::NewAndOldImages,
                ViewArg::NewImage => ExportViewType::NewImage,
            },
        },
        (_, _, Some(time)) => ExportScope::At(time.into()),
        _ => ExportScope::Now,
    }
}

fn filter(args: &FilterArgs) -> Result<Option<FilterSpecification>, Failure> {
    let expressions =
        [&args.key_condition_expression, &args.filter_expression, &args.projection_expression];
    if expressions.iter().all(|expression| expression.is_none()) {
        return Ok(None);
    }
    let names = args.expression_attribute_names.as_deref().map(|names| {
        serde_json::from_str::<HashMap<String, String>>(names).map_err(|error| {
            Failure::usage(format!(
                "--expression-attribute-names is no {{\"#n\":\"name\"}}: {error}"
            ))
        })
    });
    let values = args.expression_attribute_values.as_deref().map(|values| {
        Item::from_dynamodb_json(values.as_bytes()).map_err(|error| {
            Failure::usage(format!("--expression-attribute-values is no DynamoDB JSON: {error}"))
        })
    });
    let values = values.transpose()?.map(HashMap::from);
    let filter = FilterSpecification::builder()
        .set_key_condition_expression(args.key_condition_expression.clone())
        .set_filter_expression(args.filter_expression.clone())
        .set_projection_expression(args.projection_expression.clone())
        .set_expression_attribute_names(names.transpose()?)
        .set_expression_attribute_values(values);
    Ok(Some(filter.build()))
}

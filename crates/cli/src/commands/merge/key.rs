//! The key of the table whose exports are merged, where the command line tells it.

use crate::args::MergeArgs;
use crate::commands::Context;
use crate::config::Aws;
use crate::error::Failure;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::KeyType;

/// The names of the partition key and the sort key; none where neither option is given.
pub(super) async fn given(
    context: &Context,
    args: &MergeArgs,
) -> Result<Option<(String, Option<String>)>, Failure> {
    match (&args.key, &args.key_of) {
        (Some(names), _) => parsed(names).map(Some),
        (None, Some(table)) => described(context, table).await.map(Some),
        (None, None) => Ok(None),
    }
}

fn parsed(names: &str) -> Result<(String, Option<String>), Failure> {
    let (hash, range) = match names.split_once(',') {
        Some((hash, range)) => (hash, Some(range.to_owned())),
        None => (names, None),
    };
    if hash.is_empty() || range.as_deref() == Some("") {
        let message = "--key takes the name of the partition key, and after a comma that of the \
                       sort key";
        return Err(Failure::usage(message));
    }
    Ok((hash.to_owned(), range))
}

async fn described(context: &Context, table: &str) -> Result<(String, Option<String>), Failure> {
    let client = Aws::load(&context.global).await?.dynamodb();
    let answer = client.describe_table().table_name(table).send().await;
    let answer = answer.map_err(|error| {
        let (code, message) = (error.code().unwrap_or_default(), error.message());
        let failed = format!("table {table} cannot be described");
        if let (SdkError::ServiceError(_), Some(message)) = (&error, message) {
            return Failure::refused(format!("{failed}: {code}: {message}"));
        }
        let cause = DisplayErrorContext(&error).to_string().replace('\n', " ");
        Failure::environment(format!("{failed}: {cause}"))
    })?;
    let schema = answer.table.and_then(|table| table.key_schema).unwrap_or_default();
    let name = |wanted: &KeyType| {
        let element = schema.iter().find(|element| element.key_type() == wanted);
        element.map(|element| element.attribute_name().to_owned())
    };
    let hash = name(&KeyType::Hash).ok_or_else(|| {
        Failure::refused(format!("DynamoDB describes table {table} without a partition key"))
    })?;
    Ok((hash, name(&KeyType::Range)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_or_two() {
        assert_eq!(parsed("pk").unwrap(), ("pk".to_owned(), None));
        assert_eq!(parsed("pk,sk").unwrap(), ("pk".to_owned(), Some("sk".to_owned())));
        for wrong in ["", ",", "pk,", ",sk"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}

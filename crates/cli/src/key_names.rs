//! The names of key attributes, where the command line or a table tells them.

use crate::error::Failure;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{KeySchemaElement, KeyType, TableDescription};

/// The partition key and the sort key, of a table or of an index.
pub(crate) type KeyNames = (String, Option<String>);

/// What `--key HASH[,RANGE]` says.
pub(crate) fn parsed(names: &str) -> Result<KeyNames, Failure> {
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

/// What DynamoDB says of a table, or of one of its indexes.
pub(crate) async fn described(
    client: &Client,
    table: &str,
    index: Option<&str>,
) -> Result<KeyNames, Failure> {
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
    let described = answer.table.as_ref();
    let schema = match index {
        None => described.map(TableDescription::key_schema).unwrap_or_default(),
        Some(index) => described
            .and_then(|table| schema_of(table, index))
            .ok_or_else(|| Failure::refused(format!("table {table} has no index {index}")))?,
    };
    let name = |wanted: &KeyType| {
        let element = schema.iter().find(|element| element.key_type() == wanted);
        element.map(|element| element.attribute_name().to_owned())
    };
    let hash = name(&KeyType::Hash).ok_or_else(|| {
        Failure::refused(format!("DynamoDB describes table {table} without a partition key"))
    })?;
    Ok((hash, name(&KeyType::Range)))
}

fn schema_of<'a>(table: &'a TableDescription, index: &str) -> Option<&'a [KeySchemaElement]> {
    let global = table.global_secondary_indexes().iter();
    let local = table.local_secondary_indexes().iter();
    let global = global.map(|it| (it.index_name(), it.key_schema()));
    let mut all = global.chain(local.map(|it| (it.index_name(), it.key_schema())));
    all.find(|(name, _)| *name == Some(index)).map(|(_, schema)| schema)
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

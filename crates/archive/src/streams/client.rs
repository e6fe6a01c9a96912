//! The calls through the SDK's client.

use super::{
    Position, RecordsPage, ShardInfo, StreamPage, StreamStatus, StreamsApi, StreamsError,
    StreamsErrorKind,
};
use async_trait::async_trait;
use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodbstreams::types::{
    Shard, ShardFilter, ShardFilterType, ShardIteratorType, StreamDescription,
    StreamStatus as SdkStatus, StreamViewType as SdkViewType,
};
use ddbkit_codec::{SequenceNumber, StreamViewType};
use ddbkit_flow::{CallFailure, THROTTLES};
use std::error::Error as StdError;
use std::fmt;

#[async_trait]
impl StreamsApi for Client {
    async fn describe_stream(
        &self,
        stream_arn: &str,
        after_shard: Option<&str>,
        limit: Option<u32>,
    ) -> Result<StreamPage, StreamsError> {
        let what = || format!("DescribeStream of {stream_arn}");
        let call = self.describe_stream().stream_arn(stream_arn);
        let call = call.set_exclusive_start_shard_id(after_shard.map(ToOwned::to_owned));
        let call = call.set_limit(limit.and_then(|limit| i32::try_from(limit).ok()));
        let answer = call.send().await.map_err(|error| failed(&what(), &error))?;
        page(answer.stream_description, &what())
    }

    async fn child_shards(
        &self,
        stream_arn: &str,
        shard: &str,
    ) -> Result<Vec<ShardInfo>, StreamsError> {
        let what = || format!("DescribeStream for the children of {shard}");
        let (mut children, mut after) = (Vec::new(), None);
        loop {
            let filter =
                ShardFilter::builder().r#type(ShardFilterType::ChildShards).shard_id(shard);
            let call = self.describe_stream().stream_arn(stream_arn).shard_filter(filter.build());
            let call = call.set_exclusive_start_shard_id(after);
            let answer = call.send().await.map_err(|error| failed(&what(), &error))?;
            let page = page(answer.stream_description, &what())?;
            // A server that does not know the filter answers with all shards.
            let is_child = |info: &ShardInfo| info.parent.as_deref() == Some(shard);
            children.extend(page.shards.into_iter().filter(is_child));
            after = page.last_evaluated;
            if after.is_none() {
                return Ok(children);
            }
        }
    }

    async fn shard_iterator(
        &self,
        stream_arn: &str,
        shard: &str,
        position: Position,
    ) -> Result<String, StreamsError> {
        let what = || format!("GetShardIterator of {shard}");
        let (kind, number) = match position {
            Position::TrimHorizon => (ShardIteratorType::TrimHorizon, None),
            Position::Latest => (ShardIteratorType::Latest, None),
            Position::AtSequenceNumber(number) => {
                (ShardIteratorType::AtSequenceNumber, Some(number))
            }
            Position::AfterSequenceNumber(number) => {
                (ShardIteratorType::AfterSequenceNumber, Some(number))
            }
        };
        let call = self.get_shard_iterator().stream_arn(stream_arn).shard_id(shard);
        let call = call.shard_iterator_type(kind);
        let call = call.set_sequence_number(number.map(|number| number.to_string()));
        let answer = call.send().await.map_err(|error| failed(&what(), &error))?;
        let missing = || unreadable(&what(), "there is no iterator in the answer");
        answer.shard_iterator.ok_or_else(missing)
    }

    async fn get_records(&self, iterator: &str, limit: u32) -> Result<RecordsPage, StreamsError> {
        let what = || "GetRecords".to_owned();
        let call = self.get_records().shard_iterator(iterator);
        let call = call.set_limit(i32::try_from(limit).ok());
        let answer = call.send().await.map_err(|error| failed(&what(), &error))?;
        let records = answer.records.unwrap_or_default().into_iter().map(TryInto::try_into);
        let records = records
            .collect::<Result<_, crate::ArchiveError>>()
            .map_err(|error| unreadable(&what(), &error.to_string()))?;
        Ok(RecordsPage { records, next_iterator: answer.next_shard_iterator })
    }
}

fn page(description: Option<StreamDescription>, what: &str) -> Result<StreamPage, StreamsError> {
    let missing = |part: &str| unreadable(what, &format!("there is no {part} in the answer"));
    let description = description.ok_or_else(|| missing("description"))?;
    let shards = description.shards.unwrap_or_default().into_iter();
    let shards = shards.map(|sdk| shard(sdk).map_err(|why| unreadable(what, why)));
    Ok(StreamPage {
        status: match &description.stream_status {
            Some(SdkStatus::Enabled) => StreamStatus::Enabled,
            Some(SdkStatus::Disabling) => StreamStatus::Disabling,
            Some(SdkStatus::Disabled) => StreamStatus::Disabled,
            // A status that is newer than this program: not yet known to be one that can be read.
            _ => StreamStatus::Enabling,
        },
        view_type: match &description.stream_view_type {
            Some(SdkViewType::KeysOnly) => Some(StreamViewType::KeysOnly),
            Some(SdkViewType::NewImage) => Some(StreamViewType::NewImage),
            Some(SdkViewType::OldImage) => Some(StreamViewType::OldImage),
            Some(SdkViewType::NewAndOldImages) => Some(StreamViewType::NewAndOldImages),
            _ => None,
        },
        label: description.stream_label.ok_or_else(|| missing("label"))?,
        shards: shards.collect::<Result<_, _>>()?,
        last_evaluated: description.last_evaluated_shard_id,
    })
}

fn shard(sdk: Shard) -> Result<ShardInfo, &'static str> {
    let number = |text: Option<String>| -> Result<Option<SequenceNumber>, &'static str> {
        let number = text.map(|text| text.parse()).transpose();
        number.map_err(|_| "a sequence number of a shard has another form")
    };
    let range = sdk.sequence_number_range;
    let (starting, ending) = range.map_or((None, None), |range| {
        (range.starting_sequence_number, range.ending_sequence_number)
    });
    Ok(ShardInfo {
        id: sdk.shard_id.ok_or("there is a shard without an id")?,
        parent: sdk.parent_shard_id.filter(|id| !id.is_empty()),
        starting: number(starting)?,
        ending: number(ending)?,
    })
}

fn unreadable(what: &str, why: &str) -> StreamsError {
    StreamsError::new(StreamsErrorKind::Service, format!("{what} failed: {why}"))
}

fn failed<E, R>(what: &str, error: &SdkError<E, R>) -> StreamsError
where
    E: ProvideErrorMetadata + StdError + 'static,
    R: fmt::Debug + 'static,
{
    let failure = CallFailure::of(error);
    let kind = failure.code().map_or(StreamsErrorKind::Unavailable, kind_of_code);
    StreamsError::new(kind, format!("{what} failed: {failure}"))
}

/// What the error codes mean for us; they are those of the API reference of `DynamoDB` Streams.
fn kind_of_code(code: &str) -> StreamsErrorKind {
    match code {
        "ExpiredIteratorException" => StreamsErrorKind::ExpiredIterator,
        "TrimmedDataAccessException" => StreamsErrorKind::TrimmedData,
        "ResourceNotFoundException" => StreamsErrorKind::NotFound,
        "LimitExceededException" => StreamsErrorKind::LimitExceeded,
        code if THROTTLES.contains(&code) => StreamsErrorKind::Throttled,
        "InternalServerError" | "InternalFailure" | "ServiceUnavailable" => {
            StreamsErrorKind::Unavailable
        }
        _ => StreamsErrorKind::Service,
    }
}

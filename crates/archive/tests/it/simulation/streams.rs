//! The fake stream as the archive calls it.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodbstreams::types::{Shard, ShardIteratorType, StreamStatus as SdkStatus};
use ddbkit_archive::{
    Position, RecordsPage, ShardInfo, StreamPage, StreamStatus, StreamViewType, StreamsApi,
    StreamsError, StreamsErrorKind,
};
use ddbkit_testkit::streams::{FakeStreams, FakeStreamsError};

use super::connection::Connection;

pub(crate) struct Streams {
    pub(crate) fake: Arc<FakeStreams>,
    pub(crate) connection: Arc<Connection>,
    /// Whether all pages are empty, as those of a shard with few records may be for long.
    pub(crate) empty_pages: bool,
}

impl Streams {
    async fn call<T>(
        &self,
        call: impl Fn(&FakeStreams) -> Result<T, FakeStreamsError>,
    ) -> Result<T, StreamsError> {
        let call = async { call(&self.fake).map_err(error) };
        self.connection.call(call, || error(FakeStreamsError::Internal)).await
    }
}

#[async_trait]
impl StreamsApi for Streams {
    async fn describe_stream(
        &self,
        stream_arn: &str,
        after_shard: Option<&str>,
        limit: Option<u32>,
    ) -> Result<StreamPage, StreamsError> {
        let limit = limit.map(u32::cast_signed);
        let answer = self.call(|fake| fake.describe_stream(stream_arn, after_shard, limit)).await?;
        Ok(StreamPage {
            status: if answer.stream_status == Some(SdkStatus::Disabled) {
                StreamStatus::Disabled
            } else {
                StreamStatus::Enabled
            },
            view_type: Some(StreamViewType::NewAndOldImages),
            label: answer.stream_label.unwrap(),
            shards: answer.shards.unwrap().into_iter().map(shard).collect(),
            last_evaluated: answer.last_evaluated_shard_id,
        })
    }

    async fn child_shards(
        &self,
        stream_arn: &str,
        shard_id: &str,
    ) -> Result<Vec<ShardInfo>, StreamsError> {
        let children = self.call(|fake| fake.child_shards(stream_arn, shard_id)).await?;
        Ok(children.into_iter().map(shard).collect())
    }

    async fn shard_iterator(
        &self,
        stream_arn: &str,
        shard_id: &str,
        position: Position,
    ) -> Result<String, StreamsError> {
        let (kind, number) = match position {
            Position::TrimHorizon => (ShardIteratorType::TrimHorizon, None),
            Position::Latest => (ShardIteratorType::Latest, None),
            Position::AtSequenceNumber(number) => {
                (ShardIteratorType::AtSequenceNumber, Some(number.to_string()))
            }
            Position::AfterSequenceNumber(number) => {
                (ShardIteratorType::AfterSequenceNumber, Some(number.to_string()))
            }
        };
        self.call(|fake| fake.shard_iterator(stream_arn, shard_id, &kind, number.as_deref())).await
    }

    async fn get_records(&self, iterator: &str, limit: u32) -> Result<RecordsPage, StreamsError> {
        let limit = Some(limit.cast_signed());
        if self.empty_pages {
            let next_iterator = Some(iterator.to_owned());
            return Ok(RecordsPage { records: Vec::new(), next_iterator });
        }
        let (records, next_iterator) = self.call(|fake| fake.get_records(iterator, limit)).await?;
        let records = records.into_iter().map(|record| record.try_into().unwrap()).collect();
        Ok(RecordsPage { records, next_iterator })
    }
}

fn shard(sdk: Shard) -> ShardInfo {
    let range = sdk.sequence_number_range.unwrap();
    let number = |text: Option<String>| text.map(|text| text.parse().unwrap());
    ShardInfo {
        id: sdk.shard_id.unwrap(),
        parent: sdk.parent_shard_id,
        starting: number(range.starting_sequence_number),
        ending: number(range.ending_sequence_number),
    }
}

fn error(error: FakeStreamsError) -> StreamsError {
    let kind = match error {
        FakeStreamsError::ExpiredIterator => StreamsErrorKind::ExpiredIterator,
        FakeStreamsError::TrimmedData => StreamsErrorKind::TrimmedData,
        FakeStreamsError::ResourceNotFound => StreamsErrorKind::NotFound,
        FakeStreamsError::Throttled => StreamsErrorKind::Throttled,
        FakeStreamsError::Internal => StreamsErrorKind::Unavailable,
        FakeStreamsError::Invalid(what) => panic!("the archive called wrongly: {what}"),
    };
    StreamsError::new(kind, error.to_string())
}

//! `DynamoDB` as the proxy sees it.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use hyper::http::{request, response};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::{batch, user_identity};
use crate::jobs::Jobs;
use crate::proxy::body::{BoxError, ResponseBody, full};
use crate::proxy::{BatchPart, Protocol, Refusal};

const X_AMZ_CRC32: HeaderName = HeaderName::from_static("x-amz-crc32");
const X_AMZ_TARGET: &str = "x-amz-target";

/// The way to the embedded database's own listener.
pub(super) struct DynamoDbProtocol {
    upstream: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    jobs: Option<Jobs>,
}

impl DynamoDbProtocol {
    /// Must be called on the runtime that serves.
    pub(super) fn new(upstream: SocketAddr, jobs: Option<Jobs>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self { upstream, client: Client::builder(TokioExecutor::new()).build(connector), jobs }
    }

    async fn send(
        &self,
        mut parts: request::Parts,
        body: Bytes,
    ) -> Result<(response::Parts, Bytes), BoxError> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        parts.uri = format!("http://{}{path}", self.upstream).parse::<Uri>()?;
        parts.headers.remove(HOST);
        parts.headers.remove(TRANSFER_ENCODING);
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        let request = Request::from_parts(parts, Full::new(body));
        let (parts, body) = self.client.request(request).await?.into_parts();
        Ok((parts, body.collect().await?.to_bytes()))
    }
}

impl Protocol for DynamoDbProtocol {
    fn operation(&self, request: &Request<Incoming>) -> String {
        let target = request.headers().get(X_AMZ_TARGET);
        let target = target.and_then(|value| value.to_str().ok()).unwrap_or_default();
        target.split_once('.').map_or("", |(_, operation)| operation).to_owned()
    }

    async fn forward(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<ResponseBody>, BoxError> {
        let operation = self.operation(&request);
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        if let Some(jobs) = &self.jobs
            && let Some(answer) = jobs.answer(&operation, &body).await
        {
            return Ok(match answer {
                Ok(answer) => json(StatusCode::OK, answer.to_string()),
                Err(refused) => json(StatusCode::BAD_REQUEST, refused.body()),
            });
        }
        let (mut parts, mut body) = self.send(parts, body).await?;
        let corrected = match (operation.as_str(), &self.jobs) {
            ("GetRecords", _) => user_identity::corrected(&body),
            ("DescribeTable", Some(jobs)) => jobs.correct_table(&body).map(Bytes::from),
            _ => None,
        };
        if let Some(corrected) = corrected {
            body = corrected;
            parts.headers.remove(X_AMZ_CRC32);
        }
        Ok(complete(parts, body))
    }

    async fn forward_part(
        &self,
        request: Request<Incoming>,
        part: BatchPart,
    ) -> Result<(Response<ResponseBody>, bool), BoxError> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let Ok(split) = batch::split(&body, part) else {
            let (parts, body) = self.send(parts, body).await?;
            return Ok((complete(parts, body), false));
        };
        let Some(applied) = split.applied else {
            let answer = batch::answer(None, split.unprocessed)?;
            return Ok((json(StatusCode::OK, answer), true));
        };
        let (mut parts, body) = self.send(parts, applied.into()).await?;
        if parts.status != StatusCode::OK {
            return Ok((complete(parts, body), false));
        }
        let answer = batch::answer(Some(&body), split.unprocessed)?;
        parts.headers.remove(X_AMZ_CRC32);
        Ok((complete(parts, answer.into()), true))
    }

    fn refuse(&self, refusal: Refusal) -> Response<ResponseBody> {
        match refusal {
            Refusal::Throttled => json(
                StatusCode::BAD_REQUEST,
                concat!(
                    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","#,
                    r#""message":"The level of configured provisioned throughput for the table was exceeded. "#,
                    r#"Consider increasing your provisioning level with the UpdateTable API."}"#
                ),
            ),
            Refusal::InternalError => json(
                StatusCode::INTERNAL_SERVER_ERROR,
                r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}"#,
            ),
            Refusal::ExpiredCredentials => json(
                StatusCode::BAD_REQUEST,
                r#"{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"The security token included in the request is expired"}"#,
            ),
        }
    }
}

fn json(status: StatusCode, body: impl Into<Bytes>) -> Response<ResponseBody> {
    let (mut parts, ()) = Response::new(()).into_parts();
    parts.status = status;
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    complete(parts, body.into())
}

/// An answer with the right length and, as from the service, with the CRC-32 of its body.
fn complete(mut parts: response::Parts, body: Bytes) -> Response<ResponseBody> {
    parts.headers.remove(TRANSFER_ENCODING);
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    parts.headers.entry(X_AMZ_CRC32).or_insert_with(|| HeaderValue::from(crc32fast::hash(&body)));
    Response::from_parts(parts, full(body))
}

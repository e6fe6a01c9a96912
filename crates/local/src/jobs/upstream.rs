//! Calls to the embedded database itself, past the proxy and its faults.

use super::Refused;
use crate::proxy::body::BoxError;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::fmt::Display;
use std::net::SocketAddr;

/// The database does not look whether a signature is right.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, \
                      SignedHeaders=host, Signature=0";

/// The way to the database's own listener.
#[derive(Clone)]
pub(crate) struct Upstream {
    url: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Upstream {
    /// Must be called on the runtime that serves.
    pub(crate) fn new(address: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Self { url: format!("http://{address}/"), client }
    }

    /// The text of the answer.
    pub(super) async fn call(
        &self,
        operation: &str,
        request: &(impl Display + ?Sized),
    ) -> Result<Bytes, Refused> {
        let service = match operation {
            "DescribeStream" | "GetShardIterator" | "GetRecords" => "DynamoDBStreams",
            _ => "DynamoDB",
        };
        let target = format!("{service}_20120810.{operation}");
        let answered = self.send(&target, request.to_string()).await;
        let (is_ok, body) = answered.map_err(|error| {
            Refused::new("InternalServerError", format!("the database does not answer: {error}"))
        })?;
        if is_ok {
            return Ok(body);
        }
        let error: Value = serde_json::from_slice(&body).unwrap_or_default();
        let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
        let code = text("__type").rsplit('#').next().unwrap_or_default();
        Err(Refused::new(code, text("message")))
    }

    async fn send(&self, target: &str, body: String) -> Result<(bool, Bytes), BoxError> {
        let request = Request::post(&self.url)
            .header(CONTENT_TYPE, "application/x-amz-json-1.0")
            .header(AUTHORIZATION, SIGNED)
            .header("x-amz-date", "20260101T000000Z")
            .header("x-amz-target", target)
            .body(Full::from(body))?;
        let (parts, body) = self.client.request(request).await?.into_parts();
        Ok((parts.status.is_success(), body.collect().await?.to_bytes()))
    }

    /// The `Table` of `DescribeTable`; none when there is no such table.
    pub(super) async fn table(&self, name: &str) -> Result<Option<Value>, Refused> {
        match self.call("DescribeTable", &json!({"TableName": name})).await {
            Ok(answer) => {
                let mut answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
                Ok(answer.get_mut("Table").map(Value::take))
            }
            Err(refused) if refused.code == "ResourceNotFoundException" => Ok(None),
            Err(refused) => Err(refused),
        }
    }
}

//! A client whose calls are answered from a script, which must be played to its end.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// A call as it must come, and its answer.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    operation: &'static str,
    request: Option<Value>,
    status: u16,
    answer: Value,
}

/// A call whose body must be this.
pub(super) fn call(operation: &'static str, request: Value, answer: Value) -> Exchange {
    Exchange { operation, request: Some(request), status: 200, answer }
}

/// A call that is refused.
pub(super) fn refusal(operation: &'static str, code: &str, message: &str) -> Exchange {
    let code = format!("com.amazonaws.dynamodb.v20120810#{code}");
    let answer = json!({"__type": code, "message": message});
    Exchange { operation, request: None, status: 400, answer }
}

#[derive(Clone, Debug)]
pub(super) struct Replay(Arc<Mutex<VecDeque<Exchange>>>);

impl Replay {
    pub(super) fn new(exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        Self(Arc::new(Mutex::new(exchanges.into_iter().collect())))
    }

    pub(super) fn client(&self) -> Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-north-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(self.clone());
        Client::from_conf(config.build())
    }

    /// Every call was made.
    pub(super) fn is_over(&self) -> bool {
        self.0.lock().unwrap().is_empty()
    }
}

impl HttpClient for Replay {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Replay {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let next = self.0.lock().unwrap().pop_front();
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let exchange = next.unwrap_or_else(|| panic!("one call too many: {target}"));
        assert_eq!(target, format!("DynamoDB_20120810.{}", exchange.operation));
        let mut body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        if let Some(mut expected) = exchange.request {
            // The SDK makes one up where the caller gives none.
            for one in [&mut body, &mut expected] {
                if one["ClientToken"].as_str().is_some_and(|token| token.len() == 36) {
                    one.as_object_mut().unwrap().remove("ClientToken");
                }
            }
            assert_eq!(body, expected, "{target}");
        }
        let status = StatusCode::try_from(exchange.status).unwrap();
        let answer = SdkBody::from(exchange.answer.to_string());
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, answer)))
    }
}

//! A client whose calls are answered by the test, for what no local server knows.

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use std::fmt;
use std::sync::{Arc, Mutex};

/// What a test does with a call: an answer of its own, or none to let the server answer.
pub(crate) type Script = dyn Fn(&str, &Value) -> Option<(u16, Value)> + Send + Sync;

/// The calls that were made, the operation and the body of each.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<(String, Value)>>>);

impl Calls {
    /// The bodies of the calls of this operation.
    pub(crate) fn of(&self, operation: &str) -> Vec<Value> {
        let calls = self.0.lock().unwrap();
        calls.iter().filter(|call| call.0 == operation).map(|call| call.1.clone()).collect()
    }

    /// The operations that change something, in the order of their calls; batches of items are one.
    pub(crate) fn changes(&self) -> Vec<String> {
        let calls = self.0.lock().unwrap();
        let asks = ["Describe", "List", "Get", "Scan"];
        let changes = calls.iter().filter(|call| !asks.iter().any(|ask| call.0.starts_with(ask)));
        let mut changes: Vec<_> = changes.map(|call| call.0.clone()).collect();
        changes.dedup_by(|next, before| next == before && next == "BatchWriteItem");
        changes
    }
}

/// An answer of the service that refuses.
pub(crate) fn refused(code: &str, message: &str) -> (u16, Value) {
    (400, json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message}))
}

/// The client with the script before its server.
pub(crate) fn scripted(
    client: &Client,
    script: impl Fn(&str, &Value) -> Option<(u16, Value)> + Send + Sync + 'static,
) -> (Client, Calls) {
    let calls = Calls::default();
    let inner = aws_smithy_http_client::Builder::new().build_http();
    let http = Scripted { inner, script: Arc::new(script), calls: calls.clone() };
    (Client::from_conf(client.config().to_builder().http_client(http).build()), calls)
}

#[derive(Clone)]
struct Scripted<T = SharedHttpClient> {
    inner: T,
    script: Arc<Script>,
    calls: Calls,
}

impl<T: fmt::Debug> fmt::Debug for Scripted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl HttpClient for Scripted {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        let (script, calls) = (self.script.clone(), self.calls.clone());
        SharedHttpConnector::new(Scripted { inner, script, calls })
    }
}

impl HttpConnector for Scripted<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default());
        let body: Value = body.unwrap_or_default();
        self.calls.0.lock().unwrap().push((operation.clone(), body.clone()));
        match (self.script)(&operation, &body) {
            None => self.inner.call(request),
            Some((status, answer)) => {
                let status = StatusCode::try_from(status).unwrap();
                let answer = HttpResponse::new(status, SdkBody::from(answer.to_string()));
                HttpConnectorFuture::ready(Ok(answer))
            }
        }
    }
}

//! The caller's HTTP client, with a look at every answer.

use crate::raw::page::{PageSlot, split};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use ddbkit_flow::THROTTLES;
use http_body_util::BodyExt;
use std::fmt;
use std::sync::Arc;

/// Told of every answer that asks to slow down, also of those that the SDK then retries.
pub(crate) type OnThrottle = Arc<dyn Fn() + Send + Sync>;

/// Wraps an HTTP client: proves the checksum of every answer, which the Rust SDK does not, and
/// takes the items out of the answers to requests that carry a [`PageSlot`].
#[derive(Clone)]
pub(crate) struct InspectingClient {
    inner: SharedHttpClient,
    on_throttle: OnThrottle,
}

impl InspectingClient {
    pub(crate) fn new(inner: SharedHttpClient, on_throttle: OnThrottle) -> Self {
        Self { inner, on_throttle }
    }
}

impl fmt::Debug for InspectingClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InspectingClient").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl HttpClient for InspectingClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(InspectingConnector {
            inner: self.inner.http_connector(settings, components),
            on_throttle: self.on_throttle.clone(),
        })
    }
}

struct InspectingConnector {
    inner: SharedHttpConnector,
    on_throttle: OnThrottle,
}

impl fmt::Debug for InspectingConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InspectingConnector").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl HttpConnector for InspectingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let slot = request.extension::<PageSlot>().cloned();
        let on_throttle = self.on_throttle.clone();
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let mut response = answer.await?;
            let body = collect(&mut response).await?;
            check_crc32(&response, &body)?;
            let body = if !response.status().is_success() {
                if is_throttle(&body) {
                    on_throttle();
                }
                body
            } else if let Some(slot) = slot {
                match split(&body) {
                    Some((page, rest)) => {
                        slot.fill(page);
                        rest
                    }
                    // A server with another way to write JSON: let the SDK decode it.
                    None => body,
                }
            } else {
                body
            };
            *response.body_mut() = SdkBody::from(body);
            Ok(response)
        })
    }
}

async fn collect(response: &mut HttpResponse) -> Result<Bytes, ConnectorError> {
    let body = response.take_body().collect().await;
    Ok(body.map_err(ConnectorError::io)?.to_bytes())
}

/// DynamoDB sends the CRC-32 of the body with every answer. A mismatch is an error of the
/// connection, so that the SDK retries it.
fn check_crc32(response: &HttpResponse, body: &[u8]) -> Result<(), ConnectorError> {
    let Some(expected) = response.headers().get("x-amz-crc32") else { return Ok(()) };
    let actual = crc32fast::hash(body);
    if expected.parse() == Ok(actual) {
        return Ok(());
    }
    let text = format!("the answer is damaged: crc32 {actual}, announced as {expected}");
    Err(ConnectorError::io(text.into()))
}

fn is_throttle(body: &[u8]) -> bool {
    THROTTLES.iter().any(|code| memchr::memmem::find(body, code.as_bytes()).is_some())
}

//! An HTTP client that loses, delays, repeats and refuses, below the SDK and its retries.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It never arrives.
    LostRequest,
    /// It is carried out, and the answer is lost.
    LostAnswer,
    /// It is carried out long after the client gave it up, and perhaps after its retry.
    Late,
    /// It is carried out twice.
    Twice,
    /// S3 calls it a conflict, and does not carry it out.
    Status409,
    /// It is carried out, and its repetition meets the object: what a client behind a proxy sees.
    Status412,
    /// The server fails, before it does anything.
    Status500,
    /// The server fails, after it has done it.
    Status500Done,
    /// The server wants to be left alone.
    Status503,
}

impl Trouble {
    pub(crate) const ALL: [Self; 9] = [
        Self::LostRequest,
        Self::LostAnswer,
        Self::Late,
        Self::Twice,
        Self::Status409,
        Self::Status412,
        Self::Status500,
        Self::Status500Done,
        Self::Status503,
    ];

    /// Whether a server would ever do that to this operation.
    pub(crate) fn fits(self, operation: &str) -> bool {
        !matches!(self, Self::Status409 | Self::Status412) || operation == "PUT"
    }
}

/// How late a late request is. The times of the tests allow for more.
pub(crate) const LATE: Duration = Duration::from_millis(250);

type Decide = Arc<dyn Fn(&str) -> Option<Trouble> + Send + Sync>;

/// Asks for every request, by the name of its operation (for S3 the method), what happens to it.
#[derive(Clone)]
pub(crate) struct Chaos {
    inner: SharedHttpClient,
    decide: Decide,
    troubles: Arc<AtomicU64>,
}

impl Chaos {
    pub(crate) fn new(decide: impl Fn(&str) -> Option<Trouble> + Send + Sync + 'static) -> Self {
        let inner = aws_smithy_http_client::Builder::new().build_http();
        Self { inner, decide: Arc::new(decide), troubles: Arc::default() }
    }

    /// How much trouble there was.
    pub(crate) fn troubles(&self) -> u64 {
        self.troubles.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Chaos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chaos").finish_non_exhaustive()
    }
}

impl HttpClient for Chaos {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, chaos: self.clone() })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    chaos: Chaos,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target");
        let operation = target.and_then(|target| target.split('.').nth(1));
        let is_s3 = operation.is_none();
        let operation = operation.unwrap_or(request.method()).to_owned();
        let Some(trouble) = (self.chaos.decide)(&operation).filter(|one| one.fits(&operation))
        else {
            return self.inner.call(request);
        };
        self.chaos.troubles.fetch_add(1, Ordering::Relaxed);
        let inner = self.inner.clone();
        HttpConnectorFuture::new(async move {
            match trouble {
                Trouble::LostRequest => Err(lost()),
                Trouble::LostAnswer => {
                    inner.call(request).await?;
                    Err(lost())
                }
                Trouble::Late => {
                    tokio::spawn(async move {
                        tokio::time::sleep(LATE).await;
                        let _ = inner.call(request).await;
                    });
                    Err(lost())
                }
                Trouble::Twice => {
                    if let Some(copy) = request.try_clone() {
                        inner.call(copy).await?;
                    }
                    inner.call(request).await
                }
                Trouble::Status409 => Ok(answer(409, "ConditionalRequestConflict", is_s3)),
                Trouble::Status412 => {
                    let done = inner.call(request).await?;
                    let is_done = done.status().is_success();
                    Ok(if is_done { answer(412, "PreconditionFailed", is_s3) } else { done })
                }
                Trouble::Status500 => Ok(answer(500, internal(is_s3), is_s3)),
                Trouble::Status500Done => {
                    inner.call(request).await?;
                    Ok(answer(500, internal(is_s3), is_s3))
                }
                Trouble::Status503 => Ok(answer(503, "ServiceUnavailable", is_s3)),
            }
        })
    }
}

fn internal(is_s3: bool) -> &'static str {
    if is_s3 { "InternalError" } else { "InternalServerError" }
}

fn lost() -> ConnectorError {
    ConnectorError::timeout("the network lost it".into())
}

fn answer(status: u16, code: &str, is_s3: bool) -> HttpResponse {
    let body = if is_s3 {
        format!("<Error><Code>{code}</Code><Message>chaos</Message></Error>")
    } else {
        format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"chaos"}}"#)
    };
    HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))
}

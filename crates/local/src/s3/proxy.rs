//! S3 as the proxy sees it.

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use s3s::service::S3Service;

use super::operation;
use crate::proxy::body::{BoxError, ResponseBody, full};
use crate::proxy::{BatchPart, Protocol, Refusal};

/// The S3 service, which is called without a connection in between.
pub(super) struct S3Protocol {
    service: S3Service,
}

impl S3Protocol {
    pub(super) fn new(service: S3Service) -> Self {
        Self { service }
    }
}

impl Protocol for S3Protocol {
    fn operation(&self, request: &Request<Incoming>) -> String {
        operation::name(request.method(), request.uri(), request.headers()).to_owned()
    }

    async fn forward(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<ResponseBody>, BoxError> {
        let response = self.service.call(request.map(s3s::Body::from)).await?;
        Ok(response.map(BodyExt::boxed_unsync))
    }

    async fn forward_part(
        &self,
        request: Request<Incoming>,
        _part: BatchPart,
    ) -> Result<(Response<ResponseBody>, bool), BoxError> {
        Ok((self.forward(request).await?, false)) // S3 has no batches
    }

    fn refuse(&self, refusal: Refusal) -> Response<ResponseBody> {
        let (status, code, message) = match refusal {
            Refusal::Throttled => {
                (StatusCode::SERVICE_UNAVAILABLE, "SlowDown", "Please reduce your request rate.")
            }
            Refusal::InternalError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalError",
                "We encountered an internal error. Please try again.",
            ),
            Refusal::ExpiredCredentials => {
                (StatusCode::BAD_REQUEST, "ExpiredToken", "The provided token has expired.")
            }
        };
        let body = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"#
        );
        let mut response = Response::new(full(body));
        *response.status_mut() = status;
        let xml = HeaderValue::from_static("application/xml");
        response.headers_mut().insert(CONTENT_TYPE, xml);
        response
    }
}

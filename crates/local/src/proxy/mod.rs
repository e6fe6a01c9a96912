//! The HTTP server in front of a service: passes calls through and injects faults.

pub(crate) mod body;

use std::future::Future;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use crate::faults::{Fault, Faults};
use crate::server::LoopbackListener;
use body::{BoxError, ResponseBody};

/// What the proxy must know of the service behind it.
pub(crate) trait Protocol: Send + Sync + 'static {
    /// The AWS name of the operation that a request asks for; empty when it is none.
    fn operation(&self, request: &Request<Incoming>) -> String;

    /// Has the service answer.
    fn forward(
        &self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<ResponseBody>, BoxError>> + Send;

    /// Has the service apply a part of a batch and answers that the rest is unprocessed. Also says
    /// whether there was a rest.
    fn forward_part(
        &self,
        request: Request<Incoming>,
        part: BatchPart,
    ) -> impl Future<Output = Result<(Response<ResponseBody>, bool), BoxError>> + Send;

    /// The service's own words for a refusal.
    fn refuse(&self, refusal: Refusal) -> Response<ResponseBody>;
}

/// How much of a batch is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BatchPart {
    FirstHalf,
    Nothing,
}

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Throttled,
    InternalError,
    ExpiredCredentials,
}

/// Accepts connections for as long as it is polled.
pub(crate) async fn serve<P: Protocol>(listener: LoopbackListener, protocol: P, faults: Faults) {
    let Ok(listener) = listener.into_tokio() else {
        return; // the runtime is going down
    };
    let protocol = Arc::new(protocol);
    loop {
        // A connection that was gone before it was accepted is no reason to stop.
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        // Without it small answers wait for the acknowledgement of the ones before.
        let _ = stream.set_nodelay(true);
        let (protocol, faults) = (Arc::clone(&protocol), faults.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let (protocol, faults) = (Arc::clone(&protocol), faults.clone());
                async move { answer(&*protocol, &faults, request).await }
            });
            // An error here is a connection that the client or a fault has cut.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// A call whose connection closes without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection closes without an answer")]
struct Unanswered(#[source] BoxError);

/// Answers one call.
async fn answer<P: Protocol>(
    protocol: &P,
    faults: &Faults,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, Unanswered> {
    let decision = faults.decide(&protocol.operation(&request), request.uri().path());
    if !decision.delay.is_zero() {
        tokio::time::sleep(decision.delay).await;
    }
    let Some(fault) = decision.fault() else {
        return protocol.forward(request).await.map_err(Unanswered);
    };
    let answered = match fault {
        Fault::UnprocessedItems => protocol.forward_part(request, BatchPart::FirstHalf).await,
        Fault::AllUnprocessed => protocol.forward_part(request, BatchPart::Nothing).await,
        Fault::Throttle => refuse(protocol, request, Refusal::Throttled).await,
        Fault::InternalServerError => refuse(protocol, request, Refusal::InternalError).await,
        Fault::ExpiredCredentials => refuse(protocol, request, Refusal::ExpiredCredentials).await,
        Fault::TornBody => protocol.forward(request).await.map(body::tear),
        Fault::WrongChecksum => protocol.forward(request).await.map(body::corrupt),
        Fault::LostAnswer => {
            let applied = protocol.forward(request).await;
            applied.and_then(|_| {
                decision.count();
                Err("the answer is lost".into())
            })
        }
        Fault::Delay(_) => protocol.forward(request).await.map(|response| (response, false)),
    };
    let (response, injected) = answered.map_err(Unanswered)?;
    if injected {
        decision.count();
    }
    Ok(response)
}

async fn refuse<P: Protocol>(
    protocol: &P,
    request: Request<Incoming>,
    refusal: Refusal,
) -> Result<(Response<ResponseBody>, bool), BoxError> {
    // A server that answers before it has read the request makes the client see a reset connection.
    body::drain(request.into_body()).await?;
    Ok((protocol.refuse(refusal), true))
}

//! The runtime API of Lambda, from which a function takes its events and to which it answers.
//! (AWS docs, "Using the Lambda runtime API for custom runtimes".)

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

const INVOCATION: &str = "/2018-06-01/runtime/invocation/";

/// What the function said to an event.
#[derive(Debug)]
struct Answer {
    request: String,
    result: Result<serde_json::Value, serde_json::Value>,
}

/// A server of the runtime API with one function behind it.
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    events: mpsc::UnboundedSender<(String, String)>,
    answers: mpsc::UnboundedReceiver<Answer>,
    invocations: u64,
}

struct Server {
    events: Mutex<mpsc::UnboundedReceiver<(String, String)>>,
    answers: mpsc::UnboundedSender<Answer>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (events, waiting) = mpsc::unbounded_channel();
        let (said, answers) = mpsc::unbounded_channel();
        let server = Arc::new(Server { events: Mutex::new(waiting), answers: said });
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let server = server.clone();
                let service = service_fn(move |request| {
                    let server = server.clone();
                    async move { Ok::<_, Infallible>(server.answer(request).await) }
                });
                let http = hyper::server::conn::http1::Builder::new();
                // A function that ends closes its connection.
                tokio::spawn(http.serve_connection(TokioIo::new(connection), service));
            }
        });
        Self { address, events, answers, invocations: 0 }
    }

    /// What Lambda puts into the environment of a function.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        [
            ("AWS_LAMBDA_RUNTIME_API", self.address.to_string().as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "archive"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "stream"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "group"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Hands the function an event and waits for what it says: its answer, or its error.
    pub(crate) async fn invoke(
        &mut self,
        event: &str,
    ) -> Result<serde_json::Value, serde_json::Value> {
        self.invocations += 1;
        let request = format!("request-{}", self.invocations);
        self.events.send((request.clone(), event.to_owned())).unwrap();
        let answer = self.answers.recv().await.expect("the function answers");
        assert_eq!(answer.request, request);
        answer.result
    }
}

impl Server {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let Some(what) = path.strip_prefix(INVOCATION) else {
            return status(StatusCode::NOT_FOUND);
        };
        if request.method() == Method::GET && what == "next" {
            let Some((id, event)) = self.events.lock().await.recv().await else {
                return status(StatusCode::GONE);
            };
            return Response::builder()
                .header("lambda-runtime-aws-request-id", id)
                .header("lambda-runtime-deadline-ms", "4102444800000")
                .header(
                    "lambda-runtime-invoked-function-arn",
                    "arn:aws:lambda:eu-west-1:111122223333:function:archive",
                )
                .header("content-type", "application/json")
                .body(Full::new(event.into()))
                .unwrap();
        }
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&body).unwrap();
        let (id, result) = match what.split_once('/') {
            Some((id, "response")) => (id, Ok(body)),
            Some((id, "error")) => (id, Err(body)),
            _ => return status(StatusCode::NOT_FOUND),
        };
        // Nobody waits any more when the test is over.
        self.answers.send(Answer { request: id.to_owned(), result }).ok();
        status(StatusCode::ACCEPTED)
    }
}

fn status(code: StatusCode) -> Response<Full<Bytes>> {
    Response::builder().status(code).body(Full::default()).unwrap()
}

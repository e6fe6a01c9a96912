//! The signature of a request covers the body that is sent.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use bytes::Bytes;
use ddbkit_flow::Control;
use ddbkit_transfer::{Load, WriteMode};
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

struct Seen {
    operation: String,
    headers: hyper::HeaderMap,
    body: Bytes,
}

/// A server that describes one table, takes every write, and keeps what it was sent.
async fn server(seen: Arc<Mutex<Vec<Seen>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let seen = seen.clone();
            let service = service_fn(move |request| answer(seen.clone(), request));
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(socket), service),
            );
        }
    });
    url
}

async fn answer(
    seen: Arc<Mutex<Vec<Seen>>>,
    request: Request<hyper::body::Incoming>,
) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let target = parts.headers["x-amz-target"].to_str().unwrap();
    let operation = target.rsplit('.').next().unwrap().to_owned();
    let text = match operation.as_str() {
        "DescribeTable" => concat!(
            r#"{"Table":{"TableName":"T","TableStatus":"ACTIVE","#,
            r#""KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"#,
            r#""AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"#,
            r#""BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST"}}}"#
        ),
        _ => "{}",
    };
    seen.lock().unwrap().push(Seen { operation, headers: parts.headers, body });
    Ok(Response::new(Full::new(Bytes::from(text))))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Signature Version 4 as its specification says, over what arrived.
fn signature(seen: &Seen) -> String {
    let header = |name: &str| seen.headers[name].to_str().unwrap();
    let authorization = header("authorization");
    let signed = authorization.split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap();
    let scope = authorization.split("Credential=").nth(1).unwrap().split(',').next().unwrap();
    let scope = scope.split_once('/').unwrap().1;
    let headers: String =
        signed.split(';').map(|name| format!("{name}:{}\n", header(name).trim())).collect();
    let hash = hex(&Sha256::digest(&seen.body));
    let request = format!("POST\n/\n\n{headers}\n{signed}\n{hash}");
    let hash = hex(&Sha256::digest(request));
    let to_sign = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{hash}", header("x-amz-date"));
    let key =
        scope.split('/').fold(format!("AWS4{SECRET}").into_bytes(), |key, part| hmac(&key, part));
    hex(&hmac(&key, &to_sign))
}

#[tokio::test(flavor = "multi_thread")]
async fn spliced_bodies_are_signed_as_they_are_sent() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let url = server(seen.clone()).await;
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("AKIDEXAMPLE", SECRET, None, None, "test"))
        .endpoint_url(url);
    let client = aws_sdk_dynamodb::Client::from_conf(config.build());
    for mode in [WriteMode::Overwrite, WriteMode::SkipExisting] {
        let line = "{\"Item\":{\"pk\":{\"S\":\"a\"},\"v\":{\"S\":\"\u{1f600}\"}}}\n";
        let load = Load::builder(client.clone(), "T").mode(mode).build();
        load.from_reader(std::io::Cursor::new(line), "-", &Control::new()).await.unwrap();
    }
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    for operation in ["BatchWriteItem", "PutItem"] {
        let request = seen.iter().find(|seen| seen.operation == operation).unwrap();
        let body = std::str::from_utf8(&request.body).unwrap();
        assert!(body.contains("{\"pk\":{\"S\":\"a\"},\"v\":{\"S\":\"\u{1f600}\"}}"), "{body}");
        let length = request.headers["content-length"].to_str().unwrap();
        assert_eq!(length, request.body.len().to_string());
        let authorization = request.headers["authorization"].to_str().unwrap();
        let sent = authorization.rsplit("Signature=").next().unwrap();
        assert_eq!(sent, signature(request), "{operation}");
    }
}

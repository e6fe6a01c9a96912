//! What answers mean that no server at hand gives: the HTTP client is a script.

use crate::support::{chain, when, write};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_s3::config::http::{HttpRequest, HttpResponse};
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::http::StatusCode;
use ddbkit_store::{Condition, ETag, PutOptions, Store, StoreErrorKind};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

type Answer = (u16, &'static str);

/// Gives its answers in turn, the last one for ever, and keeps what it was asked.
#[derive(Clone, Debug)]
struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
    /// The bodies that can be seen without reading a stream.
    bodies: Arc<Mutex<Vec<String>>>,
    /// The nonce of the last write, for the answer that shows it.
    nonce: Arc<Mutex<String>>,
}

/// In place of a code: the object is there and carries the nonce of the last write.
const OURS: &str = "ours";
const THEIRS: &str = "theirs";

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let path = request.uri().split('?').next().unwrap_or_default().to_owned();
        self.asked.lock().unwrap().push(format!("{} {path}", request.method()));
        let body = request.body().bytes().unwrap_or_default();
        self.bodies.lock().unwrap().push(String::from_utf8_lossy(body).into_owned());
        if let Some(nonce) = request.headers().get("x-amz-meta-ddbkit-nonce") {
            nonce.clone_into(&mut self.nonce.lock().unwrap());
        }
        let mut answers = self.answers.lock().unwrap();
        let (status, code) =
            if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0] };
        let body = match (request.method(), code) {
            ("HEAD", _) | (_, "" | OURS | THEIRS) => String::new(),
            (_, "upload") => {
                "<R><UploadId>u</UploadId></R>".replace('R', "InitiateMultipartUploadResult")
            }
            (_, "completed") => {
                "<R><ETag>tag</ETag></R>".replace('R', "CompleteMultipartUploadResult")
            }
            _ => format!("<Error><Code>{code}</Code><Message>words</Message></Error>"),
        };
        let mut response =
            HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
        let nonce = match code {
            OURS => self.nonce.lock().unwrap().clone(),
            _ => "another".to_owned(),
        };
        response.headers_mut().insert("x-amz-meta-ddbkit-nonce", nonce);
        response.headers_mut().insert("etag", "\"tag\"");
        HttpConnectorFuture::ready(Ok(response))
    }
}

fn store(answers: &[Answer]) -> (Store, Script) {
    let answers = Arc::new(Mutex::new(answers.iter().copied().collect()));
    let script =
        Script { answers, asked: Arc::default(), bodies: Arc::default(), nonce: Arc::default() };
    let connector = script.clone();
    let client = http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone()));
    (Store::s3(client_of(config().http_client(client)), "bucket", "p"), script)
}

fn config() -> aws_sdk_s3::config::Builder {
    aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .retry_config(RetryConfig::disabled())
        .credentials_provider(Credentials::new(
            "AKIDTEST",
            "topsecret",
            Some("sessiontoken".into()),
            None,
            "test",
        ))
}

fn client_of(config: aws_sdk_s3::config::Builder) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::from_conf(config.build())
}

#[tokio::test]
async fn answers_have_their_kinds_and_name_the_object_and_the_code() {
    for (status, code, kind) in [
        (404, "NoSuchKey", StoreErrorKind::NotFound),
        (404, "NoSuchBucket", StoreErrorKind::NoSuchBucket),
        (403, "AccessDenied", StoreErrorKind::AccessDenied),
        (403, "InvalidAccessKeyId", StoreErrorKind::Credentials),
        (403, "SignatureDoesNotMatch", StoreErrorKind::Credentials),
        (400, "ExpiredToken", StoreErrorKind::Credentials),
        (412, "PreconditionFailed", StoreErrorKind::PreconditionFailed),
        (400, "BadDigest", StoreErrorKind::Damaged),
        (503, "SlowDown", StoreErrorKind::Unavailable),
        (500, "InternalError", StoreErrorKind::Unavailable),
        (501, "NotImplemented", StoreErrorKind::Unsupported),
        (301, "PermanentRedirect", StoreErrorKind::Refused),
        (400, "EntityTooLarge", StoreErrorKind::Refused),
    ] {
        let (store, _) = store(&[(status, code)]);
        let error = store.put("key", "x".into(), PutOptions::default()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{code}");
        let text = error.to_string();
        assert!(text.contains("s3://bucket/p/key") && text.contains(code), "{text}");
        assert!(text.contains(&status.to_string()), "{text}");
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.is::<aws_sdk_s3::operation::put_object::PutObjectError>(), "{source:?}");
        let shown = format!("{error:?} {}", chain(&error));
        assert!(!shown.contains("topsecret") && !shown.contains("sessiontoken"), "{shown}");
    }
}

#[tokio::test]
async fn a_conflict_is_tried_again_and_then_told_as_one() {
    let conflict = (409, "ConditionalRequestConflict");
    let (tried, script) = store(&[conflict, (404, ""), conflict, (404, ""), (200, "")]);
    let etag = tried.put("key", "x".into(), when(Condition::IfAbsent)).await.unwrap();
    assert_eq!(etag.as_str(), "tag");
    let asked = script.asked.lock().unwrap().clone();
    let methods: Vec<_> = asked.iter().filter_map(|call| call.split(' ').next()).collect();
    assert_eq!(methods, ["PUT", "HEAD", "PUT", "HEAD", "PUT"]);

    let (lost, _) = store(&[conflict]);
    let error = lost.put("key", "x".into(), when(Condition::IfAbsent)).await.unwrap_err();
    // The HEAD has a status that is not 404 as well, so whose object it is cannot be told.
    assert!(error.to_string().starts_with("cannot tell who has written"), "{error}");

    let answers: Vec<_> = std::iter::repeat_n([conflict, (404, "")], 5).flatten().collect();
    let (given_up, script) = store(&answers);
    let error = given_up.put("key", "x".into(), when(Condition::IfAbsent)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Conflict);
    assert_eq!(script.asked.lock().unwrap().len(), 10);
}

#[tokio::test]
async fn only_our_own_nonce_makes_a_refused_write_ours() {
    for refusal in
        [(412, "PreconditionFailed"), (409, "ConditionalRequestConflict"), (500, "InternalError")]
    {
        for condition in [Condition::IfAbsent, Condition::IfMatch(ETag::new("old"))] {
            let (ours, _) = store(&[refusal, (200, OURS)]);
            let etag = ours.put("key", "x".into(), when(condition.clone())).await.unwrap();
            assert_eq!(etag.as_str(), "tag");
            let (theirs, _) =
                store(&[refusal, (200, THEIRS), (412, "PreconditionFailed"), (200, THEIRS)]);
            theirs.put("key", "x".into(), when(condition)).await.unwrap_err();
        }
    }
}

#[tokio::test]
async fn a_write_without_a_condition_asks_nobody() {
    let (store, script) = store(&[(500, "InternalError")]);
    store.put("key", "x".into(), PutOptions::default()).await.unwrap_err();
    assert_eq!(
        *script.asked.lock().unwrap(),
        ["PUT https://bucket.s3.eu-central-1.amazonaws.com/p/key"]
    );
    assert!(script.nonce.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_gone_does_not_match() {
    let (store, _) = store(&[(404, "NoSuchKey")]);
    let options = when(Condition::IfMatch(ETag::new("old")));
    let error = store.put("key", "x".into(), options).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::PreconditionFailed);
}

#[tokio::test]
async fn an_upload_that_a_conflict_ended_is_told_as_a_conflict() {
    let (store, _) = store(&[
        (200, "upload"),
        (200, ""),
        (200, ""),
        (409, "ConditionalRequestConflict"),
        (404, ""),
        (404, "NoSuchUpload"),
        (404, ""),
        (204, ""),
    ]);
    let error =
        write(&store, "key", &vec![0; 10 << 20], when(Condition::IfAbsent)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Conflict, "{}", chain(&error));
}

#[tokio::test]
async fn an_upload_is_completed_without_checksums_that_it_was_not_begun_with() {
    let (store, script) = store(&[(200, "upload"), (200, ""), (200, ""), (200, "completed")]);
    write(&store, "key", &vec![0; 10 << 20], PutOptions::default()).await.unwrap();
    let bodies = script.bodies.lock().unwrap();
    let completion = bodies.iter().find(|body| body.contains("<CompleteMultipartUpload")).unwrap();
    assert_eq!(completion.matches("<Part>").count(), 2, "{completion}");
    assert!(!completion.contains("Checksum"), "{completion}");
}

#[tokio::test]
async fn a_server_that_ignores_ranges_is_not_believed() {
    let (store, _) = store(&[(200, "")]);
    let error = store.read_range("key", 1..2).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unsupported);
}

#[tokio::test]
async fn no_answer_is_told_without_secrets() {
    for endpoint in ["http://127.0.0.1:1", "http://[", "not-a-url"] {
        let client = client_of(config().endpoint_url(endpoint));
        let store = Store::s3(client, "bucket", "");
        let error = store.put("key", "x".into(), when(Condition::IfAbsent)).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{}", chain(&error));
        assert_eq!(error.to_string(), "cannot write s3://bucket/key: S3 gave no answer");
        let shown = format!("{error:?} {error:#?} {}", chain(&error));
        for secret in ["topsecret", "sessiontoken", "Signature"] {
            assert!(!shown.contains(secret), "{endpoint}: {shown}");
        }
    }
}

#[derive(Debug)]
struct NoCredentials;

impl ProvideCredentials for NoCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("nothing was found")))
    }
}

#[tokio::test]
async fn missing_credentials_are_told_as_such() {
    let config = config().credentials_provider(NoCredentials).endpoint_url("http://127.0.0.1:1");
    let store = Store::s3(client_of(config), "bucket", "");
    let error = store.head("key").await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Credentials, "{}", chain(&error));
    assert!(chain(&error).contains("nothing was found"), "{}", chain(&error));
}

//! Bodies of answers, and the ways to break them.

use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::Response;
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, HeaderValue};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type ResponseBody = UnsyncBoxBody<Bytes, BoxError>;

/// How long half an answer is on its way before the connection closes: the server must have written
/// it, else the client sees no answer at all.
const FLUSH_TIME: Duration = Duration::from_millis(20);

/// A body that is all there.
pub(crate) fn full(bytes: impl Into<Bytes>) -> ResponseBody {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// Reads a request to its end.
pub(crate) async fn drain(mut body: Incoming) -> Result<(), BoxError> {
    while let Some(frame) = body.frame().await {
        frame?;
    }
    Ok(())
}

/// Cuts the connection after half of the body; false when there is no body to cut.
pub(crate) fn tear(response: Response<ResponseBody>) -> (Response<ResponseBody>, bool) {
    let (mut parts, body) = response.into_parts();
    let length =
        match body.size_hint().exact().or_else(|| declared(parts.headers.get(CONTENT_LENGTH))) {
            None | Some(0) => return (Response::from_parts(parts, body), false),
            Some(length) => length,
        };
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    let half = stream::unfold(Some((body, length / 2)), |state| async move {
        let (mut body, left) = state?;
        let cut: Result<Frame<Bytes>, BoxError> = Err("the connection is cut".into());
        if left == 0 {
            tokio::time::sleep(FLUSH_TIME).await;
            return Some((cut, None));
        }
        match body.frame().await.and_then(Result::ok).map(Frame::into_data) {
            Some(Ok(mut data)) => {
                data.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                let left = left - data.len() as u64;
                Some((Ok(Frame::data(data)), Some((body, left))))
            }
            _ => Some((cut, None)),
        }
    });
    let body = BodyExt::boxed_unsync(StreamBody::new(half));
    (Response::from_parts(parts, body), true)
}

fn declared(content_length: Option<&HeaderValue>) -> Option<u64> {
    content_length?.to_str().ok()?.parse().ok()
}

/// Changes one byte of the body; false when there is no body to change.
pub(crate) fn corrupt(response: Response<ResponseBody>) -> (Response<ResponseBody>, bool) {
    if response.body().size_hint().exact() == Some(0) {
        return (response, false);
    }
    let mut done = false;
    let response = response.map(|body| {
        body.map_frame(move |frame| {
            frame.map_data(|data| {
                if done || data.is_empty() {
                    return data;
                }
                done = true;
                with_one_byte_changed(&data)
            })
        })
        .boxed_unsync()
    });
    (response, true)
}

/// Changes a digit, from the middle on, so that JSON stays JSON; any byte when there is no digit.
fn with_one_byte_changed(data: &[u8]) -> Bytes {
    let mut changed = data.to_vec();
    let middle = data.len() / 2;
    let digit = (middle..data.len()).chain(0..middle).find(|&at| data[at].is_ascii_digit());
    let at = digit.unwrap_or(middle);
    changed[at] = match data[at] {
        // Never to 0: a leading zero is no JSON number.
        b'9' => b'8',
        byte if byte.is_ascii_digit() => byte + 1,
        byte => byte ^ 1,
    };
    changed.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corruption_changes_one_digit_and_json_stays_json() {
        for text in [r#"{"Count":10,"S":{"N":"0.5"}}"#, r#"{"a":9}"#, r#"{"1":null}"#] {
            let changed = with_one_byte_changed(text.as_bytes());
            let differing = text.bytes().zip(changed.iter()).filter(|(a, b)| a != *b).count();
            assert_eq!((changed.len(), differing), (text.len(), 1), "{text}");
            serde_json::from_slice::<serde_json::Value>(&changed).unwrap();
        }
        assert_eq!(&*with_one_byte_changed(b"a"), b"`");
    }

    #[tokio::test]
    async fn empty_bodies_have_nothing_to_break() {
        assert!(!tear(Response::new(full(""))).1);
        assert!(!corrupt(Response::new(full(""))).1);
    }

    #[tokio::test]
    async fn torn_body_declares_its_length_and_ends_half_way() {
        let (response, torn) = tear(Response::new(full("0123456789")));
        assert!(torn);
        assert_eq!(response.headers()[CONTENT_LENGTH], "10");
        let mut body = response.into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(first, "01234");
        assert!(body.frame().await.unwrap().is_err());
    }
}

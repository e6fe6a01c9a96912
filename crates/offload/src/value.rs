//! Values of attributes as the bytes of objects, and back.

use crate::{BlobKind, BlobPointer, Encoding, OffloadError, OffloadErrorKind};
use bytes::Bytes;
use ddbkit_codec::{AttributeValue, Item};
use sha2::{Digest, Sha256};

/// Values longer than this are hashed and compressed on a thread where waiting harms nobody.
const LONG: usize = 256 * 1024;

/// A value as the bytes of an object.
#[derive(Clone, Debug)]
pub(crate) struct Encoded {
    pub(crate) kind: BlobKind,
    /// The length of the value's bytes.
    pub(crate) len: u64,
    pub(crate) sha256: [u8; 32],
    pub(crate) encoding: Encoding,
    /// What is stored.
    pub(crate) stored: Bytes,
}

impl Encoded {
    /// Encodes a value, compressed where a level is given and it makes the value smaller.
    pub(crate) async fn of(
        value: AttributeValue,
        level: Option<i32>,
    ) -> Result<Self, OffloadError> {
        if value.size() <= LONG {
            return encode(value, level);
        }
        on_a_thread(move || encode(value, level)).await
    }

    /// Whether the object of a pointer has the same value.
    pub(crate) fn is_at(&self, pointer: &BlobPointer) -> bool {
        (pointer.kind, pointer.len, pointer.sha256) == (self.kind, self.len, self.sha256)
    }
}

/// Checks the bytes of an object against its pointer and makes a value of them.
///
/// Needs memory for the object and for the value, whose length is the pointer's: bytes that would
/// expand to more are refused.
pub(crate) async fn decode(
    pointer: &BlobPointer,
    stored: Bytes,
) -> Result<AttributeValue, OffloadError> {
    let long = usize::try_from(pointer.len).is_ok_and(|len| len > LONG);
    if !long {
        return decode_now(pointer, stored);
    }
    let pointer = pointer.clone();
    on_a_thread(move || decode_now(&pointer, stored)).await
}

async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OffloadError> + Send + 'static,
) -> Result<T, OffloadError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(OffloadError::caused(OffloadErrorKind::Io, "a thread for a value ended early", error))
    })
}

fn encode(value: AttributeValue, level: Option<i32>) -> Result<Encoded, OffloadError> {
    let (kind, bytes) = match value {
        AttributeValue::S(text) => (BlobKind::String, text.into_bytes()),
        AttributeValue::B(bytes) => (BlobKind::Binary, bytes),
        document => {
            let mut text = Vec::new();
            in_order(document).write_dynamodb_json(&mut text);
            (BlobKind::Document, text)
        }
    };
    let (len, sha256) = (bytes.len(), Sha256::digest(&bytes).into());
    let compressed = level.map(|level| zstd::bulk::compress(&bytes, level)).transpose();
    let compressed = compressed.map_err(|error| {
        OffloadError::caused(OffloadErrorKind::Io, "a value cannot be compressed", error)
    })?;
    let (encoding, stored) = match compressed {
        Some(compressed) if compressed.len() < len => (Encoding::Zstd, compressed),
        _ => (Encoding::Identity, bytes),
    };
    Ok(Encoded { kind, len: len as u64, sha256, encoding, stored: stored.into() })
}

/// The value with the attributes of its maps and the members of its sets in order, and numbers in
/// their normal form: equal values have equal bytes.
fn in_order(value: AttributeValue) -> AttributeValue {
    match value {
        AttributeValue::M(map) => {
            let mut attributes: Vec<_> = map.into_iter().collect();
            attributes.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
            let ordered: Item = attributes.into_iter().map(|(k, v)| (k, in_order(v))).collect();
            AttributeValue::M(ordered)
        }
        AttributeValue::L(list) => AttributeValue::L(list.into_iter().map(in_order).collect()),
        AttributeValue::N(number) => AttributeValue::N(normal(number)),
        AttributeValue::Ss(mut set) => {
            set.sort_unstable();
            AttributeValue::Ss(set)
        }
        AttributeValue::Ns(mut set) => {
            set.sort_unstable();
            AttributeValue::Ns(set.into_iter().map(normal).collect())
        }
        AttributeValue::Bs(mut set) => {
            set.sort_unstable();
            AttributeValue::Bs(set)
        }
        other => other,
    }
}

fn normal(number: ddbkit_codec::Number) -> ddbkit_codec::Number {
    number.to_normal_form().parse().unwrap_or(number)
}

fn decode_now(pointer: &BlobPointer, stored: Bytes) -> Result<AttributeValue, OffloadError> {
    let place = format!("s3://{}/{}", pointer.bucket, pointer.key);
    let corrupt = |what: &str| {
        OffloadError::new(OffloadErrorKind::Corrupt, format!("the object {place} {what}"))
    };
    if stored.len() as u64 != pointer.stored_len {
        return Err(corrupt("has another length than its pointer says"));
    }
    let bytes = match pointer.encoding {
        Encoding::Identity => Vec::from(stored),
        Encoding::Zstd => {
            let len = usize::try_from(pointer.len).map_err(|_| corrupt("is too large"))?;
            zstd::bulk::decompress(&stored, len).map_err(|error| {
                let message = format!("the object {place} does not expand to its value");
                OffloadError::caused(OffloadErrorKind::Corrupt, message, error)
            })?
        }
    };
    if bytes.len() as u64 != pointer.len {
        return Err(corrupt("expands to another length than its pointer says"));
    }
    if <[u8; 32]>::from(Sha256::digest(&bytes)) != pointer.sha256 {
        return Err(corrupt("has other bytes than its pointer says: the SHA-256 differs"));
    }
    match pointer.kind {
        BlobKind::Binary => Ok(AttributeValue::B(bytes)),
        BlobKind::String => {
            let text = String::from_utf8(bytes).map_err(|_| corrupt("is no UTF-8"))?;
            Ok(AttributeValue::S(text))
        }
        BlobKind::Document => AttributeValue::from_dynamodb_json(&bytes).map_err(|error| {
            let message = format!("the object {place} is no DynamoDB JSON");
            OffloadError::caused(OffloadErrorKind::Corrupt, message, error)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit_codec::strategies;
    use proptest::prelude::*;

    fn pointer(encoded: &Encoded) -> BlobPointer {
        BlobPointer {
            bucket: "b".into(),
            key: "k".into(),
            stored_len: encoded.stored.len() as u64,
            len: encoded.len,
            sha256: encoded.sha256,
            encoding: encoded.encoding,
            kind: encoded.kind,
            content_type: None,
        }
    }

    fn document(text: &str) -> AttributeValue {
        AttributeValue::from_dynamodb_json(text.as_bytes()).unwrap()
    }

    #[tokio::test]
    async fn values_of_every_type_come_back() {
        for text in [
            r#"{"S":"text é"}"#,
            r#"{"S":""}"#,
            r#"{"B":"AAEC"}"#,
            r#"{"N":"-1.50"}"#,
            r#"{"BOOL":true}"#,
            r#"{"NULL":true}"#,
            r#"{"L":[{"M":{"a":{"S":"b"}}}]}"#,
            r#"{"SS":["b","a"]}"#,
            r#"{"NS":["10","9"]}"#,
            r#"{"BS":["AQ==","AA=="]}"#,
        ] {
            let value = document(text);
            for level in [None, Some(3)] {
                let encoded = Encoded::of(value.clone(), level).await.unwrap();
                let back = decode(&pointer(&encoded), encoded.stored.clone()).await.unwrap();
                assert_eq!(back, value, "{text}");
            }
        }
        let long = AttributeValue::S("long ".repeat(LONG));
        let encoded = Encoded::of(long.clone(), Some(1)).await.unwrap();
        assert_eq!(encoded.encoding, Encoding::Zstd);
        assert!(encoded.stored.len() < LONG);
        assert_eq!(decode(&pointer(&encoded), encoded.stored.clone()).await.unwrap(), long);
    }

    #[test]
    fn equal_documents_have_equal_bytes() {
        let one = document(r#"{"M":{"a":{"NS":["1.0","2"]},"b":{"SS":["x","y"]}}}"#);
        let same = document(r#"{"M":{"b":{"SS":["y","x"]},"a":{"NS":["2","1"]}}}"#);
        assert_eq!(encode(one, None).unwrap().sha256, encode(same, None).unwrap().sha256);
    }

    #[test]
    fn what_compression_does_not_make_smaller_is_stored_as_it_is() {
        let encoded = encode(AttributeValue::B(vec![1, 2, 3]), Some(19)).unwrap();
        assert_eq!(
            (encoded.encoding, encoded.stored.as_ref()),
            (Encoding::Identity, &[1, 2, 3][..])
        );
    }

    #[test]
    fn objects_that_are_not_as_their_pointer_says_are_refused() {
        let plain = encode(AttributeValue::S("abc".into()), None).unwrap();
        let bomb = encode(AttributeValue::B(vec![0; 1 << 20]), Some(3)).unwrap();
        let good = pointer(&plain);
        let refused = |pointer: &BlobPointer, stored: &[u8]| {
            let error = decode_now(pointer, Bytes::copy_from_slice(stored)).unwrap_err();
            assert_eq!(error.kind(), OffloadErrorKind::Corrupt);
            error.to_string()
        };
        assert!(refused(&good, b"ab").contains("another length"));
        assert!(refused(&good, b"abd").contains("SHA-256"));
        let document = BlobPointer { kind: BlobKind::Document, ..good.clone() };
        assert!(refused(&document, b"abc").contains("JSON"));
        // A pointer that claims less than the object expands to: no memory is taken for the rest.
        let small = BlobPointer { len: 100, ..pointer(&bomb) };
        assert!(refused(&small, &bomb.stored).contains("expand"));
        let large = BlobPointer { len: (1 << 20) + 1, ..pointer(&bomb) };
        assert!(refused(&large, &bomb.stored).contains("another length"));
    }
    proptest! {
        #[test]
        fn every_value_comes_back(value in strategies::attribute_value(3), level in prop::option::of(1..4)) {
            let encoded = encode(value.clone(), level).unwrap();
            let back = decode_now(&pointer(&encoded), encoded.stored.clone()).unwrap();
            prop_assert_eq!(&back, &value);
            prop_assert_eq!(encode(back, None).unwrap().sha256, encoded.sha256);
        }
    }
}

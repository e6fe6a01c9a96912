//! `#[serde(with = "ddbkit_codec::serde::bytes")]`: bytes as B.
//!
//! For `Vec<u8>`, `[u8; N]`, `Box<[u8]>`, `&[u8]`, `Cow<[u8]>` and options of them, which serde
//! would write as lists of numbers.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// Writes bytes.
///
/// # Errors
/// Those of the serializer: ours takes all bytes.
pub fn serialize<T: ToBytes + ?Sized, S: Serializer>(
    bytes: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    bytes.write(serializer)
}

/// Reads bytes.
///
/// # Errors
/// When the value is no binary, is of another length than an array, or would have to be copied into
/// a slice.
pub fn deserialize<'de, T: FromBytes<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::read(deserializer)
}

/// What is written as bytes.
pub trait ToBytes {
    /// Writes it.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// What is read from bytes.
pub trait FromBytes<'de>: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// Those of the deserializer, and when the bytes do not go with the type.
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

macro_rules! to_bytes {
    ($([$($generics:tt)*] $type:ty)*) => {$(
        impl<$($generics)*> ToBytes for $type {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_bytes(self)
            }
        }
    )*};
}

to_bytes! { [] [u8] [] Vec<u8> [] Box<[u8]> [] Cow<'_, [u8]> [const N: usize] [u8; N] }

impl<T: ToBytes + ?Sized> ToBytes for &T {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).write(serializer)
    }
}

impl<T: ToBytes> ToBytes for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(bytes) => serializer.serialize_some(&Written(bytes)),
            None => serializer.serialize_none(),
        }
    }
}

struct Written<'a, T>(&'a T);

impl<T: ToBytes> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl<'de> FromBytes<'de> for Cow<'de, [u8]> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor)
    }
}

impl<'de> FromBytes<'de> for &'de [u8] {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_bytes(BytesVisitor)? {
            Cow::Borrowed(bytes) => Ok(bytes),
            Cow::Owned(_) => Err(D::Error::custom("expected bytes that can be borrowed")),
        }
    }
}

impl<'de> FromBytes<'de> for Vec<u8> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::read(deserializer).map(Cow::into_owned)
    }
}

impl<'de> FromBytes<'de> for Box<[u8]> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::read(deserializer).map(Vec::into_boxed_slice)
    }
}

impl<'de, const N: usize> FromBytes<'de> for [u8; N] {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Cow::read(deserializer)?;
        let expected = format!("{N} bytes");
        let wrong = |_| D::Error::invalid_length(bytes.len(), &expected.as_str());
        (*bytes).try_into().map_err(wrong)
    }
}

impl<'de, T: FromBytes<'de>> FromBytes<'de> for Option<T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<T>(T);

        impl<'de, T: FromBytes<'de>> Deserialize<'de> for Read<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                T::read(deserializer).map(Read)
            }
        }

        Ok(Option::<Read<T>>::deserialize(deserializer)?.map(|read| read.0))
    }
}

/// Takes bytes in whatever form, borrowed where that is possible.
struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Cow<'de, [u8]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(bytes))
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(Cow::Owned(bytes.to_vec()))
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Self::Value, E> {
        Ok(Cow::Owned(bytes))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = elements.next_element()? {
            bytes.push(byte);
        }
        Ok(Cow::Owned(bytes))
    }
}

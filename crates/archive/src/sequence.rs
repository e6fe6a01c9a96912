//! Sequence numbers in documents: as text, because no number of JSON holds 40 digits.

use ddbkit_codec::SequenceNumber;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) fn parse<E: Error>(text: &str) -> Result<SequenceNumber, E> {
    text.parse().map_err(|error| E::custom(format!("{text:?}: {error}")))
}

pub(crate) fn serialize<S: Serializer>(
    number: &SequenceNumber,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    number.as_str().serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<SequenceNumber, D::Error> {
    parse(&String::deserialize(deserializer)?)
}

/// As above, where there may be none.
pub(crate) mod option {
    use super::{Deserialize, Deserializer, SequenceNumber, Serialize, Serializer};

    #[allow(clippy::ref_option, reason = "serde calls it so")]
    pub(crate) fn serialize<S: Serializer>(
        number: &Option<SequenceNumber>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        number.as_ref().map(SequenceNumber::as_str).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SequenceNumber>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| super::parse(&text)).transpose()
    }
}

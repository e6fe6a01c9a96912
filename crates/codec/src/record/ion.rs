//! Records of incremental exports in Amazon Ion.

use crate::{AttributeValue, DecodeError, DecodeErrorKind, IncrementalRecord, Item};

const TIMESTAMP: &str = "WriteTimestampMicros";

impl IncrementalRecord {
    /// The record that a value of an incremental export in Ion says, as
    /// [`IonItemReader`](crate::stream::IonItemReader) reads it: `{Record:{Metadata:{
    /// WriteTimestampMicros:1.},Keys:{...},OldImage:{...},NewImage:{...}}}`, or the same without
    /// `Record`, or with the timestamp as `{N:1.}`.
    ///
    /// AWS does not say how it writes these, and no such file is public: these are the forms that
    /// its documentation hints at and that emulators write. Images of more than 30 levels are
    /// refused by the reader, because the frame takes two of the 32.
    ///
    /// ```
    /// use ddbkit_codec::{IncrementalRecord, stream::IonItemReader};
    ///
    /// let line = b"$ion_1_0 {Record:{Keys:{pk:\"a\"},Metadata:{WriteTimestampMicros:16d1}}}";
    /// let value = IonItemReader::new(&line[..]).next().expect("a value")?;
    /// let record = IncrementalRecord::from_ion(value)?;
    /// assert_eq!((record.write_timestamp_micros, record.is_delete()), (160, true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`DecodeErrorKind::MissingPart`] and [`DecodeErrorKind::WrongForm`] with the path. The byte
    /// is not known.
    pub fn from_ion(value: Item) -> Result<Self, DecodeError> {
        let mut record = match (value.len(), value.get("Record")) {
            (1, Some(AttributeValue::M(record))) => record.clone(),
            _ => value,
        };
        let mut part = |name| match record.remove(name) {
            None | Some(AttributeValue::Null) => Ok(None),
            Some(AttributeValue::M(part)) => Ok(Some(part)),
            Some(_) => Err(wrong(DecodeErrorKind::WrongForm, &[name])),
        };
        let missing = |name| wrong(DecodeErrorKind::MissingPart, &[name]);
        let metadata = part("Metadata")?.ok_or_else(|| missing("Metadata"))?;
        Ok(Self {
            write_timestamp_micros: timestamp(&metadata)?,
            keys: part("Keys")?.ok_or_else(|| missing("Keys"))?,
            old_image: part("OldImage")?,
            new_image: part("NewImage")?,
        })
    }
}

fn timestamp(metadata: &Item) -> Result<u64, DecodeError> {
    let path = &["Metadata", TIMESTAMP];
    let value = metadata.get(TIMESTAMP).ok_or_else(|| wrong(DecodeErrorKind::MissingPart, path))?;
    let number = match value {
        AttributeValue::M(tagged) if tagged.len() == 1 => tagged.get("N"),
        value => Some(value),
    };
    let Some(AttributeValue::N(number)) = number else {
        return Err(wrong(DecodeErrorKind::WrongForm, path));
    };
    super::object::whole_number(number).ok_or_else(|| wrong(DecodeErrorKind::WrongForm, path))
}

fn wrong(kind: DecodeErrorKind, path: &[&str]) -> DecodeError {
    path.iter().rev().fold(DecodeError::new(kind, 0), |error, name| error.under_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::IonItemReader;

    fn read(text: &str) -> Result<IncrementalRecord, DecodeError> {
        IncrementalRecord::from_ion(IonItemReader::new(text.as_bytes()).next().unwrap().unwrap())
    }

    #[test]
    fn all_forms_are_the_same_record() {
        let rest = "Keys:{pk:\"a\"},OldImage:{pk:\"a\",n:1.},NewImage:{pk:\"a\",n:6d2}";
        let json = r#"{"Metadata":{"WriteTimestampMicros":{"N":"1684374845117899"}},"Keys":{"pk":{"S":"a"}},"OldImage":{"pk":{"S":"a"},"n":{"N":"1"}},"NewImage":{"pk":{"S":"a"},"n":{"N":"600"}}}"#;
        for time in ["1684374845117899.", "1684374845117899", "{N:1684374845117899.}"] {
            let record = format!("{{Metadata:{{WriteTimestampMicros:{time}}},{rest}}}");
            for text in [format!("{{Record:{record}}}"), record] {
                assert_eq!(read(&text).unwrap().to_dynamodb_json(), json, "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_record_is_refused_with_its_path() {
        let path = |text: &str| read(text).unwrap_err().path().to_owned();
        assert_eq!(path("{Item:{pk:1}}"), "$.Metadata");
        assert_eq!(path("{Metadata:{},Keys:{pk:1}}"), "$.Metadata.WriteTimestampMicros");
        assert_eq!(
            path("{Metadata:{WriteTimestampMicros:1.5}}"),
            "$.Metadata.WriteTimestampMicros"
        );
        assert_eq!(path("{Metadata:{WriteTimestampMicros:1}}"), "$.Keys");
        assert_eq!(path("{Metadata:{WriteTimestampMicros:1},Keys:[]}"), "$.Keys");
    }
}

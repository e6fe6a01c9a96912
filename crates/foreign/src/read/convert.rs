//! One text of a source to one line of DynamoDB JSON.

use crate::read::Findings;
use crate::read::lost::{LostValues, Mender};
use ddbkit_codec::{Item, PlainOptions, RawItem};
use serde_json::Value;

/// How the values of a source are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Casing {
    /// `{"S":"x"}`, in the frame `{"Item":...}` or bare.
    Current,
    /// `{"s":"x"}`.
    Old,
    /// `"x"`.
    Plain,
}

/// Makes lines of DynamoDB JSON.
pub(crate) struct Converter {
    pub(crate) casing: Casing,
    pub(crate) lost: LostValues,
    pub(crate) findings: Findings,
}

impl Converter {
    /// The item of a text as DynamoDB JSON without a line break, or why it is none.
    pub(crate) fn line(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        let mender = Mender { policy: self.lost, findings: &self.findings };
        let decoded = |error: ddbkit_codec::DecodeError| error.to_string();
        match self.casing {
            Casing::Current => {
                let raw = RawItem::from_line(text).map_err(decoded)?;
                let item = match raw.decode() {
                    Err(_) if Mender::may_be_damaged(raw.as_bytes()) => {
                        let wrong = |error: serde_json::Error| error.to_string();
                        let mut item = serde_json::from_slice(raw.as_bytes()).map_err(wrong)?;
                        mender.typed(&mut item)?;
                        let text = serde_json::to_vec(&Value::Object(item)).map_err(wrong)?;
                        Item::from_dynamodb_json(&text)
                    }
                    item => item,
                };
                Ok(item.map_err(decoded)?.to_dynamodb_json().into())
            }
            Casing::Old => {
                Ok(Item::from_dynamodb_json_v1(text).map_err(decoded)?.to_dynamodb_json().into())
            }
            Casing::Plain => {
                let options = PlainOptions::default();
                let mut item = Item::from_plain_json(text, &options).map_err(decoded)?;
                if Mender::may_lack_binaries(text) {
                    mender.plain(&mut item)?;
                }
                Ok(item.to_dynamodb_json().into())
            }
        }
    }
}

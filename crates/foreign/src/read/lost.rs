//! Values that the tool did not write, and what becomes of them.

use crate::Damage;
use crate::read::Findings;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ddbkit_codec::{AttributeValue, Item};
use serde_json::{Map, Value, json};

/// What dynein writes in the place of a binary or a set of binaries.
const PLACEHOLDER: &str = "<<<JSON output doesn't support this type attributes>>>";

/// What becomes of a value that is known to be lost: dyndump's `{}` for an empty list, map or
/// binary, dynein's sentence for a binary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LostValues {
    /// Its item is refused, so that somebody decides.
    #[default]
    Reject,
    /// The attribute, or the element of the list, is left out.
    Drop,
    /// An empty map stands in its place.
    EmptyMap,
    /// An empty list stands in its place.
    EmptyList,
    /// An empty binary stands in its place.
    EmptyBinary,
}

impl LostValues {
    fn tag(self) -> Option<&'static str> {
        match self {
            Self::Reject | Self::Drop => None,
            Self::EmptyMap => Some("M"),
            Self::EmptyList => Some("L"),
            Self::EmptyBinary => Some("B"),
        }
    }

    fn value(self) -> Option<AttributeValue> {
        match self {
            Self::Reject | Self::Drop => None,
            Self::EmptyMap => Some(AttributeValue::M(Item::new())),
            Self::EmptyList => Some(AttributeValue::L(Vec::new())),
            Self::EmptyBinary => Some(AttributeValue::B(Vec::new())),
        }
    }
}

/// Finds and mends lost values in one item.
pub(super) struct Mender<'a> {
    pub(super) policy: LostValues,
    pub(super) findings: &'a Findings,
}

impl Mender<'_> {
    /// Whether a text of DynamoDB JSON may need [`Mender::typed`].
    pub(super) fn may_be_damaged(text: &[u8]) -> bool {
        memchr::memmem::find(text, b"{}").is_some()
            || memchr::memmem::find(text, b"\"Buffer\"").is_some()
    }

    /// Mends the attributes of an item in DynamoDB JSON.
    pub(super) fn typed(&self, attributes: &mut Map<String, Value>) -> Result<(), String> {
        let names: Vec<String> = attributes.keys().cloned().collect();
        for name in names {
            let Some(value) = attributes.get_mut(&name) else { continue };
            let keep =
                self.typed_value(value).map_err(|why| format!("attribute {name:?}: {why}"))?;
            if !keep {
                attributes.remove(&name);
            }
        }
        Ok(())
    }

    /// Whether the value stays.
    fn typed_value(&self, value: &mut Value) -> Result<bool, String> {
        let Value::Object(tagged) = value else { return Ok(true) };
        if tagged.is_empty() {
            self.findings.add(Damage::EmptyValues);
            return match self.policy {
                LostValues::Reject => {
                    Err("an empty list, map or binary was written as {}".to_owned())
                }
                policy => {
                    let empty = match policy.tag() {
                        Some("M") => json!({"M": {}}),
                        Some("L") => json!({"L": []}),
                        Some(_) => json!({"B": ""}),
                        None => return Ok(false),
                    };
                    *value = empty;
                    Ok(true)
                }
            };
        }
        for (tag, content) in tagged.iter_mut() {
            match (tag.as_str(), content) {
                ("M", Value::Object(attributes)) => self.typed(attributes)?,
                ("L", Value::Array(elements)) => {
                    let mut kept = Vec::with_capacity(elements.len());
                    for mut element in std::mem::take(elements) {
                        if self.typed_value(&mut element)? {
                            kept.push(element);
                        }
                    }
                    *elements = kept;
                }
                ("B", content) => self.buffer(content),
                ("BS", Value::Array(members)) => {
                    for member in members {
                        self.buffer(member);
                    }
                }
                _ => {}
            }
        }
        Ok(true)
    }

    /// `{"type":"Buffer","data":[1,2]}` as Base64. What is none is left for the decoder to refuse.
    fn buffer(&self, value: &mut Value) {
        let is_buffer = value.get("type").is_some_and(|tag| tag == "Buffer");
        let Some(data) = value.get("data").and_then(Value::as_array).filter(|_| is_buffer) else {
            return;
        };
        let byte = |value: &Value| value.as_u64().and_then(|byte| u8::try_from(byte).ok());
        let Some(bytes) = data.iter().map(byte).collect::<Option<Vec<u8>>>() else { return };
        self.findings.add(Damage::NodeBuffers);
        *value = Value::String(STANDARD.encode(bytes));
    }

    /// Whether a plain JSON text may need [`Mender::plain`].
    pub(super) fn may_lack_binaries(text: &[u8]) -> bool {
        memchr::memmem::find(text, b"<<<JSON output").is_some()
    }

    /// Mends an item that was plain JSON.
    pub(super) fn plain(&self, item: &mut Item) -> Result<(), String> {
        let names: Vec<String> = item.iter().map(|(name, _)| name.to_owned()).collect();
        for name in names {
            let Some(value) = item.get_mut(&name) else { continue };
            let keep =
                self.plain_value(value).map_err(|why| format!("attribute {name:?}: {why}"))?;
            if !keep {
                item.remove(&name);
            }
        }
        Ok(())
    }

    fn plain_value(&self, value: &mut AttributeValue) -> Result<bool, String> {
        match value {
            AttributeValue::S(text) if text == PLACEHOLDER => {
                self.findings.add(Damage::LostBinaries);
                match (self.policy, self.policy.value()) {
                    (LostValues::Reject, _) => Err("a binary was not written".to_owned()),
                    (_, None) => Ok(false),
                    (_, Some(empty)) => {
                        *value = empty;
                        Ok(true)
                    }
                }
            }
            AttributeValue::M(attributes) => self.plain(attributes).map(|()| true),
            AttributeValue::L(elements) => {
                let mut kept = Vec::with_capacity(elements.len());
                for mut element in std::mem::take(elements) {
                    if self.plain_value(&mut element)? {
                        kept.push(element);
                    }
                }
                *elements = kept;
                Ok(true)
            }
            _ => Ok(true),
        }
    }
}

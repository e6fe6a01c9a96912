//! What the peers read.

use super::Same;
use crate::corpus::Want;
use crate::peers::owned::{Line, Map, Value};
use crate::peers::{borrowed, order};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

impl<T: Same> Same for Line<T> {
    fn same(&self, want: &Want) -> bool {
        self.item.same(want)
    }
}

impl Same for Map {
    fn same(&self, want: &Want) -> bool {
        *self == want.item
    }
}

impl Same for borrowed::Map<'_> {
    fn same(&self, want: &Want) -> bool {
        borrowed_map(self).is_some_and(|map| map == want.item)
    }
}

fn borrowed_map(map: &borrowed::Map) -> Option<Map> {
    map.0.iter().map(|(name, value)| Some((name.0.to_string(), borrowed_value(value)?))).collect()
}

fn borrowed_value(value: &borrowed::Value) -> Option<Value> {
    use borrowed::Value as Borrowed;
    let bytes = |text: &borrowed::Text| STANDARD.decode(text.0.as_bytes()).ok();
    let texts = |set: &[borrowed::Text]| set.iter().map(|text| text.0.to_string()).collect();
    Some(match value {
        Borrowed::S(text) => Value::S(text.0.to_string()),
        Borrowed::N(text) => Value::N(text.0.to_string()),
        Borrowed::B(text) => Value::B(bytes(text)?),
        Borrowed::Bool(flag) => Value::Bool(*flag),
        Borrowed::Null(flag) => Value::Null(*flag),
        Borrowed::M(map) => Value::M(borrowed_map(map)?),
        Borrowed::L(list) => Value::L(list.iter().map(borrowed_value).collect::<Option<_>>()?),
        Borrowed::Ss(set) => Value::Ss(texts(set)),
        Borrowed::Ns(set) => Value::Ns(texts(set)),
        Borrowed::Bs(set) => Value::Bs(set.iter().map(bytes).collect::<Option<_>>()?),
    })
}

impl Same for order::Order {
    fn same(&self, want: &Want) -> bool {
        let text = |name| match want.item.get(name) {
            Some(Value::S(text) | Value::N(text)) => Some(text.as_str()),
            _ => None,
        };
        text("pk") == Some(&self.pk)
            && text("createdAt") == Some(&self.created_at.to_string())
            && matches!(want.item.get("tags"), Some(Value::Ss(tags)) if *tags == self.tags)
            && matches!(want.item.get("lines"), Some(Value::L(l)) if l.len() == self.lines.len())
    }
}

impl Same for serde_dynamo::Item {
    fn same(&self, want: &Want) -> bool {
        serde_json::to_vec(self).is_ok_and(|text| item_text(&text, want))
    }
}

impl Same for serde_json::Value {
    fn same(&self, want: &Want) -> bool {
        serde_json::to_vec(self).is_ok_and(|text| is_line(&text, want))
    }
}

impl Same for sonic_rs::Value {
    fn same(&self, want: &Want) -> bool {
        sonic_rs::to_vec(self).is_ok_and(|text| is_line(&text, want))
    }
}

impl Same for simd_json::BorrowedValue<'_> {
    fn same(&self, want: &Want) -> bool {
        serde_json::to_vec(self).is_ok_and(|text| is_line(&text, want))
    }
}

/// Whether it is the line, with attributes in any order, as peers write it.
pub fn is_line(text: &[u8], want: &Want) -> bool {
    serde_json::from_slice::<Line<Map>>(text).is_ok_and(|line| line.same(want))
}

/// The text of an item.
fn item_text(text: &[u8], want: &Want) -> bool {
    serde_json::from_slice::<Map>(text).is_ok_and(|map| map.same(want))
}

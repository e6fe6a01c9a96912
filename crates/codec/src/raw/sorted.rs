//! Items with the names of their attributes in order.

use super::{Name, RawItem, split_items};
use crate::DecodeError;
use crate::json::Cursor;

impl RawItem<'_> {
    /// Appends the item with the names of its attributes in the order of their bytes, at every level
    /// of maps, so that equal items become equal lines whatever order they came in. Numbers, the order
    /// of lists and sets, and escapes stay as they are, but for those of [`RawItem::write_escaped`].
    ///
    /// ```
    /// use ddbkit_codec::RawItem;
    ///
    /// let item = RawItem::from_line(br#"{"b":{"M":{"y":{"N":"1.0"},"x":{"S":""}}},"a":{"N":"1"}}"#)?;
    /// let mut out = Vec::new();
    /// item.write_sorted(&mut out)?;
    /// assert_eq!(out, br#"{"a":{"N":"1"},"b":{"M":{"x":{"S":""},"y":{"N":"1.0"}}}}"#);
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// When what stands between brackets is not JSON; the offset is then within the innermost value.
    pub fn write_sorted(&self, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        write_map(self.0, out)
    }
}

// Recursion ends: a `RawItem` has no more than 128 open brackets.
fn write_map(map: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut members = Vec::new();
    for member in RawItem(map).members() {
        let (name, value) = member?;
        members.push((name.unescaped()?, name.raw, value));
    }
    // Stable: of two members with one name the last counts, and stays the last.
    members.sort_by(|(left, ..), (right, ..)| left.cmp(right));
    out.push(b'{');
    for (n, (_, name, value)) in members.into_iter().enumerate() {
        out.extend_from_slice(if n == 0 { b"\"" } else { b",\"" });
        RawItem(name).write_escaped(out);
        out.extend_from_slice(b"\":");
        write_value(value, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn write_value(value: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    // A value is an object too: its only member is its type.
    let mut members = RawItem(value).members();
    let first = members.next().transpose()?;
    match (first, members.next()) {
        (Some((tag, inner)), None) if tag.is("M") && inner.first() == Some(&b'{') => {
            out.extend_from_slice(b"{\"M\":");
            write_map(inner, out)?;
            out.push(b'}');
        }
        (Some((tag, inner)), None) if tag.is("L") && inner.first() == Some(&b'[') => {
            let elements = inner.get(1..inner.len().saturating_sub(1)).unwrap_or_default();
            out.extend_from_slice(b"{\"L\":[");
            for (n, element) in split_items(elements).enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write_value(element?.0, out)?;
            }
            out.extend_from_slice(b"]}");
        }
        _ => RawItem(value).write_escaped(out),
    }
    Ok(())
}

impl Name<'_> {
    /// The bytes of the name itself.
    fn unescaped(&self) -> Result<Vec<u8>, DecodeError> {
        if !self.escaped {
            return Ok(self.raw.to_vec());
        }
        let quoted = [b"\"", self.raw, b"\""].concat();
        Cursor::new(&quoted).string().map(String::into_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Item;

    fn sorted(text: &str) -> String {
        let mut out = Vec::new();
        RawItem::from_line(text.as_bytes()).unwrap().write_sorted(&mut out).unwrap();
        let before = Item::from_dynamodb_json(text.as_bytes()).unwrap();
        assert_eq!(Item::from_dynamodb_json(&out).unwrap(), before, "{text}");
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_are_in_order_at_every_level() {
        let text = r#"{"z":{"L":[{"M":{"b":{"N":"1"},"a":{"L":[]}}},{"S":"b"},{"S":"a"}]},"M":{"M":{}},"L":{"S":"]"}}"#;
        assert_eq!(
            sorted(text),
            r#"{"L":{"S":"]"},"M":{"M":{}},"z":{"L":[{"M":{"a":{"L":[]},"b":{"N":"1"}}},{"S":"b"},{"S":"a"}]}}"#
        );
    }

    #[test]
    fn what_is_no_name_stays_as_it_is() {
        let text = r#"{"n":{"N":"1.50"},"a":{"NS":["2","1"]},"e":{"S":"\u0041"}}"#;
        assert_eq!(sorted(text), r#"{"a":{"NS":["2","1"]},"e":{"S":"\u0041"},"n":{"N":"1.50"}}"#);
    }

    #[test]
    fn names_are_compared_as_they_are_meant() {
        // U+FF5E is before U+1F600 by bytes, but behind it by UTF-16.
        let text = r#"{"\ud83d\ude00":{"N":"1"},"～":{"N":"2"},"b":{"N":"3"},"\u0061":{"N":"4"}}"#;
        let expected =
            r#"{"\u0061":{"N":"4"},"b":{"N":"3"},"～":{"N":"2"},"\ud83d\ude00":{"N":"1"}}"#;
        assert_eq!(sorted(text), expected);
    }

    #[test]
    fn what_is_no_value_is_an_error() {
        let deep = format!("{{\"a\":{}1{}", "{\"M\":{\"a\":".repeat(60), "}".repeat(121));
        let item = RawItem::from_line(deep.as_bytes()).unwrap();
        item.write_sorted(&mut Vec::new()).unwrap_err();
    }
}

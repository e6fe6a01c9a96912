//! Document paths within items that are not decoded.

use super::{RawItem, Texts, split_items};
use crate::{DecodeError, json};

impl<'a> RawItem<'a> {
    /// The JSON text of what a document path leads to, like `Orders[3].price`: names of attributes
    /// with dots between them, and places in lists. Nothing on the way is decoded.
    ///
    /// A name that has a dot or a bracket in it cannot be written as a path; go there with
    /// [`RawItem::attribute`].
    ///
    /// ```
    /// use ddbkit_codec::RawItem;
    ///
    /// let line = br#"{"o":{"L":[{"S":"a"},{"M":{"price":{"N":"1.50"}}}]}}"#;
    /// let item = RawItem::from_line(line)?;
    /// assert_eq!(item.at("o[1].price")?, Some(&br#"{"N":"1.50"}"#[..]));
    /// assert_eq!(item.at("o[2].price")?, None);
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// When what is on the way is not JSON.
    pub fn at(&self, path: &str) -> Result<Option<&'a [u8]>, DecodeError> {
        let (name, rest) = first_name(path);
        match self.attribute(name)? {
            Some(value) => follow(value, rest),
            None => Ok(None),
        }
    }

    /// The item of a line and what some document paths lead to, in one walk: [`RawItem::from_line`]
    /// and [`RawItem::at`] together.
    ///
    /// # Errors
    /// As these two.
    pub fn from_line_at<const N: usize>(
        line: &'a [u8],
        paths: [&str; N],
    ) -> Result<(Self, Texts<'a, N>), DecodeError> {
        let (item, mut found) = Self::from_line_with(line, paths.map(|path| first_name(path).0))?;
        for (path, value) in paths.iter().zip(&mut found) {
            *value = match *value {
                Some(value) => follow(value, first_name(path).1)?,
                None => None,
            };
        }
        Ok((item, found))
    }
}

/// The name that a path begins with, and the rest.
fn first_name(path: &str) -> (&str, &str) {
    path.split_at(memchr::memchr2(b'.', b'[', path.as_bytes()).unwrap_or(path.len()))
}

/// What the rest of a path leads to from a value.
fn follow<'a>(mut value: &'a [u8], mut rest: &str) -> Result<Option<&'a [u8]>, DecodeError> {
    while !rest.is_empty() {
        let inner = if let Some(behind) = rest.strip_prefix('.') {
            let (name, behind) = first_name(behind);
            rest = behind;
            match inside(value, "M")? {
                Some(map) => match json::member(map, name) {
                    Ok(found) => found,
                    Err(_) => RawItem(map).attribute(name)?,
                },
                None => None,
            }
        } else {
            let place = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            let Some((index, behind)) = place else { return Ok(None) };
            let Ok(index) = index.parse() else { return Ok(None) };
            rest = behind;
            match inside(value, "L")? {
                Some(list) => element(list, index)?,
                None => None,
            }
        };
        let Some(inner) = inner else { return Ok(None) };
        value = inner;
    }
    Ok(Some(value))
}

/// What is inside a value of this type: `{...}` of `{"M":{...}}`.
fn inside<'a>(value: &'a [u8], tag: &str) -> Result<Option<&'a [u8]>, DecodeError> {
    let compact = value.strip_prefix(b"{\"").and_then(|rest| rest.strip_prefix(tag.as_bytes()));
    let compact = compact.and_then(|rest| rest.strip_prefix(b"\":"));
    match compact.and_then(|rest| rest.strip_suffix(b"}")) {
        Some(inside) if matches!(inside.last(), Some(b'}' | b']')) => Ok(Some(inside)),
        // A value is an object too: its only member is its type.
        _ => RawItem(value).member(tag),
    }
}

fn element(list: &[u8], index: usize) -> Result<Option<&[u8]>, DecodeError> {
    if let Ok(found) = json::element(list, index) {
        return Ok(found);
    }
    let Some(elements) = list.strip_prefix(b"[") else { return Ok(None) };
    let mut elements = split_items(elements.strip_suffix(b"]").unwrap_or(elements));
    Ok(elements.nth(index).transpose()?.map(|element| element.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_into_maps_and_lists() {
        let text = r#"{"a.b":{"N":"0"},"m":{"M":{"l":{"L":[{"S":"x"},{"L":[{"N":"7"}]}]}}},"M":{"S":"y"}}"#;
        let item = RawItem::from_line(text.as_bytes()).unwrap();
        let at = |path| {
            let found = item.at(path).unwrap();
            let (_, [in_line]) = RawItem::from_line_at(text.as_bytes(), [path]).unwrap();
            assert_eq!(in_line, found);
            found.map(|value| std::str::from_utf8(value).unwrap())
        };
        assert_eq!(at("m.l[1][0]"), Some(r#"{"N":"7"}"#));
        assert_eq!(at("m.l[0]"), Some(r#"{"S":"x"}"#));
        assert_eq!(at("M"), Some(r#"{"S":"y"}"#));
        for nothing in ["", "x", "m.x", "m[0]", "m.l.x", "m.l[2]", "m.l[x]", "m.l[0", "M.S", "a.b"]
        {
            assert_eq!(at(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn names_on_a_path_are_found_like_attributes() {
        for (inside, expected) in [
            (r#""a":{"S":"1"},"a":{"S":"2"}"#, Some(r#"{"S":"2"}"#)),
            (r#""a":{"S":"1"},"\u0061":{"S":"2"}"#, Some(r#"{"S":"2"}"#)),
            (r#" "x" : { "S" : "},\"a\":" } , "a" : { "L" : [ ] } "#, Some(r#"{ "L" : [ ] }"#)),
            (r#""a":{"M":{"a":{"S":"1"}}},"b":{"S":"2"}"#, Some(r#"{"M":{"a":{"S":"1"}}}"#)),
            (r#""b":{"M":{"a":{"S":"1"}}}"#, None),
            (r#""ab":{"S":"1"},"":{"S":"2"}"#, None),
            (" ", None),
            ("", None),
        ] {
            let item = format!("{{{inside}}}");
            let line = format!(r#"{{"m":{{"M":{item}}}}}"#);
            let found = RawItem::from_line(line.as_bytes()).unwrap().at("m.a").unwrap();
            assert_eq!(found, expected.map(str::as_bytes), "{inside}");
            let attribute = RawItem::from_prefix(item.as_bytes()).unwrap().0.attribute("a");
            assert_eq!(found, attribute.unwrap(), "{inside}");
        }
    }
}

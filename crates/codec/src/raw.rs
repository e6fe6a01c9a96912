//! Items that are moved without being decoded.

mod path;
mod sorted;

use crate::json::{self, Cursor};
use crate::{DecodeError, DecodeErrorKind};

/// The most brackets that may be open at once: twice what 32 levels need.
const BRACKETS: u32 = 128;

/// The JSON text of one item, `{...}`, with its brackets and strings known to match.
///
/// What stands between the brackets is not looked at, so that items can be moved as the bytes
/// that they came as; [`RawItem::decode`] looks.
///
/// ```
/// use ddbkit_codec::RawItem;
///
/// let line = br#"{"Item":{"pk":{"S":"a"},"n":{"N":"1"}}}"#;
/// let item = RawItem::from_line(line)?;
/// assert_eq!(item.as_bytes(), br#"{"pk":{"S":"a"},"n":{"N":"1"}}"#);
/// assert_eq!(item.attribute("n")?, Some(&br#"{"N":"1"}"#[..]));
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawItem<'a>(&'a [u8]);

/// The JSON texts of attributes, in the order in which they were asked for.
type Texts<'a, const N: usize> = [Option<&'a [u8]>; N];

impl<'a> RawItem<'a> {
    /// The item at the very front of some bytes, and what is behind it.
    ///
    /// # Errors
    /// When there is no `{` in front or its brackets do not match.
    ///
    /// ```
    /// use ddbkit_codec::RawItem;
    ///
    /// let (item, rest) = RawItem::from_prefix(br#"{"pk":{"S":"a"}},{"pk":{"S":"b"}}]"#)?;
    /// assert_eq!(item.as_bytes(), br#"{"pk":{"S":"a"}}"#);
    /// assert_eq!(rest, br#",{"pk":{"S":"b"}}]"#);
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    pub fn from_prefix(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), DecodeError> {
        if bytes.first() != Some(&b'{') {
            return Err(Cursor::new(bytes).unexpected());
        }
        if let Some(end) = json::end_of_item(bytes, 0) {
            let (item, rest) = bytes.split_at(end);
            return Ok((Self(item), rest));
        }
        let mut cursor = Cursor::new(bytes);
        skip_value(&mut cursor)?;
        Ok((Self(cursor.since(0)), cursor.rest()))
    }

    /// The item of a line: `{"Item":{...}}` as in exports, or the bare item.
    ///
    /// An item may itself have an attribute of the name `Item`. What stands there tells: a value
    /// has a type (`{"Item":{"S":"x"}}` is a bare item), a map of attributes has values
    /// (`{"Item":{"S":{"S":"x"}}}` is the item with the attribute `S`).
    ///
    /// # Errors
    /// When the line is not one object whose brackets match.
    pub fn from_line(line: &'a [u8]) -> Result<Self, DecodeError> {
        if let Some(item) = Self::framed_fast(line) {
            return Ok(item);
        }
        let whole = Self::whole(line)?;
        Ok(whole.framed()?.filter(|item| !is_value(item.0)).unwrap_or(whole))
    }

    /// The item of a line and some of its attributes, in one walk: [`RawItem::from_line`] and
    /// [`RawItem::attributes`] together.
    ///
    /// # Errors
    /// As these two.
    ///
    /// ```
    /// use ddbkit_codec::RawItem;
    ///
    /// let line = br#"{"Item":{"pk":{"S":"a"},"o":{"M":{"price":{"N":"1.50"}}}}}"#;
    /// let (item, [pk]) = RawItem::from_line_with(line, ["pk"])?;
    /// assert_eq!(pk, Some(&br#"{"S":"a"}"#[..]));
    /// // The same for what lies deeper.
    /// let (_, [price]) = RawItem::from_line_at(line, ["o.price"])?;
    /// assert_eq!(price, Some(&br#"{"N":"1.50"}"#[..]));
    /// // The size that DynamoDB counts, without an item in between.
    /// assert_eq!(RawItem::size_of_line(line)?, item.size()?);
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    pub fn from_line_with<const N: usize>(
        line: &'a [u8],
        names: [&str; N],
    ) -> Result<(Self, Texts<'a, N>), DecodeError> {
        if let Some((item, places)) = json::framed_attributes(line, names) {
            let item = Self(line.get(item).unwrap_or_default());
            return Ok((item, places.map(|place| line.get(place?))));
        }
        let item = Self::from_line(line)?;
        Ok((item, item.attributes(names)?))
    }

    /// The item of a line of a full export, `{"Item":{...}}`.
    ///
    /// # Errors
    /// [`DecodeErrorKind::ChangeRecord`] for a line of an incremental export,
    /// [`DecodeErrorKind::NoItem`] for any other object, and as [`RawItem::from_line`].
    ///
    /// ```
    /// use ddbkit_codec::{DecodeErrorKind, RawItem, Tape};
    ///
    /// let full = br#"{"Item":{"pk":{"S":"a"}}}"#;
    /// assert_eq!(RawItem::from_export_line(full)?.as_bytes(), br#"{"pk":{"S":"a"}}"#);
    /// assert_eq!(Tape::new().read_export_line(full)?.len(), 1);
    ///
    /// let bare = RawItem::from_export_line(br#"{"pk":{"S":"a"}}"#);
    /// assert_eq!(bare.unwrap_err().kind(), DecodeErrorKind::NoItem);
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    pub fn from_export_line(line: &'a [u8]) -> Result<Self, DecodeError> {
        if let Some(item) = Self::framed_fast(line) {
            return Ok(item);
        }
        let whole = Self::whole(line)?;
        if let Some(item) = whole.framed()? {
            return Ok(item);
        }
        let is_change = whole.member("Metadata")?.is_some() && whole.member("Keys")?.is_some();
        let kind = if is_change { DecodeErrorKind::ChangeRecord } else { DecodeErrorKind::NoItem };
        Err(DecodeError::new(kind, 0))
    }

    fn framed_fast(line: &'a [u8]) -> Option<Self> {
        line.get(json::framed_item(line)?).map(Self)
    }

    fn whole(line: &'a [u8]) -> Result<Self, DecodeError> {
        let text = json::without_space_before(line);
        let start = line.len() - text.len();
        let (whole, rest) = Self::from_prefix(text).map_err(|error| error.shifted(start))?;
        if json::without_space_before(rest).is_empty() {
            return Ok(whole);
        }
        Err(DecodeError::new(DecodeErrorKind::TrailingData, start + whole.0.len()))
    }

    /// What is in the frame of an export line, if this object is one: its only member is `Item`,
    /// an object.
    fn framed(self) -> Result<Option<Self>, DecodeError> {
        let mut members = self.members();
        let Some(first) = members.next().transpose()? else { return Ok(None) };
        let is_frame = first.0.is("Item") && first.1.first() == Some(&b'{');
        Ok((is_frame && members.next().is_none()).then_some(Self(first.1)))
    }

    /// The bytes of the item, from `{` to `}`.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The JSON text of an attribute's value, like `{"S":"a"}`. Of two attributes with one name the
    /// last counts.
    ///
    /// # Errors
    /// When the members of the object are not JSON.
    pub fn attribute(&self, name: &str) -> Result<Option<&'a [u8]>, DecodeError> {
        self.attributes([name]).map(|[value]| value)
    }

    /// The JSON texts of some attributes, found in one walk over the item.
    ///
    /// ```
    /// use ddbkit_codec::RawItem;
    ///
    /// let line = br#"{"Item":{"pk":{"S":"a"},"note":{"S":"long"},"sk":{"N":"1"}}}"#;
    /// let [pk, sk, none] = RawItem::from_line(line)?.attributes(["pk", "sk", "x"])?;
    /// assert_eq!(pk, Some(&br#"{"S":"a"}"#[..]));
    /// assert_eq!(sk, Some(&br#"{"N":"1"}"#[..]));
    /// assert_eq!(none, None);
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// When the members of the object are not JSON.
    pub fn attributes<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<Texts<'a, N>, DecodeError> {
        if let Some((_, places)) = json::attributes(self.0, 0, names) {
            return Ok(places.map(|place| self.0.get(place?)));
        }
        let mut found = [None; N];
        for member in self.members() {
            let (own, value) = member?;
            for (name, found) in names.iter().zip(&mut found) {
                if own.is(name) {
                    *found = Some(value);
                }
            }
        }
        Ok(found)
    }

    /// A member of an object that need not be an item.
    fn member(self, name: &str) -> Result<Option<&'a [u8]>, DecodeError> {
        for member in self.members() {
            let (own, value) = member?;
            if own.is(name) {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Appends the bytes of the item, with U+0085, U+2028 and U+2029 escaped: DynamoDB sends them
    /// raw, and readers that cut text into lines by Unicode's rules would cut there.
    ///
    /// A backslash in front of one of them is no JSON. It is left as it is: escaped, it would be read
    /// as a text that nobody wrote.
    ///
    /// ```
    /// use ddbkit_codec::RawItem;
    ///
    /// let item = RawItem::from_line("{\"pk\":{\"S\":\"a\u{2028}b\"}}".as_bytes())?;
    /// let mut line = Vec::new();
    /// item.write_escaped(&mut line);
    /// assert_eq!(line, br#"{"pk":{"S":"a\u2028b"}}"#);
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    pub fn write_escaped(&self, out: &mut Vec<u8>) {
        let mut rest = self.0;
        // All three begin with 0xC2 0x85 or 0xE2 0x80; text in Latin letters has neither byte.
        while let Some(at) = memchr::memchr2(0xc2, 0xe2, rest) {
            let (plain, tail) = rest.split_at(at);
            out.extend_from_slice(plain);
            let backslashes = plain.iter().rev().take_while(|byte| **byte == b'\\').count();
            let (escape, length): (&[u8], usize) = match tail {
                _ if backslashes % 2 == 1 => (tail.get(..1).unwrap_or_default(), 1),
                [0xc2, 0x85, ..] => (b"\\u0085", 2),
                [0xe2, 0x80, 0xa8, ..] => (b"\\u2028", 3),
                [0xe2, 0x80, 0xa9, ..] => (b"\\u2029", 3),
                _ => (tail.get(..1).unwrap_or_default(), 1),
            };
            out.extend_from_slice(escape);
            rest = tail.get(length..).unwrap_or_default();
        }
        out.extend_from_slice(rest);
    }

    fn members(self) -> Members<'a> {
        let mut cursor = Cursor::new(self.0);
        cursor.take(b'{');
        Members { cursor, state: State::First }
    }
}

/// Cuts the inside of a JSON array of objects, like that of `"Items":[...]`, into its items.
///
/// ```
/// let items: Result<Vec<_>, _> = ddbkit_codec::split_items(br#"{"a":{"N":"1"}},{}"#).collect();
/// assert_eq!(items?.len(), 2);
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
pub fn split_items(array: &[u8]) -> impl Iterator<Item = Result<RawItem<'_>, DecodeError>> {
    let mut rest = json::without_space_before(array);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let offset = array.len() - rest.len();
        let (item, behind) = match RawItem::from_prefix(rest) {
            Ok(split) => split,
            Err(error) => {
                rest = &[];
                return Some(Err(error.shifted(offset)));
            }
        };
        rest = json::without_space_before(behind);
        match rest {
            [b',', more @ ..] if !json::without_space_before(more).is_empty() => {
                rest = json::without_space_before(more);
            }
            [] => {}
            _ => {
                let error = DecodeError::new(DecodeErrorKind::Syntax, array.len() - rest.len());
                rest = &[];
                return Some(Err(error));
            }
        }
        Some(Ok(item))
    })
}

/// A name in JSON text.
struct Name<'a> {
    raw: &'a [u8],
    escaped: bool,
}

impl Name<'_> {
    fn is(&self, name: &str) -> bool {
        if !self.escaped {
            return self.raw == name.as_bytes();
        }
        let quoted = [b"\"", self.raw, b"\""].concat();
        Cursor::new(&quoted).string().is_ok_and(|own| own == name)
    }
}

/// The members of an object, names and raw values.
struct Members<'a> {
    cursor: Cursor<'a>,
    state: State,
}

#[derive(PartialEq)]
enum State {
    First,
    Later,
    Ended,
}

impl<'a> Members<'a> {
    fn member(&mut self) -> Result<Option<(Name<'a>, &'a [u8])>, DecodeError> {
        if self.cursor.take(b'}') {
            return Ok(None);
        }
        if self.state == State::Later {
            self.cursor.expect(b',')?;
        }
        let (raw, escaped) = self.cursor.raw_string()?;
        self.cursor.expect(b':')?;
        self.cursor.skip_whitespace();
        let start = self.cursor.offset();
        skip_value(&mut self.cursor)?;
        Ok(Some((Name { raw, escaped }, self.cursor.since(start))))
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<(Name<'a>, &'a [u8]), DecodeError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Ended {
            return None;
        }
        let member = self.member();
        self.state = if matches!(member, Ok(Some(_))) { State::Later } else { State::Ended };
        member.transpose()
    }
}

/// Steps over one JSON value. Brackets are matched with their kind, strings are closed; the rest is
/// not looked at.
pub(crate) fn skip_value(cursor: &mut Cursor<'_>) -> Result<(), DecodeError> {
    // One bit for each open bracket: whether it is an array.
    let (mut open, mut depth) = (0_u128, 0_u32);
    loop {
        match cursor.peek().ok_or_else(|| cursor.unexpected())? {
            b'"' => {
                cursor.raw_string()?;
            }
            bracket @ (b'{' | b'[') => {
                if depth == BRACKETS {
                    return Err(cursor.error(DecodeErrorKind::TooDeep));
                }
                cursor.step();
                open = open << 1 | u128::from(bracket == b'[');
                depth += 1;
            }
            bracket @ (b'}' | b']') => {
                if depth == 0 || (open & 1 == 1) != (bracket == b']') {
                    return Err(cursor.unexpected());
                }
                cursor.step();
                open >>= 1;
                depth -= 1;
            }
            b',' | b':' if depth > 0 => cursor.step(),
            b',' | b':' => return Err(cursor.unexpected()),
            _ => cursor.skip_word(),
        }
        if depth == 0 {
            return Ok(());
        }
    }
}

/// Whether an object is an attribute value, `{"S":"a"}`, and not a map of attributes.
fn is_value(object: &[u8]) -> bool {
    let mut object = object;
    let mut answer = true;
    // A map of a map of a map: each level turns the question around.
    loop {
        let mut members = RawItem(object).members();
        let (Some(Ok((name, inner))), None) = (members.next(), members.next()) else {
            return !answer;
        };
        let tags = ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"];
        if !tags.iter().any(|tag| name.is(tag)) {
            return !answer;
        }
        if inner.first() != Some(&b'{') {
            return answer;
        }
        if !name.is("M") {
            return !answer;
        }
        object = inner;
        answer = !answer;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Item;

    fn line(text: &str) -> &str {
        std::str::from_utf8(RawItem::from_line(text.as_bytes()).unwrap().as_bytes()).unwrap()
    }

    #[test]
    fn frames_are_told_from_items() {
        for (text, item) in [
            (r#"{"Item":{"pk":{"S":"a"}}}"#, r#"{"pk":{"S":"a"}}"#),
            (r#" {"Item" : {"pk":{"S":"a"}} } "#, r#"{"pk":{"S":"a"}}"#),
            (r#"{"pk":{"S":"a"}}"#, r#"{"pk":{"S":"a"}}"#),
            (r#"{"Item":{"S":"x"}}"#, r#"{"Item":{"S":"x"}}"#),
            (r#"{"Item":{"S":{"S":"x"}}}"#, r#"{"S":{"S":"x"}}"#),
            (r#"{"Item":{"M":{}}}"#, r#"{"Item":{"M":{}}}"#),
            (r#"{"Item":{"M":{"S":"x"}}}"#, r#"{"M":{"S":"x"}}"#),
            (r#"{"Item":{"M":{"S":{"S":"x"}}}}"#, r#"{"Item":{"M":{"S":{"S":"x"}}}}"#),
            (r#"{"Item":{"M":{"M":{}}}}"#, r#"{"M":{"M":{}}}"#),
            (r#"{"Item":{"L":[]}}"#, r#"{"Item":{"L":[]}}"#),
            (r#"{"Item":{}}"#, "{}"),
            (r#"{"Item":{"S":"x"},"pk":{"S":"a"}}"#, r#"{"Item":{"S":"x"},"pk":{"S":"a"}}"#),
        ] {
            assert_eq!(line(text), item, "{text}");
            RawItem::from_line(text.as_bytes()).unwrap().decode().unwrap();
        }
    }

    #[test]
    fn export_lines_have_a_frame() {
        let kind = |text: &str| RawItem::from_export_line(text.as_bytes()).unwrap_err().kind();
        assert_eq!(kind(r#"{"pk":{"S":"a"}}"#), DecodeErrorKind::NoItem);
        let change = r#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"pk":{"S":"a"}}}"#;
        assert_eq!(kind(change), DecodeErrorKind::ChangeRecord);
    }

    #[test]
    fn brackets_match_with_their_kind() {
        for text in ["", "{", "[]", "{]", r#"{"a":[}"#, r#"{"a"#, r#"{"a\"}"#, "{}x", "{}{}"] {
            assert!(RawItem::from_line(text.as_bytes()).is_err(), "{text}");
        }
        let deep = format!("{{\"a\":{}", "[".repeat(1_000_000));
        let error = RawItem::from_line(deep.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::TooDeep);
    }

    #[test]
    fn attributes_are_found_by_their_unescaped_names() {
        let text = r#"{"a":{"S":"1"},"\u0061b":{"S":"2"},"a":{"S":"3"},"m":{"M":{"x":{"N":"1"}}}}"#;
        let item = RawItem::from_line(text.as_bytes()).unwrap();
        assert_eq!(item.attribute("a").unwrap(), Some(&br#"{"S":"3"}"#[..]));
        assert_eq!(item.attribute("ab").unwrap(), Some(&br#"{"S":"2"}"#[..]));
        assert_eq!(item.attribute("x").unwrap(), None);
    }

    #[test]
    fn spaces_belong_to_no_value() {
        let text = br#"{ "a" : { "S" : "1" } , "b":{"N":"2"} }"#;
        let [a, b, c] = RawItem::from_line(text).unwrap().attributes(["a", "b", "c"]).unwrap();
        let framed = br#" { "Item" : { "b" : {"N":"2"} , "c":{"S":""} } } "#;
        let (item, [inner]) = RawItem::from_line_with(framed, ["b"]).unwrap();
        assert_eq!(inner, Some(&br#"{"N":"2"}"#[..]));
        assert_eq!(item.as_bytes(), br#"{ "b" : {"N":"2"} , "c":{"S":""} }"#);
        assert_eq!((a, b, c), (Some(&br#"{ "S" : "1" }"#[..]), Some(&br#"{"N":"2"}"#[..]), None));
    }

    #[test]
    fn line_separators_are_escaped_and_nothing_else_is() {
        let text = "{\"a\":{\"S\":\"\u{85}é\u{2028}€\u{2029}\u{2027}\u{1f600}\"}}";
        let mut out = Vec::new();
        RawItem::from_line(text.as_bytes()).unwrap().write_escaped(&mut out);
        let expected = "{\"a\":{\"S\":\"\\u0085é\\u2028€\\u2029\u{2027}\u{1f600}\"}}";
        assert_eq!(std::str::from_utf8(&out).unwrap(), expected);
        assert_eq!(Item::from_dynamodb_json(&out), Item::from_dynamodb_json(text.as_bytes()));
    }

    #[test]
    fn pages_are_cut_into_items() {
        let cut = |text: &'static str| split_items(text.as_bytes()).collect::<Result<Vec<_>, _>>();
        assert_eq!(cut("").unwrap().len(), 0);
        assert_eq!(cut(r#" {"a":{"S":"},{"}} , {} "#).unwrap().len(), 2);
        for bad in ["{},", "{}{}", ",{}", "{}x", "{"] {
            assert!(cut(bad).is_err(), "{bad}");
        }
    }
}

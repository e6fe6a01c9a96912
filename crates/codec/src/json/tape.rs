//! DynamoDB JSON to a tape.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use super::places::{end_of_frame, frame};
use super::{careful, fast};
use crate::tape::{Kind, LONGEST, Node, Source};
use crate::{DecodeError, DecodeErrorKind, DecodeOptions, Item, ItemRef, RawItem, Tape};

impl Tape {
    /// Reads an item in DynamoDB JSON: `{"pk":{"S":"a"},"n":{"N":"1"}}`.
    ///
    /// # Errors
    /// As [`Item::from_dynamodb_json`], and for items of 128 MiB and more.
    pub fn read_dynamodb_json<'a>(
        &'a mut self,
        bytes: &'a [u8],
    ) -> Result<ItemRef<'a>, DecodeError> {
        self.read_dynamodb_json_with(bytes, &DecodeOptions::default())
    }

    /// The same with a choice where readers differ.
    ///
    /// # Errors
    /// As [`Tape::read_dynamodb_json`].
    pub fn read_dynamodb_json_with<'a>(
        &'a mut self,
        bytes: &'a [u8],
        options: &DecodeOptions,
    ) -> Result<ItemRef<'a>, DecodeError> {
        if let Some(text) = self.json(bytes, 0) {
            return Ok(self.shown(text));
        }
        let item = careful::item(bytes, *options)?;
        self.rewritten(&item)
    }

    /// Reads the item of a line: `{"Item":{...}}` as in exports, or the bare item; see
    /// [`RawItem::from_line`].
    ///
    /// # Errors
    /// As [`Tape::read_dynamodb_json`].
    pub fn read_line<'a>(&'a mut self, line: &'a [u8]) -> Result<ItemRef<'a>, DecodeError> {
        self.read_line_with(line, &DecodeOptions::default())
    }

    /// The same with a choice where readers differ.
    ///
    /// # Errors
    /// As [`Tape::read_dynamodb_json`].
    ///
    /// ```
    /// use ddbkit_codec::{BareNumbers, DecodeOptions, Item, Tape};
    ///
    /// let options = DecodeOptions { bare_numbers: BareNumbers::Accept, ..DecodeOptions::default() };
    /// let mut tape = Tape::new();
    /// let framed = tape.read_line_with(br#"{"Item":{"n":{"N":1}}}"#, &options)?.to_item();
    /// assert_eq!(framed, tape.read_dynamodb_json_with(br#"{"n":{"N":1}}"#, &options)?.to_item());
    /// assert_eq!(framed, Item::from_line(br#"{"Item":{"n":{"N":"1"}}}"#)?);
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    pub fn read_line_with<'a>(
        &'a mut self,
        line: &'a [u8],
        options: &DecodeOptions,
    ) -> Result<ItemRef<'a>, DecodeError> {
        // The two cannot both be: what is a map of attributes is no value.
        if let Some(text) = frame(line).and_then(|at| self.json(line, at)) {
            return Ok(self.shown(text));
        }
        if let Some(text) = self.json(line, 0) {
            return Ok(self.shown(text));
        }
        let item = careful::line(line, *options)?;
        self.rewritten(&item)
    }

    /// Reads the item of a line of a full export, `{"Item":{...}}`; see
    /// [`RawItem::from_export_line`].
    ///
    /// # Errors
    /// As [`Tape::read_dynamodb_json`] and [`RawItem::from_export_line`].
    pub fn read_export_line<'a>(&'a mut self, line: &'a [u8]) -> Result<ItemRef<'a>, DecodeError> {
        if let Some(text) = frame(line).and_then(|at| self.json(line, at)) {
            return Ok(self.shown(text));
        }
        RawItem::from_export_line(line)?;
        self.read_line(line)
    }

    /// The fast way: the item whose `{` is at `at`, in a frame if that is not the start. `None` if
    /// it is not in a form that the fast reader knows.
    #[inline(always)]
    fn json<'a>(&mut self, bytes: &'a [u8], at: usize) -> Option<&'a str> {
        if bytes.len() > LONGEST {
            return None;
        }
        let text = std::str::from_utf8(bytes).ok()?;
        self.nodes.clear();
        let mut end = fast::item(bytes, at, &mut self.seen, &mut self.nodes).ok()?;
        if at > 0 {
            end = end_of_frame(bytes, end)?;
        }
        (fast::skip_space(bytes, end) == bytes.len()).then_some(text)
    }

    fn shown<'a>(&'a self, text: &'a str) -> ItemRef<'a> {
        Self::item(&self.nodes, Source::Json(text))
    }

    /// An item that is not written in a form that can be pointed into: it is written anew.
    #[cold]
    pub(crate) fn rewritten(&mut self, item: &Item) -> Result<ItemRef<'_>, DecodeError> {
        let text = item.to_dynamodb_json();
        if self.json(text.as_bytes(), 0).is_none() {
            // What we write can be read the fast way, but for its length.
            return Err(DecodeError::new(DecodeErrorKind::TooLong, 0));
        }
        self.rewritten = text;
        Ok(self.shown(&self.rewritten))
    }
}

impl fast::Sink for Vec<Node> {
    #[inline(always)]
    fn name(&mut self, at: usize, len: usize, escaped: bool) {
        self.push(Node::new(Kind::Name, at, len, escaped));
    }

    #[inline(always)]
    fn scalar(&mut self, kind: Kind, at: usize, len: usize, escaped: bool) {
        self.push(Node::new(kind, at, len, escaped));
    }

    #[inline(always)]
    fn open(&mut self, kind: Kind) -> usize {
        self.push(Node::open(kind));
        self.len() - 1
    }

    #[inline(always)]
    fn close(&mut self, mark: usize, kind: Kind, count: usize) {
        let inside = self.len() - mark - 1;
        if let Some(node) = self.get_mut(mark) {
            *node = Node::new(kind, inside, count, false);
        }
    }
}

impl Item {
    /// Reads an item in DynamoDB JSON: `{"pk":{"S":"a"},"n":{"N":"1"}}`.
    ///
    /// Everything that DynamoDB would refuse in a value is refused here: empty sets, members twice,
    /// numbers beyond 38 digits, a thirty-third level. Of two attributes with one name the last
    /// counts, as in the service.
    ///
    /// # Errors
    /// [`DecodeError`] with the byte and the attribute, for any bytes that are no item.
    pub fn from_dynamodb_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_dynamodb_json_with(bytes, &DecodeOptions::default())
    }

    /// The same with a choice where readers differ.
    ///
    /// # Errors
    /// As [`Item::from_dynamodb_json`].
    pub fn from_dynamodb_json_with(
        bytes: &[u8],
        options: &DecodeOptions,
    ) -> Result<Self, DecodeError> {
        let mut tape = Tape::for_one(bytes.len());
        match tape.json(bytes, 0) {
            Some(text) => Ok(tape.shown(text).to_item()),
            None => careful::item(bytes, *options),
        }
    }
}

impl Item {
    /// Reads the item of a line: `{"Item":{...}}` as in exports, or the bare item; see
    /// [`RawItem::from_line`]. For many lines [`Tape::read_line`] and [`ItemRef::to_item`] are
    /// faster: they use the memory of one tape.
    ///
    /// # Errors
    /// As [`Item::from_dynamodb_json`] and [`RawItem::from_line`].
    pub fn from_line(line: &[u8]) -> Result<Self, DecodeError> {
        let mut tape = Tape::for_one(line.len());
        tape.read_line(line).map(|item| item.to_item())
    }
}

impl RawItem<'_> {
    /// Decodes the item.
    ///
    /// # Errors
    /// As [`Item::from_dynamodb_json`].
    pub fn decode(&self) -> Result<Item, DecodeError> {
        Item::from_dynamodb_json(self.as_bytes())
    }
}

//! The reader of items.

use super::ReadError;
use super::source::Source;
use crate::lines::LineOptions;
use crate::{DecodeOptions, Item, ItemRef, Tape};
use std::io::Read;

/// Reads items from lines of DynamoDB JSON, `{"Item":{...}}` as in exports or the bare item (see
/// [`RawItem::from_line`](crate::RawItem::from_line)), plain or compressed.
///
/// As an iterator it gives owned items; [`ItemReader::next_ref`] lends them, which is faster by
/// far where only few attributes are wanted. A line that is refused is an error of its own, and
/// the next call gives the next line; behind an error that [is final](ReadError::is_final) the
/// iterator ends.
///
/// Holds a batch of lines of about 1 MiB or one longer line, up to `longest_line`, one item, and
/// the window of the decompression.
///
/// ```
/// use ddbkit_codec::stream::ItemReader;
///
/// let lines = b"{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n{\"pk\":{\"N\":\"x\"}}\n{\"pk\":{\"S\":\"c\"}}\n";
/// let mut reader = ItemReader::new(&lines[..]);
/// let (mut items, mut faults) = (Vec::new(), Vec::new());
/// for item in &mut reader {
///     match item {
///         Ok(item) => items.push(item),
///         Err(error) if error.is_final() => return Err(error.into()),
///         Err(error) => faults.push(error),
///     }
/// }
/// assert_eq!((items.len(), reader.items(), reader.bad_lines()), (2, 2, 1));
/// assert_eq!((faults[0].line(), faults[0].offset(), faults[0].path()), (2, 37, "$.pk"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ItemReader<R: Read> {
    source: Source<R>,
    options: DecodeOptions,
    tape: Tape,
}

impl<R: Read> ItemReader<R> {
    /// Reads with the default options.
    pub fn new(stream: R) -> Self {
        Self::with_options(stream, LineOptions::default(), DecodeOptions::default())
    }

    /// Reads with these options.
    ///
    /// A stream that anybody may have sent, and that must not fill a disk:
    ///
    /// ```
    /// use ddbkit_codec::DecodeOptions;
    /// use ddbkit_codec::lines::LineOptions;
    /// use ddbkit_codec::stream::{IonItemReader, ItemReader, RecordReader};
    ///
    /// let lines = LineOptions { most_bytes: Some(20), ..LineOptions::default() };
    /// let json = b"{\"pk\":{\"S\":\"a\"}}\n{\"pk\":{\"S\":\"b\"}}\n";
    /// let mut reader = ItemReader::with_options(&json[..], lines, DecodeOptions::default());
    /// assert!(reader.next().unwrap().is_ok());
    /// assert!(reader.next().unwrap().is_err());
    ///
    /// // The readers of changes and of Ion take the same options.
    /// let mut changes = RecordReader::with_options(&b""[..], lines);
    /// assert!(changes.next_raw()?.is_none());
    /// let mut ion = IonItemReader::with_options(&b""[..], lines, DecodeOptions::default());
    /// assert!(ion.next_ref()?.is_none());
    /// # Ok::<(), ddbkit_codec::stream::ReadError>(())
    /// ```
    pub fn with_options(stream: R, lines: LineOptions, options: DecodeOptions) -> Self {
        Self { source: Source::new(stream, lines), options, tape: Tape::new() }
    }

    /// The next item, borrowed until the next call; none at the end.
    ///
    /// ```
    /// use ddbkit_codec::ValueRef;
    /// use ddbkit_codec::stream::ItemReader;
    ///
    /// let mut reader = ItemReader::new(&b"{\"pk\":{\"S\":\"a\"}}\n{\"pk\":{\"S\":\"b\"}}\n"[..]);
    /// let mut keys = String::new();
    /// while let Some(item) = reader.next_ref()? {
    ///     if let Some(ValueRef::S(pk)) = item.get("pk") {
    ///         keys.push_str(&pk.get());
    ///     }
    /// }
    /// assert_eq!(keys, "ab");
    /// # Ok::<(), ddbkit_codec::stream::ReadError>(())
    /// ```
    ///
    /// # Errors
    /// When the line is no item, or cannot be read. An error that is final comes again with each
    /// call.
    pub fn next_ref(&mut self) -> Result<Option<ItemRef<'_>>, ReadError> {
        let Some((line, counts)) = self.source.next()? else { return Ok(None) };
        let item = self.tape.read_line_with(line.bytes, &self.options);
        counts.decoded(item, line.number, line.offset).map(Some)
    }

    /// How many items were given out.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.source.counts.good
    }

    /// How many lines were refused.
    #[must_use]
    pub fn bad_lines(&self) -> u64 {
        self.source.counts.bad
    }
}

impl<R: Read> Iterator for ItemReader<R> {
    type Item = Result<Item, ReadError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.source.is_over {
            return None;
        }
        self.next_ref().map(|item| item.map(|item| item.to_item())).transpose()
    }
}

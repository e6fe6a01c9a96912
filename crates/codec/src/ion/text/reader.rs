//! Items from Ion text.

use super::values::{Found, TextValues};
use crate::tape::Source;
use crate::{DecodeError, DecodeOptions, ItemRef, Tape};

/// Reads items from Ion text that is in memory: the values of a file, each `$ion_1_0 {Item:{...}}`
/// as exports have them, on lines of their own or not, or all in one list, `[{Item:{...}},...]`.
/// Values that are no frame are taken for the items themselves.
///
/// The forms that exports have are read the fast way; everything else that Ion text may have is read
/// too, only slower: comments, long strings, symbol tables. What DynamoDB's use of Ion does not know
/// is refused: floats, timestamps, symbols as values, other annotations.
///
/// ```
/// use ddbkit_codec::Tape;
/// use ddbkit_codec::ion::IonTextReader;
///
/// let text = br#"$ion_1_0 {Item:{pk:"a",n:6d2,tags:$dynamodb_SS::["x","y"]}}"#;
/// let mut reader = IonTextReader::new(text);
/// let mut tape = Tape::new();
/// while let Some(item) = reader.next_item(&mut tape)? {
///     assert_eq!(
///         item.to_dynamodb_json(),
///         r#"{"pk":{"S":"a"},"n":{"N":"600"},"tags":{"SS":["x","y"]}}"#
///     );
/// }
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct IonTextReader<'a> {
    bytes: &'a [u8],
    at: usize,
    values: TextValues,
}

impl<'a> IonTextReader<'a> {
    /// Reads with the default options.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        Self::with_options(text, DecodeOptions::default())
    }

    /// Reads with a choice where readers differ.
    ///
    /// ```
    /// use ddbkit_codec::ion::IonTextReader;
    /// use ddbkit_codec::{DecodeOptions, Tape, TypedNulls};
    ///
    /// let text = br#"{Item:{pk:"a",note:null.string}}"#;
    /// assert!(IonTextReader::new(text).next_item(&mut Tape::new()).is_err());
    ///
    /// let options = DecodeOptions { typed_nulls: TypedNulls::Null, ..DecodeOptions::default() };
    /// let (mut reader, mut tape) = (IonTextReader::with_options(text, options), Tape::new());
    /// let item = reader.next_item(&mut tape)?.expect("there is one");
    /// assert_eq!(item.to_dynamodb_json(), r#"{"pk":{"S":"a"},"note":{"NULL":true}}"#);
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    #[must_use]
    pub fn with_options(text: &'a [u8], options: DecodeOptions) -> Self {
        Self { bytes: text, at: 0, values: TextValues::new(options) }
    }

    /// The next item, none at the end. Behind an error the next call gives the next item. Where
    /// that begins is not known if what was read is no Ion at all, and then it is the one on the
    /// next line that begins with the version marker `$ion_1_0`, as every line of an export does.
    ///
    /// # Errors
    /// [`DecodeError`] with the byte in the text and the attribute.
    pub fn next_item<'t>(&mut self, tape: &'t mut Tape) -> Result<Option<ItemRef<'t>>, DecodeError>
    where
        'a: 't,
    {
        if let Some(text) = self.values.fast(self.bytes, &mut self.at, true, tape) {
            return Ok(Some(Tape::item(&tape.nodes, Source::IonText(text))));
        }
        match self.values.careful(self.bytes, &mut self.at, true) {
            Ok(Found::Item(item)) => tape.rewritten(&item).map(Some),
            // All of the text is there.
            Ok(Found::End | Found::More) => Ok(None),
            Err(error) => Err(error.quoting(self.bytes)),
        }
    }
}

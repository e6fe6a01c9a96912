//! Items from Ion binary.

use super::values::{BinaryValues, Next};
use crate::{DecodeError, DecodeErrorKind, DecodeOptions, ItemRef, Tape};

/// Reads items from Ion binary that is in memory, like [`IonTextReader`] from text; it keeps the
/// symbol table from value to value.
///
/// ```
/// use ddbkit_codec::ion::{IonBinaryReader, IonBinaryWriter};
/// use ddbkit_codec::{Item, Tape};
///
/// let item = Item::from_dynamodb_json(br#"{"pk":{"S":"a"},"n":{"N":"600"}}"#)?;
/// let (mut writer, mut bytes) = (IonBinaryWriter::new(), Vec::new());
/// writer.write(&item, &mut bytes);
///
/// let (mut reader, mut tape) = (IonBinaryReader::new(&bytes), Tape::new());
/// while let Some(read) = reader.next_item(&mut tape)? {
///     assert_eq!(read.to_item(), item);
/// }
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
///
/// [`IonTextReader`]: super::super::IonTextReader
#[derive(Clone, Debug)]
pub struct IonBinaryReader<'a> {
    bytes: &'a [u8],
    at: usize,
    values: BinaryValues,
}

impl<'a> IonBinaryReader<'a> {
    /// Reads with the default options.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::with_options(bytes, DecodeOptions::default())
    }

    /// Reads with a choice where readers differ.
    #[must_use]
    pub fn with_options(bytes: &'a [u8], options: DecodeOptions) -> Self {
        Self { bytes, at: 0, values: BinaryValues::new(options) }
    }

    /// The next item, none at the end. Behind an error in an item the next call gives the next item;
    /// where that begins is not known behind [`DecodeErrorKind::UnexpectedEnd`] and
    /// [`DecodeErrorKind::Syntax`], and there is nothing.
    ///
    /// # Errors
    /// [`DecodeError`] with the byte in the stream and the attribute.
    pub fn next_item<'t>(
        &'t mut self,
        tape: &'t mut Tape,
    ) -> Result<Option<ItemRef<'t>>, DecodeError> {
        match self.values.next(self.bytes, &mut self.at, tape) {
            Ok(Next::End) => Ok(None),
            Ok(Next::More) => {
                let start = std::mem::replace(&mut self.at, self.bytes.len());
                Err(DecodeError::new(DecodeErrorKind::UnexpectedEnd, start))
            }
            Ok(Next::OnTape) => Ok(Some(BinaryValues::shown(tape))),
            Ok(Next::Odd(at)) => {
                tape.rewritten(&self.values.odd(self.bytes, at, self.at)?).map(Some)
            }
            Err(error) => {
                self.at = self.bytes.len();
                Err(error)
            }
        }
    }
}

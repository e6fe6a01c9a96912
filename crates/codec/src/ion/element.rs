//! Elements of `ion_rs` (feature `ion-rs`): the way to all of Ion for what DynamoDB's use of it does not
//! have. It goes through Ion binary, and costs what reading and writing that costs.

use super::{IonBinaryReader, IonBinaryWriter};
use crate::{DecodeError, DecodeErrorKind, Item, Tape};
use ion_rs::{Element, v1_0};

impl TryFrom<&Element> for Item {
    type Error = DecodeError;

    /// The item of an element, `{Item:{...}}` or the bare struct.
    ///
    /// ```
    /// use ddbkit_codec::Item;
    /// use ion_rs::Element;
    ///
    /// let element = Element::read_one(b"{pk: \"a\", n: 6d2}")?;
    /// let item = Item::try_from(&element)?;
    /// assert_eq!(item.to_dynamodb_json(), r#"{"pk":{"S":"a"},"n":{"N":"600"}}"#);
    /// assert_eq!(Item::try_from(&Element::from(&item))?, item);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn try_from(element: &Element) -> Result<Self, DecodeError> {
        let nothing = || DecodeError::new(DecodeErrorKind::NoItem, 0);
        let bytes = element.encode_as(v1_0::Binary).map_err(|_| nothing())?;
        let (mut reader, mut tape) = (IonBinaryReader::new(&bytes), Tape::new());
        let item = reader.next_item(&mut tape)?.ok_or_else(nothing)?;
        Ok(item.to_item())
    }
}

impl From<&Item> for Element {
    /// `{Item:{...}}` as an element.
    fn from(item: &Item) -> Self {
        let (mut writer, mut bytes) = (IonBinaryWriter::new(), Vec::new());
        writer.write(item, &mut bytes);
        // What is written here is what ion_rs reads.
        Self::read_one(&bytes).unwrap_or_else(|_| Self::null(ion_rs::IonType::Struct))
    }
}

//! Plain JSON, the JSON that a person expects: `{"pk":"a","price":19.90}`.

mod number;
mod read;
mod tag;
mod write;

/// How items are written as plain JSON and read from it. What is lossy says so.
///
/// The default writes what a person expects, and reads it by its looks: sets become lists and
/// binaries become strings. [`PlainOptions::LOSSLESS`] marks the two with tags, so that what is
/// read again is equal.
///
/// ```
/// use ddbkit_codec::{Item, PlainOptions};
///
/// let text = br#"{"pk":{"S":"a"},"n":{"N":"19.90"},"tags":{"SS":["x"]},"b":{"B":"AQI="}}"#;
/// let item = Item::from_dynamodb_json(text)?;
///
/// let plain = item.to_plain_json(&PlainOptions::default());
/// assert_eq!(plain, r#"{"pk":"a","n":19.90,"tags":["x"],"b":"AQI="}"#);
/// assert_ne!(Item::from_plain_json(plain.as_bytes(), &PlainOptions::default())?, item);
///
/// let tagged = item.to_plain_json(&PlainOptions::LOSSLESS);
/// assert_eq!(
///     tagged,
///     r#"{"pk":"a","n":19.90,"tags":{"$stringSet":["x"]},"b":{"$binary":"AQI="}}"#
/// );
/// assert_eq!(Item::from_plain_json(tagged.as_bytes(), &PlainOptions::LOSSLESS)?, item);
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
///
/// # Tags
///
/// Where sets or binaries are [tagged](PlainSets::Tagged), an object whose only member has one of
/// these names is no map:
///
/// | object | value |
/// |---|---|
/// | `{"$binary":"AQI="}` | binary, in Base64 |
/// | `{"$stringSet":["a","b"]}` | string set |
/// | `{"$numberSet":[1,2.5]}` | number set; members may be strings |
/// | `{"$binarySet":["AQI="]}` | binary set |
/// | `{"$map":{"$binary":"a"}}` | a map whose only attribute has one of these five names |
///
/// So a map that looks like a tag is written in a `$map`, and nothing else is ever escaped. An item
/// itself is never taken for a tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlainOptions {
    /// Numbers when written. They are read from the digits of JSON numbers, exactly, whatever is
    /// said here.
    pub numbers: PlainNumbers,
    /// Sets.
    pub sets: PlainSets,
    /// Binaries.
    pub binaries: PlainBinaries,
}

impl PlainOptions {
    /// What is written like this and read like this again is the same item: numbers as literals,
    /// sets and binaries tagged.
    pub const LOSSLESS: Self = Self {
        numbers: PlainNumbers::Literal,
        sets: PlainSets::Tagged,
        binaries: PlainBinaries::Tagged,
    };

    fn is_tagged(self) -> bool {
        self.sets == PlainSets::Tagged || self.binaries == PlainBinaries::Tagged
    }
}

/// How numbers are written as plain JSON.
///
/// ```
/// use ddbkit_codec::{AttributeValue, Item, PlainBinaries, PlainNumbers, PlainOptions, PlainSets};
///
/// let wide = br#"{"n":{"N":"12345678901234567890"},"m":{"N":"1.5"},"b":{"B":"AQI="},"s":{"NS":["1"]}}"#;
/// let item = Item::from_dynamodb_json(wide)?;
/// let for_javascript = PlainOptions {
///     numbers: PlainNumbers::LiteralOrText,
///     sets: PlainSets::Array,
///     binaries: PlainBinaries::Tagged,
/// };
/// let mut line = Vec::new();
/// item.write_plain_json(&for_javascript, &mut line);
/// assert_eq!(line, br#"{"n":"12345678901234567890","m":1.5,"b":{"$binary":"AQI="},"s":[1]}"#);
///
/// // One value: as what a person types is read.
/// let value = AttributeValue::from_plain_json(b"[1, true]", &PlainOptions::default())?;
/// assert_eq!(value, AttributeValue::L(vec![1.into(), true.into()]));
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainNumbers {
    /// Always as a number of JSON with all its digits: `12345678901234567890.1`. Nothing is lost
    /// here; readers that keep numbers in an `f64`, as JavaScript does, lose digits beyond the
    /// sixteenth.
    #[default]
    Literal,
    /// As a number of JSON where an `f64` keeps it, that is where it is written with the same value
    /// again, and as a string otherwise: no reader loses a digit. Lossy: the strings are read as
    /// strings.
    LiteralOrText,
    /// Always as a string, `"19.90"`. Lossy: it is read as a string.
    Text,
}

/// How sets are written as plain JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainSets {
    /// As arrays. Lossy: they are read as lists.
    #[default]
    Array,
    /// As `{"$stringSet":["a"]}`, see [`PlainOptions`].
    Tagged,
}

/// How binaries are written as plain JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainBinaries {
    /// As a string in Base64. Lossy: it is read as a string.
    #[default]
    Base64,
    /// As `{"$binary":"AQI="}`, see [`PlainOptions`].
    Tagged,
}

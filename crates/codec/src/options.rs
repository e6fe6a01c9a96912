//! What decides where readers of DynamoDB's formats differ.

/// What to do where readers of DynamoDB's formats differ from each other. The default is what the
/// service does, where that is known; everything that is not listed here has only one reading.
///
/// ```
/// use ddbkit_codec::{DecodeOptions, Duplicates, Item};
///
/// let twice = br#"{"a":{"N":"1"},"a":{"N":"2"}}"#;
/// assert_eq!(Item::from_dynamodb_json(twice)?.len(), 1);
/// let options = DecodeOptions { duplicates: Duplicates::Refuse, ..DecodeOptions::default() };
/// assert!(Item::from_dynamodb_json_with(twice, &options).is_err());
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecodeOptions {
    /// Bits that the last character of a Base64 text has too many.
    pub spare_bits: SpareBits,
    /// Two attributes of one name in one map.
    pub duplicates: Duplicates,
    /// Half of a surrogate pair in a string.
    pub surrogates: Surrogates,
    /// `{"N":1.5}` in place of `{"N":"1.5"}`.
    pub bare_numbers: BareNumbers,
    /// `null.string` and its like in Ion.
    pub typed_nulls: TypedNulls,
}

/// What to do with bits that the last character of a Base64 text has too many, like those of
/// `YR==`.
///
/// ```
/// use ddbkit_codec::{BareNumbers, DecodeOptions, Item, SpareBits, Surrogates};
///
/// let sloppy = br#"{"n":{"N":1.50},"s":{"S":"\ud83d"}}"#;
/// assert!(Item::from_dynamodb_json(sloppy).is_err());
///
/// let lenient = DecodeOptions {
///     bare_numbers: BareNumbers::Accept,
///     surrogates: Surrogates::Replace,
///     ..DecodeOptions::default()
/// };
/// let item = Item::from_dynamodb_json_with(sloppy, &lenient)?;
/// assert_eq!(item.to_dynamodb_json(), "{\"n\":{\"N\":\"1.50\"},\"s\":{\"S\":\"\u{fffd}\"}}");
///
/// let strict = DecodeOptions { spare_bits: SpareBits::Refuse, ..DecodeOptions::default() };
/// assert!(Item::from_dynamodb_json_with(br#"{"b":{"B":"AR=="}}"#, &strict).is_err());
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpareBits {
    /// Reads them as zero: DynamoDB Local takes `YR==` and gives `YQ==` back.
    #[default]
    Ignore,
    /// Refuses them, as `serde_dynamo` does.
    Refuse,
}

/// What to do with two attributes of one name in one map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// The last one counts, as in DynamoDB Local.
    #[default]
    Last,
    /// Refuses them: one of the two would be lost.
    Refuse,
}

/// What to do with half of a surrogate pair in a string, like `\ud800`.
///
/// DynamoDB Local takes it and stores it. It is not Unicode, and a `String` of Rust cannot hold it,
/// so that taking it as it is is no choice here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Surrogates {
    /// Refuses it: nothing is changed in silence.
    #[default]
    Refuse,
    /// Puts U+FFFD in its place, as Go does.
    Replace,
}

/// What to do with a number that is written as a number of JSON, `{"N":1.5}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BareNumbers {
    /// Refuses it, as the protocol says: numbers are sent as strings.
    #[default]
    Refuse,
    /// Takes its digits as they are, as DynamoDB Local does.
    Accept,
}

/// What to do with the nulls of Ion that have a type, like `null.string`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TypedNulls {
    /// Refuses them: exports are not known to have them.
    #[default]
    Refuse,
    /// Takes them for NULL.
    Null,
}

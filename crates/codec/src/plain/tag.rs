//! Objects that stand for what JSON does not have.

/// What the only member of an object says that the object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Binary,
    StringSet,
    NumberSet,
    BinarySet,
    /// A map that would be taken for a tag.
    Map,
}

impl Tag {
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "$binary" => Some(Self::Binary),
            "$stringSet" => Some(Self::StringSet),
            "$numberSet" => Some(Self::NumberSet),
            "$binarySet" => Some(Self::BinarySet),
            "$map" => Some(Self::Map),
            _ => None,
        }
    }
}

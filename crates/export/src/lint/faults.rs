//! What the service does with a line that it cannot take.

use super::report::FindingKind;
use ddbkit_codec::DecodeErrorKind;

/// What becomes of a line that is no good item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The item is counted as an error, and the import goes on.
    Refused,
    /// So is the line, and the rest of its object is not read.
    Abandoned(FindingKind),
}

/// What becomes of a line that cannot be decoded.
pub(super) fn fate(kind: DecodeErrorKind) -> Fate {
    use DecodeErrorKind as Kind;
    match kind {
        // These are values that can be read, and that break a rule of the service.
        Kind::InvalidNumber
        | Kind::NumberPrecision
        | Kind::NumberRange
        | Kind::EmptySet
        | Kind::DuplicateInSet
        | Kind::EmptyName
        | Kind::TooDeep
        | Kind::TooLong => Fate::Refused,
        Kind::ChangeRecord => Fate::Abandoned(FindingKind::IncrementalData),
        _ => Fate::Abandoned(FindingKind::ObjectAbandoned),
    }
}

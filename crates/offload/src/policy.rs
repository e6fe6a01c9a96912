//! Which values go to S3.

/// Which values of the attributes that were named to the offloader go to S3; the others stay in the
/// item as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OffloadPolicy {
    /// All of them.
    Always,
    /// Those that are larger than so many bytes, by the size that `DynamoDB` counts for a value
    /// ([`AttributeValue::size`](ddbkit_codec::AttributeValue::size)).
    Above(usize),
    /// As many as it takes for the item to have at most so many bytes, the largest first. A value that
    /// is no larger than its pointer stays.
    ///
    /// The size is the exact one of an item that is created. Of an update the item is read first,
    /// whatever the caller knows of it; what other update expressions do to it is not known, so all
    /// values of theirs are taken as added.
    WhenItemExceeds(usize),
}

impl Default for OffloadPolicy {
    /// Above 4 KB: less is cheaper in the item than a request to S3 is.
    fn default() -> Self {
        Self::Above(4096)
    }
}

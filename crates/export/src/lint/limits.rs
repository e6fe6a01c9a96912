//! How much an import takes, and what it costs.

/// The most objects of one import (Developer Guide, "Import quotas and validation").
pub const MAX_OBJECTS: u64 = 50_000;

const TB: u64 = 1_000_000_000_000;
/// The regions that take more, and how much all others do.
const LARGE_REGIONS: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];
const LARGE: u64 = 15 * TB;
const SMALL: u64 = TB;

/// Why so many bytes are too many for an import in the region, if they are.
pub(super) fn too_many_bytes(bytes: u64, region: Option<&str>) -> Option<String> {
    let small =
        format!("1 TB, the most that an import takes outside of {}", LARGE_REGIONS.join(", "));
    let most = match region {
        Some(region) if LARGE_REGIONS.contains(&region) => {
            (LARGE, "15 TB, the most that an import takes".to_owned())
        }
        Some(_) => (SMALL, small),
        None if bytes > LARGE => {
            (LARGE, "15 TB, the most that an import takes in any region".to_owned())
        }
        None => (SMALL, format!("{small}, and the region is not given")),
    };
    (bytes > most.0).then(|| format!("{bytes} bytes are more than {}", most.1))
}

/// What an import would cost: $0.15 for each GB after decompression, the list price of us-east-1,
/// with a GB of 10^9 bytes. Items that are refused are paid for too.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ImportCost {
    /// In US dollars, without what the table and S3 cost.
    pub dollars: f64,
}

impl ImportCost {
    /// The price of a GB.
    pub const DOLLARS_PER_GB: f64 = 0.15;

    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub(super) fn of(uncompressed_bytes: u64) -> Self {
        Self { dollars: uncompressed_bytes as f64 / 1e9 * Self::DOLLARS_PER_GB }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_decides() {
        for (bytes, region, is_too_many) in [
            (SMALL, Some("eu-central-1"), false),
            (SMALL + 1, Some("eu-central-1"), true),
            (SMALL + 1, Some("us-east-1"), false),
            (LARGE + 1, Some("us-east-1"), true),
            (SMALL + 1, None, true),
            (LARGE + 1, None, true),
        ] {
            assert_eq!(too_many_bytes(bytes, region).is_some(), is_too_many, "{bytes} {region:?}");
        }
    }

    #[test]
    fn the_price_is_that_of_what_is_decompressed() {
        assert!((ImportCost::of(2_000_000_000).dollars - 0.3).abs() < 1e-9);
    }
}

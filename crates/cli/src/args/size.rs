//! Sizes as people write them.

use std::num::NonZeroU64;

/// A number of bytes, with or without a unit: `1000`, `128MiB`, `1.5GB`.
pub(super) fn size(text: &str) -> Result<NonZeroU64, String> {
    let at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "kib" | "k" => 1 << 10,
        "mib" | "m" => 1 << 20,
        "gib" | "g" => 1 << 30,
        _ => return Err(format!("unknown unit {unit:?}; use B, KB, MB, GB, KiB, MiB or GiB")),
    };
    let number: f64 = number.trim().parse().map_err(|_| "no number of bytes".to_owned())?;
    #[expect(clippy::cast_precision_loss, reason = "powers of two and ten are exact")]
    let bytes = number * factor as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
    let bytes = bytes as u64;
    NonZeroU64::new(bytes).ok_or_else(|| "must be more than zero".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known() {
        for (text, bytes) in
            [("7", 7), ("128MiB", 128 << 20), ("1.5GB", 1_500_000_000), ("2 kb", 2000)]
        {
            assert_eq!(size(text).unwrap().get(), bytes, "{text}");
        }
        for bad in ["", "0", "-1", "NaN", "5 parsec", "MiB"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}

//! Exact decimals.

use arrow_buffer::i256;

/// The most digits of a decimal of 128 bits.
pub(super) const MAX_128: u8 = 38;

/// The number as so many of the last place of a decimal, none when it has other digits or more.
pub(super) fn unscaled(
    (coefficient, exponent): (i128, i32),
    precision: u8,
    scale: i8,
) -> Option<i256> {
    if coefficient == 0 {
        return Some(i256::ZERO);
    }
    let zeros = u32::try_from(exponent.checked_add(i32::from(scale))?).ok()?;
    let digits = coefficient.unsigned_abs().ilog10() + 1 + zeros;
    if digits > u32::from(precision) {
        return None;
    }
    i256::from_i128(coefficient).checked_mul(i256::from_i128(10).checked_pow(zeros)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_fits_exactly_or_not_at_all() {
        for (parts, precision, scale, expected) in [
            ((0, 500), 1, 0, Some(0)),
            ((-125, -1), 4, 2, Some(-1250)),
            ((-125, -1), 3, 2, None),
            ((125, -2), 5, 1, None),
            ((6, 2), 3, 0, Some(600)),
            ((6, 2), 2, 0, None),
            ((1, i32::MAX), 76, 0, None),
        ] {
            let found = unscaled(parts, precision, scale).and_then(i256::to_i128);
            assert_eq!(found, expected, "{parts:?}");
        }
        let widest = i128::pow(10, 38) - 1;
        assert!(unscaled((widest, 38), 76, 0).is_some());
        assert!(unscaled((widest, 39), 76, 0).is_none());
    }
}

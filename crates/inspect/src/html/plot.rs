//! Places in a picture.
//!
//! Pictures are as wide as the page and as high as they are: across, places are percents, and down,
//! pixels. So text in them keeps its size on a phone, where a scaled picture would shrink it.

use crate::as_f64;
use std::fmt;

/// A place or length across, in percent of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Across(pub(super) f64);

impl fmt::Display for Across {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}%", self.0)
    }
}

/// A logarithmic axis from one number to a larger one.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogAxis {
    pub(super) from: u64,
    pub(super) to: u64,
}

impl LogAxis {
    /// Where a number stands; numbers beyond the ends stand at the ends.
    pub(super) fn at(self, number: u64) -> Across {
        let log = |number: u64| as_f64(number.max(1)).log2();
        let length = log(self.to) - log(self.from);
        let place = if length > 0.0 { (log(number) - log(self.from)) / length } else { 0.5 };
        Across(place.clamp(0.0, 1.0) * 100.0)
    }
}

/// The height in pixels of a share, in a picture whose highest share fills `height`. What is there at
/// all is seen: it has at least a pixel.
pub(super) fn height(share: f64, highest: f64, height: f64) -> f64 {
    if share <= 0.0 || highest <= 0.0 { 0.0 } else { (share / highest * height).max(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_axis_has_its_middle_at_the_geometric_mean() {
        let axis = LogAxis { from: 1, to: 100 };
        assert_eq!(axis.at(1), Across(0.0));
        assert_eq!(axis.at(10), Across(50.0));
        assert_eq!(axis.at(100), Across(100.0));
        assert_eq!((axis.at(0), axis.at(1000)), (Across(0.0), Across(100.0)));
        assert_eq!(LogAxis { from: 5, to: 5 }.at(5), Across(50.0));
        assert_eq!(Across(100.0 / 3.0).to_string(), "33.33%");
    }

    #[test]
    fn what_is_there_is_seen() {
        let heights = [(0.0, 1.0), (0.5, 0.0), (1e-9, 1.0), (0.5, 1.0)];
        let heights = heights.map(|(share, highest)| height(share, highest, 100.0));
        assert_eq!(format!("{heights:?}"), "[0.0, 0.0, 1.0, 50.0]");
    }
}

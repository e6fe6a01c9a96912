//! What a program that measures prints: fields with tabs between.

/// One case.
#[derive(Debug, PartialEq)]
pub(super) struct Measurement {
    pub(super) group: String,
    pub(super) ours: bool,
    pub(super) name: String,
    bytes: f64,
    items: f64,
    pub(super) target: Option<Target>,
    /// CPU time of each round.
    seconds: Vec<f64>,
    /// The largest that the process became, in MiB, where that is measured.
    pub(super) peak: Option<u32>,
}

/// To be so many times as fast as the fastest peer of the same group whose name ends so.
#[derive(Debug, PartialEq)]
pub(super) struct Target {
    pub(super) times: f64,
    pub(super) peer: String,
}

/// How many times as fast as another case: of the best rounds, and the least and the most of what
/// single rounds say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ratio {
    pub(super) best: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Measurement {
    /// The fields behind the first.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [group, kind, name, bytes, items, times, peer, seconds, ref peak @ ..] = fields[..]
        else {
            return Err(format!("{} fields in the result {line:?}", fields.len()));
        };
        let peak = match peak {
            [] => None,
            [mebibytes] => Some(mebibytes.parse().map_err(|_| format!("no peak in {line:?}"))?),
            _ => return Err(format!("{} fields in the result {line:?}", fields.len())),
        };
        let number = |text: &str| {
            let number = text.parse::<f64>().ok().filter(|number| *number > 0.0);
            number.ok_or_else(|| format!("{text:?} in the result {line:?}"))
        };
        let target = if times.is_empty() {
            None
        } else {
            Some(Target { times: number(times)?, peer: peer.to_owned() })
        };
        Ok(Self {
            group: group.to_owned(),
            ours: kind == "ours",
            name: name.to_owned(),
            bytes: number(bytes)?,
            items: number(items)?,
            target,
            seconds: seconds.split(',').map(number).collect::<Result<_, _>>()?,
            peak,
        })
    }

    fn best(&self) -> f64 {
        self.seconds.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// In 10^6 bytes a second, in the best round.
    pub(super) fn megabytes(&self) -> f64 {
        self.bytes / self.best() / 1e6
    }

    /// Items a second, in the best round.
    pub(super) fn items(&self) -> f64 {
        self.items / self.best()
    }

    /// How many times as many items a second as another case.
    pub(super) fn ratio(&self, other: &Self) -> Ratio {
        let share = self.items / other.items;
        let rounds = self.seconds.iter().zip(&other.seconds);
        let rounds = rounds.map(|(own, other)| other / own * share);
        let (least, most) = rounds.fold((f64::INFINITY, 0.0), |(least, most), ratio| {
            (f64::min(least, ratio), f64::max(most, ratio))
        });
        Ratio { best: self.items() / other.items(), least, most }
    }
}

/// A package and the version that ran.
#[derive(Debug, PartialEq)]
pub(super) struct Version {
    pub(super) name: String,
    pub(super) version: String,
}

impl Version {
    /// The fields behind the first.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let (name, version) =
            line.split_once('\t').ok_or_else(|| format!("no version in {line:?}"))?;
        Ok(Self { name: name.to_owned(), version: version.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(items: u32, seconds: &str) -> Measurement {
        let line = format!("group\tours\tname\t2000000\t{items}\t1.9\tpeer\t{seconds}");
        Measurement::parse(&line).unwrap()
    }

    #[test]
    fn speeds_are_those_of_the_best_round() {
        let case = case(10, "4,2,3");
        assert!((case.megabytes() - 1.0).abs() < 1e-9);
        assert!((case.items() - 5.0).abs() < 1e-9);
        assert_eq!(case.target, Some(Target { times: 1.9, peer: "peer".to_owned() }));
        assert_eq!(case.peak, None);
    }

    #[test]
    fn the_peak_of_memory_is_a_field_more() {
        let case = Measurement::parse("g\tours\tn\t1\t1\t\t\t1\t97").unwrap();
        assert_eq!(case.peak, Some(97));
    }

    #[test]
    fn a_ratio_is_of_items_and_has_the_range_of_the_rounds() {
        // The other read half of the items.
        let ratio = case(10, "1,2").ratio(&case(5, "2,3"));
        assert_eq!(ratio, Ratio { best: 4.0, least: 3.0, most: 4.0 });
    }

    #[test]
    fn lines_that_are_no_results_are_refused() {
        for line in [
            "",
            "group\tours",
            "g\tpeer\tn\t0\t1\t\t\t1",
            "g\tpeer\tn\t1\t1\t\t\tx",
            "g\tpeer\tn\t1\t1\t\t\t1\tx",
        ] {
            assert!(Measurement::parse(line).is_err(), "{line:?}");
        }
        assert!(Version::parse("boto3").is_err());
    }
}

//! The table of all cases.

use super::measurement::{Measurement, Ratio, Target};
use super::peers::Language;

const HEAD: &str = "\
| case | MB/s | 1,000 items/s | times as fast | meant to be |
|---|---:|---:|---|---|
";

/// With the memory of each process.
const HEAD_WITH_PEAK: &str = "\
| case | MB/s | 1,000 items/s | times as fast | meant to be | peak memory |
|---|---:|---:|---|---|---:|
";

/// Markdown: the groups in the order in which they were measured, the fastest first in each.
pub(super) fn markdown(measurements: &[Measurement], absent: &[(Language, String)]) -> String {
    let mut groups: Vec<&str> = Vec::new();
    for measurement in measurements {
        if !groups.contains(&measurement.group.as_str()) {
            groups.push(&measurement.group);
        }
    }
    let has_peaks = measurements.iter().any(|case| case.peak.is_some());
    let (head, more) = if has_peaks { (HEAD_WITH_PEAK, " |") } else { (HEAD, "") };
    let mut text = head.to_owned();
    for name in groups {
        let mut group: Vec<_> = measurements.iter().filter(|case| case.group == name).collect();
        group.sort_by(|a, b| b.items().total_cmp(&a.items()));
        text += &format!("| **{name}** | | | | |{more}\n");
        for case in &group {
            text += &row(case, &group, has_peaks);
        }
    }
    for (language, reason) in absent {
        text += &format!("| peers in {language}: not installed ({reason}) | | | | |{more}\n");
    }
    text
}

fn row(case: &Measurement, group: &[&Measurement], has_peaks: bool) -> String {
    let name = if case.ours { format!("**ddbkit: {}**", case.name) } else { case.name.clone() };
    let (ratio, meant) = match &case.target {
        Some(target) => compared(case, target, group),
        None => Default::default(),
    };
    let (megabytes, items) = (case.megabytes(), case.items() / 1e3);
    let peak = case.peak.map(|mebibytes| format!(" {mebibytes} MiB"));
    let peak = if has_peaks { peak.unwrap_or_default() + " |" } else { String::new() };
    format!("| {name} | {megabytes:.0} | {items:.0} | {ratio} | {meant} |{peak}\n")
}

/// The ratio to the fastest peer of the kind, and what it is meant to be.
fn compared(case: &Measurement, target: &Target, group: &[&Measurement]) -> (String, String) {
    let Target { times, peer } = target;
    let peers = group.iter().filter(|case| !case.ours && case.name.ends_with(peer.as_str()));
    let Some(other) = peers.max_by(|a, b| a.items().total_cmp(&b.items())) else {
        return ("the peer did not run".to_owned(), format!("{times} of {peer}"));
    };
    let meant = format!("{times} of {}", other.name);
    let Ratio { best, least, most } = case.ratio(other);
    let verdict = if best >= *times { "met" } else { "missed" };
    (format!("{best:.2} (rounds {least:.2} to {most:.2})"), format!("{meant}: {verdict}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_groups_by_speed_with_the_ratio_to_the_peer() {
        let lines = [
            "read\tpeer\tslow\t1000000\t1000\t\t\t1",
            "read\tpeer\tvery slow\t1000000\t1000\t\t\t2",
            "write\tpeer\tother\t1000000\t1000\t\t\t1",
            "read\tours\tfast\t1000000\t1000\t1.9\tslow\t0.5",
            "read\tours\tmiddle\t1000000\t1000\t1.9\tslow\t0.8",
        ];
        let cases: Vec<_> = lines.iter().map(|line| Measurement::parse(line).unwrap()).collect();
        let absent = [(Language::Go, "needs go".to_owned())];
        let table = markdown(&cases, &absent);
        let rows: Vec<_> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| **read** | | | | |",
                "| **ddbkit: fast** | 2 | 2 | 2.00 (rounds 2.00 to 2.00) | 1.9 of slow: met |",
                "| **ddbkit: middle** | 1 | 1 | 1.25 (rounds 1.25 to 1.25) | 1.9 of slow: missed |",
                "| slow | 1 | 1 |  |  |",
                "| very slow | 0 | 0 |  |  |",
                "| **write** | | | | |",
                "| other | 1 | 1 |  |  |",
                "| peers in go: not installed (needs go) | | | | |",
            ]
        );
    }

    #[test]
    fn memory_has_a_column_where_it_is_measured() {
        let line = "dump\tours\tfast\t1000000\t1000\t\t\t1\t97";
        let table = markdown(&[Measurement::parse(line).unwrap()], &[]);
        assert!(table.contains("| peak memory |\n"), "{table}");
        assert!(table.contains("| **dump** | | | | | |\n"), "{table}");
        assert!(table.ends_with("| **ddbkit: fast** | 1 | 1 |  |  | 97 MiB |\n"), "{table}");
    }

    #[test]
    fn a_peer_that_did_not_run_is_told() {
        let case = Measurement::parse("read\tours\tfast\t1\t1\t2\tslow\t1").unwrap();
        assert!(markdown(&[case], &[]).contains("| the peer did not run | 2 of slow |"));
    }
}

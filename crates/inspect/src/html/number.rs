//! Numbers as people read them: grouped, with their unit, and with no more digits than they need.

use crate::as_f64;

/// Between a number and its unit, where no line may break.
const SPACE: char = '\u{a0}';

/// `1,234,567`
pub(super) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Capacity units, which come in halves that do not matter here.
pub(super) fn units(number: f64) -> String {
    grouped(&format!("{number:.0}"))
}

/// As [`count`], and from ten million on in words: `12.3 million`.
pub(super) fn short(number: u64) -> String {
    const WORDS: [(u64, &str); 3] =
        [(1_000_000_000_000, "trillion"), (1_000_000_000, "billion"), (1_000_000, "million")];
    match WORDS.into_iter().find(|(size, _)| number >= *size) {
        Some((size, word)) if number >= 10_000_000 => {
            format!("{}{SPACE}{word}", three_digits(as_f64(number) / as_f64(size)))
        }
        _ => count(number),
    }
}

/// `1.21 KB`; a KB is 1,024 bytes.
pub(super) fn bytes(number: u64) -> String {
    mean_bytes(as_f64(number))
}

/// A number of bytes that need not be whole.
pub(super) fn mean_bytes(mut value: f64) -> String {
    let mut unit = "B";
    for next in ["KB", "MB", "GB", "TB", "PB"] {
        // What would be rounded to 1,024 of a unit is one of the next.
        if value < 1023.5 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    format!("{}{SPACE}{unit}", three_digits(value))
}

/// `1.23`, `12.3`, `123`, `1,234`; zeros at the end of a fraction say nothing.
fn three_digits(value: f64) -> String {
    let places = usize::from(value < 9.995) + usize::from(value < 99.95);
    let text = format!("{value:.places$}");
    match text.split_once('.') {
        None => grouped(&text),
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        Some(_) => text,
    }
}

/// A share as `12.3 %`. Little is not nothing, and almost all is not all.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent <= 0.0 {
        format!("0{SPACE}%")
    } else if percent < 0.1 {
        format!("<{SPACE}0.1{SPACE}%")
    } else if percent < 100.0 && percent > 99.9 {
        format!(">{SPACE}99.9{SPACE}%")
    } else if percent < 100.0 {
        format!("{percent:.1}{SPACE}%")
    } else {
        format!("{percent:.0}{SPACE}%")
    }
}

/// `$1,234`, `$12.34`, `< $0.01`
pub(super) fn dollars(amount: f64) -> String {
    let sign = if amount < 0.0 { "−" } else { "" };
    let size = amount.abs();
    if size == 0.0 {
        "$0".to_owned()
    } else if size < 0.005 {
        // A little less than nothing is not worth a sign.
        format!("<{SPACE}$0.01")
    } else if size < 999.995 {
        format!("{sign}${size:.2}")
    } else {
        format!("{sign}${}", grouped(&format!("{size:.0}")))
    }
}

/// A price of a unit, with the digits that it has: `$0.1875`.
pub(super) fn price(amount: f64) -> String {
    if amount < 0.01 {
        format!("${amount}")
    } else {
        format!("${amount:.4}").trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// `1 item`, `2 items`
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{}{SPACE}{}", count(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        text.replace(SPACE, " ")
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
        let short = |number| plain(&short(number));
        assert_eq!(short(9_999_999), "9,999,999");
        assert_eq!(short(12_345_678), "12.3 million");
        assert_eq!(short(10_000_000_000), "10 billion");
        assert_eq!(short(4_560_000_000_000), "4.56 trillion");
        assert_eq!(plain(&counted(1, "item", "items")), "1 item");
        assert_eq!(plain(&counted(0, "item", "items")), "0 items");
    }

    #[test]
    fn sizes_have_three_digits_and_a_unit() {
        let bytes = |number| plain(&bytes(number));
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1,023 B");
        assert_eq!(bytes(1024), "1 KB");
        assert_eq!(bytes(1025), "1 KB");
        assert_eq!(bytes(1536), "1.50 KB");
        assert_eq!(bytes(409_600), "400 KB");
        assert_eq!(bytes((1 << 20) - 1), "1 MB");
        assert_eq!(bytes(u64::MAX), "16,384 PB");
    }

    #[test]
    fn little_is_not_nothing_and_almost_all_is_not_all() {
        let percent = |share| plain(&percent(share));
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(1e-9), "< 0.1 %");
        assert_eq!(percent(0.1234), "12.3 %");
        assert_eq!(percent(0.999_999), "> 99.9 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(1.5), "150 %");
    }

    #[test]
    fn money_is_rounded_to_what_matters() {
        let dollars = |amount| plain(&dollars(amount));
        assert_eq!(dollars(0.0), "$0");
        assert_eq!(dollars(0.0001), "< $0.01");
        assert_eq!(dollars(0.25), "$0.25");
        assert_eq!(dollars(999.999), "$1,000");
        assert_eq!(dollars(1_234_567.8), "$1,234,568");
        assert_eq!(dollars(-0.5), "−$0.50");
        assert_eq!([0.25, 0.1875, 0.023, 10.0].map(price), ["$0.25", "$0.1875", "$0.023", "$10"]);
    }
}

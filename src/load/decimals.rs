//! Decimal numbers of any length as numbers of 64 bits.

/// Whether a decimal text says more than the number that it was read as: digits that the number, written as shortly
/// as it can be, has not. `1.50` and `1.5` are one number; `0.1` is the number 0.1.
pub(super) fn is_rounded(text: &str, read: f64) -> bool {
    significant(text) != significant(&format!("{read}"))
}

/// The digits without zeros at either end, and where the point stands among them.
fn significant(text: &str) -> (String, i64) {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: String = before
        .chars()
        .chain(after.chars())
        .filter(char::is_ascii_digit)
        .collect();
    let whole = before.chars().filter(char::is_ascii_digit).count() as i64;
    let kept = digits.trim_start_matches('0');
    let leading = (digits.len() - kept.len()) as i64;
    let kept = kept.trim_end_matches('0').to_owned();
    let point = whole - leading + exponent.parse::<i64>().unwrap_or(0);
    if kept.is_empty() { (kept, 0) } else { (kept, point) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_number_can_not_hold_is_seen() {
        let check = |text: &str, rounded: bool| assert_eq!(is_rounded(text, text.parse().unwrap()), rounded, "{text}");
        for exact in [
            "0",
            "-0.00",
            "1.50",
            "0.1",
            "123456789012345",
            "1e300",
            "0.000001",
            "100000",
            "62737.0",
            "1.5E+3",
        ] {
            check(exact, false);
        }
        for long in ["1.23456789012345678901", "12345678901234567.89", "9007199254740993"] {
            check(long, true);
        }
    }
}

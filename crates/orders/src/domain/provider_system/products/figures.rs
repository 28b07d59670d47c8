//! Prices and durations as ON-API writes them, exactly.

/// Digits of whole kronor: more is a mistaken unit.
const KRONOR_DIGITS_MAX: usize = 7;
/// Digits of a number in a duration.
const DURATION_DIGITS_MAX: usize = 3;

/// Öre of kronor with at most two decimals after a comma: "250,50", "0".
pub(super) fn ore(text: &str) -> Option<i64> {
    let (whole, part) = match text.split_once(',') {
        Some((whole, part)) if (1..=2).contains(&part.len()) => (whole, part),
        Some(_) => return None,
        None => (text, "0"),
    };
    if !(1..=KRONOR_DIGITS_MAX).contains(&whole.len()) {
        return None;
    }
    let digits = |text: &str| {
        let plain = text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<i64>().ok()).flatten()
    };
    let tenths = if part.len() == 1 { 10 } else { 1 };
    Some(digits(whole)? * 100 + digits(part)? * tenths)
}

/// Months of an ISO 8601 duration of whole months and years: "P1M", "P1Y6M", "P0D". Nothing of one that has days.
pub(super) fn months(text: &str) -> Option<u32> {
    let mut rest = text.strip_prefix('P')?;
    if rest.is_empty() {
        return None;
    }
    let mut all = 0;
    for (unit, months) in [('Y', 12), ('M', 1), ('D', 0)] {
        let Some((number, after)) = rest.split_once(unit) else {
            continue;
        };
        let right = (1..=DURATION_DIGITS_MAX).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit());
        let number: u32 = number.parse().ok().filter(|_| right)?;
        if unit == 'D' && number != 0 {
            return None;
        }
        all += number * months;
        rest = after;
    }
    rest.is_empty().then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact() {
        for (text, expected) in [
            ("250,50", 25_050),
            ("250,5", 25_050),
            ("250,05", 25_005),
            ("0", 0),
            ("125", 12_500),
            ("0,01", 1),
        ] {
            assert_eq!(ore(text), Some(expected), "{text}");
        }
        for wrong in [
            "", ",5", "250,", "250,505", "250.50", "-1", "+1", "1 000", "12345678", "2,5,0", "kr",
        ] {
            assert_eq!(ore(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations_are_whole_months() {
        for (text, expected) in [
            ("P1M", 1),
            ("P3M", 3),
            ("P1Y", 12),
            ("P1Y6M", 18),
            ("P0D", 0),
            ("P0M", 0),
        ] {
            assert_eq!(months(text), Some(expected), "{text}");
        }
        for wrong in [
            "", "P", "1M", "P30D", "P1W", "PT1M", "P1M1Y", "P-1M", "P1.5M", "P1000M",
        ] {
            assert_eq!(months(wrong), None, "{wrong}");
        }
    }
}

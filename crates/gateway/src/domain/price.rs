//! Prices as people write and read them.

use crate::i18n::Lang;

/// Largest price, in öre: a million kronor is a slip of the finger.
const LARGEST_ORE: i64 = 100_000_000;

/// Reads "349", "349,5" or "349.50" as öre.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim().replace(['\u{a0}', ' '], "").replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 7 || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let ore = whole.parse::<i64>().ok()? * 100 + format!("{part:0<2}").parse::<i64>().ok()?;
    (ore <= LARGEST_ORE).then_some(ore)
}

/// Writes öre as kronor: "349" or "349,50" ("349.50" in English).
pub fn show(ore: i64, lang: Lang) -> String {
    let (whole, part) = (ore / 100, (ore % 100).abs());
    let point = if lang == Lang::Sv { ',' } else { '.' };
    if part == 0 {
        whole.to_string()
    } else {
        format!("{whole}{point}{part:02}")
    }
}

/// What a customer pays at least: the start fee and the months of commitment, or the first month.
pub fn lowest_total(monthly: i64, start: i64, months: u32) -> i64 {
    start.saturating_add(monthly.saturating_mul(i64::from(months.max(1))))
}

#[cfg(test)]
mod tests {
    use super::{lowest_total, parse, show};
    use crate::i18n::Lang;

    #[test]
    fn what_is_written_is_read_back() {
        assert_eq!(parse("349"), Some(34_900));
        assert_eq!(parse("1 349,5"), Some(134_950));
        assert_eq!(parse("349.05"), Some(34_905));
        for wrong in ["", ",5", "-3", "3,555", "12345678", "1e3"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(show(34_900, Lang::Sv), "349");
        assert_eq!(show(34_905, Lang::En), "349.05");
    }

    #[test]
    fn the_total_has_at_least_one_month() {
        assert_eq!(lowest_total(34_900, 10_000, 0), 44_900);
        assert_eq!(lowest_total(34_900, 0, 12), 418_800);
    }
}

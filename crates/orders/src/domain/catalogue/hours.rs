//! Opening hours in ON-API's grammar: `HH:mm-HH:mm` with a day or a span of days before it if it is not every day; several
//! are parted by commas, and those of the weekend may stand in parentheses, with or without a comma: "Mon-Fri 08:00-17:00,
//! (10:00-14:00)", "07:30-17:00 (10:00-15:00)". Days are written out, or with their first three letters.

/// What is said of hours that are none.
pub const RULE: &str =
    "opening hours as \"Mon-Fri 08:00-17:00, (10:00-14:00)\", at most 200 characters";

/// Characters of opening hours.
const CHARS_MAX: usize = 200;

/// Days in English and in Swedish, Monday first.
const DAYS: [[&str; 4]; 7] = [
    ["mon", "mån", "monday", "måndag"],
    ["tue", "tis", "tuesday", "tisdag"],
    ["wed", "ons", "wednesday", "onsdag"],
    ["thu", "tor", "thursday", "torsdag"],
    ["fri", "fre", "friday", "fredag"],
    ["sat", "lör", "saturday", "lördag"],
    ["sun", "sön", "sunday", "söndag"],
];

/// Whether the text follows the grammar.
pub fn are_hours(text: &str) -> bool {
    text.chars().count() <= CHARS_MAX && text.split(',').all(are_parts)
}

/// One part, and those of the weekend after it.
fn are_parts(text: &str) -> bool {
    match text.trim().split_once(" (") {
        Some((part, weekend)) => is_part(part) && is_part(&format!("({weekend}")),
        None => is_part(text),
    }
}

fn is_part(part: &str) -> bool {
    let part = part.trim();
    let part = match (part.strip_prefix('('), part.ends_with(')')) {
        (Some(inner), true) => inner.trim_end_matches(')'),
        (None, false) => part,
        _ => return false,
    };
    match part.split_once(' ') {
        Some((days, hours)) => are_days(days) && is_span(hours.trim()),
        None => is_span(part),
    }
}

fn are_days(text: &str) -> bool {
    match text.split_once('-') {
        Some((first, last)) => day(first).is_some() && day(last).is_some(),
        None => day(text).is_some(),
    }
}

fn day(text: &str) -> Option<usize> {
    let text = text.to_lowercase();
    DAYS.iter().position(|names| names.contains(&text.as_str()))
}

/// From a time to a later one of the same day.
fn is_span(text: &str) -> bool {
    let Some((from, to)) = text.split_once('-') else {
        return false;
    };
    matches!((minutes(from), minutes(to)), (Some(from), Some(to)) if from < to)
}

/// "24:00" is the end of a day.
fn minutes(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |digits: &str| {
        let right = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        right.then(|| digits.parse::<u32>().ok()).flatten()
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let all = hours * 60 + minutes;
    (minutes < 60 && all <= 24 * 60).then_some(all)
}

#[cfg(test)]
mod tests {
    #![allow(missing_docs, reason = "tests")]
    use super::*;

    #[test]
    fn hours_follow_the_grammar() {
        for right in [
            "07:30-17:00 (10:00-15:00)",
            "Monday-Friday 07:00-17:00, Saturday 09:00-13:00",
            "Måndag-torsdag 07:00-17:00, fredag 07:00-15:00",
            "08:00-17:00",
            "Mon-Fri 08:00-17:00",
            "mån-fre 08:00-17:00, (10:00-14:00)",
            "Mon 09:00-12:00,Tue-Thu 09:00-16:30, (Sat-Sun 10:00-24:00)",
            "07:30-17:00 (10:00-15:00)",
            "Monday-Friday 07:00-17:00, Saturday 09:00-13:00",
            "Måndag-torsdag 07:00-17:00, fredag 07:00-15:00",
        ] {
            assert!(are_hours(right), "{right}");
        }
        for wrong in [
            "",
            "8-17",
            "08:00",
            "17:00-08:00",
            "08:00-24:01",
            "08:60-17:00",
            "Vardag 08:00-17:00",
            "Mon-Fri",
            "(08:00-17:00",
            "08:00-17:00)",
            "08:00-17:00,",
        ] {
            assert!(!are_hours(wrong), "{wrong}");
        }
    }
}

//! The street line of a Swedish address, as people and files write it, split as SSNF's address specification splits it.

/// Name, number and entrance letter of a street line; every part may be empty, and none is checked yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Street {
    /// The street, or the village or farm of an address without number.
    pub name: String,
    /// "10"; "652-16" of a meter address.
    pub number: String,
    /// "G" of "Kungsgatan 10G", in upper case.
    pub littera: String,
    /// Lantmäteriet's four digits, where the line ends with them ("lgh 1101").
    pub apartment: String,
}

/// Whether ON-API can say a street number: `^(([0-9]+)|([0-9]{1,4}-[0-9]{1,4}))$` (on-api.md §1.3).
pub fn is_on_api_street_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let part = |part: &str| (1..=4).contains(&part.len()) && digits(part);
    digits(text)
        || text
            .split_once('-')
            .is_some_and(|(from, to)| part(from) && part(to))
}

/// Digits of a street number; the longest in the national register have five.
const NUMBER_DIGITS_MAX: usize = 6;
/// Words that announce an apartment number at the end of a street line.
const APARTMENT_WORDS: [&str; 4] = ["lgh", "lgh.", "lägenhet", "lägenhetsnummer"];

impl Street {
    /// Splits a whole line: `Bergbyvägen 652-16A lgh 0901`.
    pub fn from_line(line: &str) -> Self {
        let (line, apartment) = take_apartment(line.trim().trim_end_matches(','));
        let mut street = Self::from_parts(line, "", "");
        apartment.clone_into(&mut street.apartment);
        street
    }

    /// Puts parts into shape that a file has split itself, more or less: `10G` in the number's column becomes `10` and
    /// `G`, a number left in the name's column moves, and `550` with the littera `70` (PI-API's way to split a meter
    /// address) becomes `550-70`.
    pub fn from_parts(name: &str, number: &str, littera: &str) -> Self {
        let (name, number, littera) = (spaced(name), spaced(number), spaced(littera));
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if is_digits(&number) && is_digits(&littera) {
            return Self::of(name, format!("{number}-{littera}"), "");
        }
        if number.is_empty() {
            return match split_name(&name) {
                Some((name, number, found)) if littera.is_empty() => {
                    Self::of(name.to_owned(), number, &found)
                }
                Some((name, number, found)) if found.is_empty() => {
                    Self::of(name.to_owned(), number, &littera)
                }
                _ => Self::of(name, number, &littera),
            };
        }
        match split_number(&number) {
            Some((plain, found)) if littera.is_empty() || found.eq_ignore_ascii_case(&littera) => {
                let littera = if littera.is_empty() { found } else { littera };
                Self::of(name, plain, &littera)
            }
            _ => Self::of(name, number, &littera),
        }
    }

    fn of(name: String, number: String, littera: &str) -> Self {
        Self {
            name,
            number,
            littera: littera.to_uppercase(),
            apartment: String::new(),
        }
    }
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The line without its apartment, and the apartment; both as they stand in the line.
fn take_apartment(line: &str) -> (&str, &str) {
    let Some((before, number)) = line.rsplit_once(char::is_whitespace) else {
        return (line, "");
    };
    let before = before.trim_end();
    let is_number = number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit());
    let word = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let announced = APARTMENT_WORDS.contains(&word.to_lowercase().as_str());
    if is_number && announced && word.len() < before.len() {
        let street = before[..before.len() - word.len()].trim_end();
        (street.trim_end_matches(','), number)
    } else {
        (line, "")
    }
}

/// A name that ends with a number: `Kungsgatan 10G`, `Kungsgatan 10 G`, `Byvägen 652-16A`. The name must keep a letter, so
/// that a number alone stays what it is.
fn split_name(name: &str) -> Option<(&str, String, String)> {
    let (head, last) = name.rsplit_once(' ')?;
    let keeps_a_letter = |head: &str| head.chars().any(char::is_alphabetic);
    if let Some((number, littera)) = split_number(last) {
        return keeps_a_letter(head).then_some((head, number, littera));
    }
    let (head, before_last) = head.rsplit_once(' ')?;
    let (number, none) = split_number(before_last)?;
    let is_letter = last.chars().count() == 1 && last.chars().all(char::is_alphabetic);
    (none.is_empty() && is_letter && keeps_a_letter(head)).then(|| (head, number, last.to_owned()))
}

/// `10`, `10G`, `10 G`, `652-16`, `652-16A`, `10B2`: the number and what follows it.
fn split_number(text: &str) -> Option<(String, String)> {
    let digits = |text: &str| {
        let count = text.bytes().take_while(u8::is_ascii_digit).count();
        (1..=NUMBER_DIGITS_MAX).contains(&count).then_some(count)
    };
    let mut end = digits(text)?;
    if let Some(rest) = text[end..].strip_prefix('-')
        && let Some(second) = digits(rest)
    {
        end += 1 + second;
    }
    let littera = text[end..].trim_start();
    let mut chars = littera.chars();
    let right = match (chars.next(), chars.next(), chars.next()) {
        (None, ..) => true,
        (Some(letter), None, _) => letter.is_alphabetic(),
        (Some(letter), Some(digit), None) => letter.is_alphabetic() && digit.is_ascii_digit(),
        _ => false,
    };
    right.then(|| (text[..end].to_owned(), littera.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn on_api_says_digits_or_a_meter_address() {
        for right in ["10", "123456", "550-70"] {
            assert!(is_on_api_street_number(right), "{right}");
        }
        for wrong in ["", "10G", "-70", "55000-70", "5-7-0", "12½", "12 1/2"] {
            assert!(!is_on_api_street_number(wrong), "{wrong}");
        }
    }

    fn line(text: &str) -> [String; 4] {
        let street = Street::from_line(text);
        [street.name, street.number, street.littera, street.apartment]
    }

    #[test]
    fn lines_as_people_write_them() {
        for (text, parts) in [
            ("Kungsgatan 10G", ["Kungsgatan", "10", "G", ""]),
            ("Kungsgatan 10 g", ["Kungsgatan", "10", "G", ""]),
            ("Bergbyvägen 652-16A", ["Bergbyvägen", "652-16", "A", ""]),
            ("Bergbyvägen  652-16", ["Bergbyvägen", "652-16", "", ""]),
            (
                "S:t Eriksgatan 4B lgh 0901",
                ["S:t Eriksgatan", "4", "B", "0901"],
            ),
            ("Storgatan 3, lgh 1101", ["Storgatan", "3", "", "1101"]),
            ("Norrgården", ["Norrgården", "", "", ""]),
            ("Östra Backa by", ["Östra Backa by", "", "", ""]),
            ("Backa by 12", ["Backa by", "12", "", ""]),
            ("Storgatan 12 1tr", ["Storgatan 12 1tr", "", "", ""]),
            ("17", ["17", "", "", ""]),
            ("Torget 5Ö", ["Torget", "5", "Ö", ""]),
            ("", ["", "", "", ""]),
        ] {
            assert_eq!(line(text), parts.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn parts_as_files_split_them() {
        for (given, wanted) in [
            (("Kungsgatan", "10G", ""), ("Kungsgatan", "10", "G")),
            (("Kungsgatan", "10g", "G"), ("Kungsgatan", "10", "G")),
            (("Kungsgatan", "10", "g"), ("Kungsgatan", "10", "G")),
            (("Kungsgatan 10", "", "G"), ("Kungsgatan", "10", "G")),
            (("Lantvägen", "550", "70"), ("Lantvägen", "550-70", "")),
            (
                ("Bergbyvägen", "652-16A", ""),
                ("Bergbyvägen", "652-16", "A"),
            ),
            (
                ("Bergbyvägen", "652-16", "A"),
                ("Bergbyvägen", "652-16", "A"),
            ),
            (("Kungsgatan", "10G", "H"), ("Kungsgatan", "10G", "H")),
            (("Norrgården", "", "B"), ("Norrgården", "", "B")),
        ] {
            let street = Street::from_parts(given.0, given.1, given.2);
            let got = (
                street.name.as_str(),
                street.number.as_str(),
                street.littera.as_str(),
            );
            assert_eq!(got, wanted, "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_loses_no_letter(text in "\\PC{0,40}") {
            let street = Street::from_line(&text);
            let kept = |text: &str| text.to_uppercase().chars().filter(|c| c.is_alphabetic()).count();
            let parts = kept(&street.name) + kept(&street.number) + kept(&street.littera);
            prop_assert!(parts <= kept(&text));
            if street.apartment.is_empty() {
                prop_assert_eq!(parts, kept(&text));
            }
        }

        #[test]
        fn a_second_time_changes_nothing(name in "[A-Za-zÅÄÖåäö ]{0,12}", number in "[0-9-]{0,7}[A-Z]?", littera in "[A-Z]?[0-9]?") {
            let once = Street::from_parts(&name, &number, &littera);
            let twice = Street::from_parts(&once.name, &once.number, &once.littera);
            prop_assert_eq!(once, twice);
        }
    }
}

//! Invented people, as many as a test wants.

use chrono::{Days, NaiveDate};

/// Somebody who does not exist.
#[derive(Clone, Debug)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Twelve digits with a hyphen.
    pub identity_number: String,
    /// An address under a name that is reserved for examples.
    pub email: String,
    /// One of the numbers that the telecom authority keeps for fiction.
    pub phone: String,
    /// Where the person lives.
    pub access_id: String,
}

/// The serial numbers that the tax agency gives to test persons begin here.
const TEST_SERIAL: u32 = 980;

/// The person of that number; always the same.
///
/// # Panics
/// Never: the calendar is long enough for every `u16`.
pub fn person(number: u16) -> Person {
    let first = NaiveDate::from_ymd_opt(1930, 1, 1).expect("a date");
    let born = first
        .checked_add_days(Days::new(u64::from(number)))
        .expect("a date");
    let nine = format!("{}{TEST_SERIAL}", born.format("%y%m%d"));
    let check = check_digit(&nine);
    Person {
        name: format!("Åsa Testsson-Källström-{number}"),
        identity_number: format!("{}-{TEST_SERIAL}{check}", born.format("%Y%m%d")),
        email: format!("person{number}@kund.example"),
        phone: format!("+467017406{:02}", 5 + number % 95),
        access_id: format!("TST-{number:05}"),
    }
}

/// Luhn over nine digits (SKV 704).
fn check_digit(nine: &str) -> u32 {
    let sum: u32 = nine
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 } else { digit })
        .map(|value| value / 10 + value % 10)
        .sum();
    (10 - sum % 10) % 10
}

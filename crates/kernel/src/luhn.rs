//! The check digit of Swedish numbers (mod 10, weights 2 and 1 from the left over an even number of digits).

/// Whether the last of these decimal digits is the check digit of those before it.
pub(crate) fn holds(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| {
            let weighted = u32::from(digit) * if place % 2 == 1 { 2 } else { 1 };
            weighted / 10 + weighted % 10
        })
        .sum();
    !digits.is_empty() && sum.is_multiple_of(10)
}

/// The values of the decimal digits of a text, or nothing when another character is in it.
pub(crate) fn digits(text: &str) -> Option<Vec<u8>> {
    text.bytes()
        .map(|b| b.is_ascii_digit().then(|| b - b'0'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_tax_agency_holds() {
        assert!(holds(&digits("8112189876").unwrap()));
        assert!(!holds(&digits("8112189875").unwrap()));
        assert!(!holds(&[]));
    }
}

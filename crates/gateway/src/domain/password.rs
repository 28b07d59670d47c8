//! Which passwords are taken: long ones that are not on everybody's list (NIST SP 800-63B: length and a blocklist, no
//! rules about kinds of character).

/// Shortest password, in characters.
pub const MIN_CHARS: usize = 12;
/// Longest, so that hashing stays bounded.
pub const MAX_CHARS: usize = 256;

/// Beginnings of passwords that every list has, in lower case.
const COMMON: &[&str] = &[
    "password",
    "lösenord",
    "losenord",
    "qwerty",
    "123456",
    "abc123",
    "letmein",
    "welcome",
    "välkommen",
    "iloveyou",
    "sommar20",
    "vinter20",
    "höst20",
    "vår20",
    "hejhej",
    "admin",
    "uttag",
    "111111",
    "000000",
];

/// Whether a password is good enough.
pub fn is_acceptable(password: &str) -> bool {
    let length = password.chars().count();
    let lower = password.to_lowercase();
    let mut seen = lower.chars().collect::<Vec<_>>();
    seen.sort_unstable();
    seen.dedup();
    let common = COMMON
        .iter()
        .any(|word| lower.starts_with(word) && length < word.chars().count() + 10);
    (MIN_CHARS..=MAX_CHARS).contains(&length) && seen.len() >= 5 && !common
}

#[cfg(test)]
mod tests {
    use super::is_acceptable;

    #[test]
    fn short_common_and_monotonous_ones_are_refused() {
        for poor in [
            "kort",
            "password1234",
            "Sommar2026!!",
            "aaaaaaaaaaaaaa",
            "123456789012",
            &"x".repeat(300),
        ] {
            assert!(!is_acceptable(poor), "{poor}");
        }
        for good in [
            "korrekt häst batteri",
            "tre små uttag i rad",
            "vE9#kLm2pQx7",
        ] {
            assert!(is_acceptable(good), "{good}");
        }
    }
}

//! How long an account rests after failed sign-ins.

use chrono::Duration;

/// Failures that cost nothing: people mistype.
const FREE: i64 = 4;
/// Longest rest, so that nobody can lock a colleague out for good.
const LONGEST_SECONDS: i64 = 15 * 60;

/// The rest after so many failures in a row: none for the first four, then 5 s, 10 s, 20 s … up to a quarter of an hour.
pub fn rest_after(failures: i64) -> Option<Duration> {
    let over = failures.checked_sub(FREE).filter(|over| *over > 0)?;
    let doublings = u32::try_from(over - 1).unwrap_or(u32::MAX).min(16);
    Some(Duration::seconds((5_i64 << doublings).min(LONGEST_SECONDS)))
}

#[cfg(test)]
mod tests {
    use super::rest_after;
    use chrono::Duration;

    #[test]
    fn it_doubles_and_ends() {
        assert_eq!(rest_after(4), None);
        assert_eq!(rest_after(5), Some(Duration::seconds(5)));
        assert_eq!(rest_after(7), Some(Duration::seconds(20)));
        assert_eq!(rest_after(i64::MAX), Some(Duration::minutes(15)));
    }
}

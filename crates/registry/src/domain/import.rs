//! What an import is, apart from how it is stored: its report, and when it may end accesses.

mod report;

pub use report::{ImportMode, ImportReport, Outcome, Rejection};

/// Whether a complete import may end `ending` of `active` accesses: a file cut short must not empty the registry, unless
/// somebody has confirmed that so many may end.
pub fn may_end(active: u64, ending: u64, percent_max: u8, confirmed: u64) -> bool {
    ending <= confirmed || ending * 100 <= active * u64::from(percent_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_counts_in_percent_of_what_is_active() {
        assert!(may_end(100, 20, 20, 0));
        assert!(!may_end(100, 21, 20, 0));
        assert!(!may_end(100, 21, 20, 20));
        assert!(may_end(100, 21, 20, 21));
        assert!(may_end(0, 0, 20, 0));
        assert!(!may_end(3, 1, 20, 0));
        assert!(may_end(3, 3, 100, 0));
    }
}

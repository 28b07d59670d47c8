//! When a file is another one although no access has changed.

use api::registry::MarketContract;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Stockholm;

use crate::api::convert::time;

/// Whether another contract, or the same with other columns, may have made the reader's file: then it is another file,
/// though no access has changed.
pub fn under_another_contract(contract: &MarketContract, since: DateTime<Utc>) -> bool {
    let day = since.with_timezone(&Stockholm).date_naive().to_string();
    let changed = time(contract.changed_at.as_ref());
    changed.is_none_or(|changed| changed >= since) || contract.valid_from >= day
}

#[cfg(test)]
mod tests {
    use super::{DateTime, MarketContract, Utc, under_another_contract};
    use prost_types::Timestamp;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_contract_that_was_changed_or_began_since_makes_another_file() {
        let contract = |changed: &str, from: &str| MarketContract {
            changed_at: Some(Timestamp {
                seconds: at(changed).timestamp(),
                nanos: 0,
            }),
            valid_from: from.into(),
            ..MarketContract::default()
        };
        let since = at("2026-09-21T12:00:00Z");
        let same = contract("2026-09-01T12:00:00Z", "2026-09-01");
        assert!(!under_another_contract(&same, since));
        let changed = contract("2026-09-21T12:00:00Z", "2026-09-01");
        assert!(under_another_contract(&changed, since));
        let began = contract("2026-09-01T12:00:00Z", "2026-09-21");
        assert!(under_another_contract(&began, since));
        assert!(under_another_contract(&MarketContract::default(), since));
    }
}

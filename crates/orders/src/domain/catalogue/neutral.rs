//! The neutral order of providers: each is first as often as every other one of those that are shown together.
//!
//! On the day that it is, the providers of a page stand in an order that nobody has chosen (a digest of network, day and
//! provider); every page of the same providers begins one further on.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::NaiveDate;
use kernel::{NetworkCode, ProviderId};

/// Sets of providers whose turns are counted; when there are more, counting begins anew. A network has a few.
const SETS_MAX: usize = 10_000;

/// Whose turn it is.
#[derive(Debug)]
pub struct Turns {
    /// Where a set begins: other instances, and this one before it was started anew, have begun elsewhere.
    start: u64,
    next: HashMap<(NetworkCode, Vec<ProviderId>), u64>,
}

impl Turns {
    /// Nobody has been shown yet.
    pub fn starting_at(start: u64) -> Self {
        Self {
            start,
            next: HashMap::new(),
        }
    }

    /// The providers in the order of this page.
    pub fn take(
        &mut self,
        network: &NetworkCode,
        day: NaiveDate,
        mut providers: Vec<ProviderId>,
    ) -> Vec<ProviderId> {
        providers.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
        providers.dedup();
        if self.next.len() >= SETS_MAX {
            self.next.clear();
        }
        let set = (network.clone(), providers.clone());
        let turn = self.next.entry(set).or_insert(self.start);
        let first = turn.checked_rem(providers.len() as u64).unwrap_or_default();
        *turn = turn.wrapping_add(1);
        providers.sort_by_cached_key(|provider| {
            let seed = format!("{network}\n{day}\n{provider}");
            digest(&SHA256, seed.as_bytes()).as_ref().to_vec()
        });
        providers.rotate_left(usize::try_from(first).unwrap_or_default());
        providers
    }
}

/// How many of its offers each provider shows on a page that holds so many: all of them, or an equal share, and one at least.
///
/// `found` is how many each has.
pub fn share(found: &[usize], holds: usize) -> usize {
    let (mut share, mut held) = (0, 0);
    loop {
        let more = found.iter().filter(|count| **count > share).count();
        if more == 0 || (share > 0 && held + more > holds) {
            return share;
        }
        share += 1;
        held += more;
    }
}

/// How often a provider stood where, on pages with so many providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Who.
    pub provider: ProviderId,
    /// From 1.
    pub position: u32,
    /// How many providers the page had.
    pub of: u32,
    /// How often.
    pub times: u64,
}

/// What shows whether the order was neutral for a provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Evenness {
    /// Who.
    pub provider: ProviderId,
    /// Pages that it was on.
    pub times_shown: u64,
    /// Pages that it was first on.
    pub times_first: u64,
    /// 1 is first.
    pub mean_position: f64,
    /// The part of its pages that it was first on.
    pub first_share: f64,
    /// The part that it would be first on in a perfectly even order: one of n on a page with n providers.
    pub expected_share: f64,
}

/// Per provider, by name.
pub fn evenness(shown: &[Shown]) -> Vec<Evenness> {
    let mut providers: Vec<&ProviderId> = shown.iter().map(|row| &row.provider).collect();
    providers.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
    providers.dedup();
    let of = |provider: &ProviderId| {
        let (mut times, mut first, mut positions, mut expected) = (0, 0, 0.0, 0.0);
        for row in shown.iter().filter(|row| row.provider == *provider) {
            let weight = as_float(row.times);
            times += row.times;
            first += if row.position == 1 { row.times } else { 0 };
            positions += weight * f64::from(row.position);
            expected += weight / f64::from(row.of.max(1));
        }
        let all = as_float(times.max(1));
        Evenness {
            provider: provider.clone(),
            times_shown: times,
            times_first: first,
            mean_position: positions / all,
            first_share: as_float(first) / all,
            expected_share: expected / all,
        }
    };
    providers.into_iter().map(of).collect()
}

/// Exact to 2^32, which no count of pages comes near.
fn as_float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    fn providers(names: &[&str]) -> Vec<ProviderId> {
        names
            .iter()
            .map(|n| ProviderId::parse(n).unwrap())
            .collect()
    }

    #[test]
    fn each_of_a_set_is_everywhere_equally_often_whatever_else_is_shown_between() {
        let ham = NetworkCode::parse("HAM").unwrap();
        let day = |n: u32| NaiveDate::from_ymd_opt(2026, 11, n).unwrap();
        let (three, two) = (providers(&["aa", "bb", "cc"]), providers(&["bb", "aa"]));
        let mut turns = Turns::starting_at(7);
        let mut places: HashMap<(String, usize), u32> = HashMap::new();
        for turn in 0..297 {
            let order = turns.take(&ham, day(1 + turn / 99), three.clone());
            for (at, provider) in order.iter().enumerate() {
                *places.entry((provider.to_string(), at)).or_default() += 1;
            }
            turns.take(&ham, day(1), two.clone());
        }
        assert_eq!(places.len(), 9);
        for ((provider, at), times) in places {
            assert_eq!(times, 99, "{provider} at {at}");
        }
        assert!(turns.take(&ham, day(1), Vec::new()).is_empty());
    }

    #[test]
    fn a_page_is_shared_equally_and_nobody_is_left_out() {
        assert_eq!(share(&[], 200), 0);
        assert_eq!(share(&[3, 70, 1], 200), 70, "all of them");
        assert_eq!(share(&[1_000, 2, 1_000], 200), 99);
        assert_eq!(share(&[33; 30], 200), 6);
        assert_eq!(share(&[5; 300], 200), 1, "one at least");
    }

    #[test]
    fn the_report_compares_with_chance() {
        let row = |provider: &str, position, of, times| Shown {
            provider: ProviderId::parse(provider).unwrap(),
            position,
            of,
            times,
        };
        let report = evenness(&[
            row("bb", 2, 2, 10),
            row("aa", 1, 2, 10),
            row("aa", 1, 1, 10),
        ]);
        let aa = &report[0];
        assert_eq!((aa.times_shown, aa.times_first), (20, 20));
        assert!((aa.expected_share - 0.75).abs() < 1e-9 && (aa.first_share - 1.0).abs() < 1e-9);
        assert!((report[1].mean_position - 2.0).abs() < 1e-9 && report[1].times_first == 0);
    }
}

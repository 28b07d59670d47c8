//! Words that mean a flat without a number, as the network calls it: "Byvägen 1 2 tr vä". They are looked at when no address
//! has all that was typed.

use std::collections::HashSet;

use super::index::{Found, SearchIndex};
use super::query::Token;
use super::reason::{How, Part, Reason};
use super::segment::Budget;
use super::text::words;

/// Accesses of an address whose flats are compared.
const FLATS_MAX: usize = 200;

impl SearchIndex {
    /// Places whose address has all typed words but some neighbours, and whose distinguisher has these; more of them first.
    pub(super) fn find_flats(&self, typed: &[Token], limit: usize) -> Vec<Found> {
        let known = |token: &Token| {
            let mut segments = self.segments().into_iter();
            segments.any(|s| s.base.distinguisher_words.contains(&token.word.folded))
        };
        let known: Vec<bool> = typed.iter().map(known).collect();
        let mut budget = Budget::default();
        for length in (1..typed.len()).rev() {
            for first in 0..=typed.len() - length {
                let run = first..first + length;
                if !known[run.clone()].iter().all(|known| *known) {
                    continue;
                }
                let address = [&typed[..run.start], &typed[run.end..]].concat();
                let found = self.of_address(&address, &mut budget);
                let found = with_words(found, &typed[run], limit);
                if !found.is_empty() {
                    return found;
                }
            }
        }
        Vec::new()
    }

    fn of_address(&self, address: &[Token], budget: &mut Budget) -> Vec<Found> {
        let attempt = self.attempt(address, 0, FLATS_MAX, budget);
        self.answer(&attempt, FLATS_MAX)
    }
}

/// Those whose distinguisher has all the words.
fn with_words(found: Vec<Found>, typed: &[Token], limit: usize) -> Vec<Found> {
    let reasons = typed.iter().map(|token| Reason {
        typed: token.word.written.clone(),
        part: Part::Distinguisher,
        how: How::Exact,
    });
    let reasons: Vec<_> = reasons.collect();
    let has_all = |found: &Found| {
        let there: HashSet<_> = words(&found.distinguisher)
            .into_iter()
            .map(|word| word.folded)
            .collect();
        typed.iter().all(|token| there.contains(&token.word.folded))
    };
    let meant = found.into_iter().filter(has_all).take(limit);
    meant
        .map(|mut found| {
            found.reasons.extend(reasons.iter().cloned());
            found
        })
        .collect()
}

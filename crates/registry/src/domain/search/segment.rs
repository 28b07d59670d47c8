//! Searching in a part of the index: streets by words, then their houses by numbers, both with limits.

mod answers;
mod houses;
mod streets;

use std::ops::Range;

use super::base::{Base, word_and_role};
use super::candidates::Candidates;
use super::gone::Gone;
use super::query::{Kind, Token};
use super::vocabulary::WordId;
use houses::{Codes, apartment_divisor};
use streets::BestWord;

/// Streets that one search looks at. A single letter begins more in a large network; then the first ones are as good as any.
const STREETS_MAX: usize = 3_000;
/// Streets that all attempts to understand one search look at together.
const ALL_STREETS_MAX: usize = 2 * STREETS_MAX;
/// Houses that all attempts to understand one search look at together.
const ALL_HOUSES_MAX: usize = 30_000;
/// Houses that a search without any name or postal code looks at: it says too little to find one.
const BARE_HOUSES_MAX: usize = 5_000;
/// Nodes of the words' trie that all attempts to understand one search look at together, for typos.
const ALL_NODES_MAX: usize = 400_000;

/// Accesses that belong together: all of a street, or all of a house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub score: u32,
    pub street: u32,
    /// First house and the one after the last.
    pub houses: (u32, u32),
    /// All words were found whole and without a typo.
    pub whole: bool,
}

/// What may still be looked at for one search, whatever is tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    streets: usize,
    houses: usize,
    nodes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            streets: ALL_STREETS_MAX,
            houses: ALL_HOUSES_MAX,
            nodes: ALL_NODES_MAX,
        }
    }
}

/// One attempt to understand what was typed.
#[derive(Debug)]
pub(super) struct Search<'a> {
    base: &'a Base,
    gone: &'a Gone,
    tokens: &'a [Token],
    candidates: Vec<Candidates>,
    codes: Vec<Codes>,
    /// For each word what [`apartment_divisor`] says.
    divisors: Vec<Option<u32>>,
    keep: usize,
    found: Vec<Group>,
    worst: Option<Group>,
    budget: Budget,
}

impl<'a> Search<'a> {
    /// Prepares to find so many groups.
    pub fn new(
        (base, gone): (&'a Base, &'a Gone),
        tokens: &'a [Token],
        typos: u8,
        keep: usize,
        budget: &mut Budget,
    ) -> Self {
        let (mut candidates, mut hopeless) = (Vec::with_capacity(tokens.len()), false);
        for token in tokens {
            // One word that no street can answer is enough.
            let of_token = if hopeless {
                Candidates::default()
            } else {
                Candidates::of(&base.vocabulary, token, typos, &mut budget.nodes)
            };
            hopeless |= token.kind == Kind::Word && of_token.is_empty();
            candidates.push(of_token);
        }
        Self {
            base,
            gone,
            tokens,
            candidates,
            codes: tokens.iter().map(|token| Codes::of(base, token)).collect(),
            divisors: tokens
                .iter()
                .map(|token| apartment_divisor(tokens, token))
                .collect(),
            keep,
            found: Vec::new(),
            worst: None,
            budget: Budget::default(),
        }
    }

    /// The best groups, best first, as far as the budget reaches.
    pub fn groups(&mut self, budget: &mut Budget) -> Vec<Group> {
        if self.base.street_count() == 0 || self.hopeless() {
            return Vec::new();
        }
        self.budget = *budget;
        match (self.driver(), self.code_driver()) {
            (Some((_, streets)), Some(codes)) if codes.len() < streets => {
                self.by_street(codes.iter().copied());
            }
            (Some((driver, _)), _) => self.by_word(driver),
            (None, Some(codes)) => self.by_street(codes.iter().copied()),
            (None, None) => {
                // What the other part of the index may look at stays as it was.
                let bare = self.budget.houses.min(BARE_HOUSES_MAX);
                let others = std::mem::replace(&mut self.budget.houses, bare) - bare;
                self.by_street(0..self.base.street_count());
                self.budget.houses += others;
            }
        }
        *budget = self.budget;
        self.trim();
        std::mem::take(&mut self.found)
    }

    /// A word that no street can answer.
    fn hopeless(&self) -> bool {
        let mut pairs = self.tokens.iter().zip(&self.candidates);
        pairs.any(|(token, candidates)| token.kind == Kind::Word && candidates.is_empty())
    }

    /// The word that the fewest streets answer, and how many these are.
    fn driver(&self) -> Option<(usize, usize)> {
        let lists = &self.base.streets_of_word;
        (0..self.tokens.len())
            .filter(|place| self.tokens[*place].kind == Kind::Word)
            .map(|place| (place, self.candidates[place].streets(lists)))
            .min_by_key(|(_, streets)| *streets)
    }

    /// The streets of the postal code that was typed, or is being typed where nothing else was.
    fn code_driver(&self) -> Option<&'a [u32]> {
        let words = self.tokens.iter().any(|token| token.kind == Kind::Word);
        let at = self
            .tokens
            .iter()
            .zip(&self.codes)
            .position(|(token, codes)| token.is_code() || !(words || codes.beginning.is_empty()))?;
        let codes = &self.codes[at].beginning;
        Some(self.base.streets_of_code.range(codes.start, codes.end))
    }

    fn by_word(&mut self, driver: usize) {
        let base = self.base;
        let pairs: Vec<(WordId, u32)> = self.candidates[driver]
            .words()
            .flat_map(|word| {
                base.streets_of_word
                    .get(word)
                    .iter()
                    .map(move |s| (word, *s))
            })
            .take(STREETS_MAX.min(self.budget.streets))
            .collect();
        self.budget.streets -= pairs.len();
        for (word, street) in pairs {
            // A street comes once for each of its words that was meant: it counts at the best one.
            let best = self.best_word(driver, street);
            let at = best.map(|(at, _, _)| base.words_of_street.get(street)[at]);
            if at.map(|number| word_and_role(number).0) == Some(word) {
                self.street(street, Some((driver, best)));
            }
        }
    }

    fn by_street(&mut self, streets: impl Iterator<Item = u32>) {
        let mut before = None;
        for street in streets {
            if self.budget.houses == 0 || self.budget.streets == 0 {
                break;
            }
            self.budget.streets -= 1;
            if before.replace(street) != Some(street) {
                self.street(street, None);
            }
        }
    }

    fn street(&mut self, street: u32, known: Option<(usize, Option<BestWord>)>) {
        let Some(fit) = self.street_fit(street, known) else {
            return;
        };
        let houses = self.base.houses_of(street);
        if self.tokens.iter().all(|token| token.kind == Kind::Word) {
            self.offer(Group {
                score: fit.score,
                street,
                houses: (houses.start, houses.end),
                whole: fit.whole,
            });
            return;
        }
        for house in self.narrowed(houses, &fit) {
            if self.budget.houses == 0 {
                return;
            }
            self.budget.houses -= 1;
            if let Some((score, whole)) = self.house_fit(house, &fit) {
                self.offer(Group {
                    score,
                    street,
                    houses: (house, house + 1),
                    whole,
                });
            }
        }
    }

    fn offer(&mut self, group: Group) {
        if self
            .worst
            .is_some_and(|worst| order(&group, &worst).is_gt())
            || !self.has_meant(&group)
        {
            return;
        }
        self.found.push(group);
        if self.found.len() >= 8 * self.keep.max(8) {
            self.trim();
        }
    }

    /// Whether any access of it is there and is one that was meant; what is empty must not take the place of another.
    fn has_meant(&self, group: &Group) -> bool {
        let mut accesses = self.base.accesses_of(group.houses.0..group.houses.1);
        accesses.any(|access| self.means(group.houses.0, access))
    }

    fn trim(&mut self) {
        self.found.sort_unstable_by(order);
        if self.found.len() > self.keep {
            self.found.truncate(self.keep);
            self.worst = self.found.last().copied();
        }
    }

    /// Accesses of houses, those that were meant.
    pub fn accesses(&self, houses: Range<u32>, limit: usize) -> Vec<(u32, u32)> {
        let mut all = Vec::new();
        for house in houses {
            let accesses = self.base.accesses_of(house..house + 1);
            let meant = accesses.filter(|access| self.means(house, *access));
            all.extend(meant.take(limit - all.len()).map(|access| (house, access)));
            if all.len() >= limit {
                break;
            }
        }
        all
    }
}

/// Best first; equal ones as in a street directory.
fn order(a: &Group, b: &Group) -> std::cmp::Ordering {
    b.score
        .cmp(&a.score)
        .then_with(|| (a.street, a.houses).cmp(&(b.street, b.houses)))
}

//! How the words of a street answer those that were typed.

use super::super::base::{Role, word_and_role};
use super::super::query::Kind;
use super::super::reason::How;
use super::Search;
use crate::domain::limits::QUERY_WORDS_MAX;

/// The more of a word was typed, the likelier it is meant: what all of it is worth.
pub(super) const NEAR: usize = 50;
/// A town says less than a street.
const TOWN_LESS: u32 = 50;
/// What is added when all words of the street's name were typed.
const COVERED: u32 = 100;

/// Where the word stands among those of the street, how it is meant, and what that is worth.
pub(super) type BestWord = (usize, How, u32);

/// How the words of a street answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreetFit {
    pub score: u32,
    pub whole: bool,
    /// For each typed word that is none: how the street's name answers it nevertheless, as in "Väg 99".
    pub names: [Option<(How, u32)>; QUERY_WORDS_MAX],
}

impl Search<'_> {
    /// The word of the street that a typed word means best.
    pub(super) fn best_word(&self, token: usize, street: u32) -> Option<BestWord> {
        let candidates = &self.candidates[token];
        let typed = self.tokens[token].word.folded.len();
        let mut best: Option<BestWord> = None;
        for (at, number) in self.base.words_of_street.get(street).iter().enumerate() {
            let (word, role) = word_and_role(*number);
            let Some(mut how) = candidates.how(word) else {
                continue;
            };
            if role == Role::Written && how == How::Exact {
                how = How::Abbreviation;
            }
            let length = usize::from(self.base.vocabulary.length(word)).max(1);
            let near = NEAR * typed.min(length) / length;
            let less = if role == Role::Town { TOWN_LESS } else { 0 };
            let score = how.score() + u32::try_from(near).unwrap_or(0) - less;
            if best.is_none_or(|(_, _, least)| score > least) {
                best = Some((at, how, score));
            }
        }
        best
    }

    pub(super) fn street_fit(
        &self,
        street: u32,
        known: Option<(usize, Option<BestWord>)>,
    ) -> Option<StreetFit> {
        let mut fit = StreetFit {
            score: 0,
            whole: true,
            names: [None; QUERY_WORDS_MAX],
        };
        let words = self.base.words_of_street.get(street);
        let (mut covered, mut joined) = (0_u64, false);
        for (place, token) in self.tokens.iter().enumerate() {
            let best = match known {
                Some((of, best)) if of == place => best,
                _ => self.best_word(place, street),
            };
            if token.kind != Kind::Word {
                fit.names[place] = best.map(|(_, how, score)| (how, score));
                continue;
            }
            let (at, how, score) = best?;
            fit.score += score;
            fit.whole &= how.is_whole();
            match word_and_role(words[at]).1 {
                Role::Joined => joined = true,
                Role::Name | Role::Written => covered |= 1 << at.min(63),
                Role::Town => {}
            }
        }
        let words = self.base.streets[street as usize].words.max(1);
        let covered = if joined {
            words
        } else {
            covered.count_ones().min(words)
        };
        fit.score += COVERED * covered / words;
        Some(fit)
    }
}

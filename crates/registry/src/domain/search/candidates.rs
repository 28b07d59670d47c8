//! The words of the vocabulary that a typed word may mean.

use std::ops::Range;

use super::abbreviation::expansions;
use super::query::{Kind, Token};
use super::reason::How;
use super::texts::Lists;
use super::typo::TYPOS_MAX;
use super::vocabulary::{Vocabulary, WordId};

/// A shorter word is too often one typo apart from another.
const ONE_TYPO_BYTES: usize = 3;
/// A shorter word is too often two typos apart from another.
const TWO_TYPOS_BYTES: usize = 7;
/// A shorter word begins too many others when it has a typo.
const BEGINNING_TYPO_BYTES: usize = 5;

/// What a typed word may mean, without saying anything twice.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// Single words, sorted.
    words: Vec<(WordId, How)>,
    /// All words that begin so.
    beginning: Range<WordId>,
    /// Words that begin so with typos.
    resembling: Vec<(Range<WordId>, How)>,
}

impl Candidates {
    /// With at most so many typos; what is no word has none.
    /// Takes what it looks at from `nodes`.
    pub fn of(vocabulary: &Vocabulary, token: &Token, typos: u8, nodes: &mut usize) -> Self {
        let folded = &token.word.folded;
        let (beginning, is_word) = vocabulary.beginning(folded);
        let mut all = Self::default();
        if is_word {
            all.words.push((beginning.start, How::Exact));
        }
        if token.kind == Kind::Word || token.last {
            all.beginning = beginning;
        }
        if token.kind == Kind::Word {
            let long = expansions(folded, token.word.shortened);
            let words = long.iter().filter_map(|word| vocabulary.find(word));
            all.words.extend(words.map(|w| (w, How::Abbreviation)));
            all.resemble(vocabulary, token, typos, nodes);
        }
        all.words
            .sort_by_key(|(word, how)| (*word, u32::MAX - how.score()));
        all.words.dedup_by_key(|(word, _)| *word);
        all
    }

    /// Whether looking for so many typos can find more than looking for fewer.
    pub fn may_differ(tokens: &[Token], typos: u8) -> bool {
        let least = if typos > 1 {
            TWO_TYPOS_BYTES
        } else {
            ONE_TYPO_BYTES
        };
        let long = |token: &Token| token.kind == Kind::Word && token.word.folded.len() >= least;
        tokens.iter().any(long)
    }

    fn resemble(&mut self, vocabulary: &Vocabulary, token: &Token, typos: u8, nodes: &mut usize) {
        let length = token.word.folded.len();
        let typos = if length < ONE_TYPO_BYTES {
            0
        } else if length < TWO_TYPOS_BYTES {
            typos.min(1)
        } else {
            typos.min(TYPOS_MAX)
        };
        if typos == 0 {
            return;
        }
        let beginnings = token.last && length >= BEGINNING_TYPO_BYTES;
        let found = vocabulary.resembling(&token.word.folded, typos, beginnings, nodes);
        let begins = self.beginning.clone();
        let words = found.words.into_iter().filter(|(w, _)| !begins.contains(w));
        self.words.extend(words.map(|(w, d)| (w, How::Typos(d))));
        self.resembling = found
            .beginnings
            .into_iter()
            .map(|(range, typos)| (range, How::BeginningTypos(typos)))
            .collect();
    }

    /// How a word is meant, if it is.
    pub fn how(&self, word: WordId) -> Option<How> {
        if !self.words.is_empty()
            && let Ok(place) = self.words.binary_search_by_key(&word, |(w, _)| *w)
        {
            return Some(self.words[place].1);
        }
        if self.beginning.contains(&word) {
            return Some(How::Beginning);
        }
        if self.resembling.is_empty() {
            return None;
        }
        let after = self
            .resembling
            .partition_point(|(range, _)| range.end <= word);
        let (range, how) = self.resembling.get(after)?;
        range.contains(&word).then_some(*how)
    }

    /// All of them once, the best first.
    pub fn words(&self) -> impl Iterator<Item = WordId> {
        let single = |word: &WordId| self.words.binary_search_by_key(word, |(w, _)| *w).is_ok();
        let begin = self.beginning.clone().filter(move |word| !single(word));
        let resemble = self
            .resembling
            .iter()
            .flat_map(|(range, _)| range.clone())
            .filter(move |word| !single(word) && !self.beginning.contains(word));
        let words = self.words.iter().map(|(word, _)| *word);
        words.chain(begin).chain(resemble)
    }

    /// How many streets have one of them; some may be counted more than once.
    pub fn streets(&self, streets_of_word: &Lists) -> usize {
        let single = self.words.iter().map(|(word, _)| *word..*word + 1);
        let ranges = self.resembling.iter().map(|(range, _)| range.clone());
        single
            .chain([self.beginning.clone()])
            .chain(ranges)
            .map(|words| streets_of_word.range(words.start, words.end).len())
            .sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.beginning.is_empty() && self.resembling.is_empty()
    }
}

//! The index of one network, held in memory and replaced as a whole after an import.

use std::collections::{BTreeMap, HashMap};

use kernel::{AccessId, AccessState, Address};

use super::text::{fold, one_typo_apart, query_words, words};
use crate::domain::limits::QUERY_WORDS_MAX;

/// Shorter words are too often one typo apart from another street.
const TYPO_CHARS_MIN: usize = 4;
/// Shorter words begin too many others, unless somebody is still typing them.
const PREFIX_CHARS_MIN: usize = 3;
const EXACT: u32 = 4;
const PREFIX: u32 = 2;
const TYPO: u32 = 1;

/// One access as a search answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedAccess {
    /// Never leaves the service but inside a handle.
    pub access_id: AccessId,
    /// Where it is.
    pub address: Address,
    /// How far it has come.
    pub state: AccessState,
    /// Services that the file listed.
    pub listed_services: Option<Vec<String>>,
}

/// Finds the places of one network by typed text.
#[derive(Debug, Default)]
pub struct SearchIndex {
    groups: Vec<Group>,
    vocabulary: BTreeMap<String, Vec<u32>>,
}

/// All accesses of one address.
#[derive(Debug)]
struct Group {
    key: SortKey,
    accesses: Vec<IndexedAccess>,
}

/// How equal hits are ordered: as in a street directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct SortKey {
    street: String,
    number: u64,
    number_text: String,
    littera: String,
    city: String,
    postal_code: String,
}

impl SearchIndex {
    /// Builds the index of all accesses of a network.
    pub fn build(accesses: impl IntoIterator<Item = IndexedAccess>) -> Self {
        let mut positions: HashMap<SortKey, usize> = HashMap::new();
        let mut index = Self::default();
        for access in accesses {
            let key = SortKey::of(&access.address);
            let position = *positions.entry(key.clone()).or_insert_with(|| {
                index.add_group(key, &access.address);
                index.groups.len() - 1
            });
            index.add_word(access.address.apartment_number().to_owned(), position);
            index.groups[position].accesses.push(access);
        }
        for group in &mut index.groups {
            group
                .accesses
                .sort_by(|a, b| order_in_group(a).cmp(&order_in_group(b)));
        }
        index
    }

    /// How many accesses can be found.
    pub fn len(&self) -> usize {
        self.groups.iter().map(|g| g.accesses.len()).sum()
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// At most `limit` places, best first, those of one address together. Every word must match the address. A word of
    /// three letters or more, and whatever comes last, may be the beginning of one; one of four letters or more may have
    /// a typo where nothing else matches.
    pub fn find(&self, query: &str, limit: usize) -> Vec<&IndexedAccess> {
        let words = query_words(query);
        let apartment =
            |access: &IndexedAccess| words.iter().any(|w| w == access.address.apartment_number());
        let mut found = Vec::new();
        for group in self.ranked(&words) {
            let named: Vec<_> = group.accesses.iter().filter(|a| apartment(a)).collect();
            let chosen = if named.is_empty() {
                group.accesses.iter().collect()
            } else {
                named
            };
            found.extend(chosen.into_iter().take(limit - found.len()));
            if found.len() >= limit {
                break;
            }
        }
        found
    }

    fn ranked(&self, words: &[String]) -> Vec<&Group> {
        let Some(last) = words
            .len()
            .checked_sub(1)
            .filter(|_| words.len() <= QUERY_WORDS_MAX)
        else {
            return Vec::new();
        };
        let mut scores: Option<HashMap<u32, u32>> = None;
        for (position, word) in words.iter().enumerate() {
            let hits = self.hits(word, position == last);
            scores = Some(match scores {
                None => hits,
                Some(before) => before
                    .into_iter()
                    .filter_map(|(group, score)| hits.get(&group).map(|more| (group, score + more)))
                    .collect(),
            });
        }
        let mut ranked: Vec<_> = scores.unwrap_or_default().into_iter().collect();
        ranked.sort_by(|(a, score_a), (b, score_b)| {
            let key = |group: &u32| &self.groups[*group as usize].key;
            score_b.cmp(score_a).then_with(|| key(a).cmp(key(b)))
        });
        ranked
            .into_iter()
            .map(|(group, _)| &self.groups[group as usize])
            .collect()
    }

    /// The addresses that a word matches, with the best score of each.
    fn hits(&self, word: &str, is_last: bool) -> HashMap<u32, u32> {
        let mut hits = HashMap::new();
        let mut note = |groups: &[u32], score: u32| {
            for group in groups {
                let best = hits.entry(*group).or_insert(0);
                *best = score.max(*best);
            }
        };
        if let Some(groups) = self.vocabulary.get(word) {
            note(groups, EXACT);
        }
        if is_last || is_letters(word, PREFIX_CHARS_MIN) {
            for (known, groups) in self.vocabulary.range(word.to_owned()..) {
                if !known.starts_with(word) {
                    break;
                }
                note(groups, PREFIX);
            }
        }
        if hits.is_empty() && is_letters(word, TYPO_CHARS_MIN) {
            let mut hits = HashMap::new();
            for (known, groups) in &self.vocabulary {
                if is_letters(known, TYPO_CHARS_MIN) && one_typo_apart(word, known) {
                    hits.extend(groups.iter().map(|g| (*g, TYPO)));
                }
            }
            return hits;
        }
        hits
    }

    fn add_group(&mut self, key: SortKey, address: &Address) {
        let position = self.groups.len();
        self.groups.push(Group {
            key,
            accesses: Vec::new(),
        });
        for word in address_words(address) {
            self.add_word(word, position);
        }
    }

    fn add_word(&mut self, word: String, position: usize) {
        let group = u32::try_from(position).expect("a network has fewer than 4 billion addresses");
        if word.is_empty() {
            return;
        }
        let groups = self.vocabulary.entry(word).or_default();
        if groups.last() != Some(&group) {
            groups.push(group);
        }
    }
}

impl SortKey {
    fn of(address: &Address) -> Self {
        let digits: String = address
            .street_number()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        Self {
            street: words(address.street_name()).join(" "),
            number: digits.parse().unwrap_or(0),
            number_text: address.street_number().to_owned(),
            littera: address.street_littera().to_owned(),
            city: fold(address.city()),
            postal_code: address.postal_code().as_str().to_owned(),
        }
    }
}

/// Every word by which an address is found: of "Nils-Ersgatan 10 G" also `nils`, `ersgatan` and `10g`.
fn address_words(address: &Address) -> Vec<String> {
    let mut all = words(address.street_name());
    all.extend(words(address.city()));
    for whole in all.clone() {
        all.extend(whole.split('-').map(fold).filter(|part| !part.is_empty()));
    }
    let number = fold(address.street_number());
    let littera = fold(address.street_littera());
    all.push(format!("{number}{littera}"));
    all.push(number);
    all.push(littera);
    all.push(address.postal_code().as_str().to_lowercase());
    all.sort();
    all.dedup();
    all
}

fn order_in_group(access: &IndexedAccess) -> (&str, &str) {
    (access.address.apartment_number(), access.access_id.as_str())
}

/// Numbers are exact: number 1 is not the beginning of number 10.
fn is_letters(word: &str, at_least: usize) -> bool {
    word.chars().count() >= at_least && !word.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;

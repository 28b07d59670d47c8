//! The words of a network in a trie, found exactly, by their beginning, and with typos.

use std::ops::Range;

use super::typo::{Automaton, States};

/// A word's place in the alphabet of words.
pub(super) type WordId = u32;

/// Nodes looked at for one word with typos: what a search may cost.
const NODES_MAX: usize = 20_000;
/// Words and beginnings with typos that are taken further; a word that resembles more than these is too short to search by.
const RESEMBLING_MAX: usize = 192;

/// A sorted set of words. A node is followed by its subtree, so that walking it is reading on.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    nodes: Vec<Node>,
    lengths: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    /// The node behind the subtree.
    end: u32,
    /// The first word in the subtree.
    first: WordId,
    byte: u8,
    is_word: bool,
}

/// What resembles a typed word.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Resembling {
    /// Words, and how many typos they are away.
    pub words: Vec<(WordId, u8)>,
    /// Words whose beginning is so many typos away; the ranges do not overlap.
    pub beginnings: Vec<(Range<WordId>, u8)>,
}

impl Vocabulary {
    /// Takes words that are sorted and differ.
    pub fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut all = Self::default();
        let mut open: Vec<u32> = Vec::new();
        let mut before: &[u8] = &[];
        for (id, word) in words.enumerate() {
            let (id, word) = (count(id), word.as_bytes());
            let shared = before.iter().zip(word).take_while(|(a, b)| a == b).count();
            all.close(&mut open, shared);
            for byte in &word[shared..] {
                open.push(count(all.nodes.len()));
                all.nodes.push(Node {
                    end: 0,
                    first: id,
                    byte: *byte,
                    is_word: false,
                });
            }
            if let Some(last) = open.last() {
                all.nodes[*last as usize].is_word = true;
            }
            all.lengths
                .push(u8::try_from(word.len()).unwrap_or(u8::MAX));
            before = word;
        }
        all.close(&mut open, 0);
        all.nodes.shrink_to_fit();
        all.lengths.shrink_to_fit();
        all
    }

    fn close(&mut self, open: &mut Vec<u32>, depth: usize) {
        let end = count(self.nodes.len());
        for node in open.drain(depth..) {
            self.nodes[node as usize].end = end;
        }
    }

    /// How many words there are.
    pub fn len(&self) -> u32 {
        count(self.lengths.len())
    }

    /// The length of a word in bytes; 255 for all longer ones.
    pub fn length(&self, word: WordId) -> u8 {
        self.lengths[word as usize]
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>() + self.lengths.capacity()
    }

    /// The words that begin so, and whether the first of them is the word itself.
    pub fn beginning(&self, text: &str) -> (Range<WordId>, bool) {
        let (mut at, mut end) = (0, count(self.nodes.len()));
        let (mut words, mut is_word) = (0..self.len(), false);
        for byte in text.bytes() {
            while at < end && self.nodes[at as usize].byte != byte {
                at = self.nodes[at as usize].end;
            }
            if at >= end {
                return (0..0, false);
            }
            let node = self.nodes[at as usize];
            (words, is_word) = (node.first..self.first_at(node.end), node.is_word);
            (at, end) = (at + 1, node.end);
        }
        (words, is_word)
    }

    /// The word itself.
    pub fn find(&self, word: &str) -> Option<WordId> {
        let (words, is_word) = self.beginning(word);
        (is_word && !word.is_empty()).then_some(words.start)
    }

    /// Words at most so many typos from the text, but not none; with `beginnings` also those that only begin so. With two
    /// typos the first letter must be right: few people err there, and it is a tenth of the work.
    /// Takes what it looks at from `nodes`.
    pub fn resembling(
        &self,
        text: &str,
        typos: u8,
        beginnings: bool,
        nodes: &mut usize,
    ) -> Resembling {
        let mut found = Resembling::default();
        let Some(automaton) = Automaton::of(text.as_bytes(), typos) else {
            return found;
        };
        let mut budget = NODES_MAX.min(*nodes);
        *nodes -= budget;
        let first = text.bytes().next().filter(|_| typos > 1);
        let mut open: Vec<(u32, States, bool)> =
            vec![(count(self.nodes.len()), automaton.start(), false)];
        let mut at = 0;
        while let Some((end, states, begun)) = open.last().copied() {
            if at >= end {
                open.pop();
                continue;
            }
            let node = self.nodes[at as usize];
            let next = automaton.step(&states, node.byte);
            if budget == 0 || found.words.len() + found.beginnings.len() >= RESEMBLING_MAX {
                break;
            }
            budget -= 1;
            if open.len() == 1 && first.is_some_and(|first| first != node.byte) {
                at = node.end;
                continue;
            }
            if !automaton.can_go_on(&next) && !automaton.is_done(&next) {
                at = node.end;
                continue;
            }
            let distance = automaton.distance(&next);
            if let (Some(distance @ 1..), true) = (distance, node.is_word) {
                found.words.push((node.first, distance));
            }
            let begins = beginnings && !begun && distance.is_some_and(|d| d > 0);
            if let (Some(distance), true) = (distance, begins) {
                found
                    .beginnings
                    .push((node.first..self.first_at(node.end), distance));
            }
            open.push((node.end, next, begun || begins));
            at += 1;
        }
        *nodes += budget;
        found
    }

    fn first_at(&self, node: u32) -> WordId {
        self.nodes
            .get(node as usize)
            .map_or(self.len(), |node| node.first)
    }
}

/// A position or number of something that a network has less than 4 billion of.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).expect("a network has fewer than 4 billion of anything")
}

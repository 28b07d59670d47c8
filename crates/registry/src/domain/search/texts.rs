//! Many short texts and lists in few allocations.

use std::collections::HashMap;

use super::vocabulary::count;

/// Texts by number, one after the other.
#[derive(Debug, Default)]
pub(super) struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Adds a text; its number is one more than the last one's.
    pub fn push(&mut self, text: &str) -> u32 {
        self.all.push_str(text);
        self.ends.push(count(self.all.len()));
        count(self.ends.len() - 1)
    }

    /// A text by its number.
    pub fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[start as usize..self.ends[number] as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.all.capacity() + self.ends.capacity() * size_of::<u32>()
    }

    /// Gives back what it does not need.
    pub fn shrink(&mut self) {
        self.all.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

/// Texts that are kept once however often they come.
#[derive(Debug, Default)]
pub(super) struct Interned {
    pub texts: Texts,
    numbers: HashMap<Box<str>, u32>,
}

impl Interned {
    /// The number of a text.
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.push(text);
        self.numbers.insert(text.into(), number);
        number
    }

    /// For each text its place among all of them in the order of `key`.
    pub fn ranks<K: Ord>(&self, key: impl Fn(&str) -> K) -> Vec<u32> {
        let mut order: Vec<(K, u32)> = (0..count(self.texts.len()))
            .map(|number| (key(self.texts.get(number)), number))
            .collect();
        order.sort_unstable();
        let mut ranks = vec![0; order.len()];
        for (rank, (_, number)) in order.into_iter().enumerate() {
            ranks[number as usize] = count(rank);
        }
        ranks
    }
}

/// A list of numbers for each of many things.
#[derive(Debug, Default)]
pub(super) struct Lists {
    ends: Vec<u32>,
    numbers: Vec<u32>,
}

impl Lists {
    /// From pairs of thing and number, sorted; a pair that comes twice is kept once.
    pub fn of(things: u32, pairs: &[(u32, u32)]) -> Self {
        let mut lists = Self {
            ends: Vec::with_capacity(things as usize),
            numbers: Vec::with_capacity(pairs.len()),
        };
        let mut pairs = pairs.iter().copied().peekable();
        for thing in 0..things {
            let mut last = None;
            while let Some((_, number)) = pairs.next_if(|(of, _)| *of == thing) {
                if last.replace(number) != Some(number) {
                    lists.numbers.push(number);
                }
            }
            lists.ends.push(count(lists.numbers.len()));
        }
        lists.numbers.shrink_to_fit();
        lists
    }

    /// The numbers of a thing.
    pub fn get(&self, thing: u32) -> &[u32] {
        self.range(thing, thing + 1)
    }

    /// The numbers of neighbouring things.
    pub fn range(&self, first: u32, end: u32) -> &[u32] {
        let before = |thing: u32| {
            (thing as usize)
                .checked_sub(1)
                .map_or(0, |before| self.ends[before] as usize)
        };
        &self.numbers[before(first)..before(end)]
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        (self.ends.capacity() + self.numbers.capacity()) * size_of::<u32>()
    }
}

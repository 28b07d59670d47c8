//! Comparing with typos: a letter added, left out, changed, or swapped with its neighbour.
//!
//! All ways to read a text against a typed word are followed at once, one bit for each letter of the word, one row for each
//! number of typos (Wu and Manber 1992, with swaps as in Hyyrö 2003).

/// Bytes of a typed word that is compared with typos; one more is the end.
const BYTES_MAX: usize = 60;
/// Typos that are followed at most.
pub(super) const TYPOS_MAX: u8 = 2;
const ROWS: usize = TYPOS_MAX as usize + 1;

/// A typed word to compare texts with.
#[derive(Debug)]
pub(super) struct Automaton {
    /// For each byte, where the word has it.
    places: [u64; 256],
    end: u64,
    typos: usize,
}

/// How far the word has been read, for each number of typos: bit n says that n letters may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct States {
    read: [u64; ROWS],
    /// Where the second letter of a swapped pair came first.
    swapped: [u64; ROWS],
}

impl Automaton {
    /// Nothing when the word is too long to have been typed.
    pub fn of(word: &[u8], typos: u8) -> Option<Self> {
        if word.len() > BYTES_MAX {
            return None;
        }
        let mut places = [0; 256];
        for (place, byte) in word.iter().enumerate() {
            places[usize::from(*byte)] |= 1 << place;
        }
        Some(Self {
            places,
            end: 1 << word.len(),
            typos: typos.min(TYPOS_MAX).into(),
        })
    }

    /// Before the first letter: with n typos, n letters of the word may be missing.
    pub fn start(&self) -> States {
        let mut states = States {
            read: [0; ROWS],
            swapped: [0; ROWS],
        };
        for (typos, read) in states.read.iter_mut().take(self.typos + 1).enumerate() {
            *read = (2 << typos) - 1;
        }
        states
    }

    /// After one more letter of the text.
    pub fn step(&self, before: &States, byte: u8) -> States {
        let here = self.places[usize::from(byte)];
        let inside = (self.end << 1) - 1;
        let mut after = States {
            read: [0; ROWS],
            swapped: [0; ROWS],
        };
        after.read[0] = (before.read[0] & here) << 1;
        for typos in 1..=self.typos {
            let fewer = before.read[typos - 1];
            let right = (before.read[typos] & here) << 1;
            let added_or_changed = fewer | fewer << 1;
            let left_out = after.read[typos - 1] << 1;
            let swapped = (before.swapped[typos] & here) << 2;
            after.read[typos] = (right | added_or_changed | left_out | swapped) & inside;
            after.swapped[typos] = fewer & (here >> 1);
        }
        after
    }

    /// Whether the word can still be read to its end.
    pub fn can_go_on(&self, states: &States) -> bool {
        states.read[self.typos] != 0 || states.swapped[self.typos] != 0
    }

    /// Whether the word has been read to its end.
    pub fn is_done(&self, states: &States) -> bool {
        states.read[self.typos] & self.end != 0
    }

    /// With how few typos the whole word has been read.
    pub fn distance(&self, states: &States) -> Option<u8> {
        let row = states.read.iter().position(|read| read & self.end != 0)?;
        u8::try_from(row).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn distance(word: &str, text: &str) -> Option<u8> {
        let automaton = Automaton::of(word.as_bytes(), TYPOS_MAX).unwrap();
        let last = text.bytes().fold(automaton.start(), |states, byte| {
            automaton.step(&states, byte)
        });
        automaton.distance(&last)
    }

    /// The textbook's table: optimal string alignment.
    fn table(a: &[u8], b: &[u8]) -> usize {
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                if i == 0 || j == 0 {
                    d[i][j] = i + j;
                    continue;
                }
                let changed = d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                d[i][j] = changed.min(d[i - 1][j] + 1).min(d[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    d[i][j] = d[i][j].min(d[i - 2][j - 2] + 1);
                }
            }
        }
        d[a.len()][b.len()]
    }

    #[test]
    fn typos_are_counted() {
        for (typed, typos) in [
            ("kungsgatan", Some(0)),
            ("kunsgatan", Some(1)),
            ("kungssgatan", Some(1)),
            ("kungsgaten", Some(1)),
            ("kugnsgatan", Some(1)),
            ("kugnsgaten", Some(2)),
            ("drottninggatan", None),
        ] {
            assert_eq!(distance(typed, "kungsgatan"), typos, "{typed}");
        }
        assert!(Automaton::of(&[b'x'; BYTES_MAX + 1], 1).is_none());
        assert!(Automaton::of(&[b'x'; BYTES_MAX], 1).is_some());
    }

    proptest! {
        #[test]
        fn as_the_table_says(a in "[abc]{0,7}", b in "[abc]{0,7}") {
            let expected = table(a.as_bytes(), b.as_bytes());
            prop_assert_eq!(distance(&a, &b).map(usize::from), Some(expected).filter(|d| *d <= 2));
        }
    }
}

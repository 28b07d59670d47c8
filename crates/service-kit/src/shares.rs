//! What many callers use at the same time: each has a share, so that nobody keeps the others out, and all together have an
//! end where there is one.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// What is taken, and by whom. Clones share it.
#[derive(Clone, Debug)]
pub struct Shares<K> {
    taken: Arc<Mutex<HashMap<K, usize>>>,
    each: usize,
    all: usize,
}

/// One piece of a share; free again when it goes.
#[derive(Debug)]
pub struct Share<K: Eq + Hash> {
    taken: Arc<Mutex<HashMap<K, usize>>>,
    of: K,
}

impl<K: Clone + Eq + Hash> Shares<K> {
    /// So many for each.
    pub fn of_each(each: usize) -> Self {
        Self {
            taken: Arc::default(),
            each,
            all: usize::MAX,
        }
    }

    /// And no more than so many for all together.
    #[must_use]
    pub fn of_all(self, all: usize) -> Self {
        Self { all, ..self }
    }

    /// One more; nothing when this one, or all together, have as many as they may.
    pub fn take(&self, of: &K) -> Option<Share<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = taken.get(of).copied().unwrap_or_default();
        let of_all: usize = taken.values().sum();
        if of_one >= self.each || of_all >= self.all {
            return None;
        }
        taken.insert(of.clone(), of_one + 1);
        drop(taken);
        Some(Share {
            taken: Arc::clone(&self.taken),
            of: of.clone(),
        })
    }
}

impl<K: Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_one) = taken.get_mut(&self.of) {
            *of_one -= 1;
            if *of_one == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::Shares;

    #[test]
    fn who_has_taken_everything_of_his_keeps_nobody_out() {
        let shares = Shares::of_each(2);
        let own: Vec<_> = (0..2).map(|_| shares.take(&"one").unwrap()).collect();
        assert!(shares.take(&"one").is_none());
        let other = shares.take(&"another").unwrap();
        drop(own);
        assert!(shares.take(&"one").is_some(), "who leaves makes room");
        drop(other);
        assert!(shares.taken.lock().unwrap().is_empty());
    }

    #[test]
    fn all_together_have_an_end() {
        let shares = Shares::of_each(2).of_all(3);
        let mut taken: Vec<_> = ["one", "one", "two"]
            .iter()
            .map(|of| shares.take(of).unwrap())
            .collect();
        assert!(shares.take(&"two").is_none() && shares.take(&"three").is_none());
        taken.pop();
        assert!(shares.take(&"one").is_none() && shares.take(&"three").is_some());
    }
}
